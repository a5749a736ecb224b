"""The page of a case's plan, and the pages that change a line of it."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.assessments import service
from app.assessments.forms import EndForm, MoveForm, PlanForm
from app.assessments.views.shared import act, blueprint, crumbs, may_assess, names
from app.cases import service as cases
from app.ui.fields import field_view
from app.web import Needs, Subject, purposes, say
from tenants.errors import Invalid
from tenants.policy import Permission
from tenants.vocabulary import Tag

_PLAN = "/cases/<uuid:case_id>/plan"
_ONE = f"{_PLAN}/<uuid:item_id>"
_EDIT = Needs(Permission.ASSESS, of=service.load_item)


@blueprint.route(
    _PLAN, access=Needs(Permission.CASE_READ, of=cases.load_case), records=Tag.PLAN_VIEWED
)
def plan(subject: Subject) -> Any:
    """Show the plan: need, what is done, who, by when."""
    return _plan_page(subject, service.plan(subject), _form(subject))


@blueprint.route(
    _PLAN,
    access=Needs(Permission.ASSESS, of=cases.load_case),
    records=Tag.PLAN_ITEM_ADDED,
    methods=("POST",),
)
def add_item(subject: Subject) -> Any:
    """Add a line."""
    form = _form(subject)
    status = act(
        form,
        lambda: service.add_item(
            subject,
            need_id=UUID(form.need.data),
            owner_id=UUID(form.owner.data),
            due_on=form.due_on.data,
            action=form.action.data,
        ),
    )
    if status:
        return _plan_page(subject, service.plan(subject), form), status
    return _back(subject)


@blueprint.route(
    f"{_PLAN}/reveal/<uuid:item_id>",
    access=Needs(Permission.CASE_REVEAL, of=cases.load_case),
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def reveal_plan(subject: Subject, item_id: UUID) -> Any:
    """Open one text of the plan for a purpose that is named."""
    name = request.form.get("field", "")
    found = service.reveal_plan(subject, item_id, name, purposes.named())
    return _plan_page(subject, found, _form(subject))


@blueprint.route(f"{_ONE}/end", access=_EDIT, records=Tag.CASE_FORM_VIEWED)
def end_form(subject: Subject) -> Any:
    """Ask how a line ended."""
    return _end_page(subject, EndForm())


@blueprint.route(f"{_ONE}/end", access=_EDIT, records=Tag.PLAN_ITEM_ENDED, methods=("POST",))
def end(subject: Subject) -> Any:
    """End a line."""
    form = EndForm()
    status = act(
        form,
        lambda: service.end_item(subject, state=form.state.data, result=form.result.data),
    )
    if status:
        return _end_page(subject, form), status
    return _back(subject)


@blueprint.route(f"{_ONE}/move", access=_EDIT, records=Tag.CASE_FORM_VIEWED)
def move_form(subject: Subject) -> Any:
    """Ask for another owner or day."""
    present = {"owner": str(subject.row.owner_id), "due_on": subject.row.due_on}
    return _move_page(subject, _move_form(subject, present))


@blueprint.route(f"{_ONE}/move", access=_EDIT, records=Tag.PLAN_ITEM_MOVED, methods=("POST",))
def move(subject: Subject) -> Any:
    """Give a line another owner or day."""
    form = _move_form(subject)
    status = act(
        form,
        lambda: service.move_item(subject, owner_id=UUID(form.owner.data), due_on=form.due_on.data),
    )
    if status:
        return _move_page(subject, form), status
    return _back(subject)


def _form(subject: Subject) -> PlanForm:
    form = PlanForm(data={"need": request.args.get("need", "")})
    form.offer(
        [
            (one.id, cases.service_name(one.service))
            for one in cases.rows(subject.id).needs
            if one.state in ("open", "in_progress")
        ],
        [(card.id, card.name) for card in cases.team(subject.id)],
    )
    return form


def _move_form(subject: Subject, data: dict[str, Any] | None = None) -> MoveForm:
    if subject.case_id is None:
        raise Invalid("case", "unknown")
    form = MoveForm(data=data)
    form.offer([(card.id, card.name) for card in cases.team(subject.case_id)])
    return form


def _plan_page(subject: Subject, found: service.Plan, form: PlanForm) -> str:
    labels = {
        "plan_item.action": _("What is to be done"),
        "plan_item.result": _("What came of it"),
    }

    def fields(line: service.Planned) -> list[Any]:
        return [
            field_view(one, labels[one.name], (line.row.id, one.name) == found.opened)
            for short, one in line.fields.items()
            if short == "action" or line.row.ended_at is not None
        ]

    return render_template(
        "assessments/plan.html",
        subject=subject,
        plan=found,
        fields=fields,
        form=form,
        service_name=cases.service_name,
        purposes=purposes.offered(),
        may_edit=may_assess(subject),
        crumbs=crumbs(subject),
        **names(),
    )


def _end_page(subject: Subject, form: EndForm) -> str:
    return render_template("assessments/end.html", subject=subject, form=form, crumbs=_way(subject))


def _move_page(subject: Subject, form: MoveForm) -> str:
    return render_template(
        "assessments/move.html", subject=subject, form=form, crumbs=_way(subject)
    )


def _way(subject: Subject) -> list[tuple[str, str]]:
    return [*crumbs(subject), (url_for("assessments.plan", case_id=subject.case_id), _("Plan"))]


def _back(subject: Subject) -> Any:
    say("saved")
    return redirect(url_for("assessments.plan", case_id=subject.case_id), 303)
