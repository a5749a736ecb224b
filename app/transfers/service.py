"""Handing a case to another agency: a sealed parcel of what consent covers, answered by the other.

Both agencies' logs record it: that it was sent, that it arrived, that it was looked at, and how it
was answered. What one keeps the other cannot change.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.cases import service as cases
from app.transfers.codes import TransferState
from app.transfers.content import incident_of, pack, report_of, unpack
from app.transfers.models import Transfer, TransferArrival
from app.web.access import Subject
from tenants import audit, clock, parcels, registry
from tenants.confidential import FieldClass
from tenants.context import Purpose, acting_person, current
from tenants.database import db, hold
from tenants.disclosure import fields_seen
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.vocabulary import Tag

__all__ = [
    "TABLES",
    "Glance",
    "Target",
    "accept",
    "arrivals",
    "attend",
    "decline",
    "for_case",
    "glance",
    "load_arrival",
    "send",
    "take_back",
    "take_back_without_consent",
    "targets",
]

TABLES = (Transfer,)
"""What the page of a case reads along with its own."""
_AGENCY = "protection_agency"


@dataclass(frozen=True, slots=True)
class Target:
    """An agency to which a case may go.

    Attributes:
        classes: what the survivor lets it see; without identity nothing goes.
        reachable: it works here too, and has a key.
    """

    organisation_id: UUID
    name: str
    tenant_id: UUID | None
    slug: str
    classes: frozenset[FieldClass]

    @property
    def reachable(self) -> bool:
        """Whether a parcel can be sealed to it."""
        return self.tenant_id is not None

    @property
    def allowed(self) -> bool:
        """Whether her consent covers a transfer."""
        return FieldClass.IDENTITY in self.classes


@dataclass(frozen=True, slots=True)
class Glance:
    """What is told of a parcel before it is answered: codes alone, no name and no story."""

    risk: str
    ages: tuple[str, ...]
    violence: tuple[str, ...]
    services: tuple[str, ...]


def targets(case_id: UUID) -> list[Target]:
    """Return the other agencies that stand among the partners, with what consent covers.

    An agency names another as a partner of kind ``protection_agency`` whose key is the other's
    short name; so it is chosen by the profile whom a case may go to.
    """
    found = [one for one in registry.organisations() if one.kind == _AGENCY]
    own = current().tenant_id
    tenants = {one.slug: one.tenant_id for one in registry.active_tenants()}
    known = parcels.takes_parcels({one for one in tenants.values() if one != own})
    consented = cases.consented_by_organisation(case_id, Purpose.REFERRAL)
    return [
        Target(
            one.id,
            one.name,
            tenant if (tenant := tenants.get(one.key)) in known else None,
            one.key,
            consented.get(one.id, frozenset()),
        )
        for one in found
    ]


def for_case(case_id: UUID) -> list[Transfer]:
    """Return the transfers of a case, newest first."""
    found = cases.beside(case_id, Transfer)
    return sorted(found, key=lambda one: (one.sent_at, one.id), reverse=True)


def send(subject: Subject, organisation_id: UUID) -> UUID:
    """Send a case to another agency and return the transfer's id.

    Raises:
        Refused: no living consent lets that agency know who she is.
        Invalid: ``destination`` is no agency that can be reached.
        Conflict: the case is closed, or is on its way to that agency already.
    """
    hold(subject.id)
    if subject.standing.closed:
        raise Conflict("case-closed")
    offered = {one.organisation_id: one for one in targets(subject.id)}
    target = offered.get(organisation_id)
    if target is None or target.tenant_id is None:
        raise Invalid("destination", "unknown")
    if not target.allowed:
        raise Refused("transfer-no-consent")
    pending = select(Transfer.id).where(
        Transfer.case_id == subject.id,
        Transfer.organisation_id == organisation_id,
        Transfer.state != TransferState.DECLINED.value,
    )
    if db.session.scalar(pending) is not None:
        raise Conflict("transfer-pending")
    parcel_id = parcels.send(target.tenant_id, pack(subject, target.classes))
    row = Transfer(
        case_id=subject.id,
        organisation_id=organisation_id,
        recipient=target.slug,
        parcel_id=parcel_id,
        state=TransferState.SENT,
        classes=sorted(one.value for one in target.classes),
        sent_by=acting_person().id,
        sent_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        Tag.TRANSFER_SENT,
        subject=("transfer", row.id),
        case_id=subject.id,
        fields=fields_seen(),
        details={"to": target.slug, "classes": row.classes, "parcel": str(parcel_id)},
    )
    return row.id


def take_back_without_consent(case_id: UUID, organisation_id: UUID) -> None:
    """Empty what is on its way to an agency that may no longer know who she is."""
    if FieldClass.IDENTITY not in cases.consented(case_id, organisation_id, Purpose.REFERRAL):
        _take_back(Transfer.case_id == case_id, Transfer.organisation_id == organisation_id)


def take_back(case_id: UUID) -> None:
    """Empty what of a case is on its way: the case is destroyed."""
    _take_back(Transfer.case_id == case_id)


def _take_back(*which: ColumnElement[bool]) -> None:
    waiting = select(Transfer.parcel_id).where(*which, Transfer.state == TransferState.SENT.value)
    found = set(db.session.scalars(waiting))
    if found:
        parcels.take_back(found)


def attend() -> int:
    """Look after the bound tenant's parcels: its key, what has arrived, what was answered."""
    return parcels.ensure_key() + _note_arrivals() + _note_answers()


def arrivals() -> list[TransferArrival]:
    """Return what came from other agencies: waiting first, then the newest."""
    rows = list(db.session.scalars(select(TransferArrival)))
    rows.sort(key=lambda one: one.arrived_at, reverse=True)
    rows.sort(key=lambda one: one.state != TransferState.SENT)
    audit.record(Tag.TRANSFERS_LISTED, details={"count": len(rows)})
    return rows


def load_arrival(arrival_id: UUID) -> Subject:
    """Load what came from another agency.

    Raises:
        Missing: nothing such came here.
    """
    row = db.session.get(TransferArrival, (current().tenant_id, arrival_id))
    if row is None:
        raise Missing("transfer_arrival")
    return Subject("transfer_arrival", row.id, row)


def glance(subject: Subject) -> Glance | None:
    """Return what is told of a parcel that waits for an answer; None once it is answered.

    Raises:
        Conflict: the other agency has taken back what was in it.
        Unreadable: it was altered, or is not for this agency.
    """
    row: TransferArrival = subject.row
    if row.state != TransferState.SENT:
        return None
    content = unpack(parcels.open_parcel(row.parcel_id))
    return Glance(
        risk=content["risk"],
        ages=tuple(one["age_group"] for one in content["survivors"]),
        violence=tuple(
            dict.fromkeys(kind for one in content["incidents"] for kind in one["violence"])
        ),
        services=tuple(one["service"] for one in content["needs"]),
    )


def accept(subject: Subject) -> UUID:
    """Take a case over: it is registered here, and the other agency hears of it.

    Raises:
        Conflict: it was answered before, or the other agency has taken it back.
        Invalid: it holds what cannot be kept here.
        Unreadable: it was altered, or is not for this agency.
    """
    row = _take(subject)
    content = unpack(parcels.open_parcel(row.parcel_id))
    case_id = cases.register(report_of(content))
    case = cases.load_case(case_id)
    for one in content["survivors"][1:]:
        cases.edit_survivor(
            case,
            None,
            age_group=one["age_group"],
            disability=one["disability"],
            district=None,
            typed=one["values"],
        )
    for one in content["incidents"][1:]:
        cases.edit_incident(case, None, incident_of(one), one["values"])
    parcels.answer(row.parcel_id, accepted=True)
    _answered(row, TransferState.ACCEPTED)
    row.case_id = case_id
    db.session.flush()
    audit.record(
        Tag.TRANSFER_ACCEPTED,
        subject=("transfer_arrival", row.id),
        case_id=case_id,
        details={"from": row.sender, "parcel": str(row.parcel_id)},
    )
    return case_id


def decline(subject: Subject) -> None:
    """Send a parcel back unread: nothing of it is kept here.

    Raises:
        Conflict: it was answered before.
    """
    row = _take(subject)
    parcels.answer(row.parcel_id, accepted=False)
    _answered(row, TransferState.DECLINED)
    db.session.flush()
    audit.record(
        Tag.TRANSFER_DECLINED,
        subject=("transfer_arrival", row.id),
        details={"from": row.sender, "parcel": str(row.parcel_id)},
    )


def _take(subject: Subject) -> TransferArrival:
    query = select(TransferArrival).where(TransferArrival.id == subject.id).with_for_update()
    row = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if row.state != TransferState.SENT:
        raise Conflict("parcel-answered")
    return row


def _answered(row: TransferArrival, state: TransferState) -> None:
    row.state, row.answered_at = state.value, clock.now()
    row.answered_by = acting_person().id


def _note_arrivals() -> int:
    waiting = parcels.arrived()
    if not waiting:
        return 0
    known = set(db.session.scalars(select(TransferArrival.parcel_id)))
    slugs = {one.tenant_id: one.slug for one in registry.every_tenant()}
    fresh = [one for one in waiting if one[0] not in known]
    for parcel_id, sender_id, _sent_at in fresh:
        row = TransferArrival(
            parcel_id=parcel_id,
            sender=slugs[sender_id],
            state=TransferState.SENT,
            arrived_at=clock.now(),
        )
        db.session.add(row)
        db.session.flush()
        audit.record(
            Tag.TRANSFER_ARRIVED,
            subject=("transfer_arrival", row.id),
            details={"from": row.sender, "parcel": str(parcel_id)},
        )
    return len(fresh)


def _note_answers() -> int:
    query = select(Transfer).where(Transfer.state == TransferState.SENT.value)
    rows = {row.parcel_id: row for row in db.session.scalars(query.with_for_update())}
    answered = parcels.answers(set(rows)) if rows else {}
    for parcel_id, (at, accepted) in answered.items():
        row = rows[parcel_id]
        state = TransferState.ACCEPTED if accepted else TransferState.DECLINED
        row.state, row.answered_at = state.value, at
        db.session.flush()
        audit.record(
            Tag.TRANSFER_ANSWERED,
            subject=("transfer", row.id),
            case_id=row.case_id,
            details={"to": row.recipient, "answer": state.value},
        )
    return len(answered)
