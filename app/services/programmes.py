"""Programmes of recovery: who takes part, how she lives afterwards, and why a programme stops.

The paper found a programme for women that ran in 2016 and 2017 and stopped without a word: here
none stops without one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.cases import service as cases
from app.services.codes import (
    LEAVE_REASONS,
    PROGRAMME_KINDS,
    SITUATIONS,
    STOP_REASONS,
    ProgrammeState,
)
from app.services.models import Livelihood, Participation, Programme
from app.web.access import Subject
from tenants import audit
from tenants.confidential import clean
from tenants.context import acting_person
from tenants.database import db, hold
from tenants.disclosure import write
from tenants.errors import Conflict, Invalid, Missing
from tenants.vocabulary import Tag

NAME_LENGTH, NOTE_LENGTH = 120, 1000
ASKED_EVERY = timedelta(days=90)
"""How often her livelihood is looked at while she takes part (our default)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A programme, and how many take part now and in all."""

    row: Programme
    present: int
    total: int


def load_programme(programme_id: UUID) -> Subject:
    """Load a programme of the office.

    Raises:
        Missing: there is none with this id.
    """
    found = db.session.scalar(select(Programme).where(Programme.id == programme_id))
    if found is None:
        raise Missing("programme")
    return Subject("programme", found.id, found)


def load_participation(case_id: UUID, participation_id: UUID) -> Subject:
    """Load her part in a programme through her case.

    Raises:
        Missing: there is no such case, or no such part in it.
    """
    case = cases.load_case(case_id)
    query = select(Participation).where(
        Participation.id == participation_id, Participation.case_id == case_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise Missing("participation")
    return Subject("participation", found.id, found, case_id, case.standing)


def programmes() -> list[Line]:
    """Return every programme with its counts, running ones first; no participant is named."""
    present = func.count(Participation.id).filter(Participation.left_on.is_(None))
    query = (
        select(Programme, present, func.count(Participation.id))
        .outerjoin(Participation, Participation.programme_id == Programme.id)
        .group_by(Programme.tenant_id, Programme.id)
        .order_by(Programme.state != ProgrammeState.RUNNING, Programme.begun_on.desc())
    )
    return [Line(*row) for row in db.session.execute(query)]


def running() -> list[Programme]:
    """Return the programmes that somebody can join."""
    query = select(Programme).where(Programme.state == ProgrammeState.RUNNING)
    return list(db.session.scalars(query.order_by(Programme.name)))


def begin_programme(*, name: str, kind: str, begun_on: date) -> UUID:
    """Begin a programme; return its id.

    Raises:
        Invalid: ``name`` with ``missing``, ``too-long`` or ``taken``; ``kind`` with
            ``unknown-code``; ``begun_on`` with ``too-far``.
    """
    called = clean(name, "name", NAME_LENGTH)
    if called is None:
        raise Invalid("name", "missing")
    if kind not in PROGRAMME_KINDS.names:
        raise Invalid("kind", "unknown-code")
    if begun_on > cases.today() + timedelta(days=366):
        raise Invalid("begun_on", "too-far")
    hold(acting_person().id)
    if db.session.scalar(select(Programme.id).where(Programme.name == called)) is not None:
        raise Invalid("name", "taken")
    row = Programme(
        name=called,
        kind=kind,
        state=ProgrammeState.RUNNING,
        begun_on=begun_on,
        begun_by=acting_person().id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(Tag.PROGRAMME_BEGUN, subject=("programme", row.id))
    return row.id


def end_programme(subject: Subject, *, stopped: bool, reason: str | None, note: str | None) -> None:
    """End a programme, as planned or early; whoever stops one says why.

    Raises:
        Invalid: ``reason`` with ``unknown-code`` and ``note`` with ``missing`` where it is stopped
            early.
        Conflict: it has ended already.
    """
    hold(subject.id)
    row: Programme = subject.row
    db.session.refresh(row)
    if row.state != ProgrammeState.RUNNING:
        raise Conflict("programme-ended")
    said = clean(note, "note", NOTE_LENGTH)
    if stopped and (reason is None or reason not in STOP_REASONS.names):
        raise Invalid("reason", "unknown-code")
    if stopped and said is None:
        raise Invalid("note", "missing")
    row.state = ProgrammeState.STOPPED if stopped else ProgrammeState.FINISHED
    row.ended_on, row.end_reason, row.end_note = cases.today(), reason if stopped else None, said
    db.session.flush()
    audit.record(Tag.PROGRAMME_ENDED, subject=("programme", row.id), details={"state": row.state})


def join(subject: Subject, *, programme_id: UUID, survivor_id: UUID) -> UUID:
    """Record that she takes part in a programme; return the id.

    Args:
        subject: the case.

    Raises:
        Invalid: ``programme`` or ``survivor`` with ``unknown``; ``programme`` with ``taken``: she
            takes part already.
        Conflict: the case is closed.
    """
    cases.hold_open(subject)
    if programme_id not in {one.id for one in running()}:
        raise Invalid("programme", "unknown")
    if survivor_id not in {one.id for one in cases.rows(subject.id).survivors}:
        raise Invalid("survivor", "unknown")
    present = participations(subject.id)
    if any(
        (one.programme_id, one.survivor_id, one.left_on) == (programme_id, survivor_id, None)
        for one in present
    ):
        raise Invalid("programme", "taken")
    row = Participation(
        case_id=subject.id,
        programme_id=programme_id,
        survivor_id=survivor_id,
        joined_on=cases.today(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(Tag.PROGRAMME_JOINED, subject=("participation", row.id), case_id=subject.id)
    return row.id


def leave(subject: Subject, *, reason: str) -> None:
    """Record that her part in a programme has ended, and why.

    Raises:
        Invalid: ``reason`` with ``unknown-code``.
        Conflict: it has ended already, or the case is closed.
    """
    row = _present(subject)
    if reason not in LEAVE_REASONS.names:
        raise Invalid("reason", "unknown-code")
    row.left_on, row.leave_reason = cases.today(), reason
    db.session.flush()
    audit.record(
        Tag.PROGRAMME_LEFT,
        subject=("participation", row.id),
        case_id=row.case_id,
        details={"reason": reason},
    )


def look_after(subject: Subject, *, situation: str, remark: str | None) -> None:
    """Record how she lives now; also after her part in the programme has ended.

    Raises:
        Invalid: ``situation`` with ``unknown-code``; ``remark`` too long.
        Refused: the policy does not let this person write the remark.
        Conflict: the case is closed.
    """
    assert subject.case_id is not None  # noqa: S101 (load_participation gives it)
    cases.hold_open(cases.load_case(subject.case_id))
    if situation not in SITUATIONS.names:
        raise Invalid("situation", "unknown-code")
    row = Livelihood(
        case_id=subject.case_id,
        participation_id=subject.id,
        seen_on=cases.today(),
        situation=situation,
        recorded_by=acting_person().id,
    )
    if remark and remark.strip():
        write(row, subject.standing, remark=remark)
    db.session.add(row)
    db.session.flush()
    audit.record(Tag.LIVELIHOOD_RECORDED, subject=("livelihood", row.id), case_id=subject.case_id)


def participations(case_id: UUID) -> list[Participation]:
    """Return her parts in programmes, the present ones first."""
    found = cases.beside(case_id, Participation)
    return sorted(found, key=lambda one: (one.left_on is not None, one.joined_on, one.id))


def livelihoods(case_id: UUID) -> list[Livelihood]:
    """Return what was seen of her livelihood, the newest first."""
    found = cases.beside(case_id, Livelihood)
    return sorted(found, key=lambda one: (one.seen_on, one.id), reverse=True)


def names(ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of programmes."""
    if not ids:
        return {}
    query = select(Programme.id, Programme.name).where(Programme.id.in_(set(ids)))
    return {row.id: row.name for row in db.session.execute(query)}


def to_look_after(case_id: UUID) -> list[tuple[Participation, date]]:
    """Return the present parts with the day by which her livelihood is to be looked at."""
    seen: dict[UUID, date] = {}
    for one in livelihoods(case_id):
        seen.setdefault(one.participation_id, one.seen_on)
    return [
        (one, seen.get(one.id, one.joined_on) + ASKED_EVERY)
        for one in participations(case_id)
        if one.left_on is None
    ]


def _present(subject: Subject) -> Participation:
    assert subject.case_id is not None  # noqa: S101 (load_participation gives it)
    row: Participation = subject.row
    cases.hold_open(cases.load_case(subject.case_id))
    db.session.refresh(row)
    if row.left_on is not None:
        raise Conflict("participation-ended")
    return row
