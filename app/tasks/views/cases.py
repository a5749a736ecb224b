"""The tasks of one case: the panel, a new one, who does it, that it is done."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.cases import service as cases
from app.tasks import service
from app.tasks.forms import OwnerForm, TaskForm, with_owners
from app.tasks.views.shared import act, blueprint, chosen, names
from app.ui.fields import field_view
from app.web import Needs, Subject, purposes, say
from tenants import audit
from tenants.context import acting_person
from tenants.disclosure import Disclosed
from tenants.errors import Invalid
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_ADD = Needs(Permission.CASE_EDIT, of=cases.load_case)
_EDIT = Needs(Permission.CASE_EDIT, of=service.load_task)
_CASE = "/cases/<uuid:case_id>/tasks"
_ONE = f"{_CASE}/<uuid:task_id>"


def case_part(subject: Subject) -> tuple[str, dict[str, Any]] | None:
    """Return the panel with what is still to be done in a case."""
    may_edit = not subject.standing.closed and permits(
        acting_person(), Permission.CASE_EDIT, subject.standing
    )
    lines = service.for_case(subject)
    if not lines and not may_edit:
        return None
    return "tasks/case_part.html", {
        "section": ("tasks", _("Tasks")),
        "case_id": subject.id,
        "lines": [(one, _view(one.text)) for one in lines],
        "may_edit": may_edit,
        **names(),
    }


@blueprint.route(
    _CASE, access=Needs(Permission.CASE_READ, of=cases.load_case), records=Tag.TASK_VIEWED
)
def of_case(subject: Subject) -> Any:
    """List the tasks of a case with what is written about each."""
    return _list(subject)


@blueprint.route(
    f"{_ONE}/reveal",
    access=Needs(Permission.CASE_REVEAL, of=service.load_task),
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def reveal(subject: Subject) -> Any:
    """Open what is written about a task, for a purpose that is named."""
    if request.form.get("field") != "task.text":
        raise Invalid("field", "unknown")
    opened = service.reveal(subject, purposes.named())
    page = _list(cases.load_case(subject.row.case_id), subject.row.id, opened)
    audit.record(Tag.TASK_VIEWED, subject=("task", subject.id), case_id=subject.case_id)
    return page


@blueprint.route(f"{_CASE}/new", access=_ADD, records=Tag.TASK_FORM_VIEWED)
def add_form(subject: Subject) -> Any:
    """Ask what is to be done, by whom and by when."""
    return _add_page(subject, _task_form(subject))


@blueprint.route(f"{_CASE}/new", access=_ADD, records=Tag.TASK_ADDED, methods=("POST",))
def add(subject: Subject) -> Any:
    """Put a task on the list."""
    form = _task_form(subject)
    return act(
        form,
        lambda: service.add(
            subject,
            form.kind.data,
            owner_id=chosen(form.owner.data),
            due_on=form.due_on.data,
            text=form.text.data or "",
        ),
        lambda said: _add_page(subject, form, said),
        _back(subject.id),
        "task-added",
    )


@blueprint.route(f"{_ONE}/owner", access=_EDIT, records=Tag.TASK_FORM_VIEWED)
def change_form(subject: Subject) -> Any:
    """Ask who does a task and by when."""
    form = OwnerForm(data={"owner": str(subject.row.owner_id or ""), "due_on": subject.row.due_on})
    with_owners(form, service.owners(subject.row.case_id))
    return _change_page(subject, form)


@blueprint.route(f"{_ONE}/owner", access=_EDIT, records=Tag.TASK_CHANGED, methods=("POST",))
def change(subject: Subject) -> Any:
    """Give a task to somebody else, or another day."""
    form = OwnerForm()
    with_owners(form, service.owners(subject.row.case_id))
    return act(
        form,
        lambda: service.change(subject, chosen(form.owner.data), form.due_on.data),
        lambda said: _change_page(subject, form, said),
        _back(subject.row.case_id),
        "saved",
    )


@blueprint.route(f"{_ONE}/done", access=_EDIT, records=Tag.TASK_DONE, methods=("POST",))
def finish(subject: Subject) -> Any:
    """Say that a task is done."""
    service.finish(subject)
    say("task-done")
    return redirect(_back(subject.row.case_id), 303)


def _task_form(subject: Subject) -> TaskForm:
    form = TaskForm()
    with_owners(form, service.owners(subject.id))
    return form


def _add_page(subject: Subject, form: TaskForm, said: str = "") -> str:
    return render_template("tasks/add.html", subject=subject, form=form, said=said, **names())


def _change_page(subject: Subject, form: OwnerForm, said: str = "") -> str:
    return render_template(
        "tasks/change.html", subject=subject, task=subject.row, form=form, said=said, **names()
    )


def _list(subject: Subject, task_id: Any = None, opened: Disclosed | None = None) -> str:
    lines = service.for_case(subject, opened, task_id)
    return render_template(
        "tasks/of_case.html",
        subject=subject,
        lines=[(one, _view(one.text, one.row.id == task_id)) for one in lines],
        may_edit=not subject.standing.closed
        and permits(acting_person(), Permission.CASE_EDIT, subject.standing),
        purposes=purposes.offered(),
        **names(),
    )


def _view(text: Disclosed, opened: bool = False) -> Any:
    return field_view(text, str(_("More about it")), opened)


def _back(case_id: Any) -> str:
    return url_for("cases.view", case_id=case_id, _anchor="tasks")
