"""The agency's pages: send a referral, read it, take it back."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts import service as accounts
from app.cases import service as cases
from app.referrals import service
from app.referrals.codes import ReferralState, WithdrawReason
from app.referrals.forms import ReferralForm, WithdrawForm, referral_form
from app.referrals.views.shared import blame, blueprint, messages_of, names, sentence, views_of
from app.tasks import service as tasks
from app.web import Needs, Subject, purposes, say
from app.web.guard import fail
from tenants.context import acting_person
from tenants.disclosure import Disclosed
from tenants.errors import Conflict, Invalid, Refused
from tenants.policy import Permission, permits
from tenants.vocabulary import Outcome, Tag


@blueprint.route(
    "/cases/<uuid:case_id>/referrals/new",
    access=Needs(Permission.REFERRAL_CREATE, of=cases.load_case),
    records=Tag.REFERRAL_FORM_VIEWED,
)
def create_form(subject: Subject) -> Any:
    """Choose a service, an organisation, and what it should know."""
    places = service.destinations(subject.id)
    return _create_page(subject, places, _form(subject, places))


@blueprint.route(
    "/cases/<uuid:case_id>/referrals/new",
    access=Needs(Permission.REFERRAL_CREATE, of=cases.load_case),
    records=Tag.REFERRAL_CREATED,
    methods=("POST",),
)
def create(subject: Subject) -> Any:
    """Send the referral."""
    places = service.destinations(subject.id)
    form = _form(subject, places)
    if not form.validate():
        return _create_page(subject, places, form), 422
    organisation, code, need = form.destination.data.split("/")
    try:
        service.create(
            subject,
            organisation_id=UUID(organisation),
            service=code,
            need_id=UUID(need) if need else None,
            note=form.note.data,
        )
    except Refused as refusal:
        if refusal.reason != "referral-no-consent":
            raise
        fail(refusal.reason, Outcome.REFUSED)
        refused = next(one for one in places if str(one.organisation_id) == organisation)
        return _create_page(subject, places, form, refused=refused), 403
    except Invalid as fault:
        return _create_page(subject, places, blame(form, fault)), 422
    except Conflict as conflict:
        fail(conflict.reason)
        return _create_page(subject, places, form, sentence=sentence(conflict.reason)), 409
    say("referral-sent")
    return redirect(url_for("cases.view", case_id=subject.id), 303)


@blueprint.route(
    "/cases/<uuid:case_id>/referrals/<uuid:referral_id>",
    access=Needs(Permission.CASE_READ, of=service.load_sent),
    records=Tag.REFERRAL_VIEWED,
)
def sent(subject: Subject) -> Any:
    """One referral as the agency sees it."""
    return _sent_page(subject, service.notes(subject))


@blueprint.route(
    "/cases/<uuid:case_id>/referrals/<uuid:referral_id>/reveal",
    access=Needs(Permission.CASE_REVEAL, of=service.load_sent),
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def reveal_note(subject: Subject) -> Any:
    """Open one note for a purpose that is named."""
    name = request.form.get("field", "")
    return _sent_page(subject, service.reveal_note(subject, name, purposes.named()), name)


@blueprint.route(
    "/cases/<uuid:case_id>/referrals/<uuid:referral_id>/messages/<uuid:row_id>/reveal",
    access=Needs(Permission.CASE_REVEAL, of=service.load_sent),
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def reveal_step(subject: Subject, row_id: UUID) -> Any:
    """Open one message for a purpose that is named."""
    told = service.reveal_step(subject, row_id, purposes.named())
    return _sent_page(subject, service.notes(subject), steps=(told, row_id))


@blueprint.route(
    "/cases/<uuid:case_id>/referrals/<uuid:referral_id>/withdraw",
    access=Needs(Permission.REFERRAL_CREATE, of=service.load_sent),
    records=Tag.REFERRAL_FORM_VIEWED,
)
def withdraw_form(subject: Subject) -> Any:
    """Ask why the referral is taken back."""
    return _withdraw_page(subject, WithdrawForm())


@blueprint.route(
    "/cases/<uuid:case_id>/referrals/<uuid:referral_id>/withdraw",
    access=Needs(Permission.REFERRAL_CREATE, of=service.load_sent),
    records=Tag.REFERRAL_WITHDRAWN,
    methods=("POST",),
)
def withdraw(subject: Subject) -> Any:
    """Take the referral back."""
    form = WithdrawForm()
    if not form.validate():
        return _withdraw_page(subject, form), 422
    service.withdraw(subject, WithdrawReason(form.reason.data))
    say("referral-withdrawn")
    return redirect(url_for("cases.view", case_id=subject.case_id), 303)


def _form(subject: Subject, places: list[service.Destination]) -> ReferralForm:
    """Return the form: recorded needs first, then every other service that is offered."""
    groups: dict[str, list[tuple[str, str]]] = {}
    needs = cases.rows(subject.id).needs
    for need in needs:
        heading = _("Need: %(service)s", service=cases.service_name(need.service))
        for place in places:
            if need.service in place.services:
                value = f"{place.organisation_id}/{need.service}/{need.id}"
                groups.setdefault(heading, []).append((value, _place_name(place)))
    for place in places:
        for code in place.services:
            heading = _("Another service of %(organisation)s", organisation=place.organisation)
            value = f"{place.organisation_id}/{code}/"
            label = f"{cases.service_name(code)} – {_place_name(place)}"
            groups.setdefault(heading, []).append((value, label))
    return referral_form(groups)


def _place_name(place: service.Destination) -> str:
    if place.allowed:
        return place.organisation
    return str(_("%(organisation)s (no consent yet)", organisation=place.organisation))


def _create_page(
    subject: Subject,
    places: list[service.Destination],
    form: ReferralForm,
    *,
    refused: service.Destination | None = None,
    sentence: str = "",
) -> str:
    return render_template(
        "referrals/create.html",
        subject=subject,
        form=form,
        places=places,
        refused=refused,
        sentence=sentence,
        **names(),
    )


def _sent_page(
    subject: Subject,
    seen: dict[str, Disclosed],
    opened: str = "",
    steps: tuple[list[service.Step], UUID | None] | None = None,
) -> str:
    line = service.line(subject)
    told, opened_step = steps or (service.steps(subject), None)
    may_refer = permits(acting_person(), Permission.REFERRAL_CREATE, subject.standing)
    return render_template(
        "referrals/sent.html",
        subject=subject,
        line=line,
        sender=accounts.card(line.requested_by),
        notes=views_of(seen.values(), opened),
        messages=messages_of(told, opened_step),
        tasks=tasks.of(subject.id),
        may_refer=may_refer,
        may_take_over=line.living or line.state == ReferralState.DECLINED,
        purposes=purposes.offered(),
        **names(),
    )


def _withdraw_page(subject: Subject, form: WithdrawForm) -> str:
    return render_template(
        "referrals/withdraw.html", subject=subject, line=service.line(subject), form=form, **names()
    )
