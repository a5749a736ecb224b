"""Who signs for whom, kept by the administrator."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from app.accounts import service as accounts
from app.documents import service
from app.documents.forms import DelegationForm, blame
from app.documents.states import MODE_NAMES, Mode
from app.documents.views.shared import blueprint, sentence
from app.ui.formats import show_day
from app.web import Needs, Subject, say
from tenants import audit
from tenants.clock import today
from tenants.context import Role
from tenants.errors import Invalid
from tenants.policy import Permission
from tenants.registry import profile
from tenants.vocabulary import Tag

_MANAGE = Needs(Permission.DELEGATION_MANAGE)
_MANAGE_FRESH = Needs(Permission.DELEGATION_MANAGE, fresh=True)
_ONE = Needs(Permission.DELEGATION_MANAGE, of=service.load_delegation, fresh=True)


def as_written(choice: service.Choice) -> str:
    """Return how somebody signs for another office, in a few words."""
    one = choice.delegation
    if one is None:
        return ""
    office = {
        Mode.ACTING: f"Plt. {one.office}",
        Mode.STANDING_IN: f"Plh. {one.office}",
        Mode.MANDATE: f"a.n. {one.office}",
        Mode.SUB_MANDATE: f"a.n. {one.office}, u.b.",
    }[Mode(one.mode)]
    return str(_("%(office)s, until %(day)s", office=office, day=show_day(one.ends, "short")))


@blueprint.route("/delegations", access=_MANAGE, records=Tag.DELEGATIONS_LISTED)
def delegations() -> Any:
    """Who signs for whom, and until when."""
    found = service.delegations()
    audit.record(Tag.DELEGATIONS_LISTED, details={"count": len(found)})
    people = accounts.cards({one.account_id for one in found})
    day = today(profile().identity.timezone)
    rows = [
        {
            "one": one,
            "name": people[one.account_id].name,
            "mode": MODE_NAMES[Mode(one.mode)],
            "state": _state(one, day),
        }
        for one in found
    ]
    return render_template("documents/delegations.html", rows=rows)


@blueprint.route("/delegations/new", access=_MANAGE_FRESH, records=Tag.DELEGATION_FORM_VIEWED)
def delegate_form() -> Any:
    """Say who signs for which office."""
    form = _form()
    form.office.data = profile().role_title(Role.SIGNATORY)
    return render_template("documents/delegate.html", form=form)


@blueprint.route(
    "/delegations/new", access=_MANAGE_FRESH, records=Tag.DELEGATION_MADE, methods=("POST",)
)
def delegate() -> Any:
    """Let somebody sign for an office for a time."""
    form = _form()
    if not form.validate():
        return render_template("documents/delegate.html", form=form), 422
    terms = service.Terms(
        UUID(form.person.data),
        Mode(form.mode.data),
        form.office.data,
        form.through.data,
        form.basis.data,
        form.begins.data,
        form.ends.data,
    )
    try:
        service.delegate(terms)
    except Invalid as fault:
        shown = blame(form, fault, sentence(fault.reason))
        return render_template("documents/delegate.html", form=shown), 422
    say("saved")
    return redirect(url_for("documents.delegations"), 303)


@blueprint.route(
    "/delegations/<uuid:delegation_id>/end",
    access=_ONE,
    records=Tag.DELEGATION_ENDED,
    methods=("POST",),
)
def end_delegation(subject: Subject) -> Any:
    """End it before its last day."""
    service.end_delegation(subject.row)
    say("saved")
    return redirect(url_for("documents.delegations"), 303)


@blueprint.route(
    "/delegations/<uuid:delegation_id>/close",
    access=_ONE,
    records=Tag.DELEGATION_CLOSED,
    methods=("POST",),
)
def close_delegation(subject: Subject) -> Any:
    """Let its holder sign in an office of their own again."""
    service.close_delegation(subject.row)
    say("saved")
    return redirect(url_for("documents.delegations"), 303)


def _form() -> DelegationForm:
    form = DelegationForm()
    form.person.choices = [
        SelectChoice("", _("Choose")),
        *(SelectChoice(str(one.id), one.name) for one in accounts.with_role(Role.SIGNATORY)),
    ]
    return form


def _state(one: Any, day: date) -> tuple[str, str, str]:
    """Return the kind of badge, its word, and what can be done: ``end`` or ``close``."""
    if service.delegation_holds(one, day):
        return "good", str(_("Signs now")), "end"
    if one.ended_on is None and one.begins > day:
        return "waiting", str(_("Begins later")), "end"
    return "neutral", str(_("Over")), "close"
