"""Counts a period, and puts published figures into the words of a page."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from app.cases import service as cases
from app.figures.suppression import SMALL, Column, protect, protect_year
from app.figures.tables import BY_KEY, TABLES, Counted, Table, Unit
from tenants import clock, registry


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; ``count`` is None for what is not published."""

    label: str
    count: int | None
    share: float


@dataclass(frozen=True, slots=True)
class Shown:
    """One table as a page or a report shows it.

    Attributes:
        withheld: too few were counted for any of it to be published.
        hides: at least one count is not published.
    """

    table: Table
    total: int
    rows: Sequence[Row]
    withheld: bool

    @property
    def hides(self) -> bool:
        """Whether a count of it is not published."""
        return any(row.count is None for row in self.rows)


Figures = Mapping[str, Column]
"""Key of a table -> its column; a table is missing whose unit has a small total."""


def counted(since: date, until: date) -> Counted:
    """Read the facts of a period, both days included, by the office's own clock."""
    zone = registry.profile().identity.timezone
    begin, end = clock.begins(since, zone), clock.begins(until + timedelta(days=1), zone)
    facts = cases.facts(begin, end)
    of_case = {one.id: one for one in facts.cases}
    return Counted(facts, cases.closed(begin, end), ZoneInfo(zone), of_case)


def exact(since: date, until: date) -> list[Shown]:
    """Count a period and hide nothing: for those who may read each case anyway."""
    found = counted(since, until)
    columns = {
        one.key: Column(total, cells) for one in TABLES for cells, total in [one.count(found)]
    }
    return shown(columns)


def protected(since: date, until: date) -> Figures:
    """Count a period and hide what would tell of a few people."""
    found = counted(since, until)
    columns = {}
    for table in TABLES:
        cells, total = table.count(found)
        if total == 0 or total >= SMALL:
            columns[table.key] = protect(cells, total, several=table.several)
    return columns


def together(parts: Sequence[Figures]) -> Figures:
    """Return the figures of a whole year, given those of its periods.

    A unit of which one period published no total has none in the year: the others would tell it.
    """
    columns = {}
    for table in TABLES:
        if all(table.key in part for part in parts):
            found = [part[table.key] for part in parts]
            columns[table.key] = protect_year(found, several=table.several)
    return columns


def too_few(figures: Figures) -> list[Unit]:
    """Return the units of which a period counts so few that even their total is small."""
    left_out = [table.unit for table in TABLES if table.key not in figures]
    return list(dict.fromkeys(left_out))


def shown(figures: Figures) -> list[Shown]:
    """Return figures as tables with words, in the order of the tables."""
    return [_shown(table, figures[table.key]) for table in TABLES if table.key in figures]


def write(figures: Figures) -> str:
    """Return figures as one canonical JSON text."""
    content = {
        key: {
            "total": one.total,
            "cells": dict(one.cells),
            "hidden": sorted(one.hidden),
            "withheld": one.withheld,
        }
        for key, one in figures.items()
    }
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


def read(text: str) -> Figures:
    """Return what :func:`write` wrote, with categories in the order of their list."""
    found = {}
    for key, one in json.loads(text).items():
        order = list(BY_KEY[key].names)
        place = {name: number for number, name in enumerate(order)}
        names = sorted(one["cells"], key=lambda name: (place.get(name, len(order)), name))
        cells = {name: one["cells"][name] for name in names}
        found[key] = Column(one["total"], cells, frozenset(one["hidden"]), one["withheld"])
    return found


def _shown(table: Table, column: Column) -> Shown:
    if column.withheld:
        return Shown(table, column.total, (), withheld=True)
    counts = [(name, column.shown(name)) for name in column.cells]
    most = max((count or 0 for _, count in counts), default=0) or 1
    rows = [Row(table.name(name), count, (count or 0) / most) for name, count in counts]
    return Shown(table, column.total, rows, withheld=False)
