"""Words for clocks: what they count down to, how one ends, why one rests."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.clocks.rules import Kind


class How(StrEnum):
    """How a clock came to its end."""

    DONE = "done"
    GIVEN = "given"  # the police protect her
    NOT_GIVEN = "not-given"
    LEGAL_REVIEW = "legal-review"  # a legal officer found that the duty does not hold here
    MISTAKE = "mistake"
    EVENT = "event"  # what it waited for has happened
    RECLASSIFIED = "reclassified"
    CASE_CLOSED = "case-closed"


class PauseReason(StrEnum):
    """Why a clock rests."""

    SURVIVOR_ASKED = "survivor-asked"
    WAITS_FOR_SURVIVOR = "waits-for-survivor"
    WAITS_FOR_PAPERS = "waits-for-papers"
    FORCE_MAJEURE = "force-majeure"
    ASKED_BACK = "asked-back"  # by the question itself, never chosen


KIND_NAMES: dict[Kind, Any] = {
    Kind.TPKS_REPORT: _l("Report sexual violence to the police"),
    Kind.POLICE_PROTECTION: _l("The police protect her"),
    Kind.COURT_ORDER: _l("The police ask the court for a protection order"),
    Kind.PROTECTION_ENDS: _l("Protection by the police ends"),
    Kind.FIRST_RESPONSE: _l("Begin with the case"),
    Kind.REFERRAL_ANSWER: _l("An organisation answers a referral"),
    Kind.REFERRAL_RESULT: _l("An organisation gives a service"),
    Kind.SHELTER_STAY: _l("The stay in the safe house ends"),
}
HOW_NAMES: dict[How, Any] = {
    How.DONE: _l("It was done"),
    How.GIVEN: _l("The police protect her from now on"),
    How.NOT_GIVEN: _l("The police do not protect her"),
    How.LEGAL_REVIEW: _l("A legal officer found that this duty does not hold here"),
    How.MISTAKE: _lp("clock", "It was recorded by mistake"),
    How.EVENT: _l("What it waited for has happened"),
    How.RECLASSIFIED: _l("The case no longer holds what it was for"),
    How.CASE_CLOSED: _lp("clock", "The case was closed"),
}
PAUSE_REASONS: dict[PauseReason, Any] = {
    PauseReason.SURVIVOR_ASKED: _lp("clock", "She asked for more time"),
    PauseReason.WAITS_FOR_SURVIVOR: _l("She cannot be reached safely at the moment"),
    PauseReason.WAITS_FOR_PAPERS: _l("Papers of another office are missing"),
    PauseReason.FORCE_MAJEURE: _l("The office cannot work (flood, power cut and the like)"),
    PauseReason.ASKED_BACK: _l("The organisation has asked the office something"),
}
ENDS: dict[Kind, tuple[How, ...]] = {
    Kind.TPKS_REPORT: (How.DONE, How.LEGAL_REVIEW),
    Kind.POLICE_PROTECTION: (How.GIVEN, How.NOT_GIVEN, How.MISTAKE),
    Kind.COURT_ORDER: (How.DONE, How.MISTAKE),
    Kind.PROTECTION_ENDS: (How.DONE, How.MISTAKE),
}
"""By which words a person may end a clock; the others end by what happens."""
