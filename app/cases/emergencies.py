"""Opening a case in an emergency: with a reason, for a time, judged afterwards by somebody else.

What the policy denies is not a wall when a woman is in danger at night and her team asleep. It is
a door that rings: the reviewer and the auditors see at once who went through it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_

from app.accounts import service as accounts
from app.accounts.service import Card
from app.cases.consents import today
from app.cases.destroying import destroyed
from app.cases.emergency_codes import EMERGENCY_REASONS, VERDICTS, Verdict
from app.cases.entries import check_code
from app.cases.models import Case, EmergencyAccess
from app.cases.searching import Kind, classify
from app.web.access import Subject
from tenants import audit, clock, limits, registry
from tenants.confidential import clean
from tenants.context import Person, Purpose, Role, acting_person, bind, current
from tenants.database import db, hold
from tenants.disclosure import disclose, write
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.policy import Relation, Standing
from tenants.vocabulary import Tag

SHORTEST = 15  # characters of an explanation: less says nothing to who judges it
LISTED = 100  # emergencies on the list
_REVIEWERS = (Role.SUPERVISOR, Role.SIGNATORY)
_OPENER = Standing(frozenset({Relation.EMERGENCY}))


@dataclass(frozen=True, slots=True)
class Emergency:
    """One emergency access as lists show it.

    Attributes:
        person: who opened the case.
        reviewer: who answers for the judgement.
        lasts: it is open at this moment.
        verdict: None until somebody has judged it; then ``reviewed_by`` and ``reviewed_at`` say
            who and when.
    """

    id: UUID
    case_id: UUID
    code: str
    person: Card
    reviewer: Card
    reason: str
    opened_at: datetime
    until: datetime
    lasts: bool
    verdict: Verdict | None
    reviewed_by: Card | None
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """What was written about an emergency; None for nothing, or for a case whose key is gone."""

    explanation: str | None
    remark: str | None


def open_emergency(code: str, reason: str, explanation: str) -> UUID:
    """Open a case to the acting person for a time, and return the case's id.

    Args:
        code: the case code as the person typed it.
        explanation: why, in their own words; confidential like the case.

    Raises:
        Invalid: ``code`` with ``unknown``; ``reason`` with ``unknown-code``; ``explanation`` with
            ``missing``, ``too-short``, ``too-long`` or ``control-character``.
        Conflict: ``emergency-open`` when it is open to them already; ``no-reviewer`` when nobody
            else could judge it; ``key-already-destroyed``.
        LimitReached: the person has done so as often today as the agency allows.
    """
    person = acting_person()
    check_code("reason", EMERGENCY_REASONS, reason, today())
    text = clean(explanation, "explanation", EmergencyAccess.explanation.limit)
    if text is None:
        raise Invalid("explanation", "missing")
    if len(text) < SHORTEST:
        raise Invalid("explanation", "too-short")
    case_id = _find(code)
    limits.check(Tag.EMERGENCY_OPENED, "emergencies_a_day")
    if living(case_id) is not None:
        raise Conflict("emergency-open")
    at = clock.now()
    row = EmergencyAccess(
        case_id=case_id,
        account_id=person.id,
        reviewer_id=_reviewer(person).id,
        reason=reason,
        opened_at=at,
        until=at + timedelta(minutes=registry.profile().limit("emergency_minutes")),
    )
    db.session.add(row)
    write(row, _OPENER, explanation=text)
    db.session.flush()
    with bind(replace(current(), purpose=Purpose.SAFETY)):
        audit.record(
            Tag.EMERGENCY_OPENED,
            subject=("emergency_access", row.id),
            case_id=case_id,
            details={
                "reason": reason,
                "open_until": audit.stamp(row.until),
                "reviewer": str(row.reviewer_id),
            },
        )
    return case_id


def living(case_id: UUID) -> Emergency | None:
    """Return the emergency in which the acting person has a case open now, or None."""
    query = _lasting(acting_person()).where(EmergencyAccess.case_id == case_id)
    found = _emergencies(db.session.scalars(query).all())
    return found[0] if found else None


def own_emergencies(person: Person) -> list[Emergency]:
    """Return the cases that a person has open in an emergency now."""
    query = _lasting(person).order_by(EmergencyAccess.until)
    return _emergencies(db.session.scalars(query).all())


def end_emergency(subject: Subject) -> None:
    """Give the access back before its time.

    Args:
        subject: the case.

    Raises:
        Conflict: ``emergency-over``; the acting person has it not open in an emergency.
    """
    query = _lasting(acting_person()).where(EmergencyAccess.case_id == subject.id)
    row = db.session.scalar(query.with_for_update())
    if row is None:
        raise Conflict("emergency-over")
    row.until = clock.now()
    db.session.flush()
    audit.record(
        Tag.EMERGENCY_ENDED, subject=("emergency_access", row.id), case_id=subject.id, fields=()
    )


def to_review(person: Person) -> list[Emergency]:
    """Return what waits for a judgement that ``person`` may give, the oldest first."""
    query = (
        select(EmergencyAccess)
        .where(EmergencyAccess.reviewed_at.is_(None), EmergencyAccess.account_id != person.id)
        .order_by(EmergencyAccess.opened_at)
        .limit(LISTED)
    )
    found = _emergencies(db.session.scalars(query).all())
    return sorted(found, key=lambda one: one.reviewer.id != person.id)


def emergencies() -> list[Emergency]:
    """Return the newest emergencies of the agency, those not yet judged first; on record."""
    query = (
        select(EmergencyAccess)
        .order_by(EmergencyAccess.reviewed_at.is_not(None), EmergencyAccess.opened_at.desc())
        .limit(LISTED)
    )
    found = _emergencies(db.session.scalars(query).all())
    audit.record(Tag.EMERGENCIES_LISTED, details={"count": len(found)})
    return found


def load_emergency(emergency_id: UUID) -> Subject:
    """Load an emergency for the guard. Nobody has to do with their own.

    Raises:
        Missing: there is none with this id in the bound tenant.
    """
    row = db.session.get(EmergencyAccess, (current().tenant_id, emergency_id))
    if row is None:
        raise Missing("emergency_access")
    person = acting_person()
    relations = (
        {Relation.REVIEWING} if person.has(*_REVIEWERS) and row.account_id != person.id else set()
    )
    return Subject("emergency_access", row.id, row, row.case_id, Standing(frozenset(relations)))


def emergency(subject: Subject) -> Emergency:
    """Return one emergency as lists show it."""
    return _emergencies([subject.row])[0]


def told(subject: Subject) -> Told:
    """Return what was written about an emergency, as the acting person may see it."""
    if destroyed(subject.row.case_id) is not None:
        return Told(None, None)
    seen = disclose(subject.row, ("explanation", "remark"), subject.standing)
    return Told(seen["explanation"].value, seen["remark"].value)


def review_emergency(subject: Subject, verdict: str, remark: str) -> None:
    """Judge an emergency. One that was not right ends at once; one that was is judged when over.

    Else whatever is opened after the judgement would be seen by nobody.

    Raises:
        Invalid: ``verdict`` with ``unknown-code``; ``remark`` with ``missing`` where it was not
            right, ``too-long`` or ``control-character``.
        Conflict: ``emergency-reviewed`` when it was judged already; ``emergency-lasts`` when it
            was right and is still open.
    """
    check_code("verdict", VERDICTS, verdict, today())
    text = clean(remark, "remark", EmergencyAccess.remark.limit)
    found = Verdict(verdict)
    if found is Verdict.NOT_JUSTIFIED and text is None:
        raise Invalid("remark", "missing")
    if Relation.REVIEWING not in subject.standing.relations:
        raise Refused("own-emergency")
    hold(subject.id)
    row: EmergencyAccess = subject.row
    db.session.refresh(row)
    if row.reviewed_at is not None:
        raise Conflict("emergency-reviewed")
    if found is Verdict.JUSTIFIED and row.until > clock.now():
        raise Conflict("emergency-lasts")
    if text is not None and destroyed(row.case_id) is None:
        write(row, subject.standing, remark=text)
    at = clock.now()
    row.verdict, row.reviewed_at, row.reviewed_by = found.value, at, acting_person().id
    if found is Verdict.NOT_JUSTIFIED:
        row.until = min(row.until, at)
    db.session.flush()
    with bind(replace(current(), purpose=Purpose.SUPERVISION)):
        audit.record(
            Tag.EMERGENCY_REVIEWED,
            subject=("emergency_access", row.id),
            case_id=row.case_id,
            details={"verdict": found.value},
        )


def _lasting(person: Person) -> Select[EmergencyAccess]:
    return select(EmergencyAccess).where(
        EmergencyAccess.account_id == person.id, EmergencyAccess.until > clock.now()
    )


def _find(code: str) -> UUID:
    kind, canonical = classify(code.strip())
    written = canonical if kind is Kind.CODE else code.strip().upper()
    found = db.session.scalar(select(Case.id).where(Case.code == written))
    if found is None:
        raise Invalid("code", "unknown")
    if destroyed(found) is not None:
        raise Conflict("key-already-destroyed")
    return found


def _reviewer(person: Person) -> Card:
    """Return who will judge it: the supervisor, else the head, with the least of it waiting.

    Raises:
        Conflict: ``no-reviewer``; nobody else could.
    """
    for role in _REVIEWERS:
        others = [one for one in accounts.with_role(role) if one.id != person.id]
        if others:
            waiting = _waiting([one.id for one in others])
            return min(others, key=lambda one: (waiting.get(one.id, 0), one.name, one.id))
    raise Conflict("no-reviewer")


def _waiting(people: Sequence[UUID]) -> dict[UUID, int]:
    query = (
        select(EmergencyAccess.reviewer_id, func.count())
        .where(EmergencyAccess.reviewed_at.is_(None), EmergencyAccess.reviewer_id.in_(people))
        .group_by(EmergencyAccess.reviewer_id)
    )
    return {row.reviewer_id: row[1] for row in db.session.execute(query)}


def _emergencies(rows: Sequence[EmergencyAccess]) -> list[Emergency]:
    if not rows:
        return []
    wanted = tuple_(Case.tenant_id, Case.id).in_([(one.tenant_id, one.case_id) for one in rows])
    cases = db.session.execute(select(Case.id, Case.code).where(wanted))
    codes = {row.id: row.code for row in cases}
    people = accounts.cards(
        one
        for row in rows
        for one in (row.account_id, row.reviewer_id, row.reviewed_by)
        if one is not None
    )
    at = clock.now()
    return [
        Emergency(
            id=row.id,
            case_id=row.case_id,
            code=codes[row.case_id],
            person=people[row.account_id],
            reviewer=people[row.reviewer_id],
            reason=row.reason,
            opened_at=row.opened_at,
            until=row.until,
            lasts=row.until > at,
            verdict=Verdict(row.verdict) if row.verdict else None,
            reviewed_by=people[row.reviewed_by] if row.reviewed_by else None,
            reviewed_at=row.reviewed_at,
        )
        for row in rows
    ]
