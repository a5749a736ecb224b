"""A growing log for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from app.local.postgres import Postgres
from tests.audit.archive import Archive
from tests.audit.history import History
from tests.audit.ledger import Ledger, open_ledger
from tests.world import CONTOH, World


@pytest.fixture
def ledger(world: World, postgres: Postgres, tmp_path: Path) -> Iterator[Ledger]:
    """The log of the first agency, signed up to now, nothing of it outside yet."""
    with open_ledger(world, postgres, tmp_path) as made:
        yield made


@pytest.fixture
def history(world: World) -> History:
    """Writes the past of the first agency."""
    return History(world)


@pytest.fixture
def archive(ledger: Ledger, tmp_path: Path) -> Iterator[Archive]:
    """Ten entries of long ago, sequenced after those of the agency's beginning."""
    ledger.tenant = CONTOH
    ledger.sign()
    engine = create_engine(ledger.postgres.url("retention", ledger.database))
    archive = Archive(ledger, engine, tmp_path)
    archive.old(10)
    yield archive
    engine.dispose()
