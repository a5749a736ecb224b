"""One mediation taken for a change: locked, with the gate asked, and the change on record."""

from sqlalchemy import select

from app.mediation.codes import MediationState
from app.mediation.gate import gate
from app.mediation.models import Mediation
from app.web.access import Subject
from tenants import audit
from tenants.database import db, hold
from tenants.errors import Conflict
from tenants.vocabulary import Tag

HELD = frozenset({MediationState.HELD})


def take(subject: Subject, states: frozenset[MediationState]) -> Mediation:
    """Lock the mediation for a change that the gate must allow, and return it as it is now.

    Raises:
        Refused: the law is against it.
        Conflict: it is in none of ``states``: somebody was a step ahead.
    """
    assert subject.case_id is not None  # noqa: S101 (load_mediation gives it)
    hold(subject.case_id)
    gate(subject.case_id)
    return lock(subject, states)


def lock(subject: Subject, states: frozenset[MediationState]) -> Mediation:
    """Lock the mediation, whatever the gate says, and return it as it is now.

    Raises:
        Conflict: it is in none of ``states``: somebody was a step ahead.
    """
    query = select(Mediation).where(Mediation.id == subject.id)
    found = db.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).one()
    if found.state not in states:
        raise Conflict("mediation-changed")
    return found


def edited(mediation: Mediation, part: str) -> None:
    """Put a change of a mediation on record."""
    db.session.flush()
    audit.record(
        Tag.MEDIATION_EDITED,
        subject=("mediation", mediation.id),
        case_id=mediation.case_id,
        details={"part": part},
    )
