"""The receiver's pages: what has arrived, what it is about, the answer."""

from typing import Any

from flask import redirect, render_template, url_for

from app.cases import service as cases
from app.transfers import service
from app.transfers.forms import AnswerForm
from app.transfers.views.shared import SENTENCES, blueprint, names
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants.errors import Conflict
from tenants.policy import Permission
from tenants.vocabulary import Tag

_READ = Needs(Permission.TRANSFER_RECEIVE, of=service.load_arrival)
_ONE = "/transfers/<uuid:arrival_id>"


@blueprint.route(
    "/transfers", access=Needs(Permission.TRANSFER_RECEIVE), records=Tag.TRANSFERS_LISTED
)
def arrivals() -> Any:
    """List what came from other agencies."""
    return render_template("transfers/arrivals.html", arrivals=service.arrivals(), **names())


@blueprint.route(_ONE, access=_READ, records=Tag.TRANSFER_VIEWED)
def arrival(subject: Subject) -> Any:
    """Show what a parcel is about, by its codes alone."""
    try:
        return _page(subject)
    except Conflict as conflict:
        fail(conflict.reason)
        return _page(subject, str(SENTENCES[conflict.reason])), 409


@blueprint.route(f"{_ONE}/accept", access=_READ, records=Tag.TRANSFER_ACCEPTED, methods=("POST",))
def accept(subject: Subject) -> Any:
    """Take the case over."""
    try:
        case_id = service.accept(subject)
    except Conflict as conflict:
        fail(conflict.reason)
        return _page(subject, str(SENTENCES[conflict.reason])), 409
    say("case-registered")
    return redirect(url_for("cases.view", case_id=case_id), 303)


@blueprint.route(f"{_ONE}/decline", access=_READ, records=Tag.TRANSFER_FORM_VIEWED)
def decline_page(subject: Subject) -> Any:
    """Ask whether the parcel goes back unread."""
    return render_template("transfers/decline.html", row=subject.row, form=AnswerForm())


@blueprint.route(f"{_ONE}/decline", access=_READ, records=Tag.TRANSFER_DECLINED, methods=("POST",))
def decline(subject: Subject) -> Any:
    """Send the parcel back unread."""
    try:
        service.decline(subject)
    except Conflict as conflict:
        fail(conflict.reason)
        return _page(subject, str(SENTENCES[conflict.reason])), 409
    say("saved")
    return redirect(url_for("transfers.arrivals"), 303)


def _page(subject: Subject, said: str = "") -> str:
    return render_template(
        "transfers/arrival.html",
        row=subject.row,
        glance=service.glance(subject) if not said else None,
        said=said,
        service_name=cases.service_name,
        risk_name=cases.risk_name,
        violence_name=cases.violence_name,
        age_name=cases.age_name,
        **names(),
    )
