"""Signing in and out, and giving the password once more."""

import json
from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from app.accounts import service
from app.accounts.forms import ConfirmForm, PasskeyForm, SignInForm
from app.accounts.service import Purpose
from app.accounts.views.room import (
    again,
    answer_json,
    blueprint,
    count_failure,
    ended_sentence,
    faulty,
    forget,
    set_cookie,
    set_ticket,
    site,
)
from app.web import Public, SignedIn
from app.web.guard import acting
from app.web.views import local_path
from tenants import audit
from tenants.context import Person, acting_person
from tenants.errors import Conflict
from tenants.vocabulary import Tag

_SIGN_IN, _CONFIRM = "accounts/sign_in.html", "accounts/confirm.html"


@blueprint.route(
    "/sign-in",
    access=Public("people sign in here"),
    records=Tag.SESSION_FORM_VIEWED,
)
def sign_in_form() -> Any:
    """Ask for user name and password."""
    following = local_path(request.args.get("next"))
    if acting() is not None:
        return redirect(following)
    form = SignInForm(data={"next": following})
    over = g.get("account_ended")
    return render_template(
        _SIGN_IN,
        form=form,
        over=ended_sentence(over.row) if over else "",
        passkey=PasskeyForm(formdata=None, data={"next": following}),
        signed_out="signed-out" in request.args,
        too_late="too-late" in request.args,
        ended=service.cookie_name() in request.cookies,
    )


@blueprint.route(
    "/sign-in",
    access=Public("people sign in here"),
    records=Tag.SESSION_OPENED,
    instead=(Tag.PASSWORD_ACCEPTED,),
    methods=("POST",),
)
def sign_in() -> Any:
    """Lead to the second step, or say that it was not right and nothing more."""
    form = SignInForm()
    passkey = PasskeyForm(formdata=None, data={"next": local_path(form.next.data)})
    if not form.validate():
        return faulty(_SIGN_IN, form, passkey=passkey)
    try:
        attempt = service.try_password(form.username.data, form.password.data)
    except Conflict as error:
        return again(_SIGN_IN, form, error, passkey=passkey)
    if attempt.person is None:
        status, sentence = count_failure(attempt)
        form.form_errors.append(sentence)
        return make_response(render_template(_SIGN_IN, form=form, passkey=passkey), status)
    secret = service.begin(attempt.person)
    return set_ticket(
        make_response(redirect(_second_step(attempt.person, form.next.data), 303)), secret
    )


def _second_step(person: Person, following: str | None) -> str:
    """Return where the second step is taken, or set up when there is nothing for it yet."""
    endpoint = "second_form" if service.factors(person.id) else "enrol_form"
    return url_for(f"accounts.{endpoint}", next=local_path(following))


@blueprint.route(
    "/sign-out",
    access=SignedIn(),
    records=Tag.SESSION_CLOSED,
    methods=("POST",),
)
def sign_out() -> Any:
    """End this session."""
    session_id = acting_person().session_id
    if session_id is not None:
        service.close_session(session_id)
    return forget(make_response(redirect(url_for("accounts.sign_in_form") + "?signed-out", 303)))


@blueprint.route("/confirm", access=SignedIn(), records=Tag.PASSWORD_FORM_VIEWED)
def confirm_form() -> Any:
    """Ask who it is before something that needs to be sure of it."""
    return render_template(_CONFIRM, **_confirming(request.args.get("next")))


def ask_who(path: str, typed: list[tuple[str, str]]) -> str:
    """Return the page that asks who it is before a form is taken; what was typed goes along."""
    carried = [pair for pair in typed if pair[0] != "csrf_token"]
    return render_template(_CONFIRM, **_confirming(path, json.dumps(carried)))


@blueprint.route("/confirm", access=SignedIn(), records=Tag.PASSWORD_CONFIRMED, methods=("POST",))
def confirm() -> Any:
    """Note that password and code were just given, and go on where the person wanted to."""
    form, person = ConfirmForm(), acting_person()
    shown = {**_confirming(form.next.data, form.carried.data), "form": form}
    if not form.validate():
        shown.pop("form")
        return faulty(_CONFIRM, form, **shown)
    try:
        attempt = service.afresh(person.id, form.password.data, form.code.data)
    except Conflict as error:
        shown.pop("form")
        return again(_CONFIRM, form, error, **shown)
    # no user name is asked here, so none is spoken of
    wrong = _("The password or the code is not right, or too many were tried.")
    return _confirmed(attempt, form, shown, wrong)


@blueprint.route(
    "/confirm/options", access=SignedIn(), records=Tag.PASSKEY_ASKED, methods=("POST",)
)
def confirm_options() -> Any:
    """Tell the browser which passkeys are the person's own."""
    asked = service.options_to_use(Purpose.PASSKEY_FRESH, site(), acting_person().id)
    return answer_json(asked)


@blueprint.route(
    "/confirm/passkey", access=SignedIn(), records=Tag.PASSWORD_CONFIRMED, methods=("POST",)
)
def confirm_passkey() -> Any:
    """Note that the passkey was just used, and go on where the person wanted to."""
    form = PasskeyForm()
    attempt = service.afresh_by_passkey(acting_person().id, form.credential.data or "", site())
    shown = {**_confirming(form.next.data, form.carried.data), "passkey": form}
    wrong = _("This passkey was not accepted. Try again, or use password and code.")
    return _confirmed(attempt, form, shown, wrong)


def _confirming(following: str | None, carried: str | None = None) -> dict[str, Any]:
    data = {"next": local_path(following), "carried": carried}
    return {
        "form": ConfirmForm(formdata=None, data=data),
        "passkey": PasskeyForm(formdata=None, data=data),
        "has": service.factors(acting_person().id),
    }


def _confirmed(
    attempt: service.Attempt, form: ConfirmForm | PasskeyForm, shown: dict[str, Any], wrong: str
) -> Response:
    person = acting_person()
    if attempt.person is None or person.session_id is None:
        status, sentence = count_failure(attempt)
        form.form_errors.append(wrong if status == 422 else sentence)
        return make_response(render_template(_CONFIRM, **shown), status)
    token = service.freshen(person.session_id)
    audit.record(Tag.PASSWORD_CONFIRMED, subject=("account", person.id))
    following, typed = local_path(form.next.data), _typed(form.carried.data)
    if typed is not None:
        page = render_template("accounts/resume.html", path=following, typed=typed)
        return set_cookie(make_response(page), token)
    response: Response = redirect(following, 303)
    return set_cookie(make_response(response), token)


def _typed(carried: str | None) -> list[tuple[str, str]] | None:
    """Return the names and values of a form that waits to be sent, or None where none does."""
    try:
        pairs = json.loads(carried or "null")
        return None if pairs is None else [(str(name), str(value)) for name, value in pairs]
    except (TypeError, ValueError, RecursionError):
        return None
