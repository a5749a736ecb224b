"""What waits for a second person, and asking for a second step to be set up anew."""

from typing import Any

from flask import redirect, render_template, url_for
from werkzeug import Response

from app.accounts import service
from app.accounts.forms import EmptyForm
from app.accounts.views.room import blueprint
from app.web import Needs, Subject, say
from app.web.shell import ROLE_NAMES
from tenants.context import Person
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_CONFIRM = Needs(Permission.PEOPLE_CONFIRM)
_DECIDE = Needs(Permission.PEOPLE_CONFIRM, of=service.load_confirmation, fresh=True)
_PERSON_FRESH = Needs(Permission.PEOPLE_MANAGE, of=service.load_member, fresh=True)


@blueprint.route("/people/waiting", access=_CONFIRM, records=Tag.CONFIRMATIONS_LISTED)
def waiting() -> Any:
    """What one person has asked for and another must confirm."""
    return render_template(
        "accounts/waiting.html",
        waiting=service.listed(),
        role_names=ROLE_NAMES,
        organisations=service.organisation_names(),
    )


@blueprint.route(
    "/people/waiting/<uuid:confirmation_id>/confirm",
    access=_DECIDE,
    records=Tag.CONFIRMATION_DECIDED,
    methods=("POST",),
)
def confirm_request(subject: Subject) -> Any:
    """Be the second person."""
    service.confirm(subject.id)
    return _back("confirmed")


@blueprint.route(
    "/people/waiting/<uuid:confirmation_id>/refuse",
    access=_DECIDE,
    records=Tag.CONFIRMATION_DECIDED,
    methods=("POST",),
)
def refuse_request(subject: Subject) -> Any:
    """Let nothing come of it."""
    service.refuse(subject.id)
    return _back("refused")


@blueprint.route(
    "/people/<uuid:account_id>/second-step", access=_PERSON_FRESH, records=Tag.PERSON_VIEWED
)
def reset_form(subject: Subject) -> Any:
    """Ask whether the person's second step is really lost."""
    return render_template("accounts/reset.html", form=EmptyForm(), member=subject.row)


@blueprint.route(
    "/people/<uuid:account_id>/second-step",
    access=_PERSON_FRESH,
    records=Tag.CONFIRMATION_ASKED,
    methods=("POST",),
)
def ask_for_reset(subject: Subject) -> Any:
    """Ask a second person to let somebody set up the second step anew."""
    service.ask_for_reset(subject.id)
    say("waits-for-second")
    response: Response = redirect(url_for("accounts.person", account_id=subject.id), 303)
    return response


def home_part(person: Person) -> tuple[str, dict[str, Any]] | None:
    """What waits for this person's word, or for somebody else's word about them."""
    found = []
    if permits(person, Permission.PEOPLE_CONFIRM):
        found = [one for one in service.waiting() if not one.own]
    own = () if person.roles else service.waiting_roles(person.id)
    if not found and not own:
        return None
    return "accounts/home.html", {"waiting": found, "own": own, "role_names": ROLE_NAMES}


def _back(notice: str) -> Response:
    say(notice)
    response: Response = redirect(url_for("accounts.waiting"), 303)
    return response
