"""Code lists of the duty register, with the words that pages use for them."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from tenants.profile import EVIDENCE


class Evidence(StrEnum):
    """Which events show whether a duty was performed."""

    REFERRAL = "referral"
    MEETING = "meeting"
    DATA_EXCHANGE = "data_exchange"
    REGISTER = "register"
    RECONCILIATION = "reconciliation"
    CASE_REGISTERED = "case_registered"
    TEAM_ASSIGNED = "team_assigned"
    NEED_MET = "need_met"
    REFERRAL_SENT = "referral_sent"
    TAKEN_OVER = "taken_over"


assert set(Evidence) == EVIDENCE, "evidence of profiles and of the register is one list"  # noqa: S101

ENTERED = frozenset({Evidence.MEETING, Evidence.DATA_EXCHANGE, Evidence.REGISTER})
"""What staff enter by hand, since no other event of Teduh shows it."""


class Mark(StrEnum):
    """How one event counts for a duty."""

    KEPT = "kept"
    LATE = "late"  # kept, after the deadline
    FAILED = "failed"
    TAKEN_OVER = "taken_over"  # failed: the agency did it instead
    OPEN = "open"  # not due yet
    EXCUSED = "excused"  # nobody's failure: she asked for it, or it was a mistake


class Verdict(StrEnum):
    """What became of a duty in a period."""

    PERFORMED = "performed"
    MISSED = "missed"
    NOT_ASKED = "not_asked"
    STOOD_IN = "stood_in"  # not agreed to, and done in the place of who had agreed
    NOT_NEEDED = "not_needed"  # not agreed to, and not called for


class Resolution(StrEnum):
    """How it was settled that one side knows a case and the other does not."""

    REGISTERED_NOW = "registered-now"
    ELSEWHERE = "elsewhere"
    NOT_WANTED = "not-wanted"
    OFFERED_HELP = "offered-help"
    COUNTED_OTHERWISE = "counted-otherwise"


RESOLUTION_NAMES: dict[Resolution, Any] = {
    Resolution.REGISTERED_NOW: _l("It is registered on both sides now"),
    Resolution.ELSEWHERE: _l("It belongs to an office elsewhere"),
    Resolution.NOT_WANTED: _l("The survivor does not want a report"),
    Resolution.OFFERED_HELP: _l("The survivor was told of our services"),
    Resolution.COUNTED_OTHERWISE: _l("It is counted in another month or as another kind"),
}
EVIDENCE_NAMES: dict[Evidence, Any] = {
    Evidence.REFERRAL: _l("Referrals it received"),
    Evidence.MEETING: _l("Meetings of the network"),
    Evidence.DATA_EXCHANGE: _l("Data that it handed over"),
    Evidence.REGISTER: _l("Its own register, shown to the office"),
    Evidence.RECONCILIATION: _l("Months of case data compared to the end"),
    Evidence.CASE_REGISTERED: _l("Cases registered"),
    Evidence.TEAM_ASSIGNED: _l("Cases that were given a team"),
    Evidence.NEED_MET: _l("Needs that are met or being met"),
    Evidence.REFERRAL_SENT: _l("Referrals sent to the network"),
    Evidence.TAKEN_OVER: _l("Services that the office took over"),
}
MARK_NAMES: dict[Mark, Any] = {
    Mark.KEPT: _lp("duty", "Done"),
    Mark.LATE: _lp("duty", "Done late"),
    Mark.FAILED: _lp("duty", "Not done"),
    Mark.TAKEN_OVER: _lp("duty", "The office did it instead"),
    Mark.OPEN: _lp("duty", "Not due yet"),
    Mark.EXCUSED: _lp("duty", "Does not count"),
}
MARK_KINDS: dict[Mark, str] = {
    Mark.KEPT: "good",
    Mark.LATE: "warn",
    Mark.FAILED: "stop",
    Mark.TAKEN_OVER: "stop",
    Mark.OPEN: "waiting",
    Mark.EXCUSED: "neutral",
}
VERDICT_NAMES: dict[Verdict, Any] = {
    Verdict.PERFORMED: _lp("duty", "Performed"),
    Verdict.MISSED: _lp("duty", "Not performed"),
    Verdict.NOT_ASKED: _lp("duty", "Nothing was asked"),
    Verdict.STOOD_IN: _lp("duty", "Taken over without being agreed"),
    Verdict.NOT_NEEDED: _lp("duty", "Not agreed and not needed"),
}
VERDICT_KINDS: dict[Verdict, str] = {
    Verdict.PERFORMED: "good",
    Verdict.MISSED: "stop",
    Verdict.NOT_ASKED: "neutral",
    Verdict.STOOD_IN: "warn",
    Verdict.NOT_NEEDED: "neutral",
}
