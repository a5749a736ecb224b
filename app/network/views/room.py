"""The blueprint of the duty register, and the words that its pages need."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.network.codes import (
    EVIDENCE_NAMES,
    MARK_KINDS,
    MARK_NAMES,
    VERDICT_KINDS,
    VERDICT_NAMES,
)
from app.web import GuardedBlueprint

blueprint = GuardedBlueprint("network", "app.network", template_folder="templates")

SENTENCES: dict[str, Any] = {
    "before-it-begins": _l("The last day is before the first day."),
    "not-yet": _l("This day has not been yet."),
    "too-long": _l("A period is a year at most."),
    "not-whole-months": _l(
        "A period begins on the first of a month, and ends with the last of one or today."
    ),
    "unknown": _l("This duty is not entered by hand. Choose again."),
    "not-in-force": _l("The duty was not in force on this day."),
    "evidence-exists": _l("Something is recorded of this duty and day already."),
    "no-duties": _l("No duty was in force in this period."),
    "nothing-missed": _l("This organisation missed no duty in this period."),
    "no-receiver": _l(
        "The profile of your office names neither chair nor regent. Ask the operator to add them."
    ),
    "no-checkpoint": _l("The log has no checkpoint yet. Try again in a minute."),
    "register-held": _l(
        "Teduh was put back to a back-up, and numbers given after it are not known here. Tell the "
        "operator the last number in your office's register; then sign again."
    ),
    "unprintable_character": _l("Something in the report cannot be printed by your office's font."),
    "month-not-over": _l("This month is not over yet."),
    "month-begun": _l("This month is being compared already."),
    "month-settled": _l("This month is settled. What you sent now was not saved."),
    "differences-left": _l("There are differences left. Settle each of them first."),
    "too-many": _l("This number cannot be."),
    "fewer-than-found": _l("It cannot have fewer cases than were found there."),
    "evidence-gone": _l("This was taken back before."),
}


def names() -> dict[str, Any]:
    """Return the words for codes that the templates look up."""
    return {
        "evidence_names": EVIDENCE_NAMES,
        "mark_names": MARK_NAMES,
        "mark_kinds": MARK_KINDS,
        "verdict_names": VERDICT_NAMES,
        "verdict_kinds": VERDICT_KINDS,
    }
