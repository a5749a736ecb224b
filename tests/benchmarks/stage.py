"""Where the benchmarks run: servers and data of their own in var/bench, kept for the next run."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from app.local import environment
from app.local.place import Place
from app.local.postgres import Postgres
from app.local.roles import close_schema
from app.local.services import DATABASE, Services
from tenants.database import db
from tests.conftest import Database, complete
from tests.world import World, build, populate

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "bench"
# Durable as in production: fsync and synchronous_commit stay on.
SETTINGS = {
    "shared_buffers": "1GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
    "effective_cache_size": "8GB",
    "random_page_cost": "1.1",
}


_T = TypeVar("_T")


@dataclass(frozen=True)
class Size:
    """How great a database is made."""

    agencies: int = 514
    survivors: int = 1_000_000


class Stage:
    """The servers, an agency with its people, and whatever a benchmark keeps beside them."""

    def __init__(self, size: Size = Size()) -> None:
        self.size = size
        self.place = Place(FOLDER / "stack")
        self._open = ExitStack()
        self._services: Services | None = None

    def __enter__(self) -> Self:
        FOLDER.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    @property
    def postgres(self) -> Postgres:
        """The server, started on first use."""
        return self.services.postgres

    @property
    def services(self) -> Services:
        """Both servers, started on first use."""
        if self._services is None:
            self._services = self._open.enter_context(Services(self.place, SETTINGS))
        return self._services

    @cached_property
    def world(self) -> World:
        """Two agencies and their people, made anew in this run."""
        return self.open(self._populated.name)

    @property
    def people(self) -> str:
        """The name of a database with both agencies and their people, to be cloned."""
        return self._populated.name

    @property
    def worker_url(self) -> str:
        """The worker's login to the database of :attr:`world`."""
        return self.postgres.url("worker", self._populated.name)

    def entered(self, opened: AbstractContextManager[_T]) -> _T:
        """Enter something that is left with the stage."""
        return self._open.enter_context(opened)

    def open(self, name: str) -> World:
        """The application over one of the stage's databases, closed with the stage."""
        world = build(self.settings(name))
        world.worker_database_url = self.postgres.url("worker", name)

        def close() -> None:
            with world.app.app_context():
                db.engine.dispose()

        self._open.callback(close)
        return world

    def settings(self, name: str) -> dict[str, str]:
        """Every setting for one database."""
        database = Database(name, self.postgres)
        url = self.services.valkey.url()
        return complete(database, url, self.place.objects, self.place.keyring)

    def kept(self, name: str, sources: str, fill: Callable[[str], None]) -> str:
        """Return a database that is filled once and kept for the next run.

        Args:
            sources: what it depends on besides the tables; when it changes, it is filled anew.
            fill: gets the name of a database with the agencies and their people.
        """
        stamp = FOLDER / f"{name}.json"
        wanted = {"of": hashlib.sha256(sources.encode()).hexdigest()}
        if not stamp.exists() or json.loads(stamp.read_text()) != wanted:
            stamp.unlink(missing_ok=True)
            Database(name, self.postgres, self._populated.name).reset()
            fill(name)
            stamp.write_text(json.dumps(wanted))
        else:
            self._flask(name, "db", "upgrade")
            self._flask(name, "keys", "install")
        return name

    @cached_property
    def _populated(self) -> Database:
        template = Database(DATABASE, self.postgres, "template0")
        template.reset()
        with self.postgres.connect(DATABASE) as session:
            close_schema(session)
        self._flask(DATABASE, "keys", "init", str(self.place.keyring))
        self._flask(DATABASE, "db", "upgrade")
        self._flask(DATABASE, "keys", "install")
        made = Database("bench_people", self.postgres)
        made.reset()
        populate(self.settings(made.name))
        return made

    def _flask(self, name: str, *arguments: str) -> None:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        whole = environment.complete(self.settings(name), Path(sys.executable).parent)
        subprocess.run(command, cwd=ROOT, env=whole, check=True, stdout=subprocess.DEVNULL)
