"""Tasks: what is to be done in a case, by whom and by when; and what office and partner share."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.accounts.service import Card
from app.cases import service as cases
from app.tasks.codes import SHARED, SIDES, TASK_KINDS, About, Show, Side, TaskKind
from app.tasks.filters import Kept, forget, keep, kept, load_filter
from app.tasks.handing_over import hand_over, leavers
from app.tasks.lists import Item, do_first, first_query, listed, waiting_counts
from app.tasks.load import Load, loads
from app.tasks.models import Task
from app.web.access import Subject
from tenants import audit, clock, revealing
from tenants.context import Purpose, acting_person
from tenants.database import db
from tenants.disclosure import Disclosed, disclose, write
from tenants.errors import Conflict, Invalid, Missing
from tenants.vocabulary import Tag

__all__ = [
    "SHARED",
    "SIDES",
    "TABLES",
    "TASK_KINDS",
    "About",
    "Item",
    "Kept",
    "Line",
    "Load",
    "Show",
    "Side",
    "Task",
    "TaskKind",
    "add",
    "add_shared",
    "change",
    "do_first",
    "end_about",
    "finish",
    "finish_shared",
    "first_query",
    "for_case",
    "forget",
    "hand_over",
    "keep",
    "kept",
    "leavers",
    "listed",
    "load_filter",
    "load_task",
    "loads",
    "of",
    "owners",
    "reveal",
    "waiting_counts",
]

TABLES = (Task,)
"""What the page of a case reads along with its own."""


@dataclass(frozen=True, slots=True)
class Line:
    """A task on the page of its case.

    Attributes:
        text: as the acting person may see it.
        owner: the name of whoever has taken it on, or None.
    """

    row: Task
    owner: str | None
    overdue: bool
    text: Disclosed


def for_case(
    subject: Subject, opened: Disclosed | None = None, task_id: UUID | None = None
) -> list[Line]:
    """Return the tasks of a case that are still to be done, the nearest first.

    Args:
        opened: the text of ``task_id``, just opened on demand.
    """
    rows = [one for one in cases.beside(subject.id, Task) if one.ended_at is None]
    people = cases.cards_beside(one.owner_id for one in rows if one.owner_id)
    day = cases.today()
    return [
        Line(
            row=one,
            owner=people[one.owner_id].name if one.owner_id else None,
            overdue=one.due_on is not None and one.due_on < day,
            text=opened
            if opened is not None and one.id == task_id
            else disclose(one, ("text",), subject.standing)["text"],
        )
        for one in sorted(rows, key=lambda one: (one.due_on or date.max, one.created_at, one.id))
    ]


def load_task(case_id: UUID, task_id: UUID) -> Subject:
    """Load a task through its case.

    Raises:
        Missing: there is no such case, or no such task in it.
    """
    case = cases.load_case(case_id)
    query = select(Task).where(Task.id == task_id, Task.case_id == case_id)
    found = db.session.scalar(query)
    if found is None:
        raise Missing("task")
    return Subject("task", found.id, found, case_id, case.standing)


def owners(case_id: UUID) -> list[Card]:
    """Return who may take on a task of a case: its team."""
    return cases.team(case_id)


def add(
    subject: Subject,
    kind: str,
    *,
    owner_id: UUID | None = None,
    due_on: date | None = None,
    text: str = "",
    about: About = About.CASE,
    about_id: UUID | None = None,
    organisation_id: UUID | None = None,
) -> UUID:
    """Put a task on the list of a case and return its id.

    Args:
        subject: the case.
        about_id: of what ``about`` names; the case itself, unless given.
        organisation_id: who is to do it, where it is an organisation and nobody of the office.

    Raises:
        Invalid: ``kind`` is none, ``owner`` is not in the team, ``due_on`` has passed, or
            ``text`` is too long or holds a control character.
        Refused: this person may not write such a text in this case.
        Conflict: the case is closed.
    """
    assert subject.case_id is not None  # noqa: S101 (every subject of a case has one)
    if subject.standing.closed:
        raise Conflict("case-closed")
    if kind not in set(TaskKind):
        raise Invalid("kind", "unknown-code")
    if owner_id is not None and owner_id not in {one.id for one in owners(subject.case_id)}:
        raise Invalid("owner", "not-in-team")
    if due_on is not None and due_on < cases.today():
        raise Invalid("due_on", "in-the-past")
    side = Side.PARTNER if organisation_id else Side.OFFICE
    row = _row(subject.case_id, kind, side, about, about_id or subject.case_id)
    row.owner_id, row.due_on, row.organisation_id = owner_id, due_on, organisation_id
    if text.strip():
        write(row, subject.standing, text=text)
    return _added(row)


def change(subject: Subject, owner_id: UUID | None, due_on: date | None) -> None:
    """Give a task to somebody else, or another day.

    Raises:
        Invalid: ``owner`` is not in the team.
        Conflict: it is done already, or the case is closed.
    """
    row = _take(subject)
    if owner_id is not None and owner_id not in {one.id for one in owners(row.case_id)}:
        raise Invalid("owner", "not-in-team")
    row.owner_id, row.due_on = owner_id, due_on
    db.session.flush()
    _record(Tag.TASK_CHANGED, row)


def finish(subject: Subject) -> None:
    """Say that a task is done.

    Raises:
        Conflict: it is done already, or the case is closed.
    """
    _end(_take(subject))


def reveal(subject: Subject, purpose: Purpose) -> Disclosed:
    """Open the text of a task for a purpose, on record.

    Raises:
        Refused: the policy does not let this person open it.
        LimitReached: the person has opened as many today as the agency allows.
    """
    return revealing.reveal(subject.row, "text", subject.standing, purpose)


def of(about_id: UUID) -> list[Task]:
    """Return every task that came from one thing (a conference, a mediation), done ones last."""
    rows = db.session.scalars(select(Task).where(Task.about_id == about_id))
    return sorted(rows, key=lambda one: (one.ended_at is not None, one.due_on or date.max, one.id))


def add_shared(subject: Subject, kind: str, side: str, due_on: date | None) -> UUID:
    """Put a task on the list that office and organisation share: its kind, whose turn, until when.

    Args:
        subject: the referral, loaded for whichever side acts.

    Raises:
        Invalid: ``kind`` or ``side`` is none of the list, or ``due_on`` has passed.
        Conflict: the case is closed.
    """
    assert subject.case_id is not None  # noqa: S101 (a referral belongs to a case)
    if subject.standing.closed:
        raise Conflict("case-closed")
    if kind not in SHARED:
        raise Invalid("kind", "unknown-code")
    if side not in set(Side):
        raise Invalid("side", "unknown-code")
    if due_on is not None and due_on < cases.today():
        raise Invalid("due_on", "in-the-past")
    row = _row(subject.case_id, kind, Side(side), About.REFERRAL, subject.id)
    row.due_on = due_on
    return _added(row)


def finish_shared(subject: Subject, task_id: UUID) -> None:
    """Say that a shared task of a referral is done.

    Raises:
        Missing: the referral has no such task.
        Conflict: it is done already.
    """
    query = select(Task).where(Task.id == task_id, Task.about_id == subject.id)
    row = db.session.scalar(query.with_for_update())
    if row is None:
        raise Missing("task")
    if row.ended_at is not None:
        raise Conflict("task-done")
    _end(row)


def end_about(about_id: UUID) -> None:
    """End what is still to be done about something that has ended."""
    query = select(Task).where(Task.about_id == about_id, Task.ended_at.is_(None))
    for row in db.session.scalars(query.with_for_update()):
        row.ended_at = clock.now()
    db.session.flush()


def _row(case_id: UUID, kind: str, side: Side, about: About, about_id: UUID) -> Task:
    return Task(
        case_id=case_id,
        case_code=cases.find(case_id).code,
        kind=kind,
        side=side.value,
        about=about.value,
        about_id=about_id,
        created_by=acting_person().id,
        created_at=clock.now(),
    )


def _added(row: Task) -> UUID:
    db.session.add(row)
    db.session.flush()
    _record(Tag.TASK_ADDED, row)
    return row.id


def _take(subject: Subject) -> Task:
    query = select(Task).where(Task.id == subject.id).with_for_update()
    row = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if row.ended_at is not None:
        raise Conflict("task-done")
    if subject.standing.closed:
        raise Conflict("case-closed")
    return row


def _end(row: Task) -> None:
    row.ended_at, row.ended_by = clock.now(), acting_person().id
    db.session.flush()
    _record(Tag.TASK_DONE, row)


def _record(tag: Tag, row: Task) -> None:
    audit.record(
        tag,
        subject=("task", row.id),
        case_id=row.case_id,
        details={"kind": row.kind, "side": row.side, "about": row.about},
    )
