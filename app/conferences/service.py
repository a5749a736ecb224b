"""Case conferences: agenda and members, what was said, and decisions that become tasks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.accounts import service as accounts
from app.cases import service as cases
from app.conferences.codes import CancelReason, ConferenceState
from app.conferences.models import Conference, ConferenceMember
from app.tasks import service as tasks
from app.web.access import Subject
from tenants import audit, clock, registry, revealing
from tenants.context import Purpose, Role, acting_person
from tenants.database import db
from tenants.disclosure import Disclosed, disclose, write
from tenants.errors import Conflict, Invalid, Missing
from tenants.vocabulary import Tag

__all__ = [
    "FIELDS",
    "TABLES",
    "Decision",
    "Member",
    "cancel",
    "chairs",
    "decide",
    "decisions",
    "for_case",
    "invited",
    "load_conference",
    "members",
    "newest",
    "plan",
    "record_held",
    "reveal",
    "view",
]

FIELDS = ("venue", "agenda", "progress")
REACH = timedelta(days=366)  # a year half typed (0002) is a slip
CHAIRS = (Role.CASE_OFFICER, Role.COMPANION, Role.SUPERVISOR)
TABLES = (Conference,)
"""What the page of a case reads along with its own."""


@dataclass(frozen=True, slots=True)
class Member:
    """Who is invited to a conference.

    Attributes:
        attended: None until it was held.
    """

    id: UUID
    name: str
    organisation_id: UUID | None
    attended: bool | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: a task, with what is written about it as the person may see it."""

    row: tasks.Task
    who: str | None
    text: Disclosed


def for_case(case_id: UUID) -> list[Conference]:
    """Return the conferences of a case, newest first."""
    found = cases.beside(case_id, Conference)
    return sorted(found, key=lambda one: (one.planned_at, one.id), reverse=True)


def newest(case_id: UUID, state: ConferenceState) -> Conference | None:
    """Return the newest conference in a state, or None."""
    return next((one for one in for_case(case_id) if one.state == state), None)


def load_conference(case_id: UUID, conference_id: UUID) -> Subject:
    """Load a conference through its case.

    Raises:
        Missing: there is no such case, or no such conference in it.
    """
    case = cases.load_case(case_id)
    query = select(Conference).where(Conference.id == conference_id, Conference.case_id == case_id)
    found = db.session.scalar(query)
    if found is None:
        raise Missing("conference")
    return Subject("conference", found.id, found, case_id, case.standing)


def chairs() -> list[accounts.Card]:
    """Return who may lead a conference."""
    return accounts.with_role(*CHAIRS)


def invited(case_id: UUID) -> list[tuple[str, str]]:
    """Return (value, name) of whom a conference of a case may invite: its team, every partner."""
    team = [(f"account/{one.id}", one.name) for one in cases.team(case_id)]
    return team + [(f"organisation/{one.id}", one.name) for one in registry.organisations()]


def plan(
    subject: Subject,
    *,
    at: datetime,
    chair_id: UUID,
    venue: str,
    agenda: str,
    members: Collection[str],
) -> UUID:
    """Plan a conference and return its id.

    Args:
        subject: the case.
        members: values of :func:`invited`.

    Raises:
        Invalid: the day has passed or lies too far ahead, ``chair`` or a member is none, or a
            text is missing, too long or holds a control character.
        Conflict: the case is closed, or a conference is planned already.
    """
    if subject.standing.closed:
        raise Conflict("case-closed")
    if newest(subject.id, ConferenceState.PLANNED) is not None:
        raise Conflict("conference-planned")
    _check_day(at, ahead=True)
    if chair_id not in {one.id for one in chairs()}:
        raise Invalid("chair", "unknown")
    known = {value for value, _name in invited(subject.id)}
    if not members or not set(members) <= known:
        raise Invalid("members", "unknown")
    row = Conference(
        case_id=subject.id,
        state=ConferenceState.PLANNED,
        chair_id=chair_id,
        planned_at=at,
        created_by=acting_person().id,
        created_at=clock.now(),
    )
    _write(subject, row, venue=venue, agenda=agenda)
    db.session.add(row)
    db.session.flush()
    db.session.add_all(_member(row, value) for value in dict.fromkeys(members))
    db.session.flush()
    _record(Tag.CONFERENCE_PLANNED, row, count=len(set(members)))
    return row.id


def members(conference_id: UUID) -> list[Member]:
    """Return who is invited, the office first."""
    query = select(ConferenceMember).where(ConferenceMember.conference_id == conference_id)
    rows = list(db.session.scalars(query))
    people = accounts.cards(row.account_id for row in rows if row.account_id)
    names = registry.names_of(row.organisation_id for row in rows if row.organisation_id)
    found = [
        Member(
            row.id,
            people[row.account_id].name if row.account_id else names[row.organisation_id],  # type: ignore[index]
            row.organisation_id,
            row.attended,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.organisation_id is not None, one.name))


def record_held(subject: Subject, at: datetime, attended: Collection[UUID], progress: str) -> None:
    """Record that a conference was held, who came, and how the services go on.

    Raises:
        Invalid: the day lies ahead or too far back, nobody came, or the text is too long.
        Conflict: it was held or cancelled already, or the case is closed.
    """
    row = _take(subject)
    _check_day(at, ahead=False)
    query = select(ConferenceMember).where(ConferenceMember.conference_id == row.id)
    present = list(db.session.scalars(query))
    if not set(attended) & {one.id for one in present}:
        raise Invalid("attended", "nobody")
    for one in present:
        one.attended = one.id in attended
    if progress.strip():
        write(row, subject.standing, progress=progress)
    row.state, row.held_at = ConferenceState.HELD, at
    db.session.flush()
    came = [str(one.organisation_id) for one in present if one.organisation_id and one.attended]
    absent = [
        str(one.organisation_id) for one in present if one.organisation_id and not one.attended
    ]
    _record(Tag.CONFERENCE_HELD, row, came=sorted(came), absent=sorted(absent))


def decide(subject: Subject, text: str, who: str, due_on: date) -> UUID:
    """Keep a decision: a task of the case, with who does it and by when.

    Args:
        who: a value of :func:`invited`.

    Raises:
        Invalid: ``text`` is missing, ``who`` was not invited, or ``due_on`` has passed.
        Conflict: the conference was not held, or the case is closed.
    """
    row = _take(subject, frozenset({ConferenceState.HELD}))
    if not text.strip():
        raise Invalid("text", "missing")
    kind, _, value = who.partition("/")
    if who not in {one for one, _name in invited(row.case_id)}:
        raise Invalid("who", "unknown")
    return tasks.add(
        subject,
        tasks.TaskKind.DECISION,
        owner_id=UUID(value) if kind == "account" else None,
        organisation_id=UUID(value) if kind == "organisation" else None,
        due_on=due_on,
        text=text,
        about=tasks.About.CONFERENCE,
        about_id=row.id,
    )


def decisions(subject: Subject) -> list[Decision]:
    """Return what a conference decided, as the acting person may see it."""
    rows = tasks.of(subject.id if subject.kind == "conference" else subject.row.id)
    people = accounts.cards(row.owner_id for row in rows if row.owner_id)
    names = registry.names_of(row.organisation_id for row in rows if row.organisation_id)
    return [
        Decision(
            row=row,
            who=people[row.owner_id].name
            if row.owner_id
            else names.get(row.organisation_id or row.id),
            text=disclose(row, ("text",), subject.standing)["text"],
        )
        for row in rows
    ]


def cancel(subject: Subject, reason: CancelReason) -> None:
    """Give a planned conference up.

    Raises:
        Conflict: it was held or cancelled already, or the case is closed.
    """
    row = _take(subject)
    row.state, row.cancelled_at = ConferenceState.CANCELLED, clock.now()
    row.cancel_reason = reason.value
    db.session.flush()
    _record(Tag.CONFERENCE_CANCELLED, row, reason=reason.value)


def view(subject: Subject) -> Mapping[str, Disclosed]:
    """Return venue, agenda and progress as the acting person may see them."""
    return disclose(subject.row, FIELDS, subject.standing)


def reveal(subject: Subject, name: str, purpose: Purpose) -> Mapping[str, Disclosed]:
    """Return the fields with ``name`` (``table.field``) opened for a purpose, on record.

    Raises:
        Invalid: a conference has no such field.
        Refused: the policy does not let this person open it.
    """
    short = name.removeprefix("conference.")
    if short not in FIELDS:
        raise Invalid("field", "unknown")
    opened = revealing.reveal(subject.row, short, subject.standing, purpose)
    return dict(view(subject)) | {short: opened}


def _member(row: Conference, value: str) -> ConferenceMember:
    kind, _, found = value.partition("/")
    return ConferenceMember(
        case_id=row.case_id,
        conference_id=row.id,
        account_id=UUID(found) if kind == "account" else None,
        organisation_id=UUID(found) if kind == "organisation" else None,
    )


def _write(subject: Subject, row: Conference, **texts: str) -> None:
    for name, text in texts.items():
        if not text.strip():
            raise Invalid(name, "missing")
    write(row, subject.standing, **texts)


def _take(
    subject: Subject, states: frozenset[ConferenceState] = frozenset({ConferenceState.PLANNED})
) -> Conference:
    query = select(Conference).where(Conference.id == subject.id).with_for_update()
    row = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if row.state not in states:
        raise Conflict("conference-changed")
    if subject.standing.closed:
        raise Conflict("case-closed")
    return row


def _check_day(at: datetime, *, ahead: bool) -> None:
    day, today = clock.day_of(at, registry.profile().identity.timezone), cases.today()
    if abs(day - today) > REACH:
        raise Invalid("day", "too-far")
    if ahead and day < today:
        raise Invalid("day", "in-the-past")
    if not ahead and day > today:
        raise Invalid("day", "in-the-future")


def _record(tag: Tag, row: Conference, **details: object) -> None:
    audit.record(tag, subject=("conference", row.id), case_id=row.case_id, details=details)
