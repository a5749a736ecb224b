"""Taking a report."""

from typing import Any

from flask import redirect, render_template, url_for

from app.cases import service
from app.cases.outreach import OUTREACH_KINDS
from app.cases.report_forms import ReportForm
from app.cases.views.shared import act, blueprint
from app.ui.formats import show_day
from app.web import Needs, say
from tenants.policy import Permission
from tenants.vocabulary import Tag

_CREATE = Needs(Permission.CASE_CREATE)


@blueprint.route("/cases/new", access=_CREATE, records=Tag.CASE_FORM_VIEWED)
def register_form() -> Any:
    """Ask what was reported."""
    return render_template("cases/register.html", form=_form())


@blueprint.route("/cases/new", access=_CREATE, records=Tag.CASE_REGISTERED, methods=("POST",))
def register() -> Any:
    """Open a case for the report."""
    form = _form()
    made = []
    status = act(form, lambda: made.append(service.register(form.report())))
    if status:
        return render_template("cases/register.html", form=form), status
    say("case-registered")
    return redirect(url_for("cases.view", case_id=made[0]), 303)


def _form() -> ReportForm:
    form = ReportForm()
    form.offer((one.id, _named(one)) for one in service.recent())
    return form


def _named(one: Any) -> str:
    day = show_day(one.held_on, "short")
    return f"{day} – {OUTREACH_KINDS.name(one.kind)}, {one.district}"
