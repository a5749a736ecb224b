"""Which cells of a table are hidden, so that no published number, and no difference of published
numbers, tells of one to four people. Pure functions over counts.

One table is counted in periods that do not overlap and, at the end of a year, in the whole year:
the year is the sum of its periods, and each column has its total. A reader may take any of these
from any other. So a cell is not hidden by itself: others are hidden along with it until a reader
who knows everything that is published, and every rule of this module, can still not tell a small
cell from one of :data:`SMALL` or more, nor from a single person (:func:`told_of`).

Totals are always published, so tables tell nothing of each other; a period with a small total is
not published at all. ``docs/figures.md`` says what this does not protect against.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.figures.network_flow import Edge, grows, shrinks

SMALL = 5
"""A count of one to four is never published."""
_FAR = 1_000_000_000
_YEAR = "year"


@dataclass(frozen=True, slots=True)
class Column:
    """One table in one period.

    Attributes:
        total: people (or cases) counted; published.
        cells: category -> exact count; a category that is missing counts nothing.
        hidden: categories whose count is not published. That a count is hidden says that it is
            not zero: zeros are published.
        withheld: nothing of the table is published, not even its zeros and its categories.
    """

    total: int
    cells: Mapping[str, int]
    hidden: frozenset[str] = frozenset()
    withheld: bool = False

    def shown(self, category: str) -> int | None:
        """Return what is published of a category; None for what is hidden."""
        if self.withheld or category in self.hidden:
            return None
        return self.cells.get(category, 0)


def protect(cells: Mapping[str, int], total: int, *, several: bool) -> Column:
    """Return a period's column with what has to be hidden of it.

    Args:
        several: one person may count in several categories, so they do not sum up to the total.
    """
    column = Column(total, cells, _small(cells))
    while not is_safe([column], None, several=several):
        wider = _wider(column)
        if wider is None:
            return replace(column, hidden=frozenset(), withheld=True)
        column = next((one for one in wider if is_safe([one], None, several=several)), wider[0])
    return column


def protect_year(columns: Sequence[Column], *, several: bool) -> Column:
    """Return the column of a whole year, given those of its periods as they were published."""
    cells = summed(columns)
    year = Column(sum(one.total for one in columns), cells, _small(cells))
    while told := told_of(columns, year, several=several):
        wider = _wider(year, told) or _wider(year)
        if wider is None:
            return replace(year, hidden=frozenset(), withheld=True)
        year = next((one for one in wider if is_safe(columns, one, several=several)), wider[0])
    return year


def summed(columns: Sequence[Column]) -> dict[str, int]:
    """Return the counts of several periods together."""
    found: dict[str, int] = {}
    for column in columns:
        for category, count in column.cells.items():
            found[category] = found.get(category, 0) + count
    return found


def is_safe(columns: Sequence[Column], year: Column | None, *, several: bool) -> bool:
    """Tell whether nothing that is published tells of a few people (:func:`told_of`)."""
    return not told_of(columns, year, several=several)


def told_of(columns: Sequence[Column], year: Column | None, *, several: bool) -> set[str]:
    """Return the categories of which a reader can work out a small count.

    A small cell is told of when a reader knows it to be small, or to be greater than what its
    being hidden says by itself: one person, and in a year one for each period that hides it.
    The reader is taken to know all that is published, that no count is below zero, that what is
    hidden in a table that is not withheld is not zero, and how the columns sum up.
    """
    edges = list(_edges(columns, year, several=several))
    found = set()
    for number, one in enumerate(edges):
        if not 0 < one.value < SMALL or one.tail == _YEAR or one.high == _FAR:
            continue
        name = _category(one)
        floor = 1
        if one.head == _YEAR:
            floor = max(1, sum(name in column.hidden for column in columns))
        great = one.value + grows(edges, number, SMALL - one.value) >= SMALL
        least = one.value - shrinks(edges, number, max(0, one.value - floor)) <= floor
        if not (great and least):
            found.add(name)
    return found


def _small(cells: Mapping[str, int]) -> frozenset[str]:
    return frozenset(category for category, count in cells.items() if 0 < count < SMALL)


def _wider(column: Column, among: set[str] | None = None) -> list[Column] | None:
    """Return the column with one more category hidden, the smallest first; None for no more."""
    left = sorted(
        (count, category)
        for category, count in column.cells.items()
        if count and category not in column.hidden and (among is None or category in among)
    )
    return [replace(column, hidden=column.hidden | {name}) for _, name in left] or None


def _category(edge: Edge) -> str:
    node = edge.tail if edge.head == _YEAR else edge.head
    return str(node[1]) if isinstance(node, tuple) else ""


def _edges(columns: Sequence[Column], year: Column | None, *, several: bool) -> Iterator[Edge]:
    categories = sorted({name for one in columns for name in one.cells})
    sums = summed(columns)
    for number, column in enumerate(columns):
        mentions = sum(column.cells.values())
        least, most = (column.total, _FAR) if several else (mentions, mentions)
        yield Edge(_YEAR, ("period", number), mentions, least, most)
        for name in categories:
            bounds = _bounds(column, name)
            value = column.cells.get(name, 0)
            yield Edge(("period", number), ("category", name), value, *bounds)
    for name in categories:
        bounds = (0, _FAR) if year is None else _bounds(year, name)
        yield Edge(("category", name), _YEAR, sums[name], *bounds)


def _bounds(column: Column, name: str) -> tuple[int, int]:
    if column.withheld:
        return 0, column.total
    if name in column.hidden:
        return 1, column.total
    value = column.cells.get(name, 0)
    return value, value
