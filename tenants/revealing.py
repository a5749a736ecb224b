"""Opening one hidden value for a purpose: the one way, whatever page asks."""

from dataclasses import replace

from tenants import audit, limits
from tenants.confidential import DECLARED, CaseTable
from tenants.context import Purpose, acting_person, bind, current
from tenants.disclosure import Disclosed, disclose, note_field, start_record
from tenants.errors import Invalid, Refused
from tenants.policy import Standing, purposes
from tenants.vocabulary import Tag


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
    if purpose not in purposes(acting_person()):
        raise Invalid("purpose", "unknown")
    start_record()
    note_field(full_name)  # a refusal names it as well
    limits.check(Tag.FIELD_REVEALED, "reveals_a_day")
    with bind(replace(current(), purpose=purpose)):
        seen = disclose(row, (name,), standing, purpose)[name]
        if not seen.shown:
            raise Refused(seen.reason or "role", purpose)
        audit.record(
            Tag.FIELD_REVEALED,
            subject=(row.__tablename__, row.id),
            case_id=row.case_id,
            fields=[full_name],
        )
    start_record()
    return seen
