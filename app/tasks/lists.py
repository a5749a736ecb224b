"""Work lists: what a person does first, and what waits for whom. Nothing of them is decrypted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.sql import Select

from app.cases import service as cases
from app.clocks import service as clocks
from app.tasks.codes import Show, Side, TaskKind
from app.tasks.models import Task
from app.web.together import home_rows
from tenants import clock, registry
from tenants.context import Person, Role
from tenants.database import db

FIRST = 8  # things that the first page names
LISTED = 200
_WORKERS = (Role.INTAKE_OFFICER, Role.CASE_OFFICER, Role.COMPANION, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do, whichever room it comes from.

    Attributes:
        rank: the smaller, the sooner: what a law fixes and is late comes first.
        deadline: the clock that runs, or None for a task.
        task: the task, or None for a clock.
    """

    rank: int
    at: datetime
    case_id: UUID
    case_code: str
    overdue: bool
    deadline: clocks.Running | None = None
    task: Task | None = None


def first_query(person: Person) -> Select[Any] | None:
    """Return the query of the tasks that a person is shown first: own ones, or nobody's."""
    if not person.has(*_WORKERS):
        return None
    owned: ColumnElement[bool] = Task.owner_id == person.id
    if person.has(Role.SUPERVISOR):
        owned = or_(owned, Task.owner_id.is_(None))
    return (
        _readable(person)
        .where(owned, Task.side == Side.OFFICE.value)
        .order_by(Task.due_on, Task.created_at)
        .limit(FIRST)
    )


def do_first(person: Person) -> list[Item]:
    """Return what a person does first, from clocks and tasks: the first page's own rows."""
    found = [
        Item(
            rank=(0 if one.fixed else 1) if one.late else (2 if one.stage == "soon" else 4),
            at=one.due_at,
            case_id=one.case_id,
            case_code=one.case_code,
            overdue=one.late,
            deadline=one,
        )
        for one in clocks.first(person)
        if one.stage != "rests"
    ]
    zone, day = registry.profile().identity.timezone, cases.today()
    for row in home_rows(person, Task):
        due = row.due_on or date.max
        found.append(
            Item(
                rank=1 if due < day else 2 if due == day else 3,
                at=clock.begins(row.due_on, zone) if row.due_on else row.created_at,
                case_id=row.case_id,
                case_code=row.case_code,
                overdue=due < day,
                task=row,
            )
        )
    return sorted(found, key=lambda one: (one.rank, one.at, one.case_code))[:FIRST]


def listed(person: Person, show: Show, kind: str = "") -> list[Task]:
    """Return the tasks of one work list, the nearest first: one statement."""
    query = _readable(person)
    if show is Show.MINE:
        query = query.where(Task.owner_id == person.id, Task.side == Side.OFFICE.value)
    elif show is Show.UNASSIGNED:
        query = query.where(Task.owner_id.is_(None), Task.side == Side.OFFICE.value)
    elif show is Show.OVERDUE:
        query = query.where(Task.due_on < cases.today())
    elif show is Show.PARTNER:
        query = query.where(Task.side == Side.PARTNER.value)
    if kind in set(TaskKind):
        query = query.where(Task.kind == kind)
    query = query.order_by(Task.due_on.nulls_last(), Task.created_at, Task.id)
    return list(db.session.scalars(query.limit(LISTED)))


def waiting_counts(person: Person) -> dict[Show, int]:
    """Return how many tasks stand on each list: one statement."""
    counted = _readable(person).subquery()
    rows = select(
        func.count().filter(counted.c.owner_id == person.id, counted.c.side == Side.OFFICE.value),
        func.count().filter(counted.c.owner_id.is_(None), counted.c.side == Side.OFFICE.value),
        func.count().filter(counted.c.due_on < cases.today()),
        func.count().filter(counted.c.side == Side.PARTNER.value),
        func.count(),
    ).select_from(counted)
    return dict(zip(Show, db.session.execute(rows).one(), strict=True))


def _readable(person: Person) -> Select[Any]:
    return select(Task).where(Task.ended_at.is_(None), Task.case_id.in_(cases.readable_ids(person)))
