"""Outreach (jemput bola): where the office went, whom it reached, and which reports followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.cases.code_list import CodeList
from app.cases.codes import OWN, TEDUH_1
from app.cases.consents import today
from app.cases.entries import check_code, check_day, check_district, clean_district
from app.cases.models import Case, Outreach
from tenants import audit
from tenants.confidential import clean
from tenants.context import acting_person
from tenants.database import db
from tenants.errors import Invalid
from tenants.vocabulary import Tag

PLACE_LENGTH = 120
MOST_REACHED = 100_000
OFFERED = 30  # newest ones that a report can be said to follow


class OutreachKind(StrEnum):
    """How the office went out."""

    SAKERA_JEMPOL = "sakera_jempol"
    VISIT = "visit"
    HOTLINE = "hotline"
    SCHOOL = "school"
    MEETING = "meeting"


OUTREACH_KINDS = CodeList(
    OWN,
    TEDUH_1,
    {
        OutreachKind.SAKERA_JEMPOL: _l("Sakera Jempol"),
        OutreachKind.VISIT: _l("Visit to a sub-district"),
        OutreachKind.HOTLINE: _l("Hotline day"),
        OutreachKind.SCHOOL: _l("At a school"),
        OutreachKind.MEETING: _l("Meeting of women, PKK or a mosque"),
    },
)


@dataclass(frozen=True, slots=True)
class Trip:
    """One outreach, and how many reports followed."""

    row: Outreach
    reports: int


def trips() -> list[Trip]:
    """Return every outreach with the number of reports that followed, newest first."""
    query = (
        select(Outreach, func.count(Case.id))
        .outerjoin(Case, Case.outreach_id == Outreach.id)
        .group_by(Outreach.tenant_id, Outreach.id)
        .order_by(Outreach.held_on.desc(), Outreach.id)
    )
    found = [Trip(*row) for row in db.session.execute(query)]
    audit.record(Tag.OUTREACH_LISTED, details={"count": len(found)})
    return found


def recent() -> Sequence[Outreach]:
    """Return the newest ones, which a report can be said to follow."""
    query = select(Outreach).order_by(Outreach.held_on.desc(), Outreach.id).limit(OFFERED)
    return db.session.scalars(query).all()


def record_outreach(*, kind: str, held_on: date, district: str, place: str, reached: int) -> UUID:
    """Record an outreach; return its id.

    Raises:
        Invalid: ``kind`` with ``unknown-code``; ``held_on`` with ``in-the-future`` or
            ``too-long-ago``; ``district`` or ``place`` with ``missing``, ``format`` or
            ``too-long``; ``reached`` with ``not-a-number``.
    """
    check_code("kind", OUTREACH_KINDS, kind, today())
    check_day("held_on", held_on, today())
    check_district(district)
    named, where = clean_district(district), clean(place, "place", PLACE_LENGTH)
    if named is None:
        raise Invalid("district", "missing")
    if where is None:
        raise Invalid("place", "missing")
    if not 0 <= reached <= MOST_REACHED:
        raise Invalid("reached", "not-a-number")
    row = Outreach(
        kind=kind,
        held_on=held_on,
        district=named,
        place=where,
        reached=reached,
        recorded_by=acting_person().id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(Tag.OUTREACH_RECORDED, subject=("outreach", row.id))
    return row.id


def check_outreach(outreach_id: UUID | None) -> None:
    """Accept an outreach of this office, or none.

    Raises:
        Invalid: ``outreach`` with ``unknown``.
    """
    if outreach_id is None:
        return
    if db.session.scalar(select(Outreach.id).where(Outreach.id == outreach_id)) is None:
        raise Invalid("outreach", "unknown")
