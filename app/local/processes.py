"""The lines of the Procfile under honcho, tied to the life of this process."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer
from honcho.process import Process

from app.local.child import leash
from app.local.environment import complete

SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, prctl(2)
STOPPED_BY_PERSON = (128 + signal.SIGINT, 128 + signal.SIGTERM)


class Unbuffered:
    """Standard output without a buffer.

    honcho prints from its signal handlers. Into a buffered stream that raises RuntimeError when
    the signal arrives while a line is being flushed, and the manager would hang instead of stop.
    """

    def write(self, text: str) -> None:
        """Write all of `text` at once."""
        rest = text.encode("utf-8", "replace")
        while rest:
            rest = rest[os.write(sys.stdout.fileno(), rest) :]

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        """Whether a terminal shows it, in which case honcho uses colours."""
        return sys.stdout.isatty()


class Gate:
    """A pipe that waiting commands read from: a line lets one through, its end ends them all."""

    def __init__(self) -> None:
        self._exit, self._entry = os.pipe()
        self._waiting = 0

    def before(self, command: str) -> str:
        """The shell command that waits here first. Its standard input is the gate's."""
        self._waiting += 1
        return f"read -r go && {command} </dev/null"

    def to_stdin(self) -> None:
        """Make the gate this process's standard input."""
        os.dup2(self._exit, 0)

    def open(self) -> None:
        """Let all through that wait or will come to wait. Once is enough."""
        os.write(self._entry, b"\n" * self._waiting)


class Reader(Process):  # type: ignore[misc]  # honcho has no types
    """Starts one command and reads its output, in a process of its own."""

    gate: Gate | None = None

    def run(self, events: object = None, ignore_signals: bool = False) -> None:
        """Run the command to its end."""
        if self.gate is not None:
            self.gate.to_stdin()
        super().run(events, ignore_signals)


class Processes(Manager):  # type: ignore[misc]  # honcho has no types
    """Runs processes until one ends or a signal comes, then ends the others.

    `when_started` is called once they run; what was added as `later` starts when it has returned.
    """

    def __init__(self, when_started: Callable[[], None] = lambda: None) -> None:
        super().__init__(Printer(Unbuffered()))
        self._process_ctor = Reader
        self._when_started = when_started
        self._gate = Gate()

    def add(
        self,
        name: str,
        command: str,
        environment: Mapping[str, str],
        folder: Path,
        *,
        later: bool = False,
    ) -> None:
        """Add one command; it ends with this process, even when this process is killed."""
        bound = f"exec {shlex.join(leash('TERM'))} {command}"
        if later:
            bound = self._gate.before(bound)
        reader = self.add_process(name, bound, env=dict(environment), cwd=str(folder))
        reader.gate = self._gate if later else None

    def run(self) -> int:
        """Run until the end; the status of whichever ended first, 0 when a person ended it."""
        sys.stdout.flush()
        # honcho forks a reader per process: each must die with this one, so that its command,
        # leashed to the reader, is told to stop.
        if multiprocessing.get_start_method(allow_none=True) != "fork":
            multiprocessing.set_start_method("fork", force=True)
        os.register_at_fork(after_in_child=die_with_parent)
        # A closed terminal ends the stack like Ctrl-C does.
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        try:
            self.loop()
        except BaseException:
            # The readers are not daemons: left alive, they would hold this process at its end.
            for entry in self._processes.values():
                if "process" in entry:
                    entry["process"].kill()
            raise
        status = int(self.returncode or 0)
        return 0 if status in STOPPED_BY_PERSON else abs(status)

    def _start(self) -> None:
        super()._start()
        # After the forks: no thread is alive across one.
        threading.Thread(target=self._go_on, daemon=True).start()

    def _go_on(self) -> None:
        try:
            self._when_started()
        finally:
            self._gate.open()


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent has died."""
    ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGKILL)


def from_procfile(
    processes: Processes,
    root: Path,
    settings: Mapping[str, Mapping[str, str]],
    counts: Mapping[str, int],
    first: str,
) -> None:
    """Add the Procfile's process types: `counts` says how many of each, 1 if unnamed, 0 for none.

    Each gets the settings of its own name and nothing of the others'. Those of the type `first`
    start at once and the others later: all at once they would share few processors, and whoever
    waits for the page would wait for every one of them.
    """
    programs = Path(sys.executable).parent
    lines: Mapping[str, str] = parse_procfile((root / "Procfile").read_text()).processes
    for kind, command in lines.items():
        for number in range(1, counts.get(kind, 1) + 1):
            environment = complete(settings[kind], programs)
            name, later = f"{kind}.{number}", kind != first
            processes.add(name, command, environment, root, later=later)
