"""The signed report on duties, and the letter about those that were not performed."""

from typing import Any

from flask import redirect, render_template, request, url_for

from app.network import service
from app.network.forms import EscalationForm, PeriodForm
from app.network.views.room import SENTENCES, blueprint
from app.web import Needs, say
from app.web.guard import fail
from tenants.errors import Conflict, Invalid
from tenants.policy import Permission
from tenants.vocabulary import Tag

_SIGN = Needs(Permission.REPORTS_SIGN, fresh=True)


@blueprint.route("/duties/report", access=_SIGN, records=Tag.REPORT_SIGNED, methods=("POST",))
def sign() -> Any:
    """Sign the report of a period; the figures are those of this moment."""
    form = PeriodForm()
    reason = "form"
    if form.validate():
        try:
            report_id = service.sign_report(form.since.data, form.until.data)
        except (Invalid, Conflict) as fault:
            reason = fault.reason
        else:
            say("report-signed")
            return redirect(url_for("reports.report", report_id=report_id), 303)
    fail(reason)
    against = str(SENTENCES.get(reason, ""))
    return render_template("network/scorecard.html", form=form, card=None, against=against), 422


@blueprint.route("/duties/letter", access=_SIGN, records=Tag.DUTY_FORM_VIEWED)
def escalate_form() -> Any:
    """Choose organisation, period and receiver."""
    since, until = service.usual()
    data = {"since": since, "until": until, "organisation": request.args.get("organisation", "")}
    form = EscalationForm(formdata=None, data=data)
    form.offer()
    return render_template("network/escalate.html", form=form, against="")


@blueprint.route("/duties/letter", access=_SIGN, records=Tag.REPORT_SIGNED, methods=("POST",))
def escalate() -> Any:
    """Sign the letter."""
    form = EscalationForm()
    form.offer()
    reason = "form"
    if form.validate():
        try:
            report_id = service.escalate(
                form.organisation.data,
                service.Receiver(form.receiver.data),
                form.since.data,
                form.until.data,
            )
        except (Invalid, Conflict) as fault:
            reason = fault.reason
        else:
            say("report-signed")
            return redirect(url_for("reports.report", report_id=report_id), 303)
    fail(reason)
    against = str(SENTENCES.get(reason, ""))
    return render_template("network/escalate.html", form=form, against=against), 422
