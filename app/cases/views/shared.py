"""The blueprint of cases and what all its pages need."""

from collections.abc import Callable
from typing import Any

from flask import redirect, url_for
from flask_babel import lazy_gettext as _l

from app.cases import codes, intake_codes, service
from app.cases.words import CLASS_NAMES, FIELD_NAMES, TEAM_NAMES, sentence
from app.ui.fields import FieldView, field_view
from app.ui.forms import Form
from app.web import GuardedBlueprint, Subject, say
from app.web.attempts import attempt
from tenants.context import acting_person
from tenants.errors import Conflict
from tenants.policy import Permission, permits

blueprint = GuardedBlueprint("cases", "app.cases", template_folder="templates")

_REFUSALS: dict[str, Any] = {
    "field-not-writable": _l(
        "You may not write one of these fields. Leave out what you filled in there, or ask the "
        "team of this case."
    ),
    "second-person": _l("You asked for this yourself. Somebody else has to decide it."),
    "not-legal-officer": _l(
        "Only a case officer of this case's team may record findings about the law."
    ),
}
_FORM_NAMES = {"person": "member", "role": "member"}
_WIDE = (Permission.CASE_ACCESS_LIST, Permission.CASE_DESTROY)


def may(permission: Permission, subject: Subject) -> bool:
    """Tell whether the acting person may do this in the case now; a closed one stays as it is."""
    open_to = not subject.standing.closed or permission in _WIDE
    return open_to and permits(acting_person(), permission, subject.standing)


def view_of(entry: service.Entry, opened: service.Reference | None = None) -> list[FieldView]:
    """Return the confidential fields of an entry with their labels."""
    return [
        field_view(
            one,
            str(FIELD_NAMES[one.name]),
            opened == service.Reference(entry.kind, entry.id, name),
        )
        for name, one in entry.fields.items()
    ]


def act(form: Form, work: Callable[[], object]) -> int:
    """Do the work of a checked form; return 0, or the status of the page that says why not."""
    return attempt(form, work, sentence, refusals=_REFUSALS, names=_FORM_NAMES)


def check_open(subject: Subject) -> None:
    """Offer no form whose answer could not be kept.

    Raises:
        Conflict: the case is closed.
    """
    if subject.standing.closed:
        raise Conflict("case-closed")


def to_case(subject: Subject, notice: str = "saved", anchor: str = "") -> Any:
    """Go back to the page of the case with a message."""
    say(notice)
    return redirect(url_for("cases.view", case_id=subject.id, _anchor=anchor or None), 303)


def crumbs(subject: Subject) -> list[tuple[str, str]]:
    """Return the way back to the case."""
    return [(url_for("cases.view", case_id=subject.id), str(_case_name(subject)))]


def names() -> dict[str, Any]:
    """Return the words for codes that the templates look up."""
    return {
        "codes": codes,
        "intake": intake_codes,
        "class_names": CLASS_NAMES,
        "team_names": TEAM_NAMES,
    }


def _case_name(subject: Subject) -> Any:
    return _l("Case %(code)s", code=subject.row.code)
