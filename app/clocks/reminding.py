"""Who hears of a clock that runs out: the team first, then the supervisor, then the chair.

The schedule does this; the notice is the line on each one's own page, which stays until the clock
ends. The letter to the chair and the Regent is made by the pipeline of letters, not here.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from app.clocks.models import Deadline
from tenants import audit, clock, registry
from tenants.database import db
from tenants.vocabulary import Tag

BATCH = 500  # clocks in one turn of the schedule


def stage(row: Deadline) -> str:
    """Say how far a clock has come: ``rests``, ``runs``, ``soon``, ``late``, and who was told."""
    moment = clock.now()
    if row.paused_at is not None:
        return "rests"
    if row.chair_at is not None:
        return "chair"
    if row.supervisor_at is not None:
        return "supervisor"
    if row.due_at <= moment:
        return "late"
    return "soon" if warns_at(row) <= moment else "runs"


def warns_at(row: Deadline) -> datetime:
    """Return from when on a clock is near its end, as the agency wants to be warned."""
    percent = registry.profile().escalation_number("remind_percent")
    return row.due_at - (row.due_at - row.started_at) * percent / 100


def remind() -> int:
    """Tell of every clock of the bound tenant that has come a step further; return how many."""
    moment = clock.now()
    done = 0
    query = (
        select(Deadline)
        .where(
            Deadline.stopped_at.is_(None),
            Deadline.paused_at.is_(None),
            or_(Deadline.due_at <= moment, Deadline.reminded_at.is_(None)),
            Deadline.chair_at.is_(None),
        )
        .order_by(Deadline.due_at)
        .limit(BATCH)
    )
    for row in db.session.scalars(query.with_for_update(skip_locked=True)):
        done += _tell(row, moment)
    db.session.flush()
    return done


def _tell(row: Deadline, moment: datetime) -> int:
    told = 0
    if row.reminded_at is None and warns_at(row) <= moment:
        row.reminded_at = moment
        _record(Tag.CLOCK_REMINDED, row)
        told += 1
    if row.supervisor_at is None and row.due_at <= moment:
        row.supervisor_at = moment
        _record(Tag.CLOCK_ESCALATED, row, to="supervisor")
        told += 1
    hours = registry.profile().escalation_number("chair_after_hours")
    if row.chair_at is None and row.due_at + timedelta(hours=hours) <= moment:
        row.chair_at = moment
        _record(Tag.CLOCK_ESCALATED, row, to="chair")
        told += 1
    return told


def _record(tag: Tag, row: Deadline, **details: str) -> None:
    audit.record(
        tag,
        subject=("deadline", row.id),
        case_id=row.case_id,
        details={"kind": row.kind, "object": str(row.object_id), **details},
    )
