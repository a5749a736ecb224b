"""The room's blueprint, and what its pages share."""

from datetime import date
from typing import Any

from flask import Response, current_app, g, make_response, render_template, request, session
from flask_babel import gettext as _

from app.accounts import service
from app.accounts.device import name_device
from app.accounts.forms import explain
from app.config import Settings
from app.extensions import login_manager
from app.ui.formats import show_day
from app.ui.forms import Form
from app.web import GuardedBlueprint, Subject
from app.web.guard import fail, keep_changes
from tenants import registry
from tenants.errors import Conflict, Invalid
from tenants.vocabulary import Outcome

blueprint = GuardedBlueprint("accounts", "app.accounts", template_folder="templates")


def keep_flask_login_out() -> None:
    """Keep Flask-Login out of the cookie: the sessions of this room are the only ones."""
    login_manager.session_protection = None


def settings() -> Settings:
    """Return this process's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def device() -> str:
    """Return what the browser of this request says it is."""
    return name_device(request.user_agent.string)


def set_cookie(response: Response, token: str) -> Response:
    """Give the browser its session: host-only, unreadable to scripts, for this site alone."""
    response.set_cookie(
        service.cookie_name(),
        token,
        path="/",
        secure=settings().tls,
        httponly=True,
        samesite="Strict",
    )
    return response


def ticket() -> str:
    """Return the ticket between two steps of signing in that this browser holds, or nothing."""
    return request.cookies.get(service.ticket_cookie(), "")


def set_ticket(response: Response, secret: str) -> Response:
    """Give the browser the ticket to its second step."""
    response.set_cookie(
        service.ticket_cookie(),
        secret,
        path="/",
        secure=settings().tls,
        httponly=True,
        samesite="Strict",
    )
    return response


def forget_ticket(response: Response) -> Response:
    """Take the ticket out of the browser."""
    response.delete_cookie(
        service.ticket_cookie(), path="/", secure=settings().tls, httponly=True, samesite="Strict"
    )
    return response


def site() -> service.Site:
    """Return where passkeys are good: this agency's exact host, as the outside reaches it."""
    host = request.host.rsplit(":", 1)[0] if ":" in request.host else request.host
    identity = registry.profile().identity
    return service.Site(
        host=host.lower(),
        origin=settings().public_url(host.lower()),
        name=f"Teduh {identity.regency}",
    )


def answer_json(text: str) -> Response:
    """Answer a page's script."""
    return Response(text, mimetype="application/json")


def forget(response: Response) -> Response:
    """Take session and form tokens out of the browser, and what it kept of the pages.

    Clear-Site-Data does not name cookies: that would reach every host of the registrable
    domain, other agencies' among them.
    """
    session.clear()
    response.delete_cookie(
        service.cookie_name(), path="/", secure=settings().tls, httponly=True, samesite="Strict"
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def again(template: str, form: Form, error: Invalid | Conflict, **values: Any) -> Response:
    """Show a form again with what was wrong: 422, or 503 when too much is asked at once."""
    if isinstance(error, Invalid):
        explain(form, error)
        status, reason = 422, f"{error.field}:{error.reason}"
    else:
        form.form_errors.append(
            _("Passwords cannot be checked at this moment. Tell the operator of this server.")
            if error.reason == "list-unreadable"
            else _(
                "Many people are signing in at this moment. Wait a few seconds and send it again."
            )
        )
        status, reason = 503, error.reason
    return faulty(template, form, status, reason, **values)


def faulty(
    template: str, form: Form, status: int = 422, reason: str = "form", **values: Any
) -> Response:
    """Show a form again whose errors are already in place."""
    fail(reason)
    return make_response(render_template(template, form=form, **values), status)


def count_failure(attempt: service.Attempt) -> tuple[int, str]:
    """Keep the counted failure; return the status and the sentence of a refused password.

    Only the limit per address has a sentence of its own, which says nothing about any name; and
    an account whose time is over, said to whoever has its password.
    """
    keep_changes()
    if attempt.account_id is not None:
        g.subject = Subject("account", attempt.account_id, None)
    if attempt.ended_on is not None:
        fail(attempt.reason or "", Outcome.REFUSED)
        return 403, ended_sentence(attempt.ended_on)
    fail(attempt.reason or "")
    if attempt.reason == "too-many-from-address":
        return 429, _(
            "There were too many failed attempts from your network. Wait 15 minutes, then try "
            "again."
        )
    return 422, _(
        "The user name or the password is not right. After six failed attempts an account stays "
        "locked for 30 minutes; your administrator can unlock it earlier."
    )


def ended_sentence(last: date) -> str:
    """Say that the time of an account is over."""
    sentence: str = _(
        "Your account was good until %(day)s, and that time is over. If you still need it, ask "
        "the administrator of the office.",
        day=show_day(last),
    )
    return sentence
