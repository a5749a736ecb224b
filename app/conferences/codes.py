"""Code lists of case conferences, with the words that pages use for them."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp


class ConferenceState(StrEnum):
    """Where a conference stands."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class CancelReason(StrEnum):
    """Why a conference is not held."""

    TOO_FEW = "too-few"
    NO_LONGER_NEEDED = "no-longer-needed"
    NOT_SAFE = "not-safe"
    SURVIVOR_ASKED = "survivor-asked"
    MISTAKE = "mistake"


STATE_NAMES: dict[ConferenceState, Any] = {
    ConferenceState.PLANNED: _lp("conference", "Planned"),
    ConferenceState.HELD: _lp("conference", "Held"),
    ConferenceState.CANCELLED: _lp("conference", "Cancelled"),
}
STATE_KINDS: dict[ConferenceState, str] = {
    ConferenceState.PLANNED: "active",
    ConferenceState.HELD: "good",
    ConferenceState.CANCELLED: "neutral",
}
CANCEL_REASONS: dict[CancelReason, Any] = {
    CancelReason.TOO_FEW: _l("Too few can come"),
    CancelReason.NO_LONGER_NEEDED: _l("It is no longer needed"),
    CancelReason.NOT_SAFE: _l("It would put her in danger"),
    CancelReason.SURVIVOR_ASKED: _lp("conference", "She does not want it"),
    CancelReason.MISTAKE: _lp("conference", "It was planned by mistake"),
}
