"""The second step of signing in, a passkey alone, and setting up what the second step needs."""

from typing import Any

from flask import make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug import Response

from app.accounts import service
from app.accounts.forms import CodeForm, PasskeyForm, RecoveryForm
from app.accounts.service import Factor, Purpose
from app.accounts.views.room import (
    answer_json,
    blueprint,
    count_failure,
    device,
    faulty,
    forget_ticket,
    set_cookie,
    site,
    ticket,
)
from app.web import Public
from app.web.guard import acting, keep_changes
from app.web.views import local_path
from tenants.context import Person
from tenants.errors import Invalid
from tenants.vocabulary import Tag

_SECOND, _ENROL = "accounts/second.html", "accounts/enrol.html"
_WHY = Public("who has given the password proves the second thing here")


@blueprint.route(
    "/sign-in/passkey/options",
    access=Public("people sign in here"),
    records=Tag.PASSKEY_ASKED,
    methods=("POST",),
)
def passkey_options() -> Any:
    """Tell the browser what it needs to ask the device for a passkey."""
    return answer_json(service.options_to_use(Purpose.PASSKEY_SIGN_IN, site()))


@blueprint.route(
    "/sign-in/passkey",
    access=Public("people sign in here"),
    records=Tag.SESSION_OPENED,
    methods=("POST",),
)
def passkey_sign_in() -> Any:
    """Open a session for whoever's device answers, without name and password."""
    form = PasskeyForm()
    attempt = service.by_passkey(form.credential.data or "", site())
    if attempt.person is None:
        return _refused("accounts/passkey_refused.html", form, attempt, _passkey_refused())
    service.forget_failures(attempt.person.id)
    return _open(attempt.person, Factor.PASSKEY, local_path(form.next.data))


@blueprint.route("/sign-in/second", access=_WHY, records=Tag.SESSION_FORM_VIEWED)
def second_form() -> Any:
    """Ask for the second thing."""
    account_id = service.halfway(ticket())
    if acting() is not None or account_id is None:
        return redirect(url_for("accounts.sign_in_form"))
    following = local_path(request.args.get("next"))
    has = service.factors(account_id)
    if not has:
        return redirect(url_for("accounts.enrol_form", next=following))
    return render_template(_SECOND, **_forms(following), has=has)


@blueprint.route("/sign-in/second", access=_WHY, records=Tag.SESSION_OPENED, methods=("POST",))
def second() -> Any:
    """Open the session if the app's code is right."""
    return _second(CodeForm(), "code", Factor.CODE)


@blueprint.route(
    "/sign-in/second/recovery", access=_WHY, records=Tag.SESSION_OPENED, methods=("POST",)
)
def second_recovery() -> Any:
    """Open the session if the recovery code is a living one."""
    return _second(RecoveryForm(), "recovery", Factor.RECOVERY)


@blueprint.route(
    "/sign-in/second/options", access=_WHY, records=Tag.PASSKEY_ASKED, methods=("POST",)
)
def second_options() -> Any:
    """Tell the browser which passkeys are good for the second step."""
    account_id = service.halfway(ticket())
    if account_id is None:
        raise Invalid("credential", "too-late")
    return answer_json(service.options_to_use(Purpose.PASSKEY_SECOND, site(), account_id))


@blueprint.route(
    "/sign-in/second/passkey", access=_WHY, records=Tag.SESSION_OPENED, methods=("POST",)
)
def second_passkey() -> Any:
    """Open the session if the device answers for this account."""
    return _second(PasskeyForm(), "passkey", Factor.PASSKEY)


@blueprint.route("/sign-in/enrol", access=_WHY, records=Tag.FACTOR_FORM_VIEWED)
def enrol_form() -> Any:
    """Let a person set up the second step at the first sign-in."""
    account_id = service.halfway(ticket())
    if acting() is not None or account_id is None:
        return redirect(url_for("accounts.sign_in_form"))
    following = local_path(request.args.get("next"))
    if service.factors(account_id):
        return redirect(url_for("accounts.second_form", next=following))
    values = service.app_to_set_up(account_id, ticket(), site().name)
    return render_template(_ENROL, **_forms(following), app=values)


@blueprint.route("/sign-in/enrol", access=_WHY, records=Tag.SESSION_OPENED, methods=("POST",))
def enrol() -> Any:
    """Take the app into use if it shows the right code, and open the session."""
    account_id, form = service.halfway(ticket()), CodeForm()
    if account_id is None or service.factors(account_id):
        return _too_late()
    attempt = service.by_first_code(account_id, ticket(), form.code.data or "")
    if attempt.person is None:
        values = service.app_to_set_up(account_id, ticket(), site().name)
        return _refused(_ENROL, form, attempt, _code_refused(), app=values)
    return _first(attempt.person, Factor.CODE, local_path(form.next.data))


@blueprint.route(
    "/sign-in/enrol/options", access=_WHY, records=Tag.PASSKEY_ASKED, methods=("POST",)
)
def enrol_options() -> Any:
    """Tell the browser what it needs to make a passkey."""
    account_id = service.halfway(ticket())
    if account_id is None or service.factors(account_id):
        raise Invalid("credential", "too-late")
    return answer_json(service.options_to_make(account_id, site()))


@blueprint.route(
    "/sign-in/enrol/passkey", access=_WHY, records=Tag.SESSION_OPENED, methods=("POST",)
)
def enrol_passkey() -> Any:
    """Keep the passkey that was made, and open the session."""
    account_id, form = service.halfway(ticket()), PasskeyForm()
    if account_id is None or service.factors(account_id):
        return _too_late()
    try:
        service.keep_passkey(account_id, form.credential.data or "", site(), device())
    except Invalid as error:
        form.form_errors.append(_passkey_refused())
        values = service.app_to_set_up(account_id, ticket(), site().name)
        shown = {**_forms(form.next.data), "passkey": form, "app": values, "form": form}
        return faulty(_ENROL, reason=f"{error.field}:{error.reason}", **shown)
    person = service.person_of(account_id)
    return _first(person, Factor.PASSKEY, local_path(form.next.data))


def _second(form: CodeForm | RecoveryForm | PasskeyForm, kind: str, factor: Factor) -> Response:
    account_id = service.halfway(ticket())
    if account_id is None:
        return _too_late()
    if kind == "code":
        attempt = service.by_code(account_id, form.code.data or "")
        sentence = _code_refused()
    elif kind == "recovery":
        attempt = service.by_recovery_code(account_id, form.recovery.data or "")
        sentence = _("This recovery code is not right, or it was used already.")
    else:
        attempt = service.by_passkey(form.credential.data or "", site(), account_id)
        sentence = _passkey_refused()
    if attempt.person is None:
        has = service.factors(account_id)
        return _refused(_SECOND, form, attempt, sentence, has=has)
    if not service.finish(ticket(), attempt.person):
        return _too_late()
    return _open(attempt.person, factor, local_path(form.next.data))


def _first(person: Person, factor: Factor, following: str) -> Response:
    """Open the first session of a person and show the recovery codes, this once."""
    if not service.finish(ticket(), person):
        return _too_late()
    codes = service.first_recovery_codes(person)
    notice = "second-step-anew" if service.newest_reset(person.id) else "welcome"
    opened = _token(person, factor, (notice,))
    page = render_template("accounts/recovery_codes.html", codes=codes, following=following)
    return forget_ticket(set_cookie(make_response(page), opened))


def _open(person: Person, factor: Factor, following: str) -> Response:
    opened = _token(person, factor)
    return forget_ticket(set_cookie(make_response(redirect(following, 303)), opened))


def _token(person: Person, factor: Factor, notices: tuple[str, ...] = ()) -> str:
    token = service.open_session(person, request.remote_addr, device(), factor, notices)
    session.clear()  # a new token for forms as well
    return token


def _refused(
    template: str,
    form: CodeForm | RecoveryForm | PasskeyForm,
    attempt: service.Attempt,
    sentence: str,
    **values: Any,
) -> Response:
    """Show the page again with what was wrong; the failure is kept."""
    status, said = count_failure(attempt)
    form.form_errors.append(sentence if status == 422 else said)
    shown = {**_forms(form.next.data), **values}
    names = {CodeForm: "code", RecoveryForm: "recovery", PasskeyForm: "passkey"}
    shown[names[type(form)]] = form
    return make_response(render_template(template, form=form, **shown), status)


def _too_late() -> Response:
    """Lead back to the password: the ticket is over, used, or was never there."""
    keep_changes()
    response: Response = redirect(url_for("accounts.sign_in_form") + "?too-late", 303)
    return forget_ticket(make_response(response))


def _forms(following: str | None) -> dict[str, Any]:
    data = {"next": local_path(following)}
    return {
        "code": CodeForm(formdata=None, data=data),
        "recovery": RecoveryForm(formdata=None, data=data),
        "passkey": PasskeyForm(formdata=None, data=data),
    }


def _code_refused() -> str:
    said: str = _(
        "This code is not right, or it was used already. Wait for the next one and type that. "
        "After six failed attempts an account stays locked for 30 minutes."
    )
    return said


def _passkey_refused() -> str:
    said: str = _("This passkey was not accepted. Try again, or sign in another way.")
    return said
