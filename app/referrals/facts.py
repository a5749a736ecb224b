"""What became of referrals, as plain facts for the duty register: nothing sealed is read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.referrals.models import Referral
from tenants.database import db


@dataclass(frozen=True, slots=True)
class Asked:
    """One referral: what was asked of whom, and how it went so far."""

    id: UUID
    case_id: UUID
    organisation_id: UUID
    service: str
    state: str
    requested_at: datetime
    due_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    result_due_at: datetime | None = None
    outcome: str | None = None


def asked(begin: datetime, end: datetime) -> list[Asked]:
    """Return the referrals requested from ``begin`` on and before ``end``."""
    query = select(
        Referral.id,
        Referral.case_id,
        Referral.organisation_id,
        Referral.service,
        Referral.state,
        Referral.requested_at,
        Referral.due_at,
        Referral.answered_at,
        Referral.ended_at,
        Referral.end_reason,
        Referral.result_due_at,
        Referral.outcome,
    ).where(Referral.requested_at >= begin, Referral.requested_at < end)
    rows: Any = db.session.execute(query.order_by(Referral.requested_at, Referral.id))
    return [Asked(*row) for row in rows]
