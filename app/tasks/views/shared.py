"""The blueprint of tasks and what all its pages need."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import redirect
from flask_babel import lazy_gettext as _l

from app.tasks.codes import SHOWN, SIDES, TASK_KINDS
from app.ui.forms import Form
from app.web import GuardedBlueprint, say
from app.web.guard import fail
from tenants.errors import Conflict, Invalid, Refused

blueprint = GuardedBlueprint("tasks", "app.tasks", template_folder="templates")

_REASONS: dict[str, Any] = {
    "too-long": _l("This text is too long."),
    "control-character": _l("This text holds a character that cannot be read."),
    "unknown-code": _l("Not a valid choice."),
    "not-in-team": _l("This person is not in the team of this case any more. Choose again."),
    "in-the-past": _l("This day has passed. Choose a later one."),
    "case-closed": _l("This case is closed."),
    "task-done": _l("Somebody has marked this task as done already."),
    "field-not-writable": _l("You may not write a text in this case. Leave it empty."),
    "same-person": _l("Choose two different people."),
    "unknown": _l("This account is shut. Choose again."),
    "other-role": _l("This person does not work in every team from which the other one leaves."),
    "no-cases": _l("This person has no open case and no task."),
    "too-many-filters": _l("You keep many filters already. Remove one first."),
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
        if fault.field in form:
            entry = form[fault.field]
            entry.errors = [*entry.errors, str(_REASONS[fault.reason])]
            return page(""), 422
        return page(str(_REASONS[fault.reason])), 422
    except Conflict as conflict:
        fail(conflict.reason)
        return page(str(_REASONS[conflict.reason])), 409
    except Refused as refusal:
        if refusal.reason not in _REASONS:
            raise
        fail(refusal.reason)
        return page(str(_REASONS[refusal.reason])), 403
    say(notice)
    return redirect(done, 303)


def chosen(value: str | None) -> UUID | None:
    """Return the person chosen in a list that the form has checked; None for nobody."""
    return UUID(value) if value else None


def names() -> dict[str, Any]:
    """Return the words for codes that the templates look up."""
    return {"task_kinds": TASK_KINDS, "sides": SIDES, "shown": SHOWN}
