"""What the letters engine needs: templates, a warm renderer, an office, its chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.documents import emblem
from app.documents.catalogue import Catalogue, load_catalogue
from app.documents.letter import Office
from app.documents.render import Renderer
from app.documents.sign import sign
from app.local.postgres import Postgres
from tests.documents.desk import Desk, open_desk
from tests.documents.offices import SIGNED_AT, TEMPLATES, OfficeChain, make_chain
from tests.world import World


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(TEMPLATES)


@pytest.fixture(scope="session")
def renderer(catalogue: Catalogue) -> Renderer:
    return Renderer(catalogue)


@pytest.fixture(scope="session")
def letter_office() -> Office:
    return Office(
        government="Pemerintah Kabupaten Contoh",
        agency="Dinas Pemberdayaan Perempuan Contoh",
        address=("Jalan Contoh Raya Nomor 1", "pos-el dinas@contoh.example"),
        place="Contoh",
        emblem=emblem.draw(),
        mandates=("Keputusan Bupati Contoh Nomor 260/000/2026",),
    )


@pytest.fixture(scope="session")
def office_chain() -> OfficeChain:
    return make_chain("Dinas Contoh")


@pytest.fixture(scope="session")
def other_chain() -> OfficeChain:
    return make_chain("Dinas Lain Contoh")


@pytest.fixture
def snapshot_of(catalogue: Catalogue) -> Callable[..., dict[str, Any]]:
    """Make the snapshot of a sample, fresh each time so that a test may spoil it."""

    def make(key: str, sample: str = "shortest") -> dict[str, Any]:
        fresh = load_catalogue(TEMPLATES)[key].samples[sample]
        return {"template": catalogue[key].reference(), **fresh}

    return make


@pytest.fixture(scope="session")
def unsigned_letter(catalogue: Catalogue, renderer: Renderer, letter_office: Office) -> bytes:
    kind = catalogue["surat_rujukan"]
    snapshot = {"template": kind.reference(), **kind.samples["shortest"]}
    return renderer.render(kind, snapshot, letter_office)


@pytest.fixture(scope="session")
def signed_letter(unsigned_letter: bytes, office_chain: OfficeChain) -> bytes:
    return sign(
        unsigned_letter,
        office_chain.identity(),
        reason="Penerbitan surat dinas",
        location="Contoh",
        at=SIGNED_AT,
    )


@pytest.fixture
def desk(world: World, postgres: Postgres) -> Iterator[Desk]:
    """A case ready for letters."""
    with open_desk(world, postgres) as desk:
        yield desk
