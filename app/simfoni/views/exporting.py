"""Exports for the ministry: asked for, confirmed by somebody else, fetched."""

from typing import Any

from flask import Response, make_response, redirect, render_template, url_for

from app.accounts import service as accounts
from app.simfoni import service
from app.simfoni.forms import ExportForm
from app.simfoni.views.room import SENTENCES, blueprint
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants.context import acting_person
from tenants.errors import Conflict, Invalid, Refused
from tenants.policy import Permission, permits
from tenants.vocabulary import Outcome, Tag

_PATH = "/simfoni/exports/<uuid:export_id>"


@blueprint.route(
    "/simfoni/exports",
    access=Needs(Permission.SIMFONI_EXPORTS),
    records=Tag.SIMFONI_EXPORTS_LISTED,
)
def exports() -> Any:
    """Every export that was asked for."""
    return _page(ExportForm())


@blueprint.route(
    "/simfoni/exports",
    access=Needs(Permission.SIMFONI_EXPORT, fresh=True),
    records=Tag.SIMFONI_EXPORT_ASKED,
    methods=("POST",),
)
def ask() -> Any:
    """Ask for an export."""
    form = ExportForm()
    if not form.validate():
        fail("form")
        return _page(form), 422
    try:
        service.ask(form.since.data, form.until.data, form.form.data)
    except Invalid as fault:
        fail(fault.reason)
        entry = form[fault.field]
        entry.errors = [*entry.errors, str(SENTENCES[fault.reason])]
        return _page(form), 422
    say("export-asked")
    return redirect(url_for("simfoni.exports"), 303)


@blueprint.route(
    f"{_PATH}/confirm",
    access=Needs(Permission.SIMFONI_CONFIRM, of=service.load_export, fresh=True),
    records=Tag.SIMFONI_EXPORT_CONFIRMED,
    methods=("POST",),
)
def confirm(subject: Subject) -> Any:
    """Agree to an export that somebody else asked for."""
    try:
        service.confirm(subject.row)
    except (Refused, Conflict) as fault:
        return _refused(fault)
    say("export-confirmed")
    return redirect(url_for("simfoni.exports"), 303)


@blueprint.route(
    f"{_PATH}/file",
    access=Needs(Permission.SIMFONI_EXPORT, of=service.load_export, fresh=True),
    records=Tag.SIMFONI_EXPORTED,
)
def file(subject: Subject) -> Any:
    """The file, for whoever asked for it."""
    try:
        found = service.fetch(subject.row)
    except (Refused, Conflict) as fault:
        return _refused(fault)
    response: Response = make_response(found.content)
    response.headers["Content-Type"] = found.kind
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response


def _refused(fault: Refused | Conflict) -> Any:
    refused = isinstance(fault, Refused)
    fail(fault.reason, Outcome.REFUSED if refused else Outcome.INVALID)
    return _page(ExportForm(formdata=None), fault.reason), 403 if refused else 409


def _page(form: ExportForm, reason: str = "") -> str:
    rows = service.exports()
    people = {row.asked_by for row in rows} | {row.confirmed_by for row in rows if row.confirmed_by}
    person = acting_person()
    return render_template(
        "simfoni/exports.html",
        form=form,
        exports=rows,
        names={key: card.name for key, card in accounts.cards(people).items()},
        me=person.id,
        against=str(SENTENCES[reason]) if reason else "",
        may_ask=permits(person, Permission.SIMFONI_EXPORT),
        may_confirm=permits(person, Permission.SIMFONI_CONFIRM),
    )
