"""Names that are one name are found as one, and names that are two stay two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.indonesian_names import canonical_name

ONE_NAME = [
    ("Siti Khotimah", ["SITI  KHOTIMAH", "Hj. Siti Chotimah", "Ny. St. Khotimah", "siti-khotimah"]),
    ("Sukarni", ["Soekarni", "Sukarni Sukarni", "SOEKARNI SUKARNI", "Bu Sukarni", "Alm. Soekarni"]),
    ("Joko Cahyono", ["Djoko Tjahyono", "H. Joko Cahyono", "Joko Cahyono, S.H., M.H."]),
    ("Muhammad Anton Contoh", ["Moh. Anton Contoh", "M. Anton Contoh", "Mochammad Anton Contoh"]),
    ("Abdul Contoh", ["Abd. Contoh", "KH. Abdul Contoh", "Ustadz Abdul Contoh, Lc."]),
    ("Bunga Contoh", ["dr. Bunga Contoh, Sp.OG., M.Kes", "Búnga Contoh", "Saudari Bunga Contoh"]),
    ("Ma'ruf Contoh", ["Maruf Contoh", "Ma\u2019ruf Contoh"]),
]


@pytest.mark.parametrize(("name", "others"), ONE_NAME)
def test_ways_to_write_one_name_are_one(name: str, others: list[str]) -> None:
    assert {other: canonical_name(other) for other in others} == dict.fromkeys(
        others, canonical_name(name)
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bunga Contoh", "Contoh Bunga"),
        ("Bunga Contoh", "Bunga"),
        ("Siti Aminah", "Siti Aminatun"),
        ("Nur Aini", "Nuraini"),
        ("Contoh, Bunga", "Contoh"),
        ("Anton", "Muhammad Anton"),
    ],
)
def test_two_names_stay_two(one: str, other: str) -> None:
    assert canonical_name(one) != canonical_name(other)


@pytest.mark.parametrize("title", ["H", "Ibu", "Mas", "dr."])
def test_a_title_alone_is_still_something_to_look_for(title: str) -> None:
    assert canonical_name(title)


@given(st.text(max_size=60) | st.text(alphabet="tjdchoemuas .,'", max_size=24))
def test_the_canonical_form_is_its_own(name: str) -> None:
    """Else a value read from a page and searched again would not be found."""
    once = canonical_name(name)
    assert canonical_name(once) == canonical_name(once.upper()) == once
