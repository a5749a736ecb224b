"""What the pages of photographs and papers share."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from flask import Response, make_response, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import ServiceUnavailable

from app.attachments import service
from app.attachments.words import sentence
from app.documents.service import StoreUnavailable
from app.ui.forms import Form
from app.web import GuardedBlueprint, Subject
from app.web.guard import fail
from tenants.errors import Conflict, Invalid, Refused
from tenants.vocabulary import Outcome

blueprint = GuardedBlueprint("attachments", __name__, template_folder="../templates")

# A copy that is opened by itself, whatever it is, does nothing and asks nobody for anything.
_SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
_SAFE_TO_SAY = frozenset({"field-not-writable"})


def act(form: Form, work: Callable[[], Any], field: str | None = None) -> int:
    """Do the work of a checked form.

    Args:
        field: where to say a fault that belongs to no field of the form.

    Returns:
        0 when it is done; else the status of the page, whose form then says why.
    """
    if not form.validate():
        fail("form")
        return 422
    try:
        work()
    except Invalid as error:
        fail(error.reason)
        _blame(form, error.field, field, sentence(error))
        return 422
    except Conflict as error:
        fail(error.reason)
        _blame(form, "", None, sentence(error))
        return 409
    except Refused as error:
        if error.reason not in _SAFE_TO_SAY:
            raise
        fail(error.reason, Outcome.REFUSED)
        _blame(form, "kind", field, sentence(error))
        return 403
    return 0


def _blame(form: Form, name: str, instead: str | None, words: str) -> None:
    for one in (name, instead):
        if one and one in form:
            form[one].errors = [*form[one].errors, words]
            return
    form.form_errors.append(words)


def fetched(fetch: Callable[[], service.Opened]) -> service.Opened:
    """Open an attachment; a store that does not answer is said as such."""
    try:
        return fetch()
    except StoreUnavailable:
        raise ServiceUnavailable from None


def handed_out(opened: service.Opened) -> Response:
    """Send a whole file from memory, after the commit, to be kept: no ranges, nobody's name."""
    response = make_response(opened.content)
    response.headers["Content-Type"] = opened.media
    response.headers["Content-Disposition"] = f'attachment; filename="{opened.name}"'
    response.headers["Accept-Ranges"] = "none"
    response.headers["Content-Security-Policy"] = _SANDBOX
    return response


def inline(opened: service.Opened) -> str:
    """Return a picture as it stands inside a page: it has no address, so nothing keeps it."""
    return f"data:{opened.media};base64,{b64encode(opened.content).decode()}"


def crumbs(subject: Subject) -> list[tuple[str, str]]:
    """Return the way back to the case."""
    return [(url_for("cases.view", case_id=subject.case_id, _anchor="attachments"), _("Case"))]


def kind_name(code: str) -> str:
    """Return the word for a kind of attachment."""
    return str(service.KINDS.name(code))
