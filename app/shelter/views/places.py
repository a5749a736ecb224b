"""The houses, for whoever answers for them: room and use; an address is written and never read."""

from typing import Any

from flask import render_template, url_for

from app.shelter import service
from app.shelter.forms import ChangePlaceForm, PlaceForm
from app.shelter.views.shared import act, blueprint, names
from app.web import Needs, Subject
from tenants import audit
from tenants.policy import Permission
from tenants.vocabulary import Tag

_MANAGE = Needs(Permission.SHELTER_MANAGE)
_FRESH = Needs(Permission.SHELTER_MANAGE, fresh=True)
_ONE = Needs(Permission.SHELTER_MANAGE, of=service.load_place, fresh=True)


@blueprint.route("/safe-houses", access=_MANAGE, records=Tag.SHELTER_PLACES_LISTED)
def places() -> Any:
    """List the houses with the room that is left."""
    found = service.places()
    audit.record(Tag.SHELTER_PLACES_LISTED, details={"count": len(found)})
    return render_template("shelter/places.html", places=found)


@blueprint.route("/safe-houses/new", access=_FRESH, records=Tag.SHELTER_FORM_VIEWED)
def add_form() -> Any:
    """Ask where a new house is, and for how many people."""
    return _add_page(PlaceForm())


@blueprint.route(
    "/safe-houses/new", access=_FRESH, records=Tag.SHELTER_PLACE_ADDED, methods=("POST",)
)
def add() -> Any:
    """Add a house."""
    form = PlaceForm()
    return act(
        form,
        lambda: service.add_place(form.capacity.data, form.address.data),
        lambda said: _add_page(form, said),
        url_for("shelter.places"),
        "saved",
    )


@blueprint.route("/safe-houses/<uuid:place_id>", access=_ONE, records=Tag.SHELTER_FORM_VIEWED)
def change_form(subject: Subject) -> Any:
    """Ask what has changed about a house."""
    row = subject.row
    form = ChangePlaceForm(data={"capacity": row.capacity, "active": row.active})
    return _change_page(subject, form)


@blueprint.route(
    "/safe-houses/<uuid:place_id>",
    access=_ONE,
    records=Tag.SHELTER_PLACE_CHANGED,
    methods=("POST",),
)
def change(subject: Subject) -> Any:
    """Change a house."""
    form = ChangePlaceForm()
    return act(
        form,
        lambda: service.change_place(
            subject,
            form.capacity.data,
            active=bool(form.active.data),
            address=form.address.data or "",
        ),
        lambda said: _change_page(subject, form, said),
        url_for("shelter.places"),
        "saved",
    )


def _add_page(form: PlaceForm, said: str = "") -> str:
    return render_template("shelter/add.html", form=form, said=said, **names())


def _change_page(subject: Subject, form: ChangePlaceForm, said: str = "") -> str:
    return render_template(
        "shelter/change.html", place=subject.row, form=form, said=said, **names()
    )
