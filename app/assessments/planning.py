"""The plan of a case: for each need who does what, by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.service import Card
from app.assessments.codes import PLAN_STATES, PlanState
from app.assessments.models import PlanItem
from app.cases import service as cases
from app.web.access import Subject
from tenants import audit, clock, revealing
from tenants.context import Purpose, acting_person
from tenants.database import db
from tenants.disclosure import Disclosed, disclose, write
from tenants.errors import Conflict, Invalid, Missing
from tenants.vocabulary import Tag

REACH = timedelta(days=366)
"""How far ahead a day may lie: a later one is a slip of the finger."""


@dataclass(frozen=True, slots=True, repr=False)
class Planned:
    """One line of the plan.

    Attributes:
        fields: what is to be done and what came of it, as the person may see them.
    """

    row: PlanItem
    service: str
    owner: Card
    late: bool
    fields: dict[str, Disclosed]


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """The plan of a case.

    Attributes:
        unplanned: the needs that are open and that nobody has.
        opened: the line and field that were just opened.
    """

    lines: Sequence[Planned]
    unplanned: Sequence[Any]
    opened: tuple[UUID, str] | None = None


def load_item(case_id: UUID, item_id: UUID) -> Subject:
    """Load a line of the plan through its case.

    Raises:
        Missing: there is no such case, or no such line in it.
    """
    case = cases.load_case(case_id)
    query = select(PlanItem).where(PlanItem.id == item_id, PlanItem.case_id == case_id)
    found = db.session.scalar(query)
    if found is None:
        raise Missing("plan_item")
    return Subject("plan_item", found.id, found, case_id, case.standing)


def items(case_id: UUID) -> list[PlanItem]:
    """Return the lines of a case's plan: open ones by their day, then what has ended."""
    found = cases.beside(case_id, PlanItem)
    return sorted(found, key=lambda one: (one.state != PlanState.OPEN, one.due_on, one.id))


def plan(subject: Subject, opened: tuple[UUID, Disclosed] | None = None) -> Plan:
    """Return the plan as the acting person may see it. The route records the look."""
    rows = items(subject.id)
    needs = {one.id: one for one in cases.rows(subject.id).needs}
    people = cases.cards_beside(row.owner_id for row in rows)
    today = cases.today()
    lines = []
    for row in rows:
        seen = dict(disclose(row, ("action", "result"), subject.standing))
        if opened is not None and opened[0] == row.id:
            seen[opened[1].name.partition(".")[2]] = opened[1]
        service = needs[row.need_id].service
        lines.append(Planned(row, service, people[row.owner_id], late(row, today), seen))
    held = {row.need_id for row in rows if row.state == PlanState.OPEN}
    unplanned = [one for one in needs.values() if one.state == "open" and one.id not in held]
    return Plan(lines, unplanned, (opened[0], opened[1].name) if opened else None)


def reveal(subject: Subject, item_id: UUID, name: str, purpose: Purpose) -> Plan:
    """Return the plan with one more text opened, for a purpose that was named.

    Raises:
        Missing: the case has no such line.
        Invalid, Refused, LimitReached: as :func:`tenants.revealing.reveal`.
    """
    row = load_item(subject.id, item_id).row
    seen = revealing.reveal(row, name.partition(".")[2], subject.standing, purpose)
    found = plan(subject, (item_id, seen))
    audit.record(Tag.PLAN_VIEWED, subject=("case", subject.id), case_id=subject.id)
    return found


def add_item(subject: Subject, *, need_id: UUID, owner_id: UUID, due_on: date, action: str) -> UUID:
    """Say who does what for a need, by when; return the line's id.

    Raises:
        Invalid: ``need`` or ``owner`` with ``unknown``; ``due_on`` with ``in-the-past`` or
            ``too-far``; ``action`` with ``missing`` or ``too-long``.
        Refused: the policy does not let this person write it.
        Conflict: the case is closed.
    """
    cases.hold_open(subject)
    if need_id not in {one.id for one in cases.rows(subject.id).needs}:
        raise Invalid("need", "unknown")
    if owner_id not in {card.id for card in cases.team(subject.id)}:
        raise Invalid("owner", "unknown")
    check_due(due_on, cases.today())
    if not action.strip():
        raise Invalid("action", "missing")
    row = PlanItem(
        case_id=subject.id,
        need_id=need_id,
        owner_id=owner_id,
        due_on=due_on,
        state=PlanState.OPEN,
        created_by=acting_person().id,
        created_at=clock.now(),
    )
    write(row, subject.standing, action=action)
    db.session.add(row)
    db.session.flush()
    _record(Tag.PLAN_ITEM_ADDED, row)
    return row.id


def end_item(subject: Subject, *, state: str, result: str) -> None:
    """Say that a line of the plan is done, or no longer wanted, and what came of it.

    Raises:
        Invalid: ``state`` with ``unknown-code``; ``result`` with ``missing`` or ``too-long``.
        Refused: the policy does not let this person write it.
        Conflict: it has ended already, or the case is closed.
    """
    row = _open(subject)
    if state not in PLAN_STATES.names or state == PlanState.OPEN:
        raise Invalid("state", "unknown-code")
    if not result.strip():
        raise Invalid("result", "missing")
    write(row, subject.standing, result=result)
    row.state, row.ended_by, row.ended_at = state, acting_person().id, clock.now()
    db.session.flush()
    _record(Tag.PLAN_ITEM_ENDED, row)


def move_item(subject: Subject, *, owner_id: UUID, due_on: date) -> None:
    """Give a line of the plan another owner or another day.

    Raises:
        Invalid: ``owner`` with ``unknown``; ``due_on`` with ``in-the-past`` or ``too-far``.
        Conflict: it has ended already, or the case is closed.
    """
    row = _open(subject)
    if owner_id not in {card.id for card in cases.team(row.case_id)}:
        raise Invalid("owner", "unknown")
    if due_on != row.due_on:
        check_due(due_on, cases.today())
    row.owner_id, row.due_on = owner_id, due_on
    db.session.flush()
    _record(Tag.PLAN_ITEM_MOVED, row)


def late(row: PlanItem, today: date) -> bool:
    """Tell whether a line of the plan is overdue."""
    return row.state == PlanState.OPEN and row.due_on < today


def check_due(day: date, today: date) -> None:
    """Accept a day from today on, within a year.

    Raises:
        Invalid: ``due_on`` with ``in-the-past`` or ``too-far``.
    """
    if day < today:
        raise Invalid("due_on", "in-the-past")
    if day > today + REACH:
        raise Invalid("due_on", "too-far")


def _open(subject: Subject) -> PlanItem:
    assert subject.case_id is not None  # noqa: S101 (load_item gives it)
    row: PlanItem = subject.row
    cases.hold_open(cases.load_case(subject.case_id))
    db.session.refresh(row)
    if row.state != PlanState.OPEN:
        raise Conflict("plan-item-ended")
    return row


def _record(tag: Tag, row: PlanItem) -> None:
    audit.record(tag, subject=("plan_item", row.id), case_id=row.case_id)
