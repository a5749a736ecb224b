"""Real worker processes that can be stopped at an exact step and killed there."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from app.local.environment import complete
from app.local.postgres import Postgres
from tests.documents.desk import Desk, worker_settings
from tests.faults.nursery import Born, bear

DEADLINE = 90.0  # seconds; a condition that has not come by then never will
GATE = 4_242  # the advisory lock at which a worker is held

# Where an attempt stands when it asks for the change named here: everything before it is done.
GATES = {
    "claimed": "NEW.state = 'rendering' AND OLD.state = 'queued'",
    "rendered": "NEW.step = 'signing' AND OLD.step = 'rendering'",
    "signed": "NEW.step = 'storing' AND OLD.step = 'signing'",
    "stored": "NEW.state = 'issued' AND OLD.state = 'rendering'",
}


def until(what: str, holds: Callable[[], Any]) -> Any:
    """Wait until a condition holds and return what it gave; fail after the deadline."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"it never came about that {what}")


@dataclass
class Process:
    """One process of ``python -m workers``."""

    started: Born
    log: Path

    def children(self) -> list[int]:
        """The processes forked for jobs."""
        try:
            listed = Path(f"/proc/{self.started.pid}/task/{self.started.pid}/children").read_text()
        except FileNotFoundError:
            return []
        return [int(pid) for pid in listed.split()]

    def kill_job(self) -> None:
        """Kill the process of the job at work, as the kernel does when memory runs out."""
        (child,) = self.children()
        os.kill(child, signal.SIGKILL)

    def kill(self) -> None:
        """Kill the worker and its job at once, as a power cut would."""
        for pid in (*self.children(), self.started.pid):
            os.kill(pid, signal.SIGKILL)
        self.started.wait()

    def fill_disk(self, room: int) -> None:
        """Let no file of the worker and of the job at work grow beyond ``room`` bytes."""
        for pid in (self.started.pid, *self.children()):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (room, room))


@dataclass
class Stage:
    """A case's desk with real processes around it."""

    desk: Desk
    postgres: Postgres
    folder: Path
    settings: dict[str, str] = field(repr=False)
    processes: list[Process] = field(default_factory=list)

    def start(self, *arguments: str) -> Process:
        """Start ``python -m workers ...``."""
        log = self.folder / f"{len(self.processes)}-{arguments[0]}.log"
        log.touch()
        settings = complete(self.settings, Path(sys.executable).parent)
        process = Process(bear(arguments, settings, log), log)
        self.processes.append(process)
        return process

    def worker(self) -> Process:
        """Start a worker of letters."""
        return self.start("work", "letters")

    def dispatcher(self) -> Process:
        """Start the outbox's dispatcher."""
        return self.start("outbox")

    def close(self) -> None:
        """End every process that still runs."""
        for process in self.processes:
            if process.started.poll() is None:
                process.kill()

    def database(self) -> psycopg.Connection[Any]:
        """A superuser's session in this test's database."""
        name = self.settings["DATABASE_URL"].split("?")[0].rsplit("/", 1)[1]
        return self.postgres.connect(name)

    @contextmanager
    def gate(self, condition: str) -> Iterator[Gate]:
        """Hold whoever asks for a change of a letter until the block ends or opens the gate."""
        with self.database() as session:
            session.execute("SELECT pg_advisory_lock(%s)", (GATE,))
            session.execute(
                sql.SQL(
                    "CREATE FUNCTION fault_gate() RETURNS trigger LANGUAGE plpgsql AS"
                    " 'BEGIN PERFORM pg_advisory_xact_lock_shared({}); RETURN NEW; END'"
                ).format(sql.Literal(GATE))
            )
            session.execute(
                sql.SQL(
                    "CREATE TRIGGER fault_gate BEFORE UPDATE ON letter FOR EACH ROW"
                    " WHEN ({}) EXECUTE FUNCTION fault_gate()"
                ).format(sql.SQL(condition))
            )
            gate = Gate(session)
            try:
                yield gate
            finally:
                gate.open()
                session.execute("DROP TRIGGER fault_gate ON letter")
                session.execute("DROP FUNCTION fault_gate()")

    def let_time_pass(self) -> None:
        """Let the outbox's rows come due, as they would after a minute."""
        with self.database() as session:
            session.execute("UPDATE outbox SET due_at = now()")

    def wait_for(self, letter_id: UUID, state: str) -> None:
        """Wait until a letter is in a state."""
        until(f"letter is {state}", lambda: self.desk.letter(letter_id).state == state)

    def said(self, process: Process, word: str) -> None:
        """Wait until a process has logged something."""
        until(f"{process.log.name} says {word}", lambda: word in process.log.read_text())


@dataclass
class Gate:
    """The place where a worker is held."""

    session: psycopg.Connection[Any]
    held: bool = True

    def wait(self) -> int:
        """Wait until somebody stands at the gate; return their backend's process number."""
        query = (  # the view shows the locks of every database of the server
            "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted"
            " AND classid = 0 AND objid = %s"
        )

        def waiting() -> Any:
            return self.session.execute(query, (GATE,)).fetchone()

        return int(until("a worker comes to the gate", waiting)[0])

    def open(self) -> None:
        """Let everybody through."""
        if self.held:
            self.session.execute("SELECT pg_advisory_unlock(%s)", (GATE,))
        self.held = False


@contextmanager
def open_stage(desk: Desk, postgres: Postgres, folder: Path) -> Iterator[Stage]:
    """Set the stage; no process outlives it."""
    stage = Stage(desk, postgres, folder, worker_settings(desk.world, postgres))
    try:
        yield stage
    finally:
        stage.close()
