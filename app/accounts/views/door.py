"""Signing in and out, and giving the password once more."""

from typing import Any

from flask import g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug import Response

from app.accounts import service
from app.accounts.forms import ConfirmForm, SignInForm
from app.accounts.views.room import (
    again,
    blueprint,
    count_failure,
    device,
    ended_sentence,
    faulty,
    forget,
    set_cookie,
)
from app.web import Public, SignedIn
from app.web.guard import acting
from app.web.views import local_path
from tenants import audit
from tenants.context import acting_person
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
        signed_out="signed-out" in request.args,
        ended=service.cookie_name() in request.cookies,
    )


@blueprint.route(
    "/sign-in",
    access=Public("people sign in here"),
    records=Tag.SESSION_OPENED,
    methods=("POST",),
)
def sign_in() -> Any:
    """Open a session with a new token, or say that it was not right and nothing more."""
    form = SignInForm()
    if not form.validate():
        return faulty(_SIGN_IN, form)
    try:
        attempt = service.try_password(form.username.data, form.password.data)
    except Conflict as error:
        return again(_SIGN_IN, form, error)
    if attempt.person is None:
        status, sentence = count_failure(attempt)
        form.form_errors.append(sentence)
        return make_response(render_template(_SIGN_IN, form=form), status)
    token = service.open_session(attempt.person, request.remote_addr, device())
    session.clear()  # a new token for forms as well
    return set_cookie(make_response(redirect(local_path(form.next.data), 303)), token)


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
    """Ask for the password before something that needs a fresh one."""
    form = ConfirmForm(data={"next": local_path(request.args.get("next"))})
    return render_template(_CONFIRM, form=form)


@blueprint.route("/confirm", access=SignedIn(), records=Tag.PASSWORD_CONFIRMED, methods=("POST",))
def confirm() -> Any:
    """Note that the password was just given, and go on where the person wanted to."""
    form, person = ConfirmForm(), acting_person()
    if not form.validate():
        return faulty(_CONFIRM, form)
    try:
        attempt = service.try_own_password(person.id, form.password.data)
    except Conflict as error:
        return again(_CONFIRM, form, error)
    if attempt.person is None or person.session_id is None:
        status, sentence = count_failure(attempt)
        if status == 422:  # no user name is asked here, so none is spoken of
            sentence = _("This is not your present password, or too many were tried.")
        form.form_errors.append(sentence)
        return make_response(render_template(_CONFIRM, form=form), status)
    token = service.freshen(person.session_id)
    audit.record(Tag.PASSWORD_CONFIRMED, subject=("account", person.id))
    response: Response = redirect(local_path(form.next.data), 303)
    return set_cookie(make_response(response), token)
