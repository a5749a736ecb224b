"""A case with a team, referrals and consents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.local.postgres import Postgres
from tests.documents.desk import Desk, open_desk
from tests.world import World


@pytest.fixture
def desk(world: World, postgres: Postgres) -> Iterator[Desk]:
    """A case ready for photographs and papers."""
    with open_desk(world, postgres) as desk:
        yield desk
