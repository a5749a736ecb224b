"""A case with letters, and the command line as the operator has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app import create_app
from app.config import from_environment
from app.local.postgres import Postgres
from tenants.database import db
from tests.documents.desk import Desk, open_desk
from tests.keys.keeper import Keeper
from tests.world import World


@pytest.fixture
def desk(world: World, postgres: Postgres) -> Iterator[Desk]:
    """A case ready for letters."""
    with open_desk(world, postgres) as desk:
        yield desk


@pytest.fixture
def keeper(world: World, postgres: Postgres) -> Iterator[Keeper]:
    """Who rotates keys: a process of its own memory beside the running web."""
    app = create_app(from_environment(world.settings))
    yield Keeper(app, world, postgres)
    with app.app_context():
        db.engine.dispose()
