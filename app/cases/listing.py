"""Lists of cases: only those that the person may read, and nothing of them is decrypted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Text,
    Uuid,
    and_,
    case,
    cast,
    false,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql import Select

from app.accounts import service as accounts
from app.cases.codes import AGE_GROUPS, Risk, State
from app.cases.models import Case, Survivor, TeamMember
from app.cases.reading import in_emergency, in_team, is_assigned
from app.clocks.calendar import leave_of, overdue_from
from app.clocks.rules import Kind, rule_for
from tenants import audit, clock, registry
from tenants.context import Person, acting_person
from tenants.database import db
from tenants.policy import GRANTS, Permission, Relation
from tenants.vocabulary import Tag

PAGE = 25  # cases on one page


class Show(StrEnum):
    """Which of the readable cases to list."""

    ALL = ""
    MINE = "mine"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; an empty text does not narrow."""

    state: str = ""
    risk: str = ""
    show: Show = Show.ALL

    @property
    def active(self) -> int:
        """How many are in use."""
        return sum(bool(one) for one in (self.state, self.risk, self.show))


@dataclass(frozen=True, slots=True)
class Line:
    """A case without anything confidential.

    Attributes:
        ages: the age groups of the survivors, youngest first.
        team: names of the people assigned.
        overdue: it was received longer ago than the agency's deadline and nobody has begun.
    """

    id: UUID
    code: str
    state: str
    risk: str
    registered_at: datetime
    ages: tuple[str, ...]
    team: tuple[str, ...]
    overdue: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list."""

    lines: Sequence[Line]
    page: int
    pages: int
    total: int


def index(filters: Filters, page: int = 1) -> Listed:
    """Return a page of the cases that the acting person may read, dangerous ones first."""
    person = acting_person()
    query = _narrow(select(Case, func.count().over()).where(readable(person)), filters, person)
    query = query.order_by(*_by_danger()).limit(PAGE)
    page = max(1, min(page, 10_000))
    rows = db.session.execute(query.offset((page - 1) * PAGE)).all()
    if not rows and page > 1:
        page = 1
        rows = db.session.execute(query).all()
    total = rows[0][1] if rows else 0
    found = lines([row[0] for row in rows])
    audit.record(Tag.CASES_LISTED, details={"count": len(found)})
    return Listed(found, page, max(1, -(-total // PAGE)), total)


def waiting(person: Person, show: Show, limit: int = 5) -> tuple[int, list[Line]]:
    """Return how many open cases of a kind there are for a person, and the first few."""
    return waiting_lists(person, [show], limit)[show]


def waiting_lists(
    person: Person, shows: Sequence[Show], limit: int = 5
) -> dict[Show, tuple[int, list[Line]]]:
    """Return :func:`waiting` of several kinds: one statement finds them all.

    ``FULL JOIN ... ON false`` puts the lists below one another, each row of one list.
    """
    found = []
    for show in shows:
        query = select(Case, func.count().over().label("total")).where(
            readable(person), Case.closed_at.is_(None)
        )
        narrowed = _narrow(query, Filters(show=show), person)
        found.append(narrowed.order_by(*_by_danger()).limit(limit).subquery())
    parts = [aliased(Case, one) for one in found]
    whole = select(
        *(
            column
            for pair in zip(parts, found, strict=True)
            for column in (pair[0], pair[1].c.total)
        )
    ).select_from(parts[0])
    for part in parts[1:]:
        whole = whole.join(part, false(), full=True)
    rows = db.session.execute(whole).all()
    lists = [
        [(row[2 * at], row[2 * at + 1]) for row in rows if row[2 * at] is not None]
        for at in range(len(shows))
    ]
    made = {
        one.id: one
        for one in lines(list({case.id: case for one in lists for case, _ in one}.values()))
    }
    return {
        show: (one[0][1] if one else 0, [made[case.id] for case, _ in sorted(one, key=_danger_of)])
        for show, one in zip(shows, lists, strict=True)
    }


def lines(cases: Sequence[Case]) -> list[Line]:
    """Return cases as lines, in the same order (two statements for all of them)."""
    if not cases:
        return []
    ids = [one.id for one in cases]
    ages, team = _particulars(ids)
    limit = overdue_since()
    order = [code.value for code in AGE_GROUPS.names]
    return [
        Line(
            id=one.id,
            code=one.code,
            state=one.state,
            risk=one.risk,
            registered_at=one.registered_at,
            ages=tuple(age for age in order if age in ages[one.id]),
            team=team[one.id],
            overdue=is_overdue(one, limit),
        )
        for one in cases
    ]


def readable(person: Person) -> ColumnElement[bool]:
    """Return the condition under which ``person`` may read a case.

    It says of many cases at once what ``policy.permits`` says of one (a test compares them).
    """
    relations = {
        relation for role, relation in GRANTS[Permission.CASE_READ] if role in person.roles
    }
    conditions: list[ColumnElement[bool]] = []
    if Relation.OVERSIGHT in relations:
        conditions.append(true())
    if Relation.TEAM in relations:
        conditions.append(in_team(person))
    if Relation.EMERGENCY in relations:
        conditions.append(in_emergency(person))
    if Relation.INTAKE in relations:
        conditions.append(Case.registered_by == person.id)
    return or_(false(), *conditions)


def readable_ids(person: Person) -> Select[UUID]:
    """Return the statement of the ids of the open cases that a person may read."""
    return select(Case.id).where(readable(person), Case.closed_at.is_(None))


def overdue_since() -> datetime:
    """Return the moment before which a report should have been answered by now."""
    profile, moment = registry.profile(), clock.now()
    zone = profile.identity.timezone
    rule = rule_for(Kind.FIRST_RESPONSE, clock.day_of(moment, zone), profile)
    return overdue_from(rule, moment, zone, leave_of(profile))


def is_overdue(one: Case, limit: datetime) -> bool:
    """Tell whether nobody has begun with a case received before ``limit``."""
    return one.state == State.RECEIVED and one.registered_at < limit


def _narrow(query: Select[Case, int], filters: Filters, person: Person) -> Select[Case, int]:
    if filters.state:
        query = query.where(Case.state == filters.state)
    if filters.risk:
        query = query.where(Case.risk == filters.risk)
    if filters.show is Show.MINE:
        query = query.where(in_team(person))
    elif filters.show is Show.UNASSIGNED:
        query = query.where(Case.closed_at.is_(None), ~is_assigned())
    elif filters.show is Show.OVERDUE:
        overdue = and_(Case.state == State.RECEIVED, Case.registered_at < overdue_since())
        query = query.where(overdue)
    return query


def _danger_of(row: tuple[Case, int]) -> tuple[Any, ...]:
    """Return where a case stands in a list, as :func:`_by_danger` orders it."""
    case = row[0]
    rank = {Risk.HIGH.value: 0, Risk.MEDIUM.value: 1}.get(case.risk, 2)
    return (case.closed_at is not None, rank, -case.registered_at.timestamp(), case.id)


def _by_danger() -> tuple[Any, ...]:
    rank = case({Risk.HIGH.value: 0, Risk.MEDIUM.value: 1}, value=Case.risk, else_=2)
    return (Case.closed_at.is_not(None), rank, Case.registered_at.desc(), Case.id)


def _particulars(
    ids: Sequence[UUID],
) -> tuple[dict[UUID, set[str]], dict[UUID, tuple[str, ...]]]:
    """Return the survivors' age groups and the team's names of several cases."""
    nobody, never = cast(null(), Uuid), cast(null(), TeamMember.assigned_at.type)
    survivors = select(
        Survivor.case_id,
        Survivor.age_group.label("age"),
        nobody.label("account_id"),
        never.label("since"),
        Survivor.id,
    ).where(Survivor.case_id.in_(ids))
    team = select(
        TeamMember.case_id,
        cast(null(), Text),
        TeamMember.account_id,
        TeamMember.assigned_at,
        TeamMember.id,
    ).where(TeamMember.case_id.in_(ids), TeamMember.released_at.is_(None))
    rows: Any = db.session.execute(union_all(survivors, team).order_by("since", "id")).all()
    cards = accounts.cards(row.account_id for row in rows if row.account_id)
    ages: dict[UUID, set[str]] = {one: set() for one in ids}
    names: dict[UUID, dict[str, None]] = {one: {} for one in ids}
    for row in rows:
        if row.account_id is None:
            ages[row.case_id].add(row.age)
        else:
            names[row.case_id][cards[row.account_id].name] = None
    return ages, {one: tuple(found) for one, found in names.items()}
