"""Back-ups as the operator makes them, and fresh installations to restore them into."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from click.testing import Result

from app import create_app
from app.audit import handing
from app.config import from_environment
from app.keys import destroyed
from app.local import roles
from app.local.postgres import Postgres
from tenants.clock import now
from tenants.database import db
from tests.conftest import Database, Databases
from tests.world import TENANTS, World, build


@dataclass
class Room:
    """The folders of back-ups, beside the world that is backed up."""

    world: World
    databases: Databases = field(repr=False)
    postgres: Postgres = field(repr=False)
    folder: Path
    stack: ExitStack = field(default_factory=ExitStack, repr=False)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Make the key of back-ups; throw the restored databases away at the end."""
        with self.stack:
            self.done("backup", "init")
            yield

    @property
    def settings(self) -> dict[str, str]:
        """The world's settings, with the places of back-ups."""
        return {
            **self.world.settings,
            "BACKUP_FOLDER": str(self.folder / "data"),
            "KEY_BACKUP_FOLDER": str(self.folder / "keys"),
            "BACKUP_KEY_FILE": str(self.folder / "backup.key"),
            "DESTROYED_STORE_URL": (self.folder / "destroyed").as_uri(),
        }

    def run(self, *arguments: str, **changes: str) -> Result:
        """Run one command in a process's own memory."""
        settings = {**self.settings, **changes}
        app = create_app(from_environment({name: one for name, one in settings.items() if one}))
        with pytest.MonkeyPatch.context() as patch:
            # Migrations read it from the environment, as they do in production.
            patch.setenv("MIGRATION_DATABASE_URL", settings["MIGRATION_DATABASE_URL"])
            result = app.test_cli_runner().invoke(args=list(arguments))
        with app.app_context():
            db.engine.dispose()
        return result

    def done(self, *arguments: str, **changes: str) -> str:
        """Run one command that must succeed; return what it said."""
        result = self.run(*arguments, **changes)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    def create(self) -> str:
        """Make a back-up and return its name."""
        return self.done("backup", "create").split("\t")[0]

    def hand_out(self) -> None:
        """Hand the destroyed keys out, as the schedule does every minute."""
        app = create_app(
            from_environment({**self.settings, "DATABASE_URL": self.world.worker_database_url})
        )
        for tenant in TENANTS:
            place = World(app, self.settings)
            with place.as_system(tenant):
                destroyed.hand_out()
        with app.app_context():
            db.engine.dispose()

    def hand_out_checkpoints(self, outside: dict[str, str]) -> None:
        """Hand the newest checkpoints out, as the schedule does."""
        url = self.world.worker_database_url
        app = create_app(from_environment({**self.settings, **outside, "DATABASE_URL": url}))
        with World(app, self.settings).as_system():
            handing.hand_out()
        with app.app_context():
            db.engine.dispose()

    def fresh(self) -> dict[str, str]:
        """The settings of a new installation: an empty database and an empty object store."""
        name = f"{urlsplit(self.world.settings['DATABASE_URL']).path.removeprefix('/')}_new"
        name += str(len(list(self.folder.glob("objects-*"))))
        made = Database(name, self.postgres)
        self.stack.callback(made.drop)
        made.drop()
        with self.postgres.connect() as session:
            roles.create_database(session, name)
            roles.close_database(session, name)
        with self.postgres.connect(name) as session:
            roles.close_schema(session)
        objects = self.folder / f"objects-{name}"
        return {
            "DATABASE_URL": made.url("web"),
            "MIGRATION_DATABASE_URL": made.url("migration"),
            "OPERATOR_DATABASE_URL": made.url("operator"),
            "KEYS_DATABASE_URL": made.url("keys"),
            "BACKUP_DATABASE_URL": made.url("backup"),
            "OBJECT_STORE_URL": objects.as_uri(),
        }

    def restored(self, place: dict[str, str], *, resume: bool = True) -> World:
        """The application over a restored database, opened again."""
        if resume:
            for tenant in self.tenants(place):
                self.done("tenant", "resume", tenant, **place)
        world = build({**self.settings, **place})
        world.worker_database_url = place["DATABASE_URL"].replace("teduh_web", "teduh_worker")

        def close() -> None:
            with world.app.app_context():
                db.engine.dispose()

        self.stack.callback(close)
        return world

    def tenants(self, place: dict[str, str]) -> list[str]:
        """The agencies in a database."""
        return [slug for (slug,) in self.asked(place, "SELECT slug FROM tenant ORDER BY slug")]

    def asked(self, place: dict[str, str], statement: str, *values: Any) -> list[Any]:
        """Ask a database as its superuser."""
        name = urlsplit(place["DATABASE_URL"]).path.removeprefix("/")
        with self.postgres.connect(name) as session:
            session.execute("SET session_replication_role = replica")
            cursor: psycopg.Cursor[Any] = session.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def age(self, backup_id: str, days: int) -> str:
        """Let a back-up of keys be older than it is; its manifest is left as it was."""
        old = f"{now() - timedelta(days=days):%Y%m%dT%H%M%SZ}{backup_id[16:]}"
        (self.folder / "keys" / backup_id).rename(self.folder / "keys" / old)
        return old

    def manifest(self, part: str, backup_id: str) -> dict[str, Any]:
        """What a back-up says of itself."""
        text = (self.folder / part / backup_id / "manifest.json").read_text()
        found: dict[str, Any] = json.loads(text)
        return found
