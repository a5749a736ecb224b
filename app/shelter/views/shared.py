"""The blueprint of the safe house and what all its pages need."""

from collections.abc import Callable
from typing import Any

from flask import redirect
from flask_babel import lazy_gettext as _l

from app.shelter.codes import EXTEND_REASONS, GOES, LEAVE_REASONS
from app.ui.forms import Form
from app.web import GuardedBlueprint, say
from app.web.guard import fail
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
    """Check a form, do the work, and go on; what was typed stands in the form after any fault."""
    if not form.validate():
        fail("form")
        return page(""), 422
    try:
        work()
    except Invalid as fault:
        fail(fault.reason)
        if fault.field not in form:
            raise
        entry = form[fault.field]
        entry.errors = [*entry.errors, str(_REASONS[fault.reason])]
        return page(""), 422
    except Conflict as conflict:
        fail(conflict.reason)
        return page(str(_REASONS[conflict.reason])), 409
    say(notice)
    return redirect(done, 303)


def names() -> dict[str, Any]:
    """Return the words for codes that the templates look up."""
    return {"extend_reasons": EXTEND_REASONS, "leave_reasons": LEAVE_REASONS, "goes": GOES}
