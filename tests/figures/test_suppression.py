"""No published table, and no difference of published tables, tells of one to four people."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.figures.suppression import SMALL, Column, is_safe, protect, protect_year
from tests.figures.attack import breached

counts = st.dictionaries(st.sampled_from("abc"), st.integers(0, 8), min_size=3, max_size=3)


def enough(cells: dict[str, int]) -> bool:
    total = sum(cells.values())
    return total == 0 or total >= SMALL


def naive(cells: dict[str, int]) -> Column:
    """What hides the small cells and nothing else."""
    hidden = frozenset(name for name, count in cells.items() if 0 < count < SMALL)
    return Column(sum(cells.values()), cells, hidden)


def test_the_attack_breaks_a_table_in_which_only_small_cells_are_hidden() -> None:
    assert breached([naive({"a": 12, "b": 7, "c": 2})], None, several=False)
    quarters = [protect(one, 21, several=False) for one in ({"a": 6, "b": 6, "c": 9},) * 2]
    last = protect({"a": 3, "b": 5, "c": 8}, 16, several=False)
    year = naive({"a": 15, "b": 17, "c": 26})
    assert breached([*quarters, last], year, several=False)
    assert not is_safe([*quarters, last], year, several=False)


def test_a_column_with_a_small_cell_hides_another_along_with_it() -> None:
    column = protect({"a": 12, "b": 7, "c": 2, "d": 0}, 21, several=False)
    assert column.hidden == {"b", "c"}
    assert (column.shown("a"), column.shown("c"), column.shown("d")) == (12, None, 0)


def test_what_cannot_be_protected_otherwise_is_withheld_whole() -> None:
    column = protect({"a": 4, "b": 1}, 5, several=False)
    assert column.withheld
    assert column.shown("a") is None
    assert breached([column], None, several=False) == []


def test_a_year_hides_what_its_quarters_would_tell() -> None:
    full, last = {"a": 6, "b": 6}, {"a": 12, "b": 1}
    parts = [protect(full, 12, several=False), protect(last, 13, several=False)]
    year = protect_year(parts, several=False)
    assert year.shown("b") is None
    assert breached(parts, replace(year, hidden=frozenset()), several=False)
    assert breached(parts, year, several=False) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(counts.filter(enough), min_size=1, max_size=2))
def test_the_attack_on_parts_and_year_finds_nobody(tables: list[dict[str, int]]) -> None:
    parts = [protect(one, sum(one.values()), several=False) for one in tables]
    assert breached(parts, None, several=False) == []
    assert breached(parts, protect_year(parts, several=False), several=False) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(counts, st.integers(SMALL, 9)), min_size=1, max_size=2))
def test_the_attack_finds_nobody_where_one_person_counts_in_several_rows(
    tables: list[tuple[dict[str, int], int]],
) -> None:
    parts = []
    for cells, total in tables:
        capped = {name: min(count, total) for name, count in cells.items()}
        capped["a"] = max(capped["a"], total - capped["b"] - capped["c"], 0)
        parts.append(protect(capped, total, several=True))
    assert breached(parts, None, several=True) == []
    assert breached(parts, protect_year(parts, several=True), several=True) == []


def test_tables_of_a_real_size_are_protected_and_still_say_something() -> None:
    random.seed(2026)
    for _ in range(5):
        parts = []
        for _quarter in range(4):
            cells = {f"c{n}": int(random.expovariate(1 / (1 + 30 / (n + 1)))) for n in range(12)}
            cells["c0"] += SMALL
            parts.append(protect(cells, sum(cells.values()), several=False))
        year = protect_year(parts, several=False)
        assert is_safe(parts, year, several=False)
        assert not year.withheld
        assert sum(year.shown(name) is not None for name in year.cells) >= 2
