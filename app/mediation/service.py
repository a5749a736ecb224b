"""Mediation within the narrow band that the law leaves open (invariant 22).

The gate is asked when a mediation is made, scheduled, held or edited, and by letters when
minutes are printed; :func:`recheck` stops what lives when a case is reclassified.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext
from sqlalchemy import select

from app.accounts import service as accounts
from app.cases import service as cases
from app.mediation.codes import LIVING, Matter, MediationState, Obstacle, StopReason
from app.mediation.following import follow_up, follow_up_tasks, judge
from app.mediation.gate import Conditions, Days, OnTheDay, gate, is_open, obstacles
from app.mediation.models import Mediation
from app.mediation.taking import HELD, edited, lock, take
from app.web.access import Subject
from tenants import audit, clock, registry, revealing
from tenants.context import Purpose, Role, acting_person
from tenants.database import db, hold
from tenants.disclosure import Disclosed, disclose, write
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.vocabulary import Tag

__all__ = [
    "TABLES",
    "Conditions",
    "Days",
    "OnTheDay",
    "create",
    "duties",
    "edit_outcome",
    "follow_up",
    "follow_up_tasks",
    "for_case",
    "gate",
    "happenings",
    "is_open",
    "judge",
    "load_mediation",
    "mediators",
    "newest",
    "obstacles",
    "overview",
    "recheck",
    "record_held",
    "reveal",
    "schedule",
    "stop",
    "view",
]

MEDIATORS = (Role.CASE_OFFICER, Role.COMPANION)
FIELDS = ("venue", "outcome")
TABLES = (Mediation,)
"""What the page of a case reads along with its own."""
_DAYS = {
    "requested": "requested_on",
    "companion": "companion_assessed_on",
    "psychologist": "psychologist_assessed_on",
}
REACH = timedelta(days=366)
"""How far from today a day may lie: a year half typed (0002) is a slip, and year 1 in Jakarta is
a moment before the first that can be read back."""


def for_case(case_id: UUID) -> list[Mediation]:
    """Return the mediations of a case, newest first."""
    found = cases.beside(case_id, Mediation)
    return sorted(found, key=lambda one: (one.created_at, one.id), reverse=True)


def overview(case_id: UUID) -> tuple[list[Mediation], bool]:
    """Return the mediations of a case, newest first, and whether the law lets it be mediated.

    One statement on the page of a case; :func:`gate` is what refuses.
    """
    return for_case(case_id), is_open(case_id)


def duties(case_id: UUID) -> Iterable[cases.Step]:
    """Name the mediations of a case that are prepared or scheduled: a closure waits for them."""
    for one in for_case(case_id):
        if one.state in LIVING:
            where = {"case_id": case_id, "mediation_id": one.id}
            yield cases.Step(gettext("A mediation is under way"), "mediation.view", where)


def happenings(case_id: UUID) -> Iterable[cases.Happened]:
    """Name the mediations of a case for its course."""
    for one in for_case(case_id):
        yield cases.Happened(one.created_at, gettext("A mediation was prepared"))
        if one.held_at:
            yield cases.Happened(one.held_at, gettext("A mediation was held"), "good")
        if one.stopped_at:
            yield cases.Happened(one.stopped_at, gettext("A mediation was stopped"), "warn")


def newest(case_id: UUID) -> Mediation:
    """Return the newest mediation that was not stopped.

    Raises:
        Missing: there is none.
    """
    for found in for_case(case_id):
        if found.state != MediationState.STOPPED:
            return found
    raise Missing("mediation")


def load_mediation(case_id: UUID, mediation_id: UUID) -> Subject:
    """Load a mediation through its case.

    Raises:
        Missing: there is no such case, or no such mediation in it.
    """
    case = cases.load_case(case_id)
    query = select(Mediation).where(Mediation.id == mediation_id, Mediation.case_id == case_id)
    found = db.session.scalar(query)
    if found is None:
        raise Missing("mediation")
    return Subject("mediation", found.id, found, case_id, case.standing)


def mediators() -> list[accounts.Card]:
    """Return the people of the agency who may lead a mediation."""
    return accounts.with_role(*MEDIATORS)


def create(
    subject: Subject,
    *,
    matter: str,
    mediator_id: UUID,
    conditions: Conditions,
    days: Days | None = None,
) -> UUID:
    """Record that a case may be mediated and that every condition is met; return the id.

    Args:
        subject: the case.
        days: when she asked, and was assessed; today, unless given.

    Raises:
        Refused: the law or a condition is against it; the reason is an :class:`Obstacle`.
        Conflict: the case is closed, or a mediation of it is already under way.
        Invalid: the mediator is not somebody who may lead one.
    """
    case_id = subject.id
    hold(case_id)  # against a reclassification at the same moment, see recheck
    against = obstacles(case_id, matter, conditions)
    if against:
        raise Refused(against[0].value)
    if subject.standing.closed:
        raise Conflict("case-closed")
    if mediator_id not in {card.id for card in mediators()}:
        raise Invalid("mediator", "unknown")
    if any(found.state in LIVING for found in for_case(case_id)):
        raise Conflict("mediation-exists")
    today = cases.today()
    days = days or Days(today, today, today)
    for field in fields(days):
        if getattr(days, field.name) > today:
            raise Invalid(_DAYS[field.name], "in-the-future")
    mediation = Mediation(
        case_id=case_id,
        state=MediationState.PREPARED,
        matter=Matter(matter),
        mediator_id=mediator_id,
        requested_on=days.requested,
        companion_assessed_on=days.companion,
        psychologist_assessed_on=days.psychologist,
        created_by=acting_person().id,
        created_at=clock.now(),
        **{field.name: True for field in fields(conditions)},
    )
    db.session.add(mediation)
    db.session.flush()
    audit.record(Tag.MEDIATION_CREATED, subject=("mediation", mediation.id), case_id=case_id)
    return mediation.id


def schedule(subject: Subject, at: datetime, venue: str) -> None:
    """Set or change when and where the mediation is to be.

    Raises:
        Refused: the law is against it.
        Conflict: it was held or stopped.
        Invalid: the day has passed or lies too far ahead, or the venue is missing or too long.
    """
    mediation = take(subject, LIVING)
    day = _reachable(at)
    if day < cases.today():
        raise Invalid("day", "in-the-past")
    if not venue.strip():
        raise Invalid("venue", "missing")
    write(mediation, subject.standing, venue=venue)
    mediation.state = MediationState.SCHEDULED
    mediation.scheduled_at = at
    edited(mediation, "schedule")


def record_held(subject: Subject, at: datetime, outcome: str, on_the_day: OnTheDay) -> None:
    """Record that the mediation was held and what came of it.

    Raises:
        Refused: the law is against it, she had to meet the other side, or was not asked alone.
        Conflict: it was never scheduled, was already held, or was stopped.
        Invalid: the day lies ahead or too far back, or the outcome is missing or too long.
    """
    mediation = take(subject, frozenset({MediationState.SCHEDULED}))
    day = _reachable(at)
    if day > cases.today():
        raise Invalid("day", "in-the-future")
    if not on_the_day.separate:
        raise Refused(Obstacle.NOT_SEPARATE.value)
    if not on_the_day.asked_alone:
        raise Refused(Obstacle.COERCION.value)
    _write_outcome(subject, mediation, outcome)
    mediation.state = MediationState.HELD
    mediation.held_at = at
    mediation.attended_separately = mediation.asked_alone = True
    mediation.agreed = on_the_day.agreed
    edited(mediation, "held")


def edit_outcome(subject: Subject, outcome: str) -> None:
    """Change what is written about a mediation that was held.

    Raises:
        Refused: the law is against it.
        Conflict: it was not held.
        Invalid: the outcome is missing or too long.
    """
    mediation = take(subject, HELD)
    _write_outcome(subject, mediation, outcome)
    edited(mediation, "outcome")


def stop(subject: Subject, reason: StopReason) -> None:
    """End a mediation before it is held. This is allowed whatever the gate says.

    Raises:
        Conflict: it was already held or stopped.
    """
    _stop(lock(subject, LIVING), reason)


def recheck(case_id: UUID) -> None:
    """Stop every living mediation of a case that may no longer be mediated.

    The cases room calls this in the transaction that adds or changes an incident, or takes a
    confirmation of diversion back. Together with ``hold`` in :func:`create` no order of two
    transactions leaves a mediation alive beside sexual violence.
    """
    hold(case_id)
    db.session.flush()
    if is_open(case_id):
        return
    query = select(Mediation).where(Mediation.case_id == case_id, Mediation.state.in_(LIVING))
    found = db.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).all()
    for mediation in found:
        _stop(mediation, StopReason.SEXUAL_VIOLENCE)


def view(subject: Subject, names: tuple[str, ...] = FIELDS) -> Mapping[str, Disclosed]:
    """Return venue and outcome, or those of ``names``, as the acting person may see them."""
    return disclose(subject.row, names, subject.standing)


def reveal(subject: Subject, name: str, purpose: Purpose) -> Mapping[str, Disclosed]:
    """Return the fields with ``name`` (``table.field``) opened for ``purpose``, on record.

    Raises:
        Invalid: a mediation has no such field.
        Refused: the policy does not let this person open it.
    """
    short = name.removeprefix("mediation.")
    if short not in FIELDS:
        raise Invalid("field", "unknown")
    opened = revealing.reveal(subject.row, short, subject.standing, purpose)
    seen = dict(view(subject)) | {short: opened}
    audit.record(Tag.MEDIATION_VIEWED, subject=("mediation", subject.id), case_id=subject.case_id)
    return seen


def _write_outcome(subject: Subject, mediation: Mediation, outcome: str) -> None:
    if not outcome.strip():
        raise Invalid("outcome", "missing")
    write(mediation, subject.standing, outcome=outcome)


def _reachable(at: datetime) -> date:
    """Return the day of a moment where the agency is.

    Raises:
        Invalid: it is more than a year away.
    """
    day = at.astimezone(ZoneInfo(registry.profile().identity.timezone)).date()
    if abs(day - cases.today()) > REACH:
        raise Invalid("day", "too-far")
    return day


def _stop(mediation: Mediation, reason: StopReason) -> None:
    mediation.state = MediationState.STOPPED
    mediation.stopped_at = clock.now()
    mediation.stop_reason = reason
    db.session.flush()
    audit.record(
        Tag.MEDIATION_STOPPED,
        subject=("mediation", mediation.id),
        case_id=mediation.case_id,
        details={"reason": reason.value},
    )
