"""What the rooms show on the first page, read with one statement for all of them.

A room names a query for its table; the page reads every query at once, and the room's panel takes
its rows from there. So one more panel costs the page no statement.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from sqlalchemy import false, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql import Select

from tenants.context import Person
from tenants.database import TenantTable, db

Row = TypeVar("Row", bound=TenantTable)
Query = Callable[[Person], Select[Any] | None]

HOME_QUERIES: dict[type[TenantTable], Query] = {}
"""Table -> the query of what a person is shown of it; None for who is shown nothing."""


def read_home(person: Person) -> None:
    """Read what every room shows a person, with one statement, for this transaction."""
    kept: dict[type[TenantTable], list[Any]] = {table: [] for table in HOME_QUERIES}
    asked = [
        (table, query) for table, ask in HOME_QUERIES.items() if (query := ask(person)) is not None
    ]
    if asked:
        # FULL JOIN ... ON false puts the rows below one another: each holds one of one table.
        parts = [aliased(table, query.subquery()) for table, query in asked]
        whole = select(*parts).select_from(parts[0])
        for part in parts[1:]:
            whole = whole.join(part, false(), full=True)
        for row in db.session.execute(whole):
            for (table, _query), entry in zip(asked, row, strict=True):
                if entry is not None:
                    kept[table].append(entry)
    db.session().info["home"] = (person.id, kept)


def home_rows(person: Person, table: type[Row]) -> list[Row]:
    """Return what a person is shown of a table, in no order; one statement if no page read it."""
    owner, kept = db.session().info.get("home", (None, {}))
    if owner == person.id and table in kept:
        return cast(list[Row], kept[table])
    query = HOME_QUERIES[table](person)
    return [] if query is None else list(db.session.scalars(query))
