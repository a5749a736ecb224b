"""Filters of work lists that a person keeps. They hold codes alone and are named by their codes."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.sql import Select

from app.tasks.codes import Show, TaskKind
from app.tasks.models import WorkFilter
from app.web.access import Subject
from tenants import audit, clock
from tenants.context import acting_person, current
from tenants.database import db, hold
from tenants.errors import Conflict, Invalid, Missing
from tenants.vocabulary import Tag

MOST = 12  # more are found no faster than by choosing anew


@dataclass(frozen=True, slots=True)
class Kept:
    """One kept filter."""

    id: UUID
    show: Show
    kind: str


def kept() -> list[Kept]:
    """Return the acting person's filters in the order in which they were kept."""
    return [Kept(row.id, Show(row.show), row.kind) for row in db.session.scalars(_own())]


def keep(show: str, kind: str) -> None:
    """Keep a filter; the same one twice is one.

    Raises:
        Invalid: ``show`` or ``kind`` is none of its list.
        Conflict: ``too-many-filters``.
    """
    if show not in set(Show):
        raise Invalid("show", "unknown-code")
    if kind and kind not in set(TaskKind):
        raise Invalid("kind", "unknown-code")
    person = acting_person().id
    hold(uuid5(person, "work-filter"))
    rows = list(db.session.scalars(_own()))
    if any((row.show, row.kind) == (show, kind) for row in rows):
        return
    if len(rows) >= MOST:
        raise Conflict("too-many-filters")
    row = WorkFilter(account_id=person, show=show, kind=kind, saved_at=clock.now())
    db.session.add(row)
    db.session.flush()
    audit.record(Tag.WORK_FILTER_SAVED, subject=("work_filter", row.id))


def load_filter(filter_id: UUID) -> Subject:
    """Load one of the acting person's own filters for a route.

    Raises:
        Missing: there is none, or it is somebody else's.
    """
    row = db.session.get(WorkFilter, (current().tenant_id, filter_id))
    if row is None or row.account_id != acting_person().id:
        raise Missing("work_filter")
    return Subject("work_filter", row.id, row)


def forget(subject: Subject) -> None:
    """Remove a filter."""
    db.session.delete(subject.row)
    db.session.flush()
    audit.record(Tag.WORK_FILTER_REMOVED, subject=("work_filter", subject.id))


def _own() -> Select[WorkFilter]:
    query = select(WorkFilter).where(WorkFilter.account_id == acting_person().id)
    return query.order_by(WorkFilter.saved_at, WorkFilter.id)
