"""The rows in a dump: read as data and never as statements.

``pg_dump`` writes a script. A restore takes from it the names of tables and columns and the rows
between ``COPY`` and its end, and runs nothing of it: tables come from the migrations.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.backup.manifest import Counts

_COPY = re.compile(rb'COPY public\.("?)([a-z_0-9]+)\1 \(([a-z_0-9", ]+)\) FROM stdin;\n')
_END = b"\\.\n"
TENANT_COLUMN = {"tenant": "id"}
"""Where the tenant stands in a table, if not in ``tenant_id``."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of one table, as the text that ``COPY`` takes back."""

    table: str
    columns: tuple[str, ...]
    tenant: str | None
    line: bytes


def rows(lines: Iterable[bytes]) -> Iterator[Row]:
    """Return every row of a dump in its order, which honours foreign keys."""
    every = iter(lines)
    for line in every:
        found = _COPY.fullmatch(line)
        if found is None:
            continue
        table = found[2].decode()
        columns = tuple(name.strip(' "') for name in found[3].decode().split(","))
        wanted = TENANT_COLUMN.get(table, "tenant_id")
        place = columns.index(wanted) if wanted in columns else None
        for row in every:
            if row == _END:
                break
            tenant = None if place is None else row.rstrip(b"\n").split(b"\t")[place].decode()
            yield Row(table, columns, tenant, row)


def count(found: Iterable[Row]) -> Counts:
    """Count rows by table and tenant."""
    counted: dict[str, Counter[str]] = {}
    for row in found:
        counted.setdefault(row.table, Counter())[row.tenant or ""] += 1
    return {table: dict(by_tenant) for table, by_tenant in counted.items()}
