"""Code lists of referrals, with the words that pages use for them."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from tenants.confidential import FieldClass


class ReferralState(StrEnum):
    """Where a referral stands."""

    REQUESTED = "requested"
    ASKED = "asked-back"  # the organisation needs an answer of the office first
    ACCEPTED = "accepted"
    IN_PROGRESS = "in-progress"
    DECLINED = "declined"
    DONE = "done"
    ACKNOWLEDGED = "acknowledged"  # the office has read the result
    WITHDRAWN = "withdrawn"
    TAKEN_OVER = "taken-over"  # the office gives the service itself


WAITING = frozenset({ReferralState.REQUESTED, ReferralState.ASKED})
AT_WORK = frozenset({ReferralState.ACCEPTED, ReferralState.IN_PROGRESS})
LIVING = WAITING | AT_WORK
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
    CONSENT_WITHDRAWN = "consent-withdrawn"  # by the withdrawal itself, never chosen
    MISTAKE = "mistake"
    OTHER = "other"


class TakeOverReason(StrEnum):
    """Why the agency does what an organisation had agreed to do (the finding of the paper)."""

    NO_ANSWER = "no-answer"
    DECLINED = "declined"
    TOO_LATE = "too-late"
    NOT_SAFE = "not-safe"
    SURVIVOR_ASKED = "survivor-asked"


class Outcome(StrEnum):
    """What came of the service."""

    GIVEN = "given"
    PARTLY = "partly"
    NOT_GIVEN = "not-given"


class StepKind(StrEnum):
    """What a message between the organisation and the office is."""

    QUESTION = "question"
    REPLY = "reply"
    PROGRESS = "progress"
    RESULT = "result"


STATE_NAMES: dict[ReferralState, Any] = {
    ReferralState.REQUESTED: _lp("referral", "Waiting for an answer"),
    ReferralState.ASKED: _lp("referral", "Waiting for the office"),
    ReferralState.ACCEPTED: _lp("referral", "Accepted"),
    ReferralState.IN_PROGRESS: _lp("referral", "In progress"),
    ReferralState.DECLINED: _lp("referral", "Declined"),
    ReferralState.DONE: _lp("referral", "Done"),
    ReferralState.ACKNOWLEDGED: _lp("referral", "Result read"),
    ReferralState.WITHDRAWN: _lp("referral", "Withdrawn"),
    ReferralState.TAKEN_OVER: _lp("referral", "Taken over by the office"),
}
STATE_KINDS: dict[ReferralState, str] = {
    ReferralState.REQUESTED: "waiting",
    ReferralState.ASKED: "waiting",
    ReferralState.ACCEPTED: "active",
    ReferralState.IN_PROGRESS: "active",
    ReferralState.DECLINED: "stop",
    ReferralState.DONE: "good",
    ReferralState.ACKNOWLEDGED: "good",
    ReferralState.WITHDRAWN: "neutral",
    ReferralState.TAKEN_OVER: "warn",
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
    WithdrawReason.CONSENT_WITHDRAWN: _l("The survivor has withdrawn her consent"),
    WithdrawReason.MISTAKE: _l("It was sent by mistake"),
    WithdrawReason.OTHER: _lp("reason", "Another reason"),
}
TAKE_OVER_REASONS: dict[TakeOverReason, Any] = {
    TakeOverReason.NO_ANSWER: _l("The organisation has not answered"),
    TakeOverReason.DECLINED: _l("The organisation declined"),
    TakeOverReason.TOO_LATE: _l("The organisation is too late for what she needs"),
    TakeOverReason.NOT_SAFE: _l("It is not safe for her there"),
    TakeOverReason.SURVIVOR_ASKED: _l("The survivor asked for it"),
}
OUTCOMES: dict[Outcome, Any] = {
    Outcome.GIVEN: _l("The service was given"),
    Outcome.PARTLY: _l("Part of the service was given"),
    Outcome.NOT_GIVEN: _l("The service could not be given"),
}
STEP_NAMES: dict[StepKind, Any] = {
    StepKind.QUESTION: _l("Question of the organisation"),
    StepKind.REPLY: _l("Answer of the office"),
    StepKind.PROGRESS: _l("Progress"),
    StepKind.RESULT: _l("Result"),
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
    "referral_step.text": _lp("referral", "Message"),
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
