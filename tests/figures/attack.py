"""An attacker who has every published table, knows every rule, and tries all that could be.

Shares no code with what it attacks: no flow and no bound, but every table that agrees with what
was published.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from app.figures.suppression import SMALL, Column

Vector = tuple[int, ...]


def breached(columns: Sequence[Column], year: Column | None, *, several: bool) -> list[str]:
    """The cells of one to four that an attacker tells from one person, or from many."""
    names = sorted({name for one in columns for name in one.cells})
    found: dict[tuple[int, str], set[int]] = {}
    for world in _worlds(columns, year, names, several=several):
        for number, vector in enumerate((*world, _sum(world))):
            for name, value in zip(names, vector, strict=True):
                found.setdefault((number, name), set()).add(value)
    truth = [*columns, *([year] if year else [])]
    return [
        f"{name} of column {number}: {sorted(found[number, name])}"
        for number, column in enumerate(truth)
        for name in names
        if 0 < column.cells.get(name, 0) < SMALL
        and not (
            min(found[number, name]) <= _said(columns, number, name)
            and max(found[number, name]) >= SMALL
        )
    ]


def _said(columns: Sequence[Column], number: int, name: str) -> int:
    """What being hidden says by itself: one person, in a year one for each part that hides it."""
    if number < len(columns):
        return 1
    return max(1, sum(name in one.hidden for one in columns))


def _worlds(
    columns: Sequence[Column], year: Column | None, names: list[str], *, several: bool
) -> Iterable[tuple[Vector, ...]]:
    each = [list(_vectors(one, names, several=several)) for one in columns]
    for world in product(*each):
        if year is None or _agrees(_sum(world), year, names):
            yield world


def _vectors(column: Column, names: list[str], *, several: bool) -> Iterable[Vector]:
    ranges = [_range(column, name) for name in names]
    for vector in product(*ranges):
        if sum(vector) >= column.total if several else sum(vector) == column.total:
            yield vector


def _range(column: Column, name: str) -> Iterable[int]:
    shown = column.shown(name)
    if shown is not None:
        return (shown,)
    return range(0 if column.withheld else 1, column.total + 1)


def _agrees(total: Vector, year: Column, names: list[str]) -> bool:
    return all(value in _range(year, name) for name, value in zip(names, total, strict=True))


def _sum(world: tuple[Vector, ...]) -> Vector:
    return tuple(map(sum, zip(*world, strict=True)))
