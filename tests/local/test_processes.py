"""Processes under the manager: they end together, whatever ends the manager."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.local.child import gone
from app.local.processes import Processes, from_procfile

ROOT = Path(__file__).resolve().parents[2]
MANAGER = """
import os, sys
from pathlib import Path
from app.local.processes import Processes
processes = Processes()
for number, command in enumerate(sys.argv[1:]):
    processes.add(f"part.{number}", command, dict(os.environ), Path("/"))
sys.exit(processes.run())
"""
# The first starts at once, the others once a line has come in; "waiting" is said in between.
WAITING_MANAGER = """
import os, sys
from pathlib import Path
from app.local.processes import Processes
def wait():
    print("waiting", flush=True)
    sys.stdin.readline()
    print("over", flush=True)
processes = Processes(when_started=wait)
for number, command in enumerate(sys.argv[1:]):
    processes.add(f"part.{number}", command, dict(os.environ), Path("/"), later=number > 0)
sys.exit(processes.run())
"""
# Says its number and stays.
STAY = "sh -c 'echo pid=$$; exec sleep 600'"


@pytest.fixture
def manager(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A manager in a process of its own, with the commands given as the parameter."""
    with started(MANAGER, request.param) as process:
        yield process


@pytest.fixture
def waiting_manager() -> Iterator[subprocess.Popen[str]]:
    """A manager whose second and third command come later, waiting to be told so."""
    with started(WAITING_MANAGER, (STAY, STAY, STAY)) as process:
        yield process


@contextmanager
def started(program: str, commands: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", program, *commands],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process
        process.kill()


def shells(manager: subprocess.Popen[str], count: int) -> list[int]:
    """The numbers of `count` started commands, as the manager says them."""
    assert manager.stdout is not None
    found: list[int] = []
    for line in manager.stdout:
        if "started (pid=" in line:
            found.append(int(line.rpartition("=")[2].rstrip(")\n")))
        if len(found) == count:
            break
    return found


def pids(manager: subprocess.Popen[str], count: int) -> list[int]:
    """The numbers that `count` commands have said."""
    assert manager.stdout is not None
    found: list[int] = []
    for line in manager.stdout:
        if "| pid=" in line:
            found.append(int(line.rpartition("=")[2]))
        if len(found) == count:
            break
    return found


@pytest.mark.parametrize("manager", [(STAY, STAY)], indirect=True)
def test_killed_manager_leaves_no_process_behind(manager: subprocess.Popen[str]) -> None:
    running = pids(manager, 2)
    assert len(running) == 2
    manager.send_signal(signal.SIGKILL)
    assert all(gone(pid, 10.0) for pid in running)


@pytest.mark.parametrize("manager", [(STAY, STAY)], indirect=True)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_person_may_end_it_and_the_status_is_0(
    manager: subprocess.Popen[str], how: signal.Signals
) -> None:
    running = pids(manager, 2)
    manager.send_signal(how)
    assert manager.wait(20) == 0
    assert all(gone(pid, 1.0) for pid in running)


@pytest.mark.parametrize("manager", [("sh -c 'while :; do echo pid=1; done'",)], indirect=True)
def test_signal_in_the_middle_of_a_printed_line_ends_it_too(
    manager: subprocess.Popen[str],
) -> None:
    pids(manager, 1)
    manager.send_signal(signal.SIGINT)
    said, _ = manager.communicate(timeout=30)
    assert manager.returncode == 0
    assert "Traceback" not in said


@pytest.mark.parametrize("manager", [(STAY, "sh -c 'exit 3'")], indirect=True)
def test_process_that_ends_takes_the_others_along_and_gives_its_status(
    manager: subprocess.Popen[str],
) -> None:
    assert manager.wait(20) == 3


def test_what_comes_later_starts_once_it_is_told(waiting_manager: subprocess.Popen[str]) -> None:
    assert waiting_manager.stdin is not None
    assert waiting_manager.stdout is not None
    said: list[str] = []
    for line in waiting_manager.stdout:
        said.append(line)
        if len(said) == 5:  # three started, one of them says its number, the manager waits
            waiting_manager.stdin.write("\n")
            waiting_manager.stdin.flush()
        if sum("| pid=" in one for one in said) == 3:
            break
    assert sum("| pid=" in one for one in said[said.index("over\n") :]) == 2


def test_manager_killed_while_something_waits_leaves_nothing_behind(
    waiting_manager: subprocess.Popen[str],
) -> None:
    waiting = shells(waiting_manager, 3)
    waiting_manager.send_signal(signal.SIGKILL)
    assert all(gone(pid, 10.0) for pid in waiting)


def test_person_may_end_it_while_something_waits(waiting_manager: subprocess.Popen[str]) -> None:
    waiting = shells(waiting_manager, 3)
    waiting_manager.send_signal(signal.SIGINT)
    assert waiting_manager.wait(20) == 0
    assert all(gone(pid, 1.0) for pid in waiting)


def test_procfile_process_gets_the_settings_of_its_own_name() -> None:
    kinds = ("web", "worker", "outbox", "audit", "schedule")
    processes = Processes()
    settings = {kind: {"DATABASE_URL": kind} for kind in kinds}
    from_procfile(processes, ROOT, settings, {"worker": 2, "schedule": 0}, first="web")
    made = {name: entry["obj"] for name, entry in processes._processes.items()}
    assert {name: one.env["DATABASE_URL"] for name, one in made.items()} == {
        "web.1": "web",
        "worker.1": "worker",
        "worker.2": "worker",
        "outbox.1": "outbox",
        "audit.1": "audit",
    }
