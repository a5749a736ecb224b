"""A case ready for letters, for the tests of what happens outside a request."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.local.postgres import Postgres
from tests.documents.desk import Desk, open_desk
from tests.world import World


@pytest.fixture
def desk(world: World, postgres: Postgres) -> Iterator[Desk]:
    """A case ready for letters."""
    with open_desk(world, postgres) as desk:
        yield desk
