"""The blueprint of mediation and what all its pages need."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.mediation.codes import (
    KEPT_NAMES,
    MATTER_NAMES,
    OBSTACLE_SENTENCES,
    STATE_KINDS,
    STATE_NAMES,
    STOP_REASONS,
)
from app.ui.forms import Form
from app.web import GuardedBlueprint
from app.web.guard import fail
from tenants.errors import Invalid

blueprint = GuardedBlueprint("mediation", "app.mediation", template_folder="templates")

_REASONS: dict[str, Any] = {
    "too-long": _l("This text is too long."),
    "control-character": _l("This text holds a character that cannot be read."),
    "missing": _l("This field is required."),
    "unknown": _l("This person can no longer lead a mediation. Choose again."),
    "not-in-team": _l("This person is not in the team of this case any more. Choose again."),
    "in-the-past": _l("This day has passed. Choose a later one."),
    "in-the-future": _l("This day has not come yet."),
    "too-far": _l("This day is more than a year away. Check the year."),
    "case-closed": _l("This case is closed."),
    "mediation-exists": _l("A mediation of this case is already under way."),
    "mediation-changed": _l(
        "This mediation was held or stopped a moment ago. What you sent now was not saved."
    ),
}


def sentence(reason: str) -> str:
    """Return the sentence for the reason of a conflict or of an unusable value."""
    return str(_REASONS[reason])


def blame(form: Form, fault: Invalid) -> Form:
    """Put what the service found wrong beside the field of the form."""
    fail(fault.reason)
    entry = form[fault.field]
    entry.errors = [*entry.errors, sentence(fault.reason)]
    return form


def names() -> dict[str, Any]:
    """Return the words for codes that the templates look up."""
    return {
        "matter_names": MATTER_NAMES,
        "obstacle_sentences": OBSTACLE_SENTENCES,
        "state_names": STATE_NAMES,
        "state_kinds": STATE_KINDS,
        "stop_reasons": STOP_REASONS,
        "kept_names": KEPT_NAMES,
    }
