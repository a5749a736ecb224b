"""The worker processes as production runs them, for tests that need them all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from app.local.environment import complete
from tenants.audit import AuditCheckpoint
from tenants.database import db
from tests.world import TENANTS, World

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60  # seconds before a test gives up waiting for something to be true


class Processes:
    """Running `python -m workers ...` processes, each writing to a file of its own."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """Start one process, e.g. ``work letters``."""
        settings = dict(self._world.settings)
        settings["DATABASE_URL"] = self._world.worker_database_url
        for name in ("MIGRATION", "OPERATOR", "KEYS", "BACKUP"):
            settings.pop(f"{name}_DATABASE_URL", None)
        with self._file(command).open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "workers", *command.split()],
                cwd=ROOT,
                env=complete(settings, Path(sys.executable).parent),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running[command] = process
        return process

    def kill(self, command: str) -> None:
        """Kill a process and its forks at once, as a power cut would."""
        process = self._running.pop(command)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Ask every process to stop and wait for it."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._running.clear()

    def output(self) -> dict[str, str]:
        """What each process wrote so far."""
        return {path.stem: path.read_text() for path in self._folder.glob("*.log")}

    def wait_for_checkpoint(self, *tenants: str) -> None:
        """Wait until the log of each tenant has a checkpoint."""
        deadline = time.monotonic() + PATIENCE
        for tenant in tenants or TENANTS:
            while not self._has_checkpoint(tenant):
                assert time.monotonic() < deadline, f"no checkpoint: {self.output()}"
                time.sleep(0.05)

    def _has_checkpoint(self, tenant: str) -> bool:
        with self._world.as_system(tenant):
            return bool(db.session.scalar(select(func.count()).select_from(AuditCheckpoint)))

    def _file(self, command: str) -> Path:
        return self._folder / f"{command.replace(' ', '-')}.log"


@contextmanager
def running(world: World, folder: Path, *commands: str) -> Iterator[Processes]:
    """Run worker processes for the length of the block."""
    logs = folder / "logs"
    logs.mkdir()
    processes = Processes(world, logs)
    try:
        for command in commands:
            processes.start(command)
        yield processes
    finally:
        processes.stop()
