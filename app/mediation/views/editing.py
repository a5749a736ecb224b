"""The page of one mediation, and the pages that change it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from app.accounts import service as accounts
from app.cases import service as cases
from app.mediation import forms, service
from app.mediation.codes import LIVING, OBSTACLE_SENTENCES, Kept, Obstacle, StopReason
from app.mediation.forms import HeldForm, JudgeForm, OutcomeForm, ScheduleForm, StopForm
from app.mediation.views.shared import blame, blueprint, names, sentence
from app.ui.fields import field_view
from app.ui.forms import Form
from app.web import Needs, Subject, purposes, say
from app.web.guard import fail
from tenants import registry
from tenants.context import acting_person
from tenants.disclosure import Disclosed
from tenants.errors import Conflict, Invalid, Refused
from tenants.policy import Permission, permits
from tenants.vocabulary import Outcome, Tag

_EDIT = Needs(Permission.MEDIATION_EDIT, of=service.load_mediation)
_ONE = "/cases/<uuid:case_id>/mediations/<uuid:mediation_id>"
_FIELD_NAMES = {"mediation.venue": _l("Place"), "mediation.outcome": _l("What was agreed")}


@blueprint.route(
    _ONE,
    access=Needs(Permission.CASE_READ, of=service.load_mediation),
    records=Tag.MEDIATION_VIEWED,
)
def view(subject: Subject) -> Any:
    """Show one mediation."""
    return _page(subject, service.view(subject))


@blueprint.route(
    f"{_ONE}/reveal",
    access=Needs(Permission.CASE_REVEAL, of=service.load_mediation),
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def reveal(subject: Subject) -> Any:
    """Open one field for a purpose that is named."""
    name = request.form.get("field", "")
    return _page(subject, service.reveal(subject, name, purposes.named()), name)


@blueprint.route(f"{_ONE}/schedule", access=_EDIT, records=Tag.MEDIATION_FORM_VIEWED)
def schedule_form(subject: Subject) -> Any:
    """Ask when and where."""
    return _ask(
        "schedule",
        subject,
        ScheduleForm(data=_planned(subject) | _shown(subject, "venue")),
    )


@blueprint.route(f"{_ONE}/schedule", access=_EDIT, records=Tag.MEDIATION_EDITED, methods=("POST",))
def schedule(subject: Subject) -> Any:
    """Set when and where."""
    form = ScheduleForm()
    return _edit(
        "schedule",
        subject,
        form,
        lambda: service.schedule(subject, _moment(form.day.data, form.time.data), form.venue.data),
    )


@blueprint.route(f"{_ONE}/held", access=_EDIT, records=Tag.MEDIATION_FORM_VIEWED)
def held_form(subject: Subject) -> Any:
    """Ask when it was held and what came of it."""
    return _ask("held", subject, HeldForm(data=_planned(subject)))


@blueprint.route(f"{_ONE}/held", access=_EDIT, records=Tag.MEDIATION_EDITED, methods=("POST",))
def held(subject: Subject) -> Any:
    """Record that it was held."""
    form = HeldForm()
    return _edit(
        "held",
        subject,
        form,
        lambda: service.record_held(
            subject,
            _moment(form.day.data, form.time.data),
            form.outcome.data,
            form.on_the_day(),
        ),
    )


@blueprint.route(f"{_ONE}/outcome", access=_EDIT, records=Tag.MEDIATION_FORM_VIEWED)
def outcome_form(subject: Subject) -> Any:
    """Show what was agreed, to be changed."""
    return _ask("outcome", subject, OutcomeForm(data=_shown(subject, "outcome")))


@blueprint.route(f"{_ONE}/outcome", access=_EDIT, records=Tag.MEDIATION_EDITED, methods=("POST",))
def outcome(subject: Subject) -> Any:
    """Change what was agreed."""
    form = OutcomeForm()
    return _edit("outcome", subject, form, lambda: service.edit_outcome(subject, form.outcome.data))


@blueprint.route(f"{_ONE}/follow-up", access=_EDIT, records=Tag.MEDIATION_FORM_VIEWED)
def follow_up_form(subject: Subject) -> Any:
    """Ask what has to be looked at after it."""
    return _ask("follow_up", subject, forms.follow_up_form(cases.team(subject.row.case_id)))


@blueprint.route(f"{_ONE}/follow-up", access=_EDIT, records=Tag.TASK_ADDED, methods=("POST",))
def follow_up(subject: Subject) -> Any:
    """Put on the list what has to be looked at after it."""
    form = forms.follow_up_form(cases.team(subject.row.case_id))
    owner = form.owner.data
    return _edit(
        "follow_up",
        subject,
        form,
        lambda: service.follow_up(
            subject, form.text.data, UUID(owner) if owner else None, form.due_on.data
        ),
    )


@blueprint.route(f"{_ONE}/kept", access=_EDIT, records=Tag.MEDIATION_FORM_VIEWED)
def judge_form(subject: Subject) -> Any:
    """Ask what has become of what was agreed."""
    return _ask("judge", subject, JudgeForm())


@blueprint.route(f"{_ONE}/kept", access=_EDIT, records=Tag.MEDIATION_EDITED, methods=("POST",))
def judge(subject: Subject) -> Any:
    """Say what has become of what was agreed."""
    form = JudgeForm()
    return _edit("judge", subject, form, lambda: service.judge(subject, Kept(form.kept.data)))


@blueprint.route(f"{_ONE}/stop", access=_EDIT, records=Tag.MEDIATION_FORM_VIEWED)
def stop_form(subject: Subject) -> Any:
    """Ask why it ends."""
    return _ask("stop", subject, StopForm())


@blueprint.route(f"{_ONE}/stop", access=_EDIT, records=Tag.MEDIATION_STOPPED, methods=("POST",))
def stop(subject: Subject) -> Any:
    """End a mediation before it is held."""
    form = StopForm()
    return _edit("stop", subject, form, lambda: service.stop(subject, StopReason(form.reason.data)))


def _shown(subject: Subject, name: str) -> dict[str, str | None]:
    """Return one field for its form: no other is opened for it."""
    return {name: service.view(subject, (name,))[name].value}


def _page(subject: Subject, seen: Mapping[str, Disclosed], opened: str = "") -> str:
    mediation = subject.row
    may_edit = not subject.standing.closed and permits(
        acting_person(), Permission.MEDIATION_EDIT, subject.standing
    )
    return render_template(
        "mediation/view.html",
        subject=subject,
        mediation=mediation,
        case_code=cases.find(mediation.case_id).code,
        mediator=accounts.card(mediation.mediator_id),
        fields={
            name: field_view(one, str(_FIELD_NAMES[one.name]), one.name == opened)
            for name, one in seen.items()
        },
        is_open=service.is_open(mediation.case_id),
        may_edit=may_edit,
        is_living=mediation.state in LIVING,
        tasks=service.follow_up_tasks(subject),
        purposes=purposes.offered(),
        **names(),
    )


def _ask(part: str, subject: Subject, form: Form, said: str = "") -> Any:
    """Render the form of one part, or why nothing of a mediation may go on."""
    mediation = subject.row
    if part != "stop" and not service.is_open(mediation.case_id):
        return _refused(subject, Obstacle.SEXUAL_VIOLENCE)
    return render_template(
        f"mediation/{part}.html", subject=subject, mediation=mediation, form=form, said=said
    )


def _edit(part: str, subject: Subject, form: Form, act: Callable[[], object]) -> Any:
    """Check the form, act, and go back to the mediation; nothing typed is lost on the way."""
    if not form.validate():
        answer = _ask(part, subject, form)
        return answer if isinstance(answer, tuple) else (answer, 422)
    try:
        act()
    except Refused as refusal:
        if refusal.reason not in set(Obstacle):
            raise
        obstacle = Obstacle(refusal.reason)
        if obstacle is Obstacle.SEXUAL_VIOLENCE:
            return _refused(subject, obstacle)
        fail(obstacle.value, Outcome.REFUSED)
        return _ask(part, subject, form, str(OBSTACLE_SENTENCES[obstacle])), 403
    except Invalid as fault:
        return _ask(part, subject, blame(form, fault)), 422
    except Conflict as conflict:
        fail(conflict.reason)
        return _ask(part, subject, form, sentence(conflict.reason)), 409
    say("mediation-saved")
    mediation = subject.row
    return redirect(
        url_for("mediation.view", case_id=mediation.case_id, mediation_id=mediation.id), 303
    )


def _refused(subject: Subject, obstacle: Obstacle) -> Any:
    fail(obstacle.value, Outcome.REFUSED)
    page = render_template(
        "mediation/refused.html",
        subject=subject,
        mediation=subject.row,
        against=[obstacle],
        **names(),
    )
    return page, 403


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, _zone())


def _planned(subject: Subject) -> dict[str, Any]:
    """Return the planned day and time, for the fields of a form."""
    planned = subject.row.scheduled_at
    if planned is None:
        return {}
    local = planned.astimezone(_zone())
    return {"day": local.date(), "time": local.time()}


def _zone() -> ZoneInfo:
    return ZoneInfo(registry.profile().identity.timezone)
