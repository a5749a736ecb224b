"""Every request, in this order, always:

exact host in the directory -> tenant bound -> session and person loaded -> one transaction ->
object loaded inside the tenant -> decision -> service -> page rendered -> audit written ->
commit -> response leaves. If the event cannot be written, nothing is shown.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import structlog
from flask import Response, current_app, g, make_response, redirect, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, SQLAlchemyError
from werkzeug.exceptions import BadHost, HTTPException, NotFound

from app.web.access import Access, Needs, Public, SignedIn, Subject
from app.web.errors import page
from tenants import audit, policy
from tenants.context import Channel, Context, Person, bind, bound, current
from tenants.database import db
from tenants.disclosure import start_record
from tenants.errors import (
    AuditUnavailable,
    Conflict,
    Invalid,
    LimitReached,
    Missing,
    NoTenantBound,
    Refused,
    Unreadable,
)
from tenants.registry import TenantState, find_host
from tenants.vocabulary import Outcome, Tag

log = structlog.get_logger()

_HOST = re.compile(r"([a-z0-9.-]{1,253})(?::[0-9]{1,5})?")


class NotSignedIn(Exception):
    """The route needs a signed-in person.

    Args:
        reason: why somebody who was signed in is so no more, when it is known.
    """

    def __init__(self, reason: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason


class NotFresh(Exception):
    """The route needs a person who has proved themselves anew within the last minutes."""


def open_request() -> Response | None:
    """Find the tenant by the exact host and bind it (the app's ``before_request`` hook)."""
    g.request_id = uuid4()
    if isinstance(request.routing_exception, BadHost):
        return Response(status=400)  # no page: none of its links could be made
    if request.endpoint in current_app.extensions["open_endpoints"]:
        return None
    if request.endpoint is not None and request.endpoint not in _declared():
        raise NotFound  # an endpoint that nobody declared does not exist
    try:
        found = find_host(_host())
    except SQLAlchemyError as error:
        log.critical("directory-unavailable", error=type(error).__name__)
        return page(503)
    if found is None:
        return page(404)
    if found.state is not TenantState.ACTIVE:
        return page(503)
    context = Context(
        tenant_id=found.tenant_id,
        slug=found.slug,
        channel=Channel.WEB,
        address=request.remote_addr,
        request_id=g.request_id,
        profile=found.profile_digest,
    )
    g.binding = bind(context)
    g.binding.__enter__()
    return None


def close_request(_error: BaseException | None = None) -> None:
    """Let go of the tenant (the app's ``teardown_request`` hook)."""
    db.session.remove()
    binding = g.pop("binding", None)
    if binding is not None:
        binding.__exit__(None, None, None)


def run(
    view: Callable[..., Any],
    access: Access,
    records: tuple[Tag, ...],
    consumed: tuple[str, ...],
    path: dict[str, Any],
) -> Response:
    """Run one declared view inside its transaction and leave its event.

    Args:
        records: the route's own tag, then those of which one may stand for it.
    """
    if bound() is None:
        return page(404)
    start_record()
    g.subject = None
    g.keep_changes = False
    try:
        response = _answer(view, access, consumed, path)
        _settle(records, response)
    except Exception as error:  # noqa: BLE001 (every error becomes an answer and an event)
        response = _refuse(records[0], error)
    return response


def keep_changes() -> None:
    """Commit this request's changes although its answer is an error (a counted failure)."""
    g.keep_changes = True


def start_over() -> None:
    """Undo what this request did, and keep what it does from here on, although it is an error.

    For a view that answers an error with a page of more than its own object: what is looked at
    for that page is recorded as ever (invariant 13), and an error page otherwise keeps one event.
    """
    db.session.rollback()
    db.session.remove()
    keep_changes()


def fail(reason: str, outcome: Outcome = Outcome.INVALID) -> None:
    """Name the reason of an error that the view explains on a page of its own (status >= 400)."""
    g.failure_reason = reason
    g.failure_outcome = outcome


def acting() -> Person | None:
    """Return the signed-in person, loading the session once per request."""
    person: Person | None = getattr(current_user, "person", None)
    return person


def _answer(
    view: Callable[..., Any], access: Access, consumed: tuple[str, ...], path: dict[str, Any]
) -> Response:
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        current_app.extensions["csrf"].protect()
    person = acting()
    if person is not None:
        g.acting_binding = bind(current().acting(person))
        g.acting_binding.__enter__()
    try:
        arguments = dict(path)
        if isinstance(access, Public):
            return make_response(view(**arguments))
        if person is None:
            g.subject = g.get("account_ended")
            raise NotSignedIn("account-ended" if g.subject else None)
        if isinstance(access, SignedIn):
            if access.fresh and not person.fresh:
                raise NotFresh
            return make_response(view(**arguments))
        subject = None
        if access.of is not None:
            subject = access.of(**{name: arguments.pop(name) for name in consumed})
            g.subject = subject
        _decide(access, person, subject)
        if access.fresh and not person.fresh:
            raise NotFresh
        return make_response(view(subject, **arguments) if subject else view(**arguments))
    except BaseException:
        _unbind_person()
        raise


def _decide(access: Needs, person: Person, subject: Subject | None) -> None:
    standing = subject.standing if subject else None
    if not policy.permits(person, access.permission, standing):
        raise Refused("no-permission")


def _settle(records: tuple[Tag, ...], response: Response) -> None:
    """Write the event, then commit; an error page keeps nothing but its event."""
    own = records[0]
    try:
        if response.status_code < 400:
            if not any(audit.was_recorded(tag) for tag in records):
                _record(own, Outcome.ALLOWED, None)
        elif g.keep_changes:
            _record(own, g.get("failure_outcome", Outcome.INVALID), g.get("failure_reason"))
        else:
            db.session.rollback()
            db.session.remove()
            _record(own, g.get("failure_outcome", Outcome.INVALID), g.get("failure_reason"))
        db.session.commit()
    finally:
        _unbind_person()


def _record(tag: Tag, outcome: Outcome, reason: str | None) -> None:
    subject: Subject | None = g.subject
    audit.record(
        tag,
        outcome,
        subject=(subject.kind, subject.id) if subject else None,
        case_id=subject.case_id if subject else None,
        reason=reason,
    )


_ANSWERS: dict[type[Exception], tuple[int, Outcome]] = {
    Missing: (404, Outcome.MISSING),
    Refused: (403, Outcome.REFUSED),
    LimitReached: (429, Outcome.REFUSED),
    Conflict: (409, Outcome.INVALID),
    Invalid: (422, Outcome.INVALID),
    Unreadable: (409, Outcome.FAILED),
    AuditUnavailable: (503, Outcome.FAILED),
    NoTenantBound: (500, Outcome.FAILED),
    CSRFError: (400, Outcome.REFUSED),
    NotSignedIn: (401, Outcome.REFUSED),
    NotFresh: (401, Outcome.REFUSED),
}


def _refuse(records: Tag, error: Exception) -> Response:
    """Undo everything, record the refusal in a transaction of its own, and answer."""
    status, outcome = _status(error)
    reason = getattr(error, "reason", None) or _name(error)
    if isinstance(error, CSRFError):
        reason = "csrf"
    try:
        person = acting()
        db.session.rollback()
        db.session.remove()
        if isinstance(error, Missing | NotSignedIn):
            start_record()
        context = current().acting(person) if person else current()
        if isinstance(error, Refused) and error.purpose:
            context = replace(context, purpose=error.purpose)
        with bind(context):
            _record(records, outcome, reason)
            db.session.commit()
    except (SQLAlchemyError, AuditUnavailable) as failure:
        db.session.rollback()
        log.critical("refusal-not-recorded", error=type(failure).__name__)
        return page(503)
    if status >= 500 or isinstance(error, DataError):
        log.error("request-failed", request=str(g.request_id), error=trace(error))
    if isinstance(error, NotSignedIn):
        return _to_sign_in()
    if isinstance(error, NotFresh) and person is not None:
        return _to_confirm(person)
    return page(status, reason=reason, signed_in=acting() is not None and status < 500)


def _status(error: Exception) -> tuple[int, Outcome]:
    for kind, answer in _ANSWERS.items():
        if isinstance(error, kind):
            return answer
    if isinstance(error, HTTPException):
        code = error.code or 500
        return code, Outcome.INVALID if code < 500 else Outcome.FAILED
    if isinstance(error, DataError):
        return 422, Outcome.INVALID  # no column can hold what was sent: a number too large, a NUL
    if isinstance(error, SQLAlchemyError):
        return 503, Outcome.FAILED
    return 500, Outcome.FAILED


def _to_sign_in() -> Response:
    following = request.full_path.rstrip("?") if request.method == "GET" else "/"
    if request.accept_mimetypes.best == "application/json":
        return page(401)
    return make_response(redirect(url_for("accounts.sign_in_form", next=following)))


def _to_confirm(person: Person) -> Response:
    """Ask who it is; what was typed into a form goes along and is sent once it is known."""
    if request.accept_mimetypes.best == "application/json":
        return page(401)
    if request.method == "GET":
        back = request.full_path.rstrip("?")
        return make_response(redirect(url_for("accounts.confirm_form", next=back)))
    typed = [(name, value) for name, value in request.form.items(multi=True)]
    with bind(current().acting(person)):
        return make_response(current_app.extensions["ask_who"](request.path, typed), 401)


def trace(error: BaseException) -> str:
    """Return where an error came from: types, files and lines, never messages or values."""
    places = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{step.tb_lineno}:{code.co_name}")
        step = step.tb_next
    return f"{type(error).__name__} at {' > '.join(places[-8:])}"


def _name(error: Exception) -> str:
    return type(error).__name__


def _unbind_person() -> None:
    binding = g.pop("acting_binding", None)
    if binding is not None:
        binding.__exit__(None, None, None)


def _declared() -> Any:
    from app.web.blueprint import DECLARATIONS

    return DECLARATIONS


def _host() -> str:
    """Return the exact host name of the request, lower case, without the port; empty if odd."""
    found = _HOST.fullmatch(request.host.lower())
    return found[1] if found else ""
