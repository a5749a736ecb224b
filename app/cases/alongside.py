"""What other rooms keep of a case, read with the one statement of the case page.

A page that asked each room in turn would send a statement for each; a room adds its tables here
and its panel costs none.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar, cast
from uuid import UUID

from app.accounts import service as accounts
from app.accounts.service import Card
from app.cases.models import Incident, Need
from app.cases.reading import Gathered, gather
from tenants.confidential import CaseTable
from tenants.database import db

Row = TypeVar("Row", bound=CaseTable)

ALONGSIDE: list[type[CaseTable]] = []
"""Tables of other rooms; each adds its own when it is started."""


PEOPLE: dict[type[CaseTable], tuple[str, ...]] = {}
"""Columns of such tables that name a person, whose name comes with the page's other names."""


def add_alongside(*tables: type[CaseTable], people: tuple[str, ...] = ()) -> None:
    """Have the page of a case read a room's tables as well.

    Args:
        people: columns of these tables that hold accounts; see :func:`cards_beside`.
    """
    ALONGSIDE.extend(table for table in tables if table not in ALONGSIDE)
    PEOPLE.update((table, people) for table in tables)


def people_beside(found: Gathered) -> set[UUID]:
    """Return the accounts that the rows of other rooms name."""
    named = (
        getattr(row, column)
        for table, columns in PEOPLE.items()
        for row in found.of(table)
        for column in columns
    )
    return {one for one in named if one is not None}


def read_along(case_id: UUID, found: Gathered, people: Mapping[UUID, Card]) -> None:
    """Keep for this transaction what the page of a case has just read."""
    info = db.session().info
    tables: list[type[CaseTable]] = [Need, Incident, *ALONGSIDE]
    info["alongside"] = {(case_id, one): list(found.of(one)) for one in tables}
    info["people"] = dict(people)


def needs_beside(case_id: UUID) -> list[Need]:
    """Return the needs of a case; as :func:`beside`."""
    return beside(case_id, Need)


def violence_beside(case_id: UUID) -> frozenset[str]:
    """Return the kinds of violence of all incidents of a case; as :func:`beside`."""
    return frozenset(kind for one in beside(case_id, Incident) for kind in one.violence)


def cards_beside(ids: Iterable[UUID]) -> dict[UUID, Card]:
    """Return people by id, without a statement where the page of the case has their names."""
    wanted = set(ids)
    kept: dict[UUID, Card] = db.session().info.get("people", {})
    return accounts.cards(wanted) if wanted - kept.keys() else kept


def beside(case_id: UUID, table: type[Row]) -> list[Row]:
    """Return every row that a case has in a table, in no order.

    Without a statement where the page of the case has read it already; with one elsewhere.
    """
    kept = db.session().info.get("alongside", {})
    if (case_id, table) in kept:
        return cast(list[Row], kept[case_id, table])
    return gather(case_id, table).of(table)
