"""The first person decides that a case is to be made unreadable."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from app.cases import service as cases
from app.destruction import service
from app.destruction.forms import DecideForm
from app.destruction.views.shared import act, blueprint
from app.web import Needs, Subject, say
from tenants.errors import Missing
from tenants.policy import Permission
from tenants.vocabulary import Tag

_DECIDE = Needs(Permission.CASE_DESTROY, of=cases.load_case, fresh=True)
_PATH = "/cases/<uuid:case_id>/destroy"


@blueprint.route(_PATH, access=_DECIDE, records=Tag.DESTRUCTION_FORM_VIEWED)
def decide_form(subject: Subject) -> Any:
    """Ask why, and for the code of the case."""
    form = DecideForm()
    form.offer()
    return _page(subject, form)


@blueprint.route(_PATH, access=_DECIDE, records=Tag.DESTRUCTION_DECIDED, methods=("POST",))
def decide(subject: Subject) -> Any:
    """Decide it; nothing is lost yet."""
    form = DecideForm()
    form.offer()
    status = act(
        form,
        lambda: service.decide(subject, reason=form.reason.data, code=form.code.data),
    )
    if status:
        return _page(subject, form), status
    say("destruction-decided")
    return redirect(url_for("destruction.of_case", case_id=subject.id), 303)


@blueprint.route(
    "/cases/<uuid:case_id>/destruction",
    access=Needs(Permission.DESTRUCTION_READ, of=cases.load_case),
    records=Tag.DESTRUCTION_VIEWED,
)
def of_case(subject: Subject) -> Any:
    """Lead to the decision by which a case ended, or is to end."""
    row = service.of_case(subject.id)
    if row is None:
        raise Missing("destruction")
    return redirect(url_for("destruction.view", destruction_id=row.id), 303)


def _page(subject: Subject, form: DecideForm) -> str:
    return render_template(
        "destruction/decide.html",
        subject=subject,
        form=form,
        held=service.held_in(subject.id),
        open=service.open_decision(subject.id),
        title=_("Make this case unreadable for ever?"),
    )
