"""The page of one conference, and the pages that change it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts import service as accounts
from app.cases import service as cases
from app.conferences import service
from app.conferences.codes import (
    CANCEL_REASONS,
    STATE_KINDS,
    STATE_NAMES,
    CancelReason,
    ConferenceState,
)
from app.conferences.forms import CancelForm, HeldForm, decision_form, held_form, plan_form
from app.ui.fields import field_view
from app.ui.forms import Form
from app.web import GuardedBlueprint, Needs, Subject, purposes
from app.web.attempts import proceed
from tenants import audit, registry
from tenants.context import acting_person
from tenants.disclosure import Disclosed
from tenants.errors import Conflict, Invalid
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

blueprint = GuardedBlueprint("conferences", "app.conferences", template_folder="templates")

_PLAN = Needs(Permission.CONFERENCE_EDIT, of=cases.load_case)
_EDIT = Needs(Permission.CONFERENCE_EDIT, of=service.load_conference)
_CASE = "/cases/<uuid:case_id>/conferences"
_ONE = f"{_CASE}/<uuid:conference_id>"
_FIELD_NAMES = {
    "conference.venue": _l("Place"),
    "conference.agenda": _l("Agenda"),
    "conference.progress": _l("How the services go on"),
}
_REASONS: dict[str, Any] = {
    "missing": _l("This field is required."),
    "too-long": _l("This text is too long."),
    "control-character": _l("This text holds a character that cannot be read."),
    "unknown": _l("This choice is no longer possible. Choose again."),
    "nobody": _l("Tick at least one who came."),
    "in-the-past": _l("This day has passed. Choose a later one."),
    "in-the-future": _l("This day has not come yet."),
    "too-far": _l("This day is more than a year away. Check the year."),
    "case-closed": _l("This case is closed."),
    "conference-planned": _l("A conference of this case is planned already."),
    "conference-changed": _l(
        "This conference was held or cancelled a moment ago. What you sent now was not saved."
    ),
}


def case_part(subject: Subject) -> tuple[str, dict[str, Any]] | None:
    """Return the panel with the conferences of a case."""
    found = service.for_case(subject.id)
    may_plan = not subject.standing.closed and permits(
        acting_person(), Permission.CONFERENCE_EDIT, subject.standing
    )
    if not found and not may_plan:
        return None
    return "conferences/case_part.html", {
        "section": ("conferences", _("Case conference")),
        "case_id": subject.id,
        "conferences": found,
        "may_plan": may_plan and all(one.state != ConferenceState.PLANNED for one in found),
        **names(),
    }


@blueprint.route(f"{_CASE}/new", access=_PLAN, records=Tag.CONFERENCE_FORM_VIEWED)
def plan_page(subject: Subject) -> Any:
    """Ask when, where, with whom and about what."""
    return _plan_page(subject, plan_form(service.chairs(), service.invited(subject.id)))


@blueprint.route(f"{_CASE}/new", access=_PLAN, records=Tag.CONFERENCE_PLANNED, methods=("POST",))
def plan(subject: Subject) -> Any:
    """Plan a conference."""
    form = plan_form(service.chairs(), service.invited(subject.id))
    return _act(
        form,
        lambda: service.plan(
            subject,
            at=_moment(form.day.data, form.time.data),
            chair_id=UUID(form.chair.data),
            venue=form.venue.data,
            agenda=form.agenda.data,
            members=form.members.data,
        ),
        lambda said: _plan_page(subject, form, said),
        url_for("cases.view", case_id=subject.id, _anchor="conferences"),
    )


@blueprint.route(
    _ONE,
    access=Needs(Permission.CASE_READ, of=service.load_conference),
    records=Tag.CONFERENCE_VIEWED,
)
def view(subject: Subject) -> Any:
    """Show one conference."""
    return _page(subject, service.view(subject))


@blueprint.route(
    f"{_ONE}/reveal",
    access=Needs(Permission.CASE_REVEAL, of=service.load_conference),
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def reveal(subject: Subject) -> Any:
    """Open one field for a purpose that is named."""
    name = request.form.get("field", "")
    page = _page(subject, service.reveal(subject, name, purposes.named()), name)
    audit.record(Tag.CONFERENCE_VIEWED, subject=("conference", subject.id), case_id=subject.case_id)
    return page


@blueprint.route(f"{_ONE}/held", access=_EDIT, records=Tag.CONFERENCE_FORM_VIEWED)
def held_page(subject: Subject) -> Any:
    """Ask who came and how the services go on."""
    local = subject.row.planned_at.astimezone(_zone())
    planned = {"day": local.date(), "time": local.time()}
    return _form_page("held", subject, held_form(service.members(subject.id), data=planned))


@blueprint.route(f"{_ONE}/held", access=_EDIT, records=Tag.CONFERENCE_HELD, methods=("POST",))
def held(subject: Subject) -> Any:
    """Record that it was held."""
    form: HeldForm = held_form(service.members(subject.id))
    return _act(
        form,
        lambda: service.record_held(
            subject,
            _moment(form.day.data, form.time.data),
            [UUID(one) for one in form.attended.data],
            form.progress.data or "",
        ),
        lambda said: _form_page("held", subject, form, said),
        _back(subject),
    )


@blueprint.route(f"{_ONE}/decisions/new", access=_EDIT, records=Tag.CONFERENCE_FORM_VIEWED)
def decide_page(subject: Subject) -> Any:
    """Ask what was decided, who does it, by when."""
    form = decision_form(service.invited(subject.row.case_id))
    return _form_page("decide", subject, form)


@blueprint.route(f"{_ONE}/decisions/new", access=_EDIT, records=Tag.TASK_ADDED, methods=("POST",))
def decide(subject: Subject) -> Any:
    """Keep a decision as a task."""
    form = decision_form(service.invited(subject.row.case_id))
    return _act(
        form,
        lambda: service.decide(subject, form.text.data, form.who.data, form.due_on.data),
        lambda said: _form_page("decide", subject, form, said),
        _back(subject),
    )


@blueprint.route(f"{_ONE}/cancel", access=_EDIT, records=Tag.CONFERENCE_FORM_VIEWED)
def cancel_page(subject: Subject) -> Any:
    """Ask why it is given up."""
    return _form_page("cancel", subject, CancelForm())


@blueprint.route(
    f"{_ONE}/cancel", access=_EDIT, records=Tag.CONFERENCE_CANCELLED, methods=("POST",)
)
def cancel(subject: Subject) -> Any:
    """Give a planned conference up."""
    form = CancelForm()
    return _act(
        form,
        lambda: service.cancel(subject, CancelReason(form.reason.data)),
        lambda said: _form_page("cancel", subject, form, said),
        _back(subject),
    )


def names() -> dict[str, Any]:
    """Return the words for codes that the templates look up."""
    return {
        "state_names": STATE_NAMES,
        "state_kinds": STATE_KINDS,
        "cancel_reasons": CANCEL_REASONS,
    }


def _act(form: Form, work: Callable[[], object], page: Callable[[str], Any], done: str) -> Any:
    """Do the work of a checked form and go on; what was typed stands in it after any fault."""
    return proceed(form, work, _sentence, page, done, "saved", instead="who")


def _sentence(error: Invalid | Conflict) -> str:
    if isinstance(error, Invalid):
        return str(_REASONS.get(error.reason, _REASONS["unknown"]))
    return str(_REASONS[error.reason])


def _page(subject: Subject, seen: Mapping[str, Disclosed], opened: str = "") -> str:
    row = subject.row
    return render_template(
        "conferences/view.html",
        subject=subject,
        row=row,
        case_code=cases.find(row.case_id).code,
        chair=accounts.card(row.chair_id),
        members=service.members(row.id),
        decisions=[
            (one, field_view(one.text, str(_("What was decided"))))
            for one in service.decisions(subject)
        ],
        fields=[
            field_view(one, str(_FIELD_NAMES[one.name]), one.name == opened)
            for one in seen.values()
        ],
        may_edit=not subject.standing.closed
        and permits(acting_person(), Permission.CONFERENCE_EDIT, subject.standing),
        purposes=purposes.offered(),
        **names(),
    )


def _plan_page(subject: Subject, form: Form, said: str = "") -> str:
    return render_template(
        "conferences/plan.html", subject=subject, form=form, said=said, **names()
    )


def _form_page(part: str, subject: Subject, form: Form, said: str = "") -> str:
    return render_template(
        f"conferences/{part}.html", subject=subject, back=_back(subject), form=form, said=said
    )


def _back(subject: Subject) -> str:
    return url_for("conferences.view", case_id=subject.case_id, conference_id=subject.id)


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, _zone())


def _zone() -> ZoneInfo:
    return ZoneInfo(registry.profile().identity.timezone)
