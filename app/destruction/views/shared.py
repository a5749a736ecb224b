"""What the pages of destruction share."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l

from app.cases.words import sentence as case_sentence
from app.destruction import service
from app.ui.forms import Form
from app.web import GuardedBlueprint
from app.web.guard import fail
from tenants.context import Person
from tenants.errors import Conflict, Invalid, Refused
from tenants.policy import Permission, permits
from tenants.vocabulary import Outcome

blueprint = GuardedBlueprint("destruction", __name__, template_folder="../templates")

_SENTENCES: dict[str, Any] = {
    "destruction-open": _l("This is decided already and waits for the head of the office."),
    "destruction-settled": _l("This was confirmed or stopped already."),
    "no-confirmer": _l(
        "Nobody else in your office could confirm it. Ask your administrator to give somebody the "
        "role of signatory."
    ),
    "same-person": _l("You decided this yourself; another person has to confirm it."),
    "no-checkpoint": _l(
        "The access log has not been sealed yet. Wait a few seconds, then confirm again."
    ),
}


def sentence(error: Invalid | Conflict | Refused) -> str:
    """Return the sentence for what was refused."""
    if error.reason in _SENTENCES:
        return str(_SENTENCES[error.reason])
    if isinstance(error, Refused):
        return str(_l("This cannot be accepted."))
    return case_sentence(error)


def act(form: Form, work: Callable[[], object]) -> int:
    """Do the work of a checked form; return 0, or the status of the page that says why not."""
    if not form.validate():
        fail("form")
        return 422
    try:
        work()
    except Invalid as error:
        fail(error.reason)
        if error.field in form:
            form[error.field].errors = [*form[error.field].errors, sentence(error)]
        else:
            form.form_errors.append(sentence(error))
        return 422
    except Conflict as error:
        fail(error.reason)
        form.form_errors.append(sentence(error))
        return 409
    except Refused as error:
        fail(error.reason, Outcome.REFUSED)
        form.form_errors.append(sentence(error))
        return 403
    return 0


def home_part(person: Person) -> tuple[str, dict[str, Any]] | None:
    """What waits for the head of the office to confirm."""
    if not permits(person, Permission.DESTRUCTION_CONFIRM):
        return None
    waiting = service.waiting()
    return ("destruction/home_part.html", {"waiting": waiting}) if waiting else None
