"""The people of the agency, for its administrator."""

from typing import Any

from flask import redirect, render_template, url_for
from werkzeug import Response

from app.accounts import service
from app.accounts.forms import EditForm, EmptyForm
from app.accounts.views.room import again, blueprint, faulty
from app.web import Needs, Subject, say
from app.web.shell import ROLE_NAMES
from tenants.context import acting_person
from tenants.errors import Invalid
from tenants.policy import Permission
from tenants.vocabulary import Tag

_MANAGE = Needs(Permission.PEOPLE_MANAGE)
_PERSON = Needs(Permission.PEOPLE_MANAGE, of=service.load_member)
_PERSON_FRESH = Needs(Permission.PEOPLE_MANAGE, of=service.load_member, fresh=True)
_EDIT = "accounts/edit.html"


@blueprint.route("/people", access=_MANAGE, records=Tag.PEOPLE_LISTED)
def people() -> Any:
    """Everyone with an account, and the invitations still open."""
    return render_template(
        "accounts/people.html",
        members=service.members(),
        invitations=service.open_invitations(),
        organisations=service.organisation_names(),
        role_names=ROLE_NAMES,
    )


@blueprint.route("/people/<uuid:account_id>", access=_PERSON, records=Tag.PERSON_VIEWED)
def person(subject: Subject) -> Any:
    """One person."""
    return render_template("accounts/person.html", **_of(subject))


@blueprint.route("/people/<uuid:account_id>/edit", access=_PERSON_FRESH, records=Tag.PERSON_VIEWED)
def edit_form(subject: Subject) -> Any:
    """Ask for the person's roles and official particulars."""
    card = subject.row.card
    form = EditForm(
        data={
            "roles": [role.value for role in card.roles | subject.row.waiting_roles],
            "organisation": str(card.organisation_id or ""),
            "last_day": subject.row.ends_on,
            "title": card.title,
            "rank": card.rank,
            "nip": card.nip,
            "phone": card.phone,
        }
    )
    form.offer()
    return render_template(_EDIT, form=form, **_of(subject))


@blueprint.route(
    "/people/<uuid:account_id>/edit",
    access=_PERSON_FRESH,
    records=Tag.PERSON_EDITED,
    methods=("POST",),
)
def edit(subject: Subject) -> Any:
    """Change the person's roles and official particulars."""
    form = EditForm()
    form.offer()
    if not form.validate():
        return faulty(_EDIT, form, **_of(subject))
    try:
        service.edit_member(
            subject.id,
            roles=form.chosen_roles(),
            organisation_id=form.chosen_organisation(),
            last=form.last_day.data,
            official=form.official(),
        )
    except Invalid as error:
        return again(_EDIT, form, error, **_of(subject))
    return _back(subject)


@blueprint.route(
    "/people/<uuid:account_id>/disable", access=_PERSON_FRESH, records=Tag.PERSON_VIEWED
)
def disable_form(subject: Subject) -> Any:
    """Ask whether the person is really to be shut out."""
    return render_template("accounts/disable.html", form=EmptyForm(), **_of(subject))


@blueprint.route(
    "/people/<uuid:account_id>/disable",
    access=_PERSON_FRESH,
    records=Tag.PERSON_DISABLED,
    methods=("POST",),
)
def disable(subject: Subject) -> Any:
    """Shut the person out."""
    service.disable(subject.id)
    return _back(subject)


@blueprint.route(
    "/people/<uuid:account_id>/enable",
    access=_PERSON_FRESH,
    records=Tag.PERSON_ENABLED,
    methods=("POST",),
)
def enable(subject: Subject) -> Any:
    """Let the person in again."""
    service.enable(subject.id)
    return _back(subject)


@blueprint.route(
    "/people/<uuid:account_id>/unlock",
    access=_PERSON_FRESH,
    records=Tag.PERSON_UNLOCKED,
    methods=("POST",),
)
def unlock(subject: Subject) -> Any:
    """Let the person try passwords again."""
    service.unlock(subject.id)
    return _back(subject)


@blueprint.route(
    "/people/<uuid:account_id>/end-sessions",
    access=_PERSON_FRESH,
    records=Tag.SESSIONS_ENDED,
    methods=("POST",),
)
def end_sessions(subject: Subject) -> Any:
    """Sign the person out everywhere."""
    service.end_sessions(subject.id)
    return _back(subject)


def _back(subject: Subject) -> Response:
    say("person-changed")
    return redirect(url_for("accounts.person", account_id=subject.id), 303)


def _of(subject: Subject) -> dict[str, Any]:
    return {
        "member": subject.row,
        "role_names": ROLE_NAMES,
        "is_self": subject.id == acting_person().id,
        "roles": ", ".join(str(ROLE_NAMES[role]) for role in sorted(subject.row.card.roles)),
    }
