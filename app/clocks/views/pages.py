"""The list of what is due, and the pages that end a clock or let it rest."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import lazy_gettext as _l

from app.clocks import service
from app.clocks.codes import ENDS, KIND_NAMES, PAUSE_REASONS, PauseReason
from app.clocks.forms import PauseForm, end_form
from app.clocks.rules import Kind
from app.ui.forms import Form
from app.web import GuardedBlueprint, Needs, Subject, say
from app.web.attempts import proceed
from tenants import audit
from tenants.context import acting_person
from tenants.errors import Conflict, Invalid
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

blueprint = GuardedBlueprint("clocks", "app.clocks", template_folder="templates")

_EDIT = Needs(Permission.CASE_EDIT, of=service.load_deadline)
_ONE = "/cases/<uuid:case_id>/deadlines/<uuid:deadline_id>"
_STAGES: dict[str, tuple[str, Any]] = {
    "rests": ("neutral", _l("Rests")),
    "runs": ("active", _l("Runs")),
    "soon": ("warn", _l("Soon over")),
    "late": ("stop", _l("Overdue")),
    "supervisor": ("stop", _l("Overdue: the supervisor knows")),
    "chair": ("stop", _l("Overdue: the chair of the network knows")),
}
_CONFLICTS: dict[str, Any] = {
    "clock-ended": _l("This deadline has already ended."),
    "clock-fixed": _l("A law fixes this deadline: it cannot rest."),
    "clock-rests": _l("This deadline rests already."),
    "clock-runs": _l("This deadline does not rest."),
    "case-closed": _l("This case is closed."),
}


@blueprint.route("/deadlines", access=Needs(Permission.CLOCK_LIST), records=Tag.CLOCKS_LISTED)
def index() -> Any:
    """List what is due, the nearest first."""
    person = acting_person()
    running = service.due_list(person)
    audit.record(Tag.CLOCKS_LISTED, details={"count": len(running)})
    return render_template(
        "clocks/index.html",
        running=running,
        reads_cases=permits(person, Permission.CASE_LIST),
        **names(),
    )


@blueprint.route(f"{_ONE}/end", access=_EDIT, records=Tag.CLOCK_FORM_VIEWED)
def end_page(subject: Subject) -> Any:
    """Ask how the deadline ended."""
    return _page("end", subject, end_form(Kind(subject.row.kind)))


@blueprint.route(f"{_ONE}/end", access=_EDIT, records=Tag.CLOCK_STOPPED, methods=("POST",))
def end(subject: Subject) -> Any:
    """End a deadline by a person's word."""
    form = end_form(Kind(subject.row.kind))
    return _act("end", subject, form, lambda: service.settle(subject, form.how.data))


@blueprint.route(f"{_ONE}/pause", access=_EDIT, records=Tag.CLOCK_FORM_VIEWED)
def pause_page(subject: Subject) -> Any:
    """Ask why the deadline rests."""
    return _page("pause", subject, PauseForm())


@blueprint.route(f"{_ONE}/pause", access=_EDIT, records=Tag.CLOCK_PAUSED, methods=("POST",))
def pause(subject: Subject) -> Any:
    """Let a deadline rest."""
    form = PauseForm()
    return _act(
        "pause", subject, form, lambda: service.pause(subject, PauseReason(form.reason.data))
    )


@blueprint.route(f"{_ONE}/resume", access=_EDIT, records=Tag.CLOCK_RESUMED, methods=("POST",))
def resume(subject: Subject) -> Any:
    """Let a deadline run on."""
    service.resume(subject)
    return _back(subject)


def names() -> dict[str, Any]:
    """Return the words that the templates look up."""
    return {
        "kind_names": KIND_NAMES,
        "stages": _STAGES,
        "pause_reasons": PAUSE_REASONS,
        "ends": ENDS,
    }


def _act(part: str, subject: Subject, form: Form, work: Callable[[], None]) -> Any:
    page = partial(_page, part, subject, form)
    return proceed(form, work, _sentence, page, _deadlines(subject), "saved")


def _sentence(error: Invalid | Conflict) -> str:
    return str(_CONFLICTS[error.reason])


def _page(part: str, subject: Subject, form: Form, said: str = "") -> str:
    return render_template(
        f"clocks/{part}.html", subject=subject, row=subject.row, form=form, said=said, **names()
    )


def _back(subject: Subject) -> Any:
    say("saved")
    return redirect(_deadlines(subject), 303)


def _deadlines(subject: Subject) -> str:
    return url_for("cases.view", case_id=subject.case_id, _anchor="deadlines")
