"""The operator at the keys: runs rotations step by step, and looks past every guard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine

from app.keys import rotating
from app.local.postgres import Postgres
from tenants.database import through
from tests.documents.desk import NAME, Desk
from tests.world import CONTOH, PASUR, Client, World


@dataclass
class Keeper:
    """The command line with the role that rotates keys."""

    app: Flask = field(repr=False)
    world: World
    postgres: Postgres = field(repr=False)

    def run(self, *arguments: str) -> Result:
        """Run one command."""
        return self.app.test_cli_runner().invoke(args=list(arguments))

    def done(self, *arguments: str) -> str:
        """Run one command that must succeed; return what it said."""
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.output

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Be logged in as the role that rotates keys."""
        engine = create_engine(self.world.settings["KEYS_DATABASE_URL"])
        with self.app.app_context(), through(engine):
            yield
        engine.dispose()

    def steps(self, run: Iterator[str]) -> Iterator[str]:
        """Take the steps of a rotation one at a time; others work between any two."""
        while True:
            with self.at_work():
                said = next(run, None)
            if said is None:
                return
            yield said

    def cases(self, before: datetime, *chosen: UUID) -> Iterator[str]:
        """The steps of a rotation of case keys."""
        tenant = self.world.tenant(PASUR)
        return self.steps(rotating.rotate_cases(tenant, before, chosen or None))

    def office(self) -> Iterator[str]:
        """The steps of a rotation of an office's key."""
        return self.steps(rotating.rotate_tenant(self.world.tenant(PASUR)))

    def root(self) -> Iterator[str]:
        """The steps of a rotation of the root key over two offices."""
        tenants = [self.world.tenant(one) for one in (PASUR, CONTOH)]
        return self.steps(rotating.rotate_root(tenants))

    def asked(self, statement: str, *values: Any) -> list[Any]:
        """Ask the database as its superuser."""
        name = urlsplit(self.world.settings["DATABASE_URL"]).path.removeprefix("/")
        with self.postgres.connect(name) as session:
            session.execute("SET session_replication_role = replica")
            cursor = session.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []


def reads(desk: Desk, client: Client | None = None) -> bool:
    """Whether the case's page shows the survivor's name, as its officer sees it."""
    response = (client or desk.client("case-officer")).get(f"/cases/{desk.case_id}")
    assert response.status_code == 200
    return NAME in response.text


def events(world: World, tag: str) -> list[dict[str, Any]]:
    return [event for event in world.events() if event["tag"] == tag]
