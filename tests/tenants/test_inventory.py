"""Every column that could hold personal data is declared (invariant 6)."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.types import ARRAY

import app.tables  # noqa: F401 (makes every table known)
from tenants.audit import JsonText
from tenants.confidential import DECLARED
from tenants.database import Base

ROOT = Path(__file__).resolve().parents[2]
COULD_HOLD = (String, LargeBinary, JSON, ARRAY, JsonText)


def test_every_text_column_is_declared_confidential_or_plain_with_a_reason() -> None:
    undeclared = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, COULD_HOLD):
                continue
            name = f"{table.name}.{column.name.removesuffix('_sealed')}"
            sealed = column.name.endswith("_sealed") and name in DECLARED
            if not sealed and not column.info.get("plain"):
                undeclared.append(f"{table.name}.{column.name}")
    assert undeclared == []


def test_every_column_of_sealed_bytes_says_what_it_is_bound_to() -> None:
    """Else a rotation of keys would leave it under the old one."""
    columns = (column for table in Base.metadata.sorted_tables for column in table.columns)
    sealed = [one for one in columns if "sealed under" in str(one.info.get("plain"))]
    assert len(sealed) > 5
    assert [f"{one.table.name}.{one.name}" for one in sealed if "sealed" not in one.info] == []


def test_every_confidential_field_has_its_sealed_column() -> None:
    columns = {f"{t.name}.{c.name}" for t in Base.metadata.sorted_tables for c in t.columns}
    assert len(DECLARED) > 15
    for name in DECLARED:
        assert f"{name}_sealed" in columns
        assert name not in columns, f"{name} also stands in the clear"


def test_only_the_disclosure_opens_a_confidential_value() -> None:
    """No second path exists (invariant 8)."""
    opens = re.compile(r"\.open\(\s*(row|self|survivor|case|one|item|entry)")
    found = [
        str(path.relative_to(ROOT))
        for folder in ("app", "tenants", "workers")
        for path in (ROOT / folder).rglob("*.py")
        if opens.search(path.read_text())
    ]
    assert found == ["tenants/disclosure.py"]
