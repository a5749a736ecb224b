"""Code lists of the safe house, with the words that pages use for them."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp


class ExtendReason(StrEnum):
    """Why a stay is longer than the office's limit."""

    STILL_IN_DANGER = "still-in-danger"
    NO_OTHER_PLACE = "no-other-place"
    UNDER_TREATMENT = "under-treatment"
    PROCEEDINGS = "proceedings"


class LeaveReason(StrEnum):
    """Why a stay ends."""

    SAFE_NOW = "safe-now"
    SHE_WISHES = "she-wishes"
    MOVED = "moved"
    NOT_SUITABLE = "not-suitable"
    LEFT_UNANNOUNCED = "left-unannounced"


class Goes(StrEnum):
    """Where she goes from there; a kind of place, never an address."""

    FAMILY = "family"
    OWN_HOME = "own-home"
    OTHER_SHELTER = "other-shelter"
    HOSPITAL = "hospital"
    BACK = "back"  # to where the one who is reported lives
    UNKNOWN = "unknown"


EXTEND_REASONS: dict[ExtendReason, Any] = {
    ExtendReason.STILL_IN_DANGER: _l("She is still in danger"),
    ExtendReason.NO_OTHER_PLACE: _l("There is no other place for her yet"),
    ExtendReason.UNDER_TREATMENT: _l("She is under treatment"),
    ExtendReason.PROCEEDINGS: _l("Proceedings are under way"),
}
LEAVE_REASONS: dict[LeaveReason, Any] = {
    LeaveReason.SAFE_NOW: _l("She is safe elsewhere now"),
    LeaveReason.SHE_WISHES: _l("She wishes to leave"),
    LeaveReason.MOVED: _l("She moves to another shelter"),
    LeaveReason.NOT_SUITABLE: _l("The place does not suit her or her children"),
    LeaveReason.LEFT_UNANNOUNCED: _l("She left without a word"),
}
GOES: dict[Goes, Any] = {
    Goes.FAMILY: _l("To her family"),
    Goes.OWN_HOME: _l("To a home of her own"),
    Goes.OTHER_SHELTER: _l("To another shelter"),
    Goes.HOSPITAL: _l("To a hospital"),
    Goes.BACK: _l("Back to where the person lives who is reported"),
    Goes.UNKNOWN: _lp("shelter", "Not known"),
}
ALARMING = frozenset({Goes.BACK.value, Goes.UNKNOWN.value})
"""Where she may be in danger again: then a task to get in touch is made."""
