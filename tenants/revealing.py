"""Opening one hidden value for a purpose: the one way, whatever page asks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from tenants import audit, limits
from tenants.confidential import DECLARED, CaseTable, FieldClass
from tenants.context import Purpose, acting_person, bind, current
from tenants.disclosure import Disclosed, disclose, note_field, start_record
from tenants.errors import Invalid, Refused
from tenants.policy import Access, Standing, decide, purposes
from tenants.vocabulary import Tag

_Content = TypeVar("_Content")


def reveal(row: CaseTable, name: str, standing: Standing, purpose: Purpose) -> Disclosed:
    """Open one field of ``row`` and leave an event with exactly its name and the purpose.

    The list of opened fields begins anew: a page that shows more records that by itself.

    Args:
        name: the field without its table, e.g. ``address``.
        standing: how the acting person stands to the row's case.

    Raises:
        Invalid: ``field`` with ``unknown``; ``purpose`` with ``unknown`` where the person's
            roles cannot have it.
        Refused: the policy does not let this person open it.
        LimitReached: the person has opened as many today as the agency allows.
        Unreadable: the value does not open.
    """
    full_name = f"{row.__tablename__}.{name}"
    if full_name not in DECLARED:
        raise Invalid("field", "unknown")
    with _opening(full_name, (row.__tablename__, row.id), row.case_id, purpose):
        seen = disclose(row, (name,), standing, purpose)[name]
        if not seen.shown:
            raise Refused(seen.reason or "role", purpose)
    return seen


def reveal_content(
    row: CaseTable,
    name: str,
    secret: tuple[FieldClass, int],
    standing: Standing,
    purpose: Purpose,
    fetch: Callable[[], _Content],
) -> _Content:
    """Open a sealed content that is no field of a row, as :func:`reveal` opens a field.

    Args:
        name: what it is called in the log, without the table.
        secret: its class and level.
        fetch: opens it; called once the policy has decided.

    Raises:
        Invalid, Refused, LimitReached, Unreadable: as :func:`reveal`.
    """
    full_name = f"{row.__tablename__}.{name}"
    with _opening(full_name, (row.__tablename__, row.id), row.case_id, purpose):
        decision = decide(acting_person(), standing, *secret, purpose)
        if decision.access is not Access.SHOWN:
            raise Refused(decision.reason or "role", purpose)
        return fetch()


@contextmanager
def _opening(
    full_name: str, subject: tuple[str, UUID], case_id: UUID, purpose: Purpose
) -> Iterator[None]:
    if purpose not in purposes(acting_person()):
        raise Invalid("purpose", "unknown")
    start_record()
    note_field(full_name)  # a refusal names it as well
    limits.check(Tag.FIELD_REVEALED, "reveals_a_day")
    with bind(replace(current(), purpose=purpose)):
        yield
        audit.record(Tag.FIELD_REVEALED, subject=subject, case_id=case_id, fields=[full_name])
    start_record()
