"""Destroying a case's key: the case can then be read by nobody, here and in later back-ups."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.cases.codes import DESTROY_REASONS, State
from app.cases.consents import today
from app.cases.entries import check_code
from app.cases.linking import forget_links
from app.cases.models import Case
from app.cases.parts import ON_DESTROYED
from app.web.access import Subject
from tenants import audit, clock, vault
from tenants.context import acting_person
from tenants.database import db, hold
from tenants.errors import Conflict, Invalid
from tenants.vocabulary import Tag


@dataclass(frozen=True, slots=True)
class Destroyed:
    """When a case's key was destroyed."""

    code: str
    at: datetime


def check_destroyable(subject: Subject, *, reason: str, code: str) -> None:
    """See that a case may be destroyed for a reason, and that it is the case that is meant.

    Args:
        code: the case code as the person typed it, so that the wrong case is not hit.

    Raises:
        Invalid: ``code`` with ``other-code``, ``reason`` with ``unknown-code``.
        Conflict: the key is gone already.
    """
    case: Case = subject.row
    db.session.refresh(case)
    check_code("reason", DESTROY_REASONS, reason, today())
    if code.strip().upper() != case.code:
        raise Invalid("code", "other-code")
    if case.state == State.DESTROYED:
        raise Conflict("key-already-destroyed")


def destroy_key(subject: Subject, *, reason: str, code: str) -> UUID:
    """Destroy the key of a case and return the event's id. This cannot be undone.

    Called by the room that has asked a second person.

    Raises:
        Invalid, Conflict: as :func:`check_destroyable`.
    """
    hold(subject.id)  # an edit at the same moment would leave index rows behind
    check_destroyable(subject, reason=reason, code=code)
    case: Case = subject.row
    vault.destroy_data_key(subject.id, acting_person().id)
    forget_links(subject.id)
    case.state = State.DESTROYED
    case.closed_at = case.closed_at or clock.now()
    db.session.flush()
    for listener in ON_DESTROYED:
        listener(subject.id)
    return audit.record(
        Tag.CASE_KEY_DESTROYED,
        subject=("case", subject.id),
        case_id=subject.id,
        details={"reason": reason},
    )


def destroyed(case_id: UUID) -> Destroyed | None:
    """Tell when the key of a case was destroyed, or None while it lives."""
    query = (
        select(Case.code, vault.DataKey.destroyed_at)
        .join(vault.DataKey, vault.DataKey.id == Case.id)
        .where(Case.id == case_id, vault.DataKey.destroyed_at.is_not(None))
    )
    row = db.session.execute(query).one_or_none()
    return Destroyed(row.code, row.destroyed_at) if row else None
