"""Processes under the manager: they end together, whatever ends the manager."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
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
# Says its number and stays.
STAY = "sh -c 'echo pid=$$; exec sleep 600'"


@pytest.fixture
def manager(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A manager in a process of its own, with the commands given as the parameter."""
    with subprocess.Popen(
        [sys.executable, "-c", MANAGER, *request.param],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process
        process.kill()


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


def test_procfile_process_gets_the_settings_of_its_own_name() -> None:
    kinds = ("web", "worker", "outbox", "audit", "schedule")
    processes = Processes()
    settings = {kind: {"DATABASE_URL": kind} for kind in kinds}
    from_procfile(processes, ROOT, settings, {"worker": 2, "schedule": 0})
    made = {name: entry["obj"] for name, entry in processes._processes.items()}
    assert {name: one.env["DATABASE_URL"] for name, one in made.items()} == {
        "web.1": "web",
        "worker.1": "worker",
        "worker.2": "worker",
        "outbox.1": "outbox",
        "audit.1": "audit",
    }
