"""The queue of the administration team, and the sheet of one case."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from app.accounts import service as accounts
from app.cases import service as cases
from app.simfoni import service
from app.simfoni.forms import EnterForm
from app.simfoni.views.room import SENTENCES, STATE_NAMES, blueprint
from app.ui.fields import field_view
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants.context import acting_person
from tenants.errors import Invalid
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag


@blueprint.route(
    "/simfoni", access=Needs(Permission.SIMFONI_QUEUE), records=Tag.SIMFONI_QUEUE_VIEWED
)
def queue() -> Any:
    """Cases that have to be entered, or entered anew."""
    return render_template(
        "simfoni/queue.html",
        waiting=service.queue(),
        states=STATE_NAMES,
        may_export=permits(acting_person(), Permission.SIMFONI_EXPORTS),
    )


@blueprint.route(
    "/cases/<uuid:case_id>/simfoni",
    access=Needs(Permission.SIMFONI_READ, of=cases.load_case),
    records=Tag.SIMFONI_SHEET_VIEWED,
)
def sheet(subject: Subject) -> Any:
    """The sheet of one case."""
    return _page(subject, EnterForm())


@blueprint.route(
    "/cases/<uuid:case_id>/simfoni",
    access=Needs(Permission.SIMFONI_ENTER, of=cases.load_case),
    records=Tag.SIMFONI_ENTERED,
    methods=("POST",),
)
def enter(subject: Subject) -> Any:
    """Record the number under which it was entered."""
    form = EnterForm()
    if not form.validate():
        fail("form")
        return _page(subject, form), 422
    try:
        service.enter(subject, form.number.data or "")
    except Invalid as fault:
        fail(fault.reason)
        form.number.errors = [*form.number.errors, str(SENTENCES[fault.reason])]
        return _page(subject, form), 422
    say("simfoni-entered")
    return redirect(url_for("simfoni.sheet", case_id=subject.id), 303)


def _page(subject: Subject, form: EnterForm) -> str:
    found = service.look(subject)
    entry = found.entry
    cards = accounts.cards([entry.entered_by]) if entry else {}
    return render_template(
        "simfoni/sheet.html",
        sheet=found,
        form=form,
        state=STATE_NAMES[found.state],
        number=field_view(found.number, _("Number in SIMFONI-PPA")) if found.number else None,
        recorder=cards[entry.entered_by].name if entry and entry.entered_by in cards else "–",
        may_enter=permits(acting_person(), Permission.SIMFONI_ENTER, subject.standing),
        closed=subject.standing.closed,
    )
