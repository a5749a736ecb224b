"""Evidence of duties that staff enter: a meeting attended, data handed over, or not."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.network import register
from app.network.models import DutyEvidence
from app.network.rules import entered
from app.web.access import Subject
from tenants import audit, clock, registry
from tenants.context import acting_person, current
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing
from tenants.profile import Duty
from tenants.vocabulary import Tag


def offered() -> list[Duty]:
    """Return the duties whose evidence is entered by hand, in force today."""
    day = clock.today(registry.profile().identity.timezone)
    return [one for one in register.duties(day, day) if entered(one)]


def enter(key: str, happened_on: date, *, kept: bool) -> UUID:
    """Record that an organisation did, or did not do, what was due on a day.

    Raises:
        Invalid: ``duty`` with ``unknown``: its evidence is not entered by hand; ``happened_on``
            with ``not-yet`` or ``not-in-force``.
        Conflict: ``evidence-exists``: the same is recorded of that day.
    """
    try:
        duty = register.duty(key)
    except Missing:
        raise Invalid("duty", "unknown") from None
    if not entered(duty):
        raise Invalid("duty", "unknown")
    if happened_on > clock.today(registry.profile().identity.timezone):
        raise Invalid("happened_on", "not-yet")
    if not register.in_force(duty, happened_on, happened_on):
        raise Invalid("happened_on", "not-in-force")
    query = select(DutyEvidence.id).where(
        DutyEvidence.duty == key,
        DutyEvidence.happened_on == happened_on,
        DutyEvidence.withdrawn_at.is_(None),
    )
    if db.session.scalar(query) is not None:
        raise Conflict("evidence-exists")
    row = DutyEvidence(
        duty=key,
        happened_on=happened_on,
        kept=kept,
        recorded_by=acting_person().id,
        recorded_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        Tag.DUTY_EVIDENCE_RECORDED,
        subject=("duty_evidence", row.id),
        details={"duty": key, "day": happened_on.isoformat(), "done": kept},
    )
    return row.id


def load_evidence(evidence_id: UUID) -> Subject:
    """Load a recorded evidence for a route.

    Raises:
        Missing: there is none in the bound tenant.
    """
    row = db.session.get(DutyEvidence, (current().tenant_id, evidence_id))
    if row is None:
        raise Missing("duty_evidence")
    return Subject("duty_evidence", row.id, row)


def take_back(row: DutyEvidence) -> None:
    """Take a recorded evidence back; it stays with who took it back, and counts no more.

    Raises:
        Conflict: ``evidence-gone``: it was taken back before.
    """
    if row.withdrawn_at is not None:
        raise Conflict("evidence-gone")
    row.withdrawn_at, row.withdrawn_by = clock.now(), acting_person().id
    db.session.flush()
    audit.record(
        Tag.DUTY_EVIDENCE_WITHDRAWN,
        subject=("duty_evidence", row.id),
        details={"duty": row.duty, "day": row.happened_on.isoformat()},
    )


def by_ids(ids: set[UUID]) -> dict[UUID, DutyEvidence]:
    """Return recorded evidence by id, with who recorded it."""
    query = select(DutyEvidence).where(DutyEvidence.id.in_(ids))
    return {row.id: row for row in db.session.scalars(query)}
