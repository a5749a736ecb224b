"""Code lists of referrals, with the words that pages use for them."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from tenants.confidential import FieldClass


class ReferralState(StrEnum):
    """Where a referral stands."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    WITHDRAWN = "withdrawn"


LIVING = frozenset({ReferralState.REQUESTED, ReferralState.ACCEPTED})
"""States in which the organisation may see what the survivor consented to."""


class DeclineReason(StrEnum):
    """Why an organisation cannot take the referral."""

    NO_CAPACITY = "no-capacity"
    NOT_OFFERED = "not-offered"
    BETTER_ELSEWHERE = "better-elsewhere"
    TOO_LITTLE_KNOWN = "too-little-known"
    CONFLICT_OF_INTEREST = "conflict-of-interest"
    OTHER = "other"


class WithdrawReason(StrEnum):
    """Why the agency takes a referral back."""

    SURVIVOR_ASKED = "survivor-asked"
    SERVED_ELSEWHERE = "served-elsewhere"
    TAKEN_OVER = "taken-over"
    NO_ANSWER = "no-answer"
    MISTAKE = "mistake"
    OTHER = "other"


STATE_NAMES: dict[ReferralState, Any] = {
    ReferralState.REQUESTED: _lp("referral", "Waiting for an answer"),
    ReferralState.ACCEPTED: _lp("referral", "Accepted"),
    ReferralState.DECLINED: _lp("referral", "Declined"),
    ReferralState.DONE: _lp("referral", "Done"),
    ReferralState.WITHDRAWN: _lp("referral", "Withdrawn"),
}
STATE_KINDS: dict[ReferralState, str] = {
    ReferralState.REQUESTED: "waiting",
    ReferralState.ACCEPTED: "active",
    ReferralState.DECLINED: "stop",
    ReferralState.DONE: "good",
    ReferralState.WITHDRAWN: "neutral",
}
DECLINE_REASONS: dict[DeclineReason, Any] = {
    DeclineReason.NO_CAPACITY: _l("We have no capacity at the moment"),
    DeclineReason.NOT_OFFERED: _l("We do not offer this service"),
    DeclineReason.BETTER_ELSEWHERE: _l("Another service provider fits better"),
    DeclineReason.TOO_LITTLE_KNOWN: _l("We need more information first"),
    DeclineReason.CONFLICT_OF_INTEREST: _l("There is a conflict of interest"),
    DeclineReason.OTHER: _lp("reason", "Another reason"),
}
WITHDRAW_REASONS: dict[WithdrawReason, Any] = {
    WithdrawReason.SURVIVOR_ASKED: _l("The survivor asked for it"),
    WithdrawReason.SERVED_ELSEWHERE: _l("The service was given elsewhere"),
    WithdrawReason.TAKEN_OVER: _l("Our own office has taken the service over"),
    WithdrawReason.NO_ANSWER: _l("The organisation has not answered"),
    WithdrawReason.MISTAKE: _l("It was sent by mistake"),
    WithdrawReason.OTHER: _lp("reason", "Another reason"),
}
FIELD_NAMES: dict[str, Any] = {
    "survivor.full_name": _lp("referral", "Name"),
    "survivor.birth_date": _lp("referral", "Date of birth"),
    "survivor.phone": _lp("referral", "Telephone"),
    "survivor.safe_contact": _lp("referral", "How to reach her safely"),
    "survivor.contact_when": _lp("referral", "When to reach her"),
    "survivor.forbidden_phone": _lp("referral", "Never call these numbers"),
    "survivor.health": _lp("referral", "Health"),
    "need.description": _lp("referral", "What is needed"),
    "referral.request_note": _lp("referral", "Note from the office"),
    "referral.answer_note": _lp("referral", "Note from the organisation"),
    "legal_process.report_number": _lp("referral", "Police report number"),
    "incident.narrative": _lp("referral", "What happened"),
}
CLASS_NAMES: dict[FieldClass, Any] = {
    FieldClass.IDENTITY: _lp("referral", "who she is"),
    FieldClass.CONTACT: _lp("referral", "how to reach her"),
    FieldClass.LOCATION: _lp("referral", "where she lives"),
    FieldClass.NARRATIVE: _lp("referral", "what happened"),
    FieldClass.CLINICAL: _lp("referral", "health and needs"),
    FieldClass.LEGAL: _lp("referral", "the legal process"),
}
