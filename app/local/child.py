"""Child processes that never outlive the process that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.local.fault import StackFault

KILL_AFTER_SECONDS = 20.0
LOG_KEPT_BYTES = 5 * 1024 * 1024


def leash(stop_signal: str) -> list[str]:
    """Command prefix: the kernel sends `stop_signal` to the command when its parent dies.

    Set by setpriv just before the program starts, because a change of user clears it
    (prctl(2), PR_SET_PDEATHSIG).
    """
    return ["setpriv", "--pdeathsig", stop_signal, "--"]


class Child:
    """One service in the foreground, its output in a log file."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str],
        folder: Path,
    ) -> None:
        self.name = name
        self.log = log
        if log.exists() and log.stat().st_size > LOG_KEPT_BYTES:
            log.replace(log.with_suffix(".log.old"))
        with log.open("ab") as output:
            self._start = output.tell()
            # A session of its own: Ctrl-C in the terminal must reach web and workers first.
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd=folder,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def running(self) -> bool:
        """Whether the service is still alive."""
        return self._process.poll() is None

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask the service to stop and wait; kill it when it does not within 20 s."""
        if self.running():
            self._process.send_signal(how)
        try:
            self._process.wait(KILL_AFTER_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def fault(self) -> StackFault:
        """What went wrong, in the service's own last words."""
        with self.log.open("rb") as handle:
            handle.seek(self._start)
            words = handle.read().decode("utf-8", "replace").strip().splitlines()
        said = "\n  ".join(words[-4:]) or "it said nothing"
        return StackFault(f"{self.name} did not start ({self.log}):\n  {said}")


def service_environment() -> dict[str, str]:
    """The little a server needs of this process's environment; nothing secret goes along."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {"PATH": "/usr/bin:/bin", **kept, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def gone(pid: int, seconds: float) -> bool:
    """Wait until process `pid` has ended; False when it is still there after `seconds`."""
    deadline = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def alive(pid: int) -> bool:
    """Whether process `pid` still runs. One that only waits to be reaped (state Z) does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
