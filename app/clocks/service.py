"""Clocks: started and ended by what happens, never paused silently, and heard when they run out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.sql import Select

from app.cases import service as cases
from app.clocks.calendar import due, leave_of
from app.clocks.codes import ENDS, KIND_NAMES, How, PauseReason
from app.clocks.models import Deadline
from app.clocks.reminding import remind, stage
from app.clocks.rules import Kind, Rule, rule_for
from app.web.access import Subject
from app.web.together import home_rows
from tenants import audit, clock, registry
from tenants.context import Person, Role
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing
from tenants.vocabulary import Tag

__all__ = [
    "KIND_NAMES",
    "TABLES",
    "Kind",
    "PauseReason",
    "Running",
    "due_list",
    "due_of",
    "ever",
    "extend",
    "first",
    "first_query",
    "for_case",
    "load_deadline",
    "pause",
    "remind",
    "rest",
    "resume",
    "run_on",
    "settle",
    "start",
    "stop",
    "stop_all",
    "undo",
]

TABLES = (Deadline,)
"""What the page of a case reads along with its own."""
LISTED = 200
FIRST = 8  # clocks on the first page
_LISTENERS = (
    Role.INTAKE_OFFICER,
    Role.CASE_OFFICER,
    Role.COMPANION,
    Role.SUPERVISOR,
    Role.SIGNATORY,
)


@dataclass(frozen=True, slots=True)
class Running:
    """A clock as a list shows it; nothing of it is confidential.

    Attributes:
        stage: ``rests``, ``runs``, ``soon``, ``late``, ``supervisor`` or ``chair``.
    """

    id: UUID
    case_id: UUID
    case_code: str
    kind: Kind
    object_id: UUID
    basis: str
    fixed: bool
    started_at: datetime
    due_at: datetime
    stage: str
    pause_reason: str | None

    @property
    def late(self) -> bool:
        """Whether its time is over."""
        return self.stage in {"late", "supervisor", "chair"}


def due_of(kind: Kind, started: datetime) -> datetime:
    """Return when a clock of a kind that begins at ``started`` will be over."""
    profile = registry.profile()
    return due(_rule(kind, started), started, profile.identity.timezone, leave_of(profile))


def start(kind: Kind, case_id: UUID, object_id: UUID, at: datetime | None = None) -> datetime:
    """Start a clock and return when it is over; one that runs already goes on as it is.

    Args:
        object_id: what it is about: the case itself, a referral, a stay.
        at: when that began; now, unless given.
    """
    running = _running(kind, object_id)
    if running is not None:
        return running.due_at
    started = at or clock.now()
    rule = _rule(kind, started)
    ends = due_of(kind, started)
    db.session.add(
        Deadline(
            case_id=case_id,
            case_code=cases.find(case_id).code,
            kind=kind.value,
            object_id=object_id,
            amount=rule.amount,
            unit=rule.unit.value,
            basis=rule.basis,
            fixed=rule.fixed,
            started_at=started,
            due_at=ends,
        )
    )
    db.session.flush()
    return ends


def ever(kind: Kind, object_id: UUID) -> bool:
    """Tell whether such a clock runs or has run; one that a reclassification ended is no such."""
    found = exists().where(
        Deadline.kind == kind.value,
        Deadline.object_id == object_id,
        Deadline.stopped_how.is_distinct_from(How.RECLASSIFIED.value),
    )
    return bool(db.session.scalar(select(found)))


def stop(kind: Kind, object_id: UUID, how: How = How.EVENT, by: UUID | None = None) -> None:
    """End a clock because of what has happened; one that does not run is left alone.

    Args:
        by: the letter or other thing that ended it.
    """
    running = _running(kind, object_id)
    if running is not None:
        _end(running, how, by)


def stop_all(case_id: UUID, how: How) -> None:
    """End every clock of a case."""
    query = select(Deadline).where(Deadline.case_id == case_id, Deadline.stopped_at.is_(None))
    for running in db.session.scalars(query.with_for_update()):
        _end(running, how, None)


def undo(by: UUID) -> None:
    """Let clocks run again that something ended which holds no longer (a letter withdrawn)."""
    query = select(Deadline).where(Deadline.stopped_by == by)
    for ended in db.session.scalars(query.with_for_update()):
        if _running(Kind(ended.kind), ended.object_id) is None:
            ended.stopped_at = ended.stopped_how = ended.stopped_by = None
            db.session.flush()


def for_case(case_id: UUID) -> list[Running]:
    """Return the clocks of a case that run, the nearest first."""
    found = [one for one in cases.beside(case_id, Deadline) if one.stopped_at is None]
    return [_as_running(one) for one in sorted(found, key=lambda one: (one.due_at, one.id))]


def due_list(person: Person, most: int = LISTED) -> list[Running]:
    """Return the clocks that a person answers for, the nearest first: one statement.

    The head of the office, who reads no case, sees those that have come to the chair.
    """
    return [_as_running(one) for one in db.session.scalars(_of(person).limit(most))]


def first_query(person: Person) -> Select[Any] | None:
    """Return the query of the clocks that a person is shown first."""
    if not person.has(*_LISTENERS):
        return None
    return _of(person).where(Deadline.paused_at.is_(None)).limit(FIRST)


def first(person: Person) -> list[Running]:
    """Return the clocks that a person is shown first, the nearest first."""
    rows = sorted(home_rows(person, Deadline), key=lambda one: (one.due_at, one.id))
    return [_as_running(one) for one in rows]


def load_deadline(case_id: UUID, deadline_id: UUID) -> Subject:
    """Load a clock through its case.

    Raises:
        Missing: there is no such case, or no such clock in it.
    """
    case = cases.load_case(case_id)
    query = select(Deadline).where(Deadline.id == deadline_id, Deadline.case_id == case_id)
    found = db.session.scalar(query)
    if found is None:
        raise Missing("deadline")
    return Subject("deadline", found.id, found, case_id, case.standing)


def settle(subject: Subject, how: str) -> None:
    """End a clock by a person's word: that it was done, or why it does not hold.

    What begins when the police protect her (UU 23/2004 Ps 16: the order of the court within a
    day, protection for seven days at most) begins here.

    Raises:
        Invalid: ``how`` is none of the ways in which this clock ends.
        Conflict: it has ended already.
    """
    row = _take(subject)
    if how not in ENDS.get(Kind(row.kind), ()):
        raise Invalid("how", "unknown-code")
    _end(row, How(how), None)
    _record(Tag.CLOCK_STOPPED, row, how=how)
    if how == How.GIVEN:
        for kind in (Kind.COURT_ORDER, Kind.PROTECTION_ENDS):
            start(kind, row.case_id, row.case_id)


def pause(subject: Subject, reason: PauseReason) -> None:
    """Let a clock rest; on record, with a reason.

    Raises:
        Conflict: it has ended, rests already, or a law fixes it.
    """
    row = _take(subject)
    if row.fixed:
        raise Conflict("clock-fixed")
    if row.paused_at is not None:
        raise Conflict("clock-rests")
    _rest(row, reason)


def resume(subject: Subject) -> None:
    """Let a clock run on; what it rested is added to its end.

    Raises:
        Conflict: it has ended, or does not rest.
    """
    row = _take(subject)
    if row.paused_at is None:
        raise Conflict("clock-runs")
    _run_on(row)


def rest(kind: Kind, object_id: UUID, reason: PauseReason) -> None:
    """Let a clock rest because of what has happened, on record; one that rests is left alone."""
    row = _running(kind, object_id)
    if row is not None and row.paused_at is None and not row.fixed:
        _rest(row, reason)


def run_on(kind: Kind, object_id: UUID) -> datetime | None:
    """Let a clock run on because of what has happened; return when it is over (None: no clock)."""
    row = _running(kind, object_id)
    if row is not None and row.paused_at is not None:
        _run_on(row)
    return row.due_at if row is not None else None


def extend(kind: Kind, object_id: UUID, days: int, reason: str) -> datetime:
    """Make a clock longer for a reason, on record; whoever was told is told anew when it ends.

    Raises:
        Conflict: it does not run, or a law fixes it.
    """
    row = _running(kind, object_id)
    if row is None:
        raise Conflict("clock-ended")
    if row.fixed:
        raise Conflict("clock-fixed")
    row.due_at += timedelta(days=days)
    row.reminded_at = row.supervisor_at = row.chair_at = None
    _record(Tag.CLOCK_EXTENDED, row, due=audit.stamp(row.due_at), reason=reason)
    return row.due_at


def _of(person: Person) -> Select[Deadline]:
    query = select(Deadline).where(Deadline.stopped_at.is_(None))
    readable = Deadline.case_id.in_(cases.readable_ids(person))
    if person.has(Role.SIGNATORY):
        return query.where(Deadline.chair_at.is_not(None) | readable).order_by(Deadline.due_at)
    return query.where(readable).order_by(Deadline.paused_at.is_not(None), Deadline.due_at)


def _rule(kind: Kind, started: datetime) -> Rule:
    profile = registry.profile()
    return rule_for(kind, clock.day_of(started, profile.identity.timezone), profile)


def _running(kind: Kind, object_id: UUID) -> Deadline | None:
    query = select(Deadline).where(
        Deadline.kind == kind.value,
        Deadline.object_id == object_id,
        Deadline.stopped_at.is_(None),
    )
    return db.session.scalar(query.with_for_update())


def _take(subject: Subject) -> Deadline:
    query = select(Deadline).where(Deadline.id == subject.id).with_for_update()
    found = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if found.stopped_at is not None:
        raise Conflict("clock-ended")
    if subject.standing.closed:
        raise Conflict("case-closed")
    return found


def _end(row: Deadline, how: How, by: UUID | None) -> None:
    row.stopped_at, row.stopped_how, row.stopped_by = clock.now(), how.value, by
    row.paused_at = row.pause_reason = None
    db.session.flush()


def _rest(row: Deadline, reason: PauseReason) -> None:
    row.paused_at, row.pause_reason = clock.now(), reason.value
    _record(Tag.CLOCK_PAUSED, row, reason=reason.value)


def _run_on(row: Deadline) -> None:
    row.due_at += clock.now() - (row.paused_at or clock.now())
    row.paused_at = row.pause_reason = None
    _record(Tag.CLOCK_RESUMED, row, due=audit.stamp(row.due_at))


def _as_running(row: Deadline) -> Running:
    return Running(
        id=row.id,
        case_id=row.case_id,
        case_code=row.case_code,
        kind=Kind(row.kind),
        object_id=row.object_id,
        basis=row.basis,
        fixed=row.fixed,
        started_at=row.started_at,
        due_at=row.due_at,
        stage=stage(row),
        pause_reason=row.pause_reason,
    )


def _record(tag: Tag, row: Deadline, **details: str) -> None:
    db.session.flush()
    audit.record(
        tag,
        subject=("deadline", row.id),
        case_id=row.case_id,
        details={"kind": row.kind, **details},
    )
