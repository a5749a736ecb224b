"""A case with letters, folders for back-ups, and the operator's command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.local.postgres import Postgres
from tests.backup.vault_room import Room
from tests.conftest import Databases
from tests.documents.desk import Desk, open_desk
from tests.world import World


@pytest.fixture
def desk(world: World, postgres: Postgres) -> Iterator[Desk]:
    """A case ready for letters."""
    with open_desk(world, postgres) as desk:
        yield desk


@pytest.fixture
def room(world: World, databases: Databases, postgres: Postgres, tmp_path: Path) -> Iterator[Room]:
    """Where back-ups are made, kept and restored."""
    room = Room(world, databases, postgres, tmp_path)
    with room.open():
        yield room
