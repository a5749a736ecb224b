"""The pages of the three pillars within a case."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.cases import service as cases
from app.services import service
from app.services.forms import (
    ChoiceForm,
    EndSessionForm,
    JoinForm,
    LeaveForm,
    LookAfterForm,
    OfferForm,
)
from app.services.views.shared import act, blueprint, crumbs, may_serve, moment, names, uuid
from app.ui.fields import field_view
from app.ui.forms import Form
from app.web import Needs, Subject, purposes, say
from tenants.policy import Permission
from tenants.vocabulary import Tag

_CASE = "/cases/<uuid:case_id>/services"
_READ = Needs(Permission.CASE_READ, of=cases.load_case)
_SERVE = Needs(Permission.SERVE, of=cases.load_case)
_SESSION = f"{_CASE}/sessions/<uuid:session_id>"
_OF_SESSION = Needs(Permission.SERVE, of=service.load_session)
_PART = f"{_CASE}/participations/<uuid:participation_id>"
_OF_PART = Needs(Permission.SERVE, of=service.load_participation)


@blueprint.route(_CASE, access=_READ, records=Tag.SERVICES_VIEWED)
def index(subject: Subject) -> Any:
    """Show the three pillars of a case."""
    return _page(subject)


@blueprint.route(
    f"{_CASE}/sessions", access=_SERVE, records=Tag.CARE_SESSION_OFFERED, methods=("POST",)
)
def offer(subject: Subject) -> Any:
    """Record that a session was offered."""
    form = _offer_form(subject)
    status = act(
        form,
        lambda: service.offer(
            subject,
            survivor_id=uuid(form.survivor.data, "survivor"),
            kind=form.kind.data,
            accepted=form.accepted.data == "yes",
            at=moment(form.day.data, form.time.data),
            with_id=uuid(form.with_id.data, "with_id") if form.with_id.data else None,
        ),
    )
    return (_page(subject, offering=form), status) if status else _back(subject)


@blueprint.route(_SESSION, access=_OF_SESSION, records=Tag.CASE_FORM_VIEWED)
def session(subject: Subject) -> Any:
    """Ask how a session went."""
    return _session_page(subject, EndSessionForm())


@blueprint.route(_SESSION, access=_OF_SESSION, records=Tag.CARE_SESSION_ENDED, methods=("POST",))
def end_session(subject: Subject) -> Any:
    """Record how a session went."""
    form = EndSessionForm()
    status = act(
        form,
        lambda: service.end_session(subject, state=form.state.data, content=form.content.data),
    )
    return (_session_page(subject, form), status) if status else _back(subject)


@blueprint.route(
    f"{_SESSION}/reached",
    access=_OF_SESSION,
    records=Tag.CARE_SESSION_REACHED,
    methods=("POST",),
)
def reached(subject: Subject) -> Any:
    """Record that somebody has made sure that she is safe."""
    form = Form()
    status = act(form, lambda: service.reached(subject))
    return (_session_page(subject, form), status) if status else _back(subject)


@blueprint.route(
    f"{_CASE}/choice", access=_SERVE, records=Tag.LEGAL_CHOICE_RECORDED, methods=("POST",)
)
def choose(subject: Subject) -> Any:
    """Record what she wants of the law."""
    form = ChoiceForm()
    status = act(
        form,
        lambda: service.choose(
            subject,
            choice=form.choice.data,
            rights_explained=bool(form.rights_explained.data),
            free=bool(form.free.data),
            words=form.words.data,
        ),
    )
    return (_page(subject, choosing=form), status) if status else _back(subject)


@blueprint.route(
    f"{_CASE}/participations", access=_SERVE, records=Tag.PROGRAMME_JOINED, methods=("POST",)
)
def join(subject: Subject) -> Any:
    """Record that she joins a programme."""
    form = _join_form(subject)
    status = act(
        form,
        lambda: service.join(
            subject,
            programme_id=uuid(form.programme.data, "programme"),
            survivor_id=uuid(form.survivor.data, "survivor"),
        ),
    )
    return (_page(subject, joining=form), status) if status else _back(subject)


@blueprint.route(_PART, access=_OF_PART, records=Tag.CASE_FORM_VIEWED)
def participation(subject: Subject) -> Any:
    """Ask how she lives, or why her part ended."""
    return _part_page(subject, LookAfterForm(), LeaveForm())


@blueprint.route(
    f"{_PART}/livelihood", access=_OF_PART, records=Tag.LIVELIHOOD_RECORDED, methods=("POST",)
)
def look_after(subject: Subject) -> Any:
    """Record how she lives now."""
    form = LookAfterForm()
    status = act(
        form,
        lambda: service.look_after(subject, situation=form.situation.data, remark=form.remark.data),
    )
    return (
        (_part_page(subject, form, LeaveForm(formdata=None)), status) if status else _back(subject)
    )


@blueprint.route(f"{_PART}/leave", access=_OF_PART, records=Tag.PROGRAMME_LEFT, methods=("POST",))
def leave(subject: Subject) -> Any:
    """Record that her part in a programme ended."""
    form = LeaveForm()
    status = act(form, lambda: service.leave(subject, reason=form.reason.data))
    return (
        (_part_page(subject, LookAfterForm(formdata=None), form), status)
        if status
        else _back(subject)
    )


@blueprint.route(
    f"{_CASE}/values/<uuid:row_id>/reveal",
    access=Needs(Permission.CASE_REVEAL, of=cases.load_case),
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def reveal(subject: Subject, row_id: UUID) -> Any:
    """Open one text for a purpose that is named."""
    name = request.form.get("field", "")
    return _page(subject, service.reveal(subject, row_id, name, purposes.named()))


def _page(
    subject: Subject,
    found: service.Services | None = None,
    *,
    offering: OfferForm | None = None,
    choosing: ChoiceForm | None = None,
    joining: JoinForm | None = None,
) -> str:
    found = found or service.services(subject)
    labels = {
        "care_session.content": _("What was spoken of"),
        "legal_choice.words": _("In her own words"),
        "livelihood.remark": _("Remark"),
    }

    def view_of(one: service.Seen) -> Any:
        opened = (one.row.id, one.field.name) == found.opened
        return field_view(one.field, labels[one.field.name], opened)

    may_edit = may_serve(subject)
    return render_template(
        "services/index.html",
        subject=subject,
        found=found,
        view_of=view_of,
        pillars=[
            (pillar, [one for one in found.sessions if service.pillar_of(one.row.kind) == pillar])
            for pillar in service.PILLARS.names
        ],
        offering=(offering or _offer_form(subject)) if may_edit else None,
        choosing=(choosing or ChoiceForm(formdata=None)) if may_edit else None,
        joining=(joining or _join_form(subject)) if may_edit else None,
        may_edit=may_edit,
        purposes=purposes.offered(),
        crumbs=crumbs(subject),
        **names(),
    )


def _session_page(subject: Subject, form: Form) -> str:
    return render_template(
        "services/session.html", subject=subject, form=form, crumbs=crumbs(subject), **names()
    )


def _part_page(subject: Subject, looking: LookAfterForm, leaving: LeaveForm) -> str:
    return render_template(
        "services/participation.html",
        subject=subject,
        looking=looking,
        leaving=leaving,
        crumbs=crumbs(subject),
        **names(),
    )


def _offer_form(subject: Subject) -> OfferForm:
    form = OfferForm()
    form.offer(
        [one.id for one in cases.rows(subject.id).survivors],
        [(card.id, card.name) for card in cases.team(subject.id)],
    )
    return form


def _join_form(subject: Subject) -> JoinForm:
    form = JoinForm()
    form.offer(
        [(one.id, one.name) for one in service.running()],
        [one.id for one in cases.rows(subject.id).survivors],
    )
    return form


def _back(subject: Subject) -> Any:
    say("saved")
    return redirect(url_for("services.index", case_id=subject.case_id), 303)
