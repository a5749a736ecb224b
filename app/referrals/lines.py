"""Referrals as lines of a list, without anything confidential, and their lock for a change."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.cases import service as cases
from app.referrals.codes import AT_WORK, LIVING, ReferralState
from app.referrals.models import Referral
from app.web.access import Subject
from tenants import clock, registry
from tenants.database import db
from tenants.errors import Conflict


@dataclass(frozen=True, slots=True)
class Line:
    """A referral without anything confidential, as lists and the head of its page show it."""

    id: UUID
    case_id: UUID
    case_code: str
    organisation: str
    service: str
    state: ReferralState
    requested_at: datetime
    requested_by: UUID
    due_at: datetime
    late: bool
    answered_at: datetime | None
    ended_at: datetime | None
    decline_reason: str | None
    end_reason: str | None
    received_at: datetime | None = None
    result_due_at: datetime | None = None
    outcome: str | None = None
    acknowledged_at: datetime | None = None

    @property
    def living(self) -> bool:
        """Whether the organisation is still asked or at work."""
        return self.state in LIVING


def lines(referrals: list[Referral]) -> list[Line]:
    """Return ``referrals`` as lines, in the same order."""
    codes = cases.codes_of(one.case_id for one in referrals)
    names = registry.names_of(one.organisation_id for one in referrals)
    moment = clock.now()
    return [
        Line(
            id=one.id,
            case_id=one.case_id,
            case_code=codes[one.case_id],
            organisation=names[one.organisation_id],
            service=one.service,
            state=ReferralState(one.state),
            requested_at=one.requested_at,
            requested_by=one.requested_by,
            due_at=one.due_at,
            late=is_late(one, moment),
            answered_at=one.answered_at,
            ended_at=one.ended_at,
            decline_reason=one.decline_reason,
            end_reason=one.end_reason,
            received_at=one.received_at,
            result_due_at=one.result_due_at,
            outcome=one.outcome,
            acknowledged_at=one.acknowledged_at,
        )
        for one in referrals
    ]


def is_late(one: Referral, moment: datetime) -> bool:
    """Tell whether an answer or a result is overdue."""
    if one.state == ReferralState.REQUESTED:
        return one.due_at < moment
    return one.state in AT_WORK and one.result_due_at is not None and one.result_due_at < moment


def line(subject: Subject) -> Line:
    """Return the referral of ``subject`` as a line."""
    return lines([subject.row])[0]


def take(subject: Subject, states: frozenset[ReferralState]) -> Referral:
    """Lock the referral for a change and return it as it is now.

    Raises:
        Conflict: it is no longer in one of ``states``: somebody was a step ahead.
    """
    query = select(Referral).where(Referral.id == subject.id)
    found = db.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).one()
    if found.state not in states:
        raise Conflict("referral-answered")
    return found
