"""Comparing a month's case data with the police: codes and counts, until no difference is left."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for

from app.network import service
from app.network.codes import RESOLUTION_NAMES
from app.network.forms import CompareForm, MonthForm
from app.network.views.room import SENTENCES, blueprint
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants import audit
from tenants.errors import Conflict, Invalid
from tenants.policy import Permission
from tenants.vocabulary import Tag

_RECORD = Needs(Permission.DUTIES_RECORD)
_ONE = Needs(Permission.DUTIES_RECORD, of=service.load_reconciliation)
_PATH = "/duties/months/<uuid:reconciliation_id>"


@blueprint.route("/duties/months", access=_RECORD, records=Tag.RECONCILIATIONS_LISTED)
def months() -> Any:
    """Every month that was begun, and the form that begins one."""
    form = MonthForm()
    form.offer()
    return _months(form)


@blueprint.route(
    "/duties/months", access=_RECORD, records=Tag.RECONCILIATION_BEGUN, methods=("POST",)
)
def begin() -> Any:
    """Begin a month."""
    form = MonthForm()
    form.offer()
    reason = "form"
    if form.validate():
        try:
            begun = service.begin(UUID(form.organisation.data), form.month.data)
        except (Invalid, Conflict) as fault:
            reason = fault.reason
        else:
            return redirect(url_for("network.month", reconciliation_id=begun), 303)
    fail(reason)
    return _months(form, reason), 422


@blueprint.route(_PATH, access=_ONE, records=Tag.RECONCILIATION_VIEWED)
def month(subject: Subject) -> Any:
    """One month: our cases, what the organisation has, and the differences."""
    row = subject.row
    data = {"theirs": row.theirs, "surplus": row.surplus or ""}
    form = CompareForm(formdata=None, data=data)
    form.offer()
    return _month(subject, form)


@blueprint.route(_PATH, access=_ONE, records=Tag.RECONCILIATION_ANSWERED, methods=("POST",))
def compare(subject: Subject) -> Any:
    """Keep what was compared so far."""
    form = CompareForm()
    form.offer()
    if not form.validate():
        fail("form")
        return _month(subject, form), 422
    try:
        service.answer(subject.row, form.theirs.data, _code(form.surplus.data), _answers(subject))
    except (Invalid, Conflict) as fault:
        fail(fault.reason)
        return _month(subject, form, fault.reason), 422 if isinstance(fault, Invalid) else 409
    say("saved")
    return redirect(url_for("network.month", reconciliation_id=subject.id), 303)


@blueprint.route(
    f"{_PATH}/settle", access=_ONE, records=Tag.RECONCILIATION_SETTLED, methods=("POST",)
)
def settle(subject: Subject) -> Any:
    """Close a month in which no difference is left."""
    service.settle(subject.row)
    say("month-settled")
    return redirect(url_for("network.month", reconciliation_id=subject.id), 303)


def _answers(subject: Subject) -> dict[UUID, service.Answer]:
    answers = {}
    for line, _code_of_case in service.compared(subject.row).lines:
        said = request.form.get(f"found-{line.id}", "")
        if said in {"yes", "no"}:
            why = _code(request.form.get(f"why-{line.id}", ""))
            answers[line.id] = service.Answer(said == "yes", why)
    return answers


def _code(value: str | None) -> service.Resolution | None:
    known = {one.value for one in service.Resolution}
    return service.Resolution(value) if value in known else None


def _months(form: MonthForm, reason: str = "") -> str:
    rows = service.months()
    if not reason:
        audit.record(Tag.RECONCILIATIONS_LISTED, details={"count": len(rows)})
    return render_template(
        "network/months.html", form=form, months=rows, against=str(SENTENCES.get(reason, ""))
    )


def _month(subject: Subject, form: CompareForm, reason: str = "") -> str:
    return render_template(
        "network/month.html",
        compared=service.compared(subject.row),
        form=form,
        against=str(SENTENCES.get(reason, "")),
        resolutions=service.resolutions(),
        resolution_names=RESOLUTION_NAMES,
    )
