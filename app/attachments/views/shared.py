"""What the pages of photographs and papers share."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from flask import Response, make_response, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import ServiceUnavailable

from app.attachments import service
from app.attachments.words import REFUSALS, sentence
from app.documents.service import StoreUnavailable
from app.ui.forms import Form
from app.web import GuardedBlueprint, Subject
from app.web.attempts import attempt

blueprint = GuardedBlueprint("attachments", __name__, template_folder="../templates")

# A copy that is opened by itself, whatever it is, does nothing and asks nobody for anything.
_SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def act(form: Form, work: Callable[[], Any], field: str | None = None) -> int:
    """Do the work of a checked form; return 0, or the status of the page that says why not.

    Args:
        field: where to say a fault that belongs to no field of the form.
    """
    return attempt(form, work, sentence, refusals=REFUSALS, instead=field, refused="kind")


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
