"""What I have for the second step: the app, passkeys, recovery codes."""

from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug import Response

from app.accounts import service
from app.accounts.forms import CodeForm, PasskeyForm
from app.accounts.views.room import answer_json, blueprint, device, faulty, site
from app.web import SignedIn, say
from app.web.guard import keep_changes
from tenants.context import acting_person
from tenants.errors import Invalid
from tenants.vocabulary import Tag

_APP, _PASSKEY = "accounts/app.html", "accounts/passkey.html"
_FRESH = SignedIn(fresh=True)


@blueprint.route("/account/app", access=_FRESH, records=Tag.FACTOR_FORM_VIEWED)
def app_form() -> Any:
    """Show what an authenticator app needs to be set up."""
    return render_template(_APP, form=CodeForm(), app=_app())


@blueprint.route("/account/app", access=_FRESH, records=Tag.FACTOR_ENROLLED, methods=("POST",))
def set_up_app() -> Any:
    """Take the app into use; the one before it shows no right code any more."""
    form = CodeForm()
    if not form.validate():
        return faulty(_APP, form, app=_app())
    if not service.confirm_code(acting_person().id, _here(), form.code.data):
        form.code.errors = [
            _("This is not the code that the app must show now. Type the next one.")
        ]
        keep_changes()
        return faulty(_APP, form, reason="code:wrong", app=_app())
    return _back("factor-set-up")


@blueprint.route("/account/passkeys/new", access=_FRESH, records=Tag.FACTOR_FORM_VIEWED)
def passkey_form() -> Any:
    """Offer to make a passkey on this device."""
    return render_template(_PASSKEY, passkey=PasskeyForm())


@blueprint.route(
    "/account/passkeys/options", access=_FRESH, records=Tag.PASSKEY_ASKED, methods=("POST",)
)
def new_passkey_options() -> Any:
    """Tell the browser what it needs to make a passkey."""
    return answer_json(service.options_to_make(acting_person().id, site()))


@blueprint.route("/account/passkeys", access=_FRESH, records=Tag.FACTOR_ENROLLED, methods=("POST",))
def keep_passkey() -> Any:
    """Keep the passkey that was made."""
    form = PasskeyForm()
    try:
        service.keep_passkey(acting_person().id, form.credential.data or "", site(), device())
    except Invalid as error:
        many = error.reason == "too-many"
        form.form_errors.append(
            _("You have ten passkeys already. Remove one first.")
            if many
            else _("This passkey was not accepted. Try again.")
        )
        form_reason = f"{error.field}:{error.reason}"
        return faulty(_PASSKEY, form, reason=form_reason, passkey=form)
    return _back("factor-set-up")


@blueprint.route(
    "/account/passkeys/<uuid:passkey_id>/remove",
    access=_FRESH,
    records=Tag.FACTOR_REMOVED,
    methods=("POST",),
)
def remove_passkey(passkey_id: UUID) -> Any:
    """Let go of a passkey."""
    service.remove_passkey(acting_person().id, passkey_id)
    return _back("factor-removed")


@blueprint.route(
    "/account/recovery", access=_FRESH, records=Tag.RECOVERY_CODES_MADE, methods=("POST",)
)
def renew_recovery_codes() -> Any:
    """Make ten new recovery codes and show them, this once."""
    codes = service.renew_recovery_codes(acting_person().id)
    following = url_for("accounts.sessions")
    page = render_template("accounts/recovery_codes.html", codes=codes, following=following)
    return make_response(page)


def _app() -> service.AppToSetUp:
    return service.app_to_set_up(acting_person().id, _here(), site().name)


def _here() -> str:
    return str(acting_person().session_id)


def _back(notice: str) -> Response:
    say(notice)
    response: Response = redirect(url_for("accounts.sessions"), 303)
    return response
