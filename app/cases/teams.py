"""Who works on a case: the supervisor assigns and releases."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from app.accounts import service as accounts
from app.accounts.service import Card
from app.cases.codes import Risk
from app.cases.models import Case, TeamMember
from app.cases.reading import hold_open
from app.web.access import Subject
from tenants import audit, clock
from tenants.context import Role, acting_person
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing
from tenants.vocabulary import Tag

TEAM_ROLES = (Role.CASE_OFFICER, Role.COMPANION, Role.INTAKE_OFFICER)
"""The three teams of the office; whoever works in one holds its role."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the team, for which of the three teams, and since when."""

    id: UUID
    card: Card
    team: Role
    since: datetime


def members(case_id: UUID) -> list[Member]:
    """Return the present members of a case in the order in which they came."""
    query = select(TeamMember).where(
        TeamMember.case_id == case_id, TeamMember.released_at.is_(None)
    )
    rows = list(db.session.scalars(query))
    return as_members(rows, accounts.cards(row.account_id for row in rows))


def as_members(rows: list[TeamMember], cards: dict[UUID, Card]) -> list[Member]:
    """Return the present members among ``rows``."""
    present = [row for row in rows if row.released_at is None]
    return [
        Member(row.id, cards[row.account_id], Role(row.team), row.assigned_at)
        for row in sorted(present, key=lambda row: (row.assigned_at, row.id))
    ]


def in_two_teams(present: list[Member]) -> list[str]:
    """Return the names of those who hold two roles in one case.

    Who accompanies her should not also be who examines her: one pair of eyes then does the work
    of two, and what is told to one in confidence is known to the other (GBV case management
    guidelines, separation of roles).
    """
    seen: dict[UUID, int] = {}
    for one in present:
        seen[one.card.id] = seen.get(one.card.id, 0) + 1
    return list(dict.fromkeys(one.card.name for one in present if seen[one.card.id] > 1))


def candidates(case_id: UUID) -> list[tuple[Role, list[Card]]]:
    """Return for each team the people who hold its role and are not in this case yet."""
    present = {(one.team, one.card.id) for one in members(case_id)}
    people = accounts.with_role(*TEAM_ROLES)
    return [
        (role, [card for card in people if role in card.roles and (role, card.id) not in present])
        for role in TEAM_ROLES
    ]


def assign(subject: Subject, account_id: UUID, role: Role) -> None:
    """Assign a person to the case as a member of one of the teams.

    Raises:
        Invalid: ``person`` with ``other-role`` when the person does not hold the role or is no
            longer active; ``role`` with ``unknown-code`` when it is no team's.
        Conflict: the case is closed, or the person is in this team of it already.
    """
    hold_open(subject)
    if role not in TEAM_ROLES:
        raise Invalid("role", "unknown-code")
    card = accounts.cards([account_id]).get(account_id)
    if card is None or not card.active or role not in card.roles:
        raise Invalid("person", "other-role")
    if any(one.card.id == account_id and one.team is role for one in members(subject.id)):
        raise Conflict("already-in-team")
    row = TeamMember(
        case_id=subject.id,
        account_id=account_id,
        team=role.value,
        assigned_by=acting_person().id,
        assigned_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        Tag.TEAM_ASSIGNED,
        subject=("case", subject.id),
        case_id=subject.id,
        details={"person": str(account_id), "role": role.value},
    )


def release(subject: Subject, member_id: UUID) -> None:
    """Take a person off the case; from the next request on they see nothing of it.

    Raises:
        Missing: nobody such works on it.
    """
    query = select(TeamMember).where(
        TeamMember.id == member_id,
        TeamMember.case_id == subject.id,
        TeamMember.released_at.is_(None),
    )
    row = db.session.scalar(query.with_for_update())
    if row is None:
        raise Missing("member")
    row.released_at = clock.now()
    db.session.flush()
    audit.record(
        Tag.TEAM_RELEASED,
        subject=("case", subject.id),
        case_id=subject.id,
        details={"person": str(row.account_id)},
    )


def team_counts() -> dict[UUID, tuple[int, int]]:
    """Return for everybody in a team how many open cases, and in how many she is in danger now."""
    query = (
        select(
            TeamMember.account_id,
            func.count(Case.id.distinct()),
            func.count(Case.id.distinct()).filter(Case.risk == Risk.HIGH),
        )
        .join(Case, Case.id == TeamMember.case_id)
        .where(TeamMember.released_at.is_(None), Case.closed_at.is_(None))
        .group_by(TeamMember.account_id)
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def hand_over(leaver_id: UUID, successor: Card) -> int:
    """Put somebody in the place of another in every team of an open case; return how many places.

    Raises:
        Invalid: ``successor`` with ``other-role``; nothing is changed then.
    """
    query = (
        select(TeamMember)
        .join(Case, Case.id == TeamMember.case_id)
        .where(TeamMember.released_at.is_(None), Case.closed_at.is_(None))
        .order_by(TeamMember.case_id, TeamMember.id)
    )
    mine = query.where(TeamMember.account_id == leaver_id).with_for_update(of=TeamMember)
    rows = list(db.session.scalars(mine))
    if any(Role(row.team) not in successor.roles for row in rows):
        raise Invalid("successor", "other-role")
    theirs = db.session.scalars(query.where(TeamMember.account_id == successor.id))
    present = {(row.case_id, row.team) for row in theirs}
    moment = clock.now()
    for row in rows:
        row.released_at = moment
        _told(Tag.TEAM_RELEASED, row.case_id, {"person": str(leaver_id)})
        if (row.case_id, row.team) in present:
            continue
        db.session.add(
            TeamMember(
                case_id=row.case_id,
                account_id=successor.id,
                team=row.team,
                assigned_by=acting_person().id,
                assigned_at=moment,
            )
        )
        _told(Tag.TEAM_ASSIGNED, row.case_id, {"person": str(successor.id), "role": row.team})
    db.session.flush()
    return len(rows)


def _told(tag: Tag, case_id: UUID, details: dict[str, str]) -> None:
    audit.record(tag, subject=("case", case_id), case_id=case_id, details=details)
