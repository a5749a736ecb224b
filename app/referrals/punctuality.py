"""How punctual an organisation is with what it was asked: figures, and nothing of any case."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from app.referrals.codes import AT_WORK, ReferralState
from app.referrals.models import Referral
from tenants import audit, clock
from tenants.context import acting_person
from tenants.database import db
from tenants.errors import Missing
from tenants.vocabulary import Tag

PERIOD = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Referrals to one organisation within the last year.

    Attributes:
        on_time, too_late: of those that were answered.
        unanswered: still waiting although the time is over.
        overdue: accepted, and the result is late.
        taken_over: what the office did itself in the organisation's place.
    """

    asked: int
    on_time: int
    too_late: int
    unanswered: int
    accepted: int
    declined: int
    done: int
    overdue: int
    taken_over: int


def punctuality() -> Punctuality:
    """Return the figures of the acting officer's organisation: one statement.

    Raises:
        Missing: the person belongs to no organisation.
    """
    organisation_id = acting_person().organisation_id
    if organisation_id is None:
        raise Missing("organisation")
    moment = clock.now()
    count, state = func.count(), Referral.state
    done = {ReferralState.DONE, ReferralState.ACKNOWLEDGED}
    query = select(
        count,
        count.filter(Referral.answered_at <= Referral.due_at),
        count.filter(Referral.answered_at > Referral.due_at),
        count.filter(state == ReferralState.REQUESTED, Referral.due_at < moment),
        count.filter(Referral.answered_at.is_not(None), state != ReferralState.DECLINED),
        count.filter(state == ReferralState.DECLINED),
        count.filter(state.in_(done)),
        count.filter(state.in_(AT_WORK), Referral.result_due_at < moment),
        count.filter(state == ReferralState.TAKEN_OVER),
    ).where(Referral.organisation_id == organisation_id, Referral.requested_at >= moment - PERIOD)
    found = Punctuality(*db.session.execute(query).one())
    audit.record(Tag.REFERRAL_FIGURES_VIEWED)
    return found
