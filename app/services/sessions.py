"""Sessions: the first counselling is offered to everyone; a missed session is a sign of danger."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.cases import service as cases
from app.services.codes import SESSION_KINDS, SessionKind, SessionState
from app.services.models import CareSession
from app.web.access import Subject
from tenants import audit, clock, registry
from tenants.context import acting_person
from tenants.database import db
from tenants.disclosure import write
from tenants.errors import Conflict, Invalid, Missing
from tenants.vocabulary import Tag

REACH = timedelta(days=366)
_ENDED = frozenset({SessionState.HELD, SessionState.MISSED, SessionState.CANCELLED})


def load_session(case_id: UUID, session_id: UUID) -> Subject:
    """Load a session through its case.

    Raises:
        Missing: there is no such case, or no such session in it.
    """
    case = cases.load_case(case_id)
    query = select(CareSession).where(CareSession.id == session_id, CareSession.case_id == case_id)
    found = db.session.scalar(query)
    if found is None:
        raise Missing("care_session")
    return Subject("care_session", found.id, found, case_id, case.standing)


def sessions(case_id: UUID) -> list[CareSession]:
    """Return the sessions of a case, the newest first."""
    found = cases.beside(case_id, CareSession)
    return sorted(found, key=lambda one: (one.planned_at or one.offered_at, one.id), reverse=True)


def unoffered(case_id: UUID, survivors: Sequence[UUID]) -> list[UUID]:
    """Return the survivors to whom no counselling was offered yet."""
    offered = {one.survivor_id for one in sessions(case_id) if one.kind == SessionKind.COUNSELLING}
    return [one for one in survivors if one not in offered]


def unreached(case_id: UUID) -> list[CareSession]:
    """Return the missed sessions after which nobody has made sure that she is safe."""
    return [
        one
        for one in sessions(case_id)
        if one.state == SessionState.MISSED and one.reached_at is None
    ]


def offer(
    subject: Subject,
    *,
    survivor_id: UUID,
    kind: str,
    accepted: bool,
    at: datetime | None = None,
    with_id: UUID | None = None,
) -> UUID:
    """Record that a session was offered: what she declines is recorded as well as what is planned.

    Args:
        at, with_id: when, and with whom of the team; asked for where she accepts.

    Raises:
        Invalid: ``kind`` with ``unknown-code``; ``survivor`` or ``with_id`` with ``unknown``;
            ``day`` with ``missing`` or ``too-far``.
        Conflict: the case is closed.
    """
    cases.hold_open(subject)
    if kind not in SESSION_KINDS.names:
        raise Invalid("kind", "unknown-code")
    survivors = {one.id: one for one in cases.rows(subject.id).survivors}
    if survivor_id not in survivors:
        raise Invalid("survivor", "unknown")
    if accepted:
        if at is None:
            raise Invalid("day", "missing")
        check_moment(at)
        if with_id is None or with_id not in {card.id for card in cases.team(subject.id)}:
            raise Invalid("with_id", "unknown")
    row = CareSession(
        case_id=subject.id,
        survivor_id=survivor_id,
        kind=kind,
        state=SessionState.PLANNED if accepted else SessionState.DECLINED,
        about_child=survivors[survivor_id].is_child,
        with_id=with_id if accepted else None,
        offered_by=acting_person().id,
        offered_at=clock.now(),
        planned_at=at if accepted else None,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        Tag.CARE_SESSION_OFFERED,
        subject=("care_session", row.id),
        case_id=subject.id,
        details={"kind": kind, "state": row.state},
    )
    return row.id


def end_session(subject: Subject, *, state: str, content: str | None) -> None:
    """Say that a session was held, was missed, or was cancelled by us.

    Raises:
        Invalid: ``state`` with ``unknown-code``; ``content`` with ``missing`` for a held one, or
            too long; ``state`` with ``in-the-future``: it has not been yet.
        Refused: the policy does not let this person write it.
        Conflict: it has ended, or the case is closed.
    """
    row = _take(subject)
    if row.state != SessionState.PLANNED:
        raise Conflict("session-ended")
    if state not in _ENDED:
        raise Invalid("state", "unknown-code")
    planned = row.planned_at
    ahead = planned is not None and day_of(planned) > cases.today()
    if ahead and state != SessionState.CANCELLED:
        raise Invalid("state", "in-the-future")
    if state == SessionState.HELD:
        if not (content or "").strip():
            raise Invalid("content", "missing")
        write(row, subject.standing, content=content)
    row.state, row.ended_at = state, clock.now()
    db.session.flush()
    audit.record(
        Tag.CARE_SESSION_ENDED,
        subject=("care_session", row.id),
        case_id=row.case_id,
        details={"state": state},
    )


def reached(subject: Subject) -> None:
    """Record that somebody has made sure, after a missed session, that she is safe.

    Raises:
        Conflict: it was not missed, was recorded already, or the case is closed.
    """
    row = _take(subject)
    if row.state != SessionState.MISSED or row.reached_at is not None:
        raise Conflict("session-ended")
    row.reached_at, row.reached_by = clock.now(), acting_person().id
    db.session.flush()
    audit.record(Tag.CARE_SESSION_REACHED, subject=("care_session", row.id), case_id=row.case_id)


def check_moment(at: datetime) -> None:
    """Accept a moment within a year of today.

    Raises:
        Invalid: ``day`` with ``too-far``.
    """
    if abs(day_of(at) - cases.today()) > REACH:
        raise Invalid("day", "too-far")


def day_of(at: datetime) -> date:
    """Return the day of a moment where the agency is."""
    return at.astimezone(ZoneInfo(registry.profile().identity.timezone)).date()


def _take(subject: Subject) -> CareSession:
    assert subject.case_id is not None  # noqa: S101 (load_session gives it)
    row: CareSession = subject.row
    cases.hold_open(cases.load_case(subject.case_id))
    db.session.refresh(row)
    return row
