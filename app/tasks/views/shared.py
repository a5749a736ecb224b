"""The blueprint of tasks and what all its pages need."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from app.tasks.codes import SHOWN, SIDES, TASK_KINDS
from app.ui.forms import Form
from app.web import GuardedBlueprint
from app.web.attempts import proceed
from tenants.errors import Conflict, Invalid

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
    """Do the work of a checked form and go on; what was typed stands in it after any fault."""
    return proceed(form, work, _sentence, page, done, notice, refusals=_REASONS)


def _sentence(error: Invalid | Conflict) -> str:
    return str(_REASONS[error.reason])


def chosen(value: str | None) -> UUID | None:
    """Return the person chosen in a list that the form has checked; None for nobody."""
    return UUID(value) if value else None


def names() -> dict[str, Any]:
    """Return the words for codes that the templates look up."""
    return {"task_kinds": TASK_KINDS, "sides": SIDES, "shown": SHOWN}
