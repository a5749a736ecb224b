"""A case ready for letters, for the tests of what happens outside a request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.local.postgres import Postgres
from tests.documents.desk import Desk, open_desk
from tests.faults.stage import Stage, open_stage
from tests.world import World


@pytest.fixture
def desk(world: World, postgres: Postgres) -> Iterator[Desk]:
    """A case ready for letters."""
    with open_desk(world, postgres) as desk:
        yield desk


@pytest.fixture
def stage(desk: Desk, postgres: Postgres, tmp_path: Path) -> Iterator[Stage]:
    """Real processes around a case's desk."""
    folder = tmp_path / "logs"
    folder.mkdir()
    with open_stage(desk, postgres, folder) as stage:
        yield stage
