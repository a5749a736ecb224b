"""A growing log for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.local.postgres import Postgres
from tests.audit.history import History
from tests.audit.ledger import Ledger, open_ledger
from tests.world import World


@pytest.fixture
def ledger(world: World, postgres: Postgres, tmp_path: Path) -> Iterator[Ledger]:
    """The log of the first agency, signed up to now, nothing of it outside yet."""
    with open_ledger(world, postgres, tmp_path) as made:
        yield made


@pytest.fixture
def history(world: World) -> History:
    """Writes the past of the first agency."""
    return History(world)
