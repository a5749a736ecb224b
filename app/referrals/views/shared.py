"""The blueprint of referrals and what all its pages need."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask_babel import lazy_gettext as _l

from app.cases import service as cases
from app.referrals import service
from app.referrals.codes import (
    CLASS_NAMES,
    DECLINE_REASONS,
    FIELD_NAMES,
    OUTCOMES,
    STATE_KINDS,
    STATE_NAMES,
    STEP_NAMES,
    TAKE_OVER_REASONS,
    WITHDRAW_REASONS,
)
from app.tasks import service as tasks
from app.ui.fields import FieldView, field_view
from app.ui.forms import Form
from app.web import GuardedBlueprint, Subject
from app.web.attempts import proceed
from app.web.guard import fail
from tenants.context import acting_person
from tenants.disclosure import Disclosed
from tenants.errors import Conflict, Invalid

blueprint = GuardedBlueprint(
    "referrals", "app.referrals", template_folder="templates", url_prefix=None
)

_REASONS: dict[str, Any] = {
    "too-long": _l("This text is too long."),
    "control-character": _l("This text holds a character that cannot be read."),
    "service-not-offered": _l("This organisation does not offer this service."),
    "not-a-need": _l("This need has changed. Choose again."),
    "unknown": _l("This organisation is no longer a partner. Choose again."),
    "case-closed": _l("This case is closed."),
    "referral-exists": _l("This organisation is already asked for this service."),
    "unknown-code": _l("Not a valid choice."),
    "in-the-past": _l("This day has passed. Choose a later one."),
    "missing": _l("This field is required."),
    "referral-received": _l("A colleague has signed for this referral already."),
    "referral-answered": _l(
        "This referral was answered or withdrawn a moment ago. What you sent now was not saved."
    ),
}
_FIELDS = {"request_note": "note", "answer_note": "note"}


def sentence(reason: str) -> str:
    """Return the sentence for the reason of a conflict or of an unusable value."""
    return str(_REASONS[reason])


def blame(form: Form, fault: Invalid) -> Form:
    """Put what the service found wrong beside the field of the form."""
    fail(fault.reason)
    entry = form[_FIELDS.get(fault.field, fault.field)]
    entry.errors = [*entry.errors, sentence(fault.reason)]
    return form


def views_of(fields: Iterable[Disclosed], opened: str = "") -> list[FieldView]:
    """Return fields with their labels; ``opened`` is the one just opened on demand."""
    return [field_view(one, str(FIELD_NAMES[one.name]), one.name == opened) for one in fields]


def messages_of(steps: Iterable[service.Step], opened: UUID | None = None) -> list[Any]:
    """Return messages with the view of their text, for the pages of both sides."""
    return [
        (one, field_view(one.text, str(STEP_NAMES[one.kind]), one.id == opened)) for one in steps
    ]


def act(
    template: str, subject: Subject, form: Form, work: Callable[[], None], done: str, notice: str
) -> Any:
    """Do the work of a checked form and go on; what was typed stands in it after any fault."""
    page = partial(ask, template, subject, form)
    return proceed(form, work, _of_error, page, done, notice, names=_FIELDS)


def _of_error(error: Invalid | Conflict) -> str:
    return sentence(error.reason)


def ask(template: str, subject: Subject, form: Form, said: str = "") -> str:
    """Render a form about one referral."""
    line = service.line(subject)
    return render_template(
        f"referrals/{template}.html",
        subject=subject,
        back=back_of(subject),
        line=line,
        form=form,
        sentence=said,
        **names(),
    )


def back_of(subject: Subject) -> str:
    """Return the page of the referral for whichever side acts."""
    if acting_person().organisation_id is not None:
        return url_for("referrals.view", referral_id=subject.id)
    return url_for("referrals.sent", case_id=subject.case_id, referral_id=subject.id)


def names() -> dict[str, Any]:
    """Return the words for codes that the templates look up."""
    return {
        "state_names": STATE_NAMES,
        "state_kinds": STATE_KINDS,
        "decline_reasons": DECLINE_REASONS,
        "end_reasons": {**TAKE_OVER_REASONS, **WITHDRAW_REASONS},
        "outcomes": OUTCOMES,
        "task_kinds": tasks.TASK_KINDS,
        "sides": tasks.SIDES,
        "class_names": CLASS_NAMES,
        "service_name": cases.service_name,
    }
