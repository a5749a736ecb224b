"""What the pages of destruction share."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l

from app.cases.words import sentence as case_sentence
from app.destruction import service
from app.ui.forms import Form
from app.web import GuardedBlueprint
from app.web.attempts import attempt
from tenants.context import Person
from tenants.errors import Conflict, Invalid
from tenants.policy import Permission, permits

blueprint = GuardedBlueprint("destruction", __name__, template_folder="../templates")

_SENTENCES: dict[str, Any] = {
    "destruction-open": _l("This is decided already and waits for the head of the office."),
    "destruction-settled": _l("This was confirmed or stopped already."),
    "no-confirmer": _l(
        "Nobody else in your office could confirm it. Ask your administrator to give somebody the "
        "role of signatory."
    ),
    "no-checkpoint": _l(
        "The access log has not been sealed yet. Wait a few seconds, then confirm again."
    ),
}


_REFUSALS: dict[str, Any] = {
    "same-person": _l("You decided this yourself; another person has to confirm it."),
    "no-permission": _l("This cannot be accepted."),
}


def sentence(error: Invalid | Conflict) -> str:
    """Return the sentence for what was refused."""
    if error.reason in _SENTENCES:
        return str(_SENTENCES[error.reason])
    return case_sentence(error)


def act(form: Form, work: Callable[[], object]) -> int:
    """Do the work of a checked form; return 0, or the status of the page that says why not."""
    return attempt(form, work, sentence, refusals=_REFUSALS)


def home_part(person: Person) -> tuple[str, dict[str, Any]] | None:
    """What waits for the head of the office to confirm."""
    if not permits(person, Permission.DESTRUCTION_CONFIRM):
        return None
    waiting = service.waiting()
    return ("destruction/home_part.html", {"waiting": waiting}) if waiting else None
