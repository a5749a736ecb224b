"""What the page of services shows of a case, with the fields as the acting person may see them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.service import Card
from app.cases import service as cases
from app.services.choosing import choices
from app.services.models import CareSession, LegalChoice, Livelihood, Participation
from app.services.programmes import livelihoods, names, participations
from app.services.sessions import sessions
from app.web.access import Subject
from tenants import audit, revealing
from tenants.confidential import CaseTable
from tenants.context import Purpose
from tenants.database import db
from tenants.disclosure import Disclosed, disclose
from tenants.errors import Invalid, Missing
from tenants.vocabulary import Tag

_FIELDS: dict[str, tuple[type[CaseTable], str]] = {
    "care_session.content": (CareSession, "content"),
    "legal_choice.words": (LegalChoice, "words"),
    "livelihood.remark": (Livelihood, "remark"),
}


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """A row with its one confidential field."""

    row: Any
    field: Disclosed


@dataclass(frozen=True, slots=True, repr=False)
class Services:
    """All services of a case.

    Attributes:
        livelihoods: by the id of her part in a programme, the newest first.
        opened: the row and field that were just opened.
    """

    survivors: list[UUID]
    sessions: list[Seen]
    choices: list[Seen]
    participations: list[Participation]
    livelihoods: dict[UUID, list[Seen]]
    programmes: dict[UUID, str]
    people: dict[UUID, Card]
    opened: tuple[UUID, str] | None = None


def services(subject: Subject, opened: tuple[UUID, Disclosed] | None = None) -> Services:
    """Return the services of a case. The route records the look."""

    def seen(row: Any, name: str) -> Seen:
        if opened is not None and opened[0] == row.id:
            return Seen(row, opened[1])
        return Seen(row, disclose(row, (name,), subject.standing)[name])

    held, chosen = sessions(subject.id), choices(subject)
    parts = participations(subject.id)
    lived: dict[UUID, list[Seen]] = {}
    for row in livelihoods(subject.id):
        lived.setdefault(row.participation_id, []).append(seen(row, "remark"))
    ids = {row.with_id for row in held if row.with_id} | {row.recorded_by for row in chosen}
    return Services(
        survivors=[one.id for one in cases.rows(subject.id).survivors],
        sessions=[seen(row, "content") for row in held],
        choices=[seen(row, "words") for row in chosen],
        participations=parts,
        livelihoods=lived,
        programmes=names([one.programme_id for one in parts]),
        people=cases.cards_beside(ids),
        opened=(opened[0], opened[1].name) if opened else None,
    )


def reveal(subject: Subject, row_id: UUID, name: str, purpose: Purpose) -> Services:
    """Return the services with one more text opened, for a purpose that was named.

    Raises:
        Invalid: ``field`` with ``unknown``; ``purpose`` with ``unknown``.
        Missing: the case has no such row.
        Refused, LimitReached: as :func:`tenants.revealing.reveal`.
    """
    if name not in _FIELDS:
        raise Invalid("field", "unknown")
    table, short = _FIELDS[name]
    row = db.session.scalar(select(table).where(table.id == row_id, table.case_id == subject.id))
    if row is None:
        raise Missing(table.__tablename__)
    seen = revealing.reveal(row, short, subject.standing, purpose)
    found = services(subject, (row_id, seen))
    audit.record(Tag.SERVICES_VIEWED, subject=("case", subject.id), case_id=subject.id)
    return found
