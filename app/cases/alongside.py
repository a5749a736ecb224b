"""What other rooms keep of a case, read with the one statement of the case page.

A page that asked each room in turn would send a statement for each; a room adds its tables here
and its panel costs none.
"""

from typing import TypeVar, cast
from uuid import UUID

from app.cases.reading import Gathered, gather
from tenants.confidential import CaseTable
from tenants.database import db

Row = TypeVar("Row", bound=CaseTable)

ALONGSIDE: list[type[CaseTable]] = []
"""Tables of other rooms; each adds its own when it is started."""


def add_alongside(*tables: type[CaseTable]) -> None:
    """Have the page of a case read a room's tables as well."""
    ALONGSIDE.extend(table for table in tables if table not in ALONGSIDE)


def read_along(case_id: UUID, found: Gathered) -> None:
    """Keep for this transaction what the page of a case has just read."""
    db.session().info["alongside"] = {
        (case_id, table): list(found.of(table)) for table in ALONGSIDE
    }


def beside(case_id: UUID, table: type[Row]) -> list[Row]:
    """Return every row that a case has in a table, in no order.

    Without a statement where the page of the case has read it already; with one elsewhere.
    """
    kept = db.session().info.get("alongside", {})
    if (case_id, table) in kept:
        return cast(list[Row], kept[case_id, table])
    return gather(case_id, table).of(table)
