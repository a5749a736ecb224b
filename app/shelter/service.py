"""The safe house: admission, reception, a longer stay with its reason, and leaving."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import exists, select

from app.cases import service as cases
from app.clocks import service as clocks
from app.shelter.codes import ALARMING, ExtendReason, Goes, LeaveReason
from app.shelter.models import ShelterStay
from app.shelter.places import (
    ADDRESS,
    MOST,
    Place,
    add_place,
    change_place,
    load_place,
    may_ask,
    places,
    reveal_address,
    take,
)
from app.tasks import service as tasks
from app.web.access import Subject
from tenants import audit, clock, revealing
from tenants.context import Purpose, acting_person
from tenants.database import db, hold
from tenants.disclosure import Disclosed, disclose, write
from tenants.errors import Conflict, Invalid, Missing
from tenants.vocabulary import Tag

__all__ = [
    "ADDRESS",
    "MOST",
    "TABLES",
    "Place",
    "add_place",
    "admit",
    "change_place",
    "duties",
    "end_with_case",
    "extend",
    "for_case",
    "leave",
    "load_place",
    "load_stay",
    "may_ask",
    "needs",
    "places",
    "receive",
    "reveal_address",
    "reveal_needs",
    "stays_now",
]

TABLES = (ShelterStay,)
"""What the page of a case reads along with its own."""
LONGEST_EXTENSION = 30  # days at a time; a longer stay is decided anew


def for_case(case_id: UUID) -> list[ShelterStay]:
    """Return the stays of a case, newest first."""
    found = cases.beside(case_id, ShelterStay)
    return sorted(found, key=lambda one: (one.admitted_at, one.id), reverse=True)


def stays_now(case_id: UUID) -> bool:
    """Tell whether she is in a safe house now."""
    query = exists().where(ShelterStay.case_id == case_id, ShelterStay.left_at.is_(None))
    return bool(db.session.scalar(select(query)))


def duties(case_id: UUID) -> Iterable[cases.Step]:
    """Name the stay that has not ended: a closure waits for it."""
    for one in for_case(case_id):
        if one.left_at is None:
            where = {"case_id": case_id, "stay_id": one.id}
            yield cases.Step(_("She stays in a safe house already."), "shelter.stay", where)


def end_with_case(case_id: UUID) -> None:
    """End the stay of a case whose key has just been destroyed, so that its room is free."""
    query = select(ShelterStay).where(ShelterStay.case_id == case_id, ShelterStay.left_at.is_(None))
    for stay in db.session.scalars(query.with_for_update()):
        stay.left_at = clock.now()
        db.session.flush()
        clocks.stop(clocks.Kind.SHELTER_STAY, stay.id)
        _record(Tag.SHELTER_LEFT, stay, reason="case-destroyed", to="unknown")


def load_stay(case_id: UUID, stay_id: UUID) -> Subject:
    """Load a stay through its case.

    Raises:
        Missing: there is no such case, or no such stay in it.
    """
    case = cases.load_case(case_id)
    query = select(ShelterStay).where(ShelterStay.id == stay_id, ShelterStay.case_id == case_id)
    found = db.session.scalar(query)
    if found is None:
        raise Missing("shelter_stay")
    return Subject("shelter_stay", found.id, found, case_id, case.standing)


def admit(subject: Subject, place_id: UUID, dependants: int, needs: str = "") -> UUID:
    """Admit her, and who comes with her, to a safe house; its limit begins to run.

    Args:
        subject: the case.
        needs: what she or a dependant needs there (health, food, a child); sealed.

    Raises:
        Conflict: the case is closed, she stays somewhere already, or the house is full.
        Invalid: ``place`` or ``dependants`` is not possible, or ``needs`` too long.
    """
    case_id = subject.id
    hold(case_id)
    if subject.standing.closed:
        raise Conflict("case-closed")
    if not 0 <= dependants < MOST:
        raise Invalid("dependants", "not-possible")
    if stays_now(case_id):
        raise Conflict("stays-already")
    place = take(place_id, 1 + dependants)
    stay = ShelterStay(
        case_id=case_id,
        place_id=place.id,
        place_number=place.number,
        dependants=dependants,
        admitted_at=clock.now(),
        admitted_by=acting_person().id,
    )
    if needs.strip():
        write(stay, subject.standing, needs=needs)
    db.session.add(stay)
    db.session.flush()
    clocks.start(clocks.Kind.SHELTER_STAY, case_id, stay.id, stay.admitted_at)
    _record(Tag.SHELTER_ADMITTED, stay, people=1 + dependants)
    return stay.id


def receive(subject: Subject) -> None:
    """Say that the house has received her: she was handed over and is there.

    Raises:
        Conflict: she was received before, or has left.
    """
    stay = _take(subject)
    if stay.received_at is not None:
        raise Conflict("stay-received")
    stay.received_at = clock.now()
    db.session.flush()
    _record(Tag.SHELTER_RECEIVED, stay)


def extend(subject: Subject, days: int, reason: ExtendReason) -> None:
    """Let her stay longer than the limit, for a reason.

    Raises:
        Invalid: ``days`` is not possible at one time.
        Conflict: she has left.
    """
    stay = _take(subject)
    if not 1 <= days <= LONGEST_EXTENSION:
        raise Invalid("days", "not-possible")
    clocks.extend(clocks.Kind.SHELTER_STAY, stay.id, days, reason.value)
    _record(Tag.SHELTER_EXTENDED, stay, days=days, reason=reason.value)


def leave(subject: Subject, reason: LeaveReason, goes: Goes) -> None:
    """Say that she has left, and to what kind of place.

    Where she may be in danger again a task to get in touch with her is put on the list at once.
    A closed case takes no task, but whoever has left must not keep a room.

    Raises:
        Conflict: she has left before.
    """
    stay = _living(subject)
    stay.left_at, stay.left_reason, stay.left_to = clock.now(), reason.value, goes.value
    db.session.flush()
    clocks.stop(clocks.Kind.SHELTER_STAY, stay.id)
    _record(Tag.SHELTER_LEFT, stay, reason=reason.value, to=goes.value)
    if goes.value in ALARMING and not subject.standing.closed:
        tasks.add(
            subject,
            tasks.TaskKind.CONTACT,
            due_on=cases.today(),
            about=tasks.About.STAY,
            about_id=stay.id,
        )


def needs(subject: Subject) -> Disclosed:
    """Return what she needs there, as the acting person may see it."""
    found: Mapping[str, Disclosed] = disclose(subject.row, ("needs",), subject.standing)
    return found["needs"]


def reveal_needs(subject: Subject, purpose: Purpose) -> Disclosed:
    """Open what she needs there for a purpose, on record.

    Raises:
        Refused: the policy does not let this person open it.
        LimitReached: the person has opened as many today as the agency allows.
    """
    return revealing.reveal(subject.row, "needs", subject.standing, purpose)


def _take(subject: Subject) -> ShelterStay:
    stay = _living(subject)
    if subject.standing.closed:
        raise Conflict("case-closed")
    return stay


def _living(subject: Subject) -> ShelterStay:
    query = select(ShelterStay).where(ShelterStay.id == subject.id).with_for_update()
    stay = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if stay.left_at is not None:
        raise Conflict("stay-over")
    return stay


def _record(tag: Tag, stay: ShelterStay, **details: int | str) -> None:
    audit.record(tag, subject=("shelter_stay", stay.id), case_id=stay.case_id, details=details)
