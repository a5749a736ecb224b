"""The scene of the tests that walk all routes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.local.place import Place
from app.local.postgres import Postgres
from app.local.valkey import Valkey
from tenants.database import db
from tests.conftest import Databases, complete
from tests.documents.desk import open_desk
from tests.security.scene import Scene, ids_of
from tests.world import build


@pytest.fixture(scope="session")
def scene(
    databases: Databases,
    populated: str,
    postgres: Postgres,
    valkey: Valkey,
    place: Place,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scene]:
    """A case of the first agency; shared by tests that change nothing of it."""
    objects: Path = tmp_path_factory.mktemp("objects")
    with databases.fresh(populated) as made:
        world = build(complete(made, valkey.url(), objects, place.keyring))
        with open_desk(world, postgres) as desk:
            yield Scene(desk, ids_of(desk))
        with world.app.app_context():
            db.engine.dispose()
