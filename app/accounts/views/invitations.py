"""Inviting people, and accepting an invitation."""

from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from wtforms.validators import DataRequired

from app.accounts import service
from app.accounts.forms import AcceptForm, InviteForm
from app.accounts.views.room import again, blueprint, faulty, set_ticket, settings
from app.web import Needs, Public, say
from app.web.guard import fail
from app.web.shell import ROLE_NAMES
from tenants.context import acting_person
from tenants.errors import Conflict, Invalid, Missing
from tenants.policy import Permission
from tenants.vocabulary import Outcome, Tag

_ACCEPT, _INVITE = "accounts/accept.html", "accounts/invite.html"
_MANAGE = Needs(Permission.PEOPLE_MANAGE)
_MANAGE_FRESH = Needs(Permission.PEOPLE_MANAGE, fresh=True)


@blueprint.route(
    "/invitation/<token>",
    access=Public("who holds the link has no account yet"),
    records=Tag.INVITATION_VIEWED,
)
def invitation(token: str) -> Any:
    """Let an invited person choose a user name and a password."""
    try:
        found = service.find_invitation(token)
    except Missing:
        return _gone()
    return render_template(_ACCEPT, form=_fitting(AcceptForm(), found), **_of(found))


@blueprint.route(
    "/invitation/<token>",
    access=Public("who holds the link has no account yet"),
    records=Tag.INVITATION_ACCEPTED,
    methods=("POST",),
)
def accept(token: str) -> Any:
    """Make the account and lead on to the second step of signing in."""
    try:
        found = service.find_invitation(token)
    except Missing:
        return _gone()
    form = _fitting(AcceptForm(), found)
    if not form.validate():
        return faulty(_ACCEPT, form, **_of(found))
    try:
        person = service.accept(
            token,
            username=form.username.data,
            password=form.password.data,
            official=form.official(),
        )
    except Missing:
        return _gone()
    except (Invalid, Conflict) as error:
        return again(_ACCEPT, form, error, **_of(found))
    secret = service.begin(person)
    return set_ticket(make_response(redirect(url_for("accounts.enrol_form"), 303)), secret)


@blueprint.route("/people/invite", access=_MANAGE_FRESH, records=Tag.INVITATION_FORM_VIEWED)
def invite_form() -> Any:
    """Ask whom to invite, and as what."""
    form = InviteForm()
    form.offer()
    return render_template(_INVITE, form=form)


@blueprint.route(
    "/people/invite", access=_MANAGE_FRESH, records=Tag.INVITATION_CREATED, methods=("POST",)
)
def invite() -> Any:
    """Make an invitation and show its link, this once."""
    form = InviteForm()
    form.offer()
    if not form.validate():
        return faulty(_INVITE, form)
    try:
        token = service.invite(
            name=form.name.data,
            roles=form.chosen_roles(),
            created_by=acting_person().id,
            organisation_id=form.chosen_organisation(),
            last=form.last_day.data,
        )
    except Invalid as error:
        return again(_INVITE, form, error)
    host = request.host.rsplit(":", 1)[0] if ":" in request.host else request.host
    link = settings().public_url(host) + url_for("accounts.invitation", token=token)
    return render_template("accounts/invited.html", link=link, name=form.name.data)


@blueprint.route(
    "/people/invitations/<uuid:invitation_id>/revoke",
    access=_MANAGE,
    records=Tag.INVITATION_REVOKED,
    methods=("POST",),
)
def revoke(invitation_id: UUID) -> Any:
    """Make a link useless."""
    service.revoke(invitation_id)
    say("invitation-revoked")
    return redirect(url_for("accounts.people"), 303)


def _gone() -> Any:
    """Answer every link that cannot be used alike: unknown, used, revoked or expired."""
    fail("link-not-valid", Outcome.MISSING)
    return make_response(render_template("accounts/gone.html"), 404)


def _fitting(form: AcceptForm, found: service.OpenInvitation) -> AcceptForm:
    """Ask for what letters print about these roles, and for nothing else."""
    wanted = service.needed_particulars(found.roles)
    for name in ("title", "rank", "nip", "phone"):
        if name in wanted:
            form[name].validators = [DataRequired()]
        else:
            del form[name]
    return form


def _of(found: service.OpenInvitation) -> dict[str, Any]:
    return {
        "invitation": found,
        "roles": ", ".join(str(ROLE_NAMES[role]) for role in sorted(found.roles)),
    }
