"""Entering what no other event shows: a meeting attended, data handed over, or not."""

from typing import Any

from flask import redirect, render_template, url_for

from app.network import service
from app.network.forms import EvidenceForm
from app.network.views.room import SENTENCES, blueprint
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants.errors import Conflict, Invalid
from tenants.policy import Permission
from tenants.vocabulary import Tag

_RECORD = Needs(Permission.DUTIES_RECORD)


@blueprint.route("/duties/evidence/new", access=_RECORD, records=Tag.DUTY_FORM_VIEWED)
def enter_form() -> Any:
    """Choose duty, day and what happened."""
    form = EvidenceForm()
    form.offer()
    return render_template("network/enter.html", form=form, against="")


@blueprint.route(
    "/duties/evidence/new",
    access=_RECORD,
    records=Tag.DUTY_EVIDENCE_RECORDED,
    methods=("POST",),
)
def enter() -> Any:
    """Record it."""
    form = EvidenceForm()
    form.offer()
    if not form.validate():
        fail("form")
        return render_template("network/enter.html", form=form, against=""), 422
    try:
        service.enter(form.duty.data, form.happened_on.data, kept=form.kept.data == "yes")
    except Invalid as fault:
        fail(fault.reason)
        entry = form[fault.field]
        entry.errors = [*entry.errors, str(SENTENCES[fault.reason])]
        return render_template("network/enter.html", form=form, against=""), 422
    except Conflict as conflict:
        fail(conflict.reason)
        sentence = str(SENTENCES[conflict.reason])
        return render_template("network/enter.html", form=form, against=sentence), 409
    say("evidence-recorded")
    return redirect(url_for("network.duty", key=form.duty.data), 303)


@blueprint.route(
    "/duties/evidence/<uuid:evidence_id>/take-back",
    access=Needs(Permission.DUTIES_RECORD, of=service.load_evidence),
    records=Tag.DUTY_EVIDENCE_WITHDRAWN,
    methods=("POST",),
)
def take_back(subject: Subject) -> Any:
    """Take it back, with who did so on record."""
    service.take_back(subject.row)
    say("evidence-withdrawn")
    return redirect(url_for("network.duty", key=subject.row.duty), 303)
