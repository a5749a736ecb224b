"""One's own account: where one is signed in, and the password."""

from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts import service
from app.accounts.forms import ChangePasswordForm
from app.accounts.views.room import again, blueprint, count_failure, faulty, set_cookie
from app.web import SignedIn, say
from tenants.context import acting_person
from tenants.errors import Conflict, Invalid
from tenants.vocabulary import Tag

_FORM = "accounts/password.html"
_FACTOR_NAMES = {
    service.Factor.CODE.value: _l("Password and code"),
    service.Factor.PASSKEY.value: _l("Passkey"),
    service.Factor.RECOVERY.value: _l("Password and recovery code"),
}


@blueprint.route("/account", access=SignedIn(), records=Tag.SESSION_LISTED)
def sessions() -> Any:
    """My account: what letters say about me, and where I am signed in."""
    person = acting_person()
    return render_template(
        "accounts/own.html",
        own=service.member(person.id),
        sessions=service.open_sessions(person.id, person.session_id),
        factor_names=_FACTOR_NAMES,
        has=service.factors(person.id),
        new_devices=service.new_devices(person.id),
        reset=service.newest_reset(person.id),
    )


@blueprint.route(
    "/account/sessions/<uuid:session_id>/end",
    access=SignedIn(fresh=True),
    records=Tag.SESSION_ENDED,
    methods=("POST",),
)
def end_session(session_id: UUID) -> Any:
    """End one of my sessions."""
    service.end_session(acting_person().id, session_id)
    say("session-ended")
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.route(
    "/account/sessions/end",
    access=SignedIn(fresh=True),
    records=Tag.SESSIONS_ENDED,
    methods=("POST",),
)
def end_other_sessions() -> Any:
    """End all my sessions but this one."""
    person = acting_person()
    service.end_sessions(person.id, but=person.session_id)
    say("sessions-ended")
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.route("/account/password", access=SignedIn(), records=Tag.PASSWORD_FORM_VIEWED)
def password_form() -> Any:
    """Ask for the present password and a new one."""
    return render_template(_FORM, form=ChangePasswordForm(), own=_own())


@blueprint.route(
    "/account/password", access=SignedIn(), records=Tag.PASSWORD_CHANGED, methods=("POST",)
)
def change_password() -> Any:
    """Change my password; everywhere else I am signed out."""
    form, person = ChangePasswordForm(), acting_person()
    if not form.validate():
        return faulty(_FORM, form, own=_own())
    try:
        attempt = service.try_own_password(person.id, form.present.data)
        if attempt.person is None:
            status, _sentence = count_failure(attempt)
            form.present.errors = [_("This is not your present password, or too many were tried.")]
            return make_response(render_template(_FORM, form=form, own=_own()), status)
        service.change_password(form.password.data)
    except (Invalid, Conflict) as error:
        return again(_FORM, form, error, own=_own())
    response = make_response(redirect(url_for("accounts.sessions"), 303))
    if person.session_id is not None:
        set_cookie(response, service.renew_session(person.session_id))
    say("password-changed")
    return response


def _own() -> service.Member:
    return service.member(acting_person().id)
