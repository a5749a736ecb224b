"""Both servers of one place, started in order and stopped in reverse."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from app.local import roles
from app.local.identity import outside_folder
from app.local.place import Place
from app.local.postgres import Postgres
from app.local.valkey import Valkey

DATABASE = "teduh"


class Services:
    """PostgreSQL and Valkey of a place, with roles and the database `teduh` ready.

    `settings` are PostgreSQL's, added to the local stack's own; `valkey_databases` is how many
    numbered databases Valkey has. Entering raises StackFault with a message for the terminal.
    """

    def __init__(
        self, place: Place, settings: dict[str, str] | None = None, valkey_databases: int = 1
    ) -> None:
        self.place = place
        self._settings = settings
        self._valkey_databases = valkey_databases
        self._lock: IO[str] | None = None
        self._postgres: Postgres | None = None
        self._valkey: Valkey | None = None
        self.secrets: dict[str, str] = {}

    @property
    def postgres(self) -> Postgres:
        assert self._postgres is not None, "not started"  # noqa: S101
        return self._postgres

    @property
    def valkey(self) -> Valkey:
        assert self._valkey is not None, "not started"  # noqa: S101
        return self._valkey

    def __enter__(self) -> Self:
        self.place.prepare()
        self._lock = self.place.lock()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop both servers and let the place go. May be repeated."""
        if self._valkey is not None:
            self._valkey.stop()
        if self._postgres is not None:
            self._postgres.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _start(self) -> None:
        made = (self.place.folder / "postgres", outside_folder(self.place) / "postgres")
        self.secrets = self.place.secrets(data=next(filter(Path.exists, made), None))
        self._postgres = Postgres(self.place, self.secrets, self._settings)
        self._postgres.start()
        self._valkey = Valkey(self.place, self.secrets["valkey"], self._valkey_databases)
        self._valkey.start()
        with self._postgres.connect() as session:
            roles.create_roles(session, self.secrets)
            roles.create_database(session, DATABASE)
            roles.close_database(session, DATABASE)
        with self._postgres.connect(DATABASE) as session:
            roles.close_schema(session)


def remove(place: Place) -> None:
    """Remove a stopped place with everything in it, also what lies outside its folder."""
    for folder in (place.folder, place.sockets, outside_folder(place)):
        shutil.rmtree(folder, ignore_errors=True)
