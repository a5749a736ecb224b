"""The pages of closing a case: what is open, the closing, a second person, opening it again."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for

from app.cases import closing_codes, service
from app.cases.closing_forms import ClosureForm, ConfirmClosureForm, FollowUpForm, ReopenForm
from app.cases.views.shared import act, blueprint, crumbs, may, to_case
from app.cases.words import FIELD_NAMES
from app.ui.fields import field_view
from app.ui.forms import Form
from app.web import Needs, Subject, purposes, say
from app.web.guard import fail
from tenants.context import acting_person
from tenants.errors import Invalid, Refused
from tenants.policy import Permission, permits
from tenants.vocabulary import Outcome, Tag

_CASE = "/cases/<uuid:case_id>/closure"
_READ = Needs(Permission.CASE_READ, of=service.load_case)
_CLOSE = Needs(Permission.CASE_CLOSE, of=service.load_case)


@blueprint.route(_CASE, access=_READ, records=Tag.CLOSURE_VIEWED)
def closure(subject: Subject) -> Any:
    """Show what is open, or how the case was closed."""
    return _page(subject)


@blueprint.route(
    _CASE,
    access=_CLOSE,
    records=Tag.CASE_CLOSED,
    instead=(Tag.CLOSURE_PROPOSED,),
    methods=("POST",),
)
def close(subject: Subject) -> Any:
    """Close the case, or lay it before a second person."""
    form = ClosureForm()
    made: list[Any] = []

    def work() -> None:
        entry = service.ClosureEntry(
            outcome=form.outcome.data,
            physical=form.physical.data,
            psychological=form.psychological.data,
            no_retrauma=bool(form.no_retrauma.data),
            comparison=form.comparison.data or None,
            statement=form.statement.data or None,
            exception=form.exception.data or None,
        )
        made.append(service.close(subject, entry))

    try:
        status = act(form, work)
    except Refused as refusal:
        if refusal.reason != "closure-open":
            raise
        fail(refusal.reason, Outcome.REFUSED)
        return _page(subject, form, refused=True), 403
    if status:
        return _page(subject, form), status
    waits = made[0].state == closing_codes.ClosureState.PROPOSED
    return to_case(subject, "closure-proposed" if waits else "case-closed")


@blueprint.route(
    f"{_CASE}/confirm",
    access=Needs(Permission.CLOSURE_CONFIRM, of=service.load_case, fresh=True),
    records=Tag.CASE_CLOSED,
    instead=(Tag.CLOSURE_REFUSED,),
    methods=("POST",),
)
def confirm_closure(subject: Subject) -> Any:
    """Agree, or not, to an exception."""
    form = ConfirmClosureForm()
    status = act(form, lambda: service.confirm(subject, agreed=form.agreed.data == "yes"))
    if status:
        return _page(subject, confirming=form), status
    return to_case(subject)


@blueprint.route(
    f"{_CASE}/reopen",
    access=Needs(Permission.CASE_REOPEN, of=service.load_case),
    records=Tag.CASE_REOPENED,
    methods=("POST",),
)
def reopen(subject: Subject) -> Any:
    """Open a closed case again."""
    form = ReopenForm()
    status = act(form, lambda: service.reopen(subject, reason=form.reason.data))
    if status:
        return _page(subject, reopening=form), status
    return to_case(subject, "case-reopened")


@blueprint.route(
    f"{_CASE}/follow-up", access=_CLOSE, records=Tag.FOLLOW_UP_RECORDED, methods=("POST",)
)
def follow_up(subject: Subject) -> Any:
    """Record what was found when somebody asked after her."""
    form = FollowUpForm()
    status = act(
        form,
        lambda: service.follow_up(subject, _id(form.follow_up.data), result=form.result.data),
    )
    if status:
        return _page(subject, following=form), status
    say("saved")
    return redirect(url_for("cases.closure", case_id=subject.id), 303)


@blueprint.route(
    f"{_CASE}/values/<uuid:row_id>/reveal",
    access=Needs(Permission.CASE_REVEAL, of=service.load_case),
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def reveal_closure(subject: Subject, row_id: UUID) -> Any:
    """Open one text of a closure for a purpose that is named."""
    name = request.form.get("field", "")
    found = service.reveal_ending(subject, row_id, name, purposes.named())
    return _page(subject, endings=found, opened=(row_id, name))


def _page(
    subject: Subject,
    form: ClosureForm | None = None,
    *,
    refused: bool = False,
    confirming: Form | None = None,
    reopening: Form | None = None,
    following: Form | None = None,
    endings: list[service.Ending] | None = None,
    opened: tuple[UUID, str] | None = None,
) -> str:
    found = service.endings(subject) if endings is None else endings
    waiting = next(
        (one for one in found if one.row.state == closing_codes.ClosureState.PROPOSED), None
    )
    open_now = not subject.standing.closed
    may_close = may(Permission.CASE_CLOSE, subject)
    lacking = service.lacks(_entry(form)) if refused and form is not None else []
    person = acting_person()

    def fields(one: service.Ending) -> list[Any]:
        return [
            field_view(seen, str(FIELD_NAMES[seen.name]), (one.row.id, seen.name) == opened)
            for seen in one.fields.values()
            if seen.present or not (seen.shown or seen.on_demand)
        ]

    return render_template(
        "cases/closure.html",
        subject=subject,
        duties=service.open_duties(subject.id) if open_now else [],
        lacking=[closing_codes.LACKS[one] for one in lacking],
        refused=refused,
        form=form or (ClosureForm() if may_close and waiting is None else None),
        waiting=waiting,
        confirming=confirming
        or (
            ConfirmClosureForm()
            if waiting is not None
            and waiting.row.proposed_by != person.id
            and may(Permission.CLOSURE_CONFIRM, subject)
            else None
        ),
        reopening=reopening
        or (
            ReopenForm()
            if subject.standing.closed
            and subject.row.state == "terminated"
            and permits(person, Permission.CASE_REOPEN, subject.standing)
            else None
        ),
        following=following,
        follow_ups=service.follow_ups(subject.id),
        follow_form=FollowUpForm(formdata=None),
        may_follow=permits(person, Permission.CASE_CLOSE, subject.standing),
        endings=found,
        fields=fields,
        people=service.cards_beside(
            {one.row.proposed_by for one in found}
            | {one.row.confirmed_by for one in found if one.row.confirmed_by}
        ),
        purposes=purposes.offered(),
        codes=closing_codes,
        crumbs=crumbs(subject),
    )


def _entry(form: ClosureForm) -> service.ClosureEntry:
    return service.ClosureEntry(
        outcome=form.outcome.data or "",
        physical=form.physical.data or "",
        psychological=form.psychological.data or "",
        no_retrauma=bool(form.no_retrauma.data),
        comparison=form.comparison.data,
        statement=form.statement.data,
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("follow_up", "unknown") from None
