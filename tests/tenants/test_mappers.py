"""Nothing is read from the database behind the code's back, a line at a time."""

from __future__ import annotations

from sqlalchemy.orm import Mapper, configure_mappers

import app.tables  # noqa: F401 (declares every table)
from tenants.database import Base

APART = {"AttachmentPart": ["content"]}
"""A sealed file of up to megabytes: rows are listed without it, and it is asked for by name."""


def slow(mapper: Mapper[object]) -> list[str]:
    """What of a row would be fetched by a statement of its own when it is touched."""
    late = [one.key for one in mapper.relationships if one.lazy not in {"raise", "joined"}]
    return late + [one.key for one in mapper.column_attrs if one.deferred and not one.raiseload]


def test_no_attribute_of_a_row_is_loaded_by_a_statement_of_its_own() -> None:
    configure_mappers()
    mappers = list(Base.registry.mappers)
    assert len(mappers) > 40
    assert {mapper.class_.__name__: slow(mapper) for mapper in mappers if slow(mapper)} == APART
