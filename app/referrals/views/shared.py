"""The blueprint of referrals and what all its pages need."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from app.cases import service as cases
from app.referrals.codes import (
    CLASS_NAMES,
    DECLINE_REASONS,
    FIELD_NAMES,
    STATE_KINDS,
    STATE_NAMES,
    WITHDRAW_REASONS,
)
from app.ui.fields import FieldView, field_view
from app.ui.forms import Form
from app.web import GuardedBlueprint
from app.web.guard import fail
from tenants.disclosure import Disclosed
from tenants.errors import Invalid

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


def names() -> dict[str, Any]:
    """Return the words for codes that the templates look up."""
    return {
        "state_names": STATE_NAMES,
        "state_kinds": STATE_KINDS,
        "decline_reasons": DECLINE_REASONS,
        "withdraw_reasons": WITHDRAW_REASONS,
        "class_names": CLASS_NAMES,
        "service_name": cases.service_name,
    }
