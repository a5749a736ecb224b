"""The blueprint of the safe house and what all its pages need."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l

from app.shelter.codes import EXTEND_REASONS, GOES, LEAVE_REASONS
from app.ui.forms import Form
from app.web import GuardedBlueprint
from app.web.attempts import proceed
from tenants.errors import Conflict, Invalid

blueprint = GuardedBlueprint("shelter", "app.shelter", template_folder="templates")

_REASONS: dict[str, Any] = {
    "missing": _l("This field is required."),
    "too-long": _l("This text is too long."),
    "control-character": _l("This text holds a character that cannot be read."),
    "not-possible": _l("This number is not possible."),
    "unknown": _l("This safe house is no longer in use. Choose again."),
    "case-closed": _l("This case is closed."),
    "stays-already": _l("She stays in a safe house already."),
    "shelter-full": _l("This safe house has no room for so many people. Choose another."),
    "shelter-in-use": _l("Somebody stays there still, so it cannot be given up."),
    "stay-received": _l("The safe house has received her already."),
    "stay-over": _l("She has left this safe house already."),
    "clock-ended": _l("The limit of this stay no longer runs."),
}


def act(
    form: Form, work: Callable[[], object], page: Callable[[str], Any], done: str, notice: str
) -> Any:
    """Do the work of a checked form and go on; what was typed stands in it after any fault."""
    return proceed(form, work, _sentence, page, done, notice)


def _sentence(error: Invalid | Conflict) -> str:
    return str(_REASONS[error.reason])


def names() -> dict[str, Any]:
    """Return the words for codes that the templates look up."""
    return {"extend_reasons": EXTEND_REASONS, "leave_reasons": LEAVE_REASONS, "goes": GOES}
