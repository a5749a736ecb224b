"""The pages of consent: record what she allows, take it back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import render_template, request

from app.cases import service
from app.cases.forms import ConsentForm, EmptyForm
from app.cases.views.shared import act, blueprint, check_open, crumbs, names, to_case
from app.cases.words import CLASS_SENTENCES
from app.web import Needs, Subject
from tenants import registry
from tenants.confidential import FieldClass
from tenants.errors import Missing
from tenants.policy import Permission
from tenants.vocabulary import Tag

_CONSENT = Needs(Permission.CONSENT_RECORD, of=service.load_case)
_CASE = "/cases/<uuid:case_id>"
_USUAL = timedelta(days=90)  # offered as the end; she may choose another, up to a year


@blueprint.route(f"{_CASE}/consents/new", access=_CONSENT, records=Tag.CONSENT_FORM_VIEWED)
def consent_form(subject: Subject) -> Any:
    """Go through with the survivor what an organisation may see."""
    check_open(subject)
    day = service.today()
    return _page(
        subject,
        _form(
            subject,
            data={
                "organisation": request.args.get("organisation", ""),
                "given_on": day,
                "expires_on": day + _USUAL,
            },
        ),
    )


@blueprint.route(
    f"{_CASE}/consents/new", access=_CONSENT, records=Tag.CONSENT_RECORDED, methods=("POST",)
)
def consent(subject: Subject) -> Any:
    """Record what the survivor allows."""
    form = _form(subject)
    status = act(
        form,
        lambda: service.record_consent(
            subject,
            organisation_id=UUID(form.organisation.data),
            classes=[FieldClass(one) for one in form.classes.data],
            given_by=form.given_by.data,
            method=form.method.data,
            given_on=form.given_on.data,
            expires_on=form.expires_on.data,
            guardian_accused="guardian_accused" in form and form.guardian_accused.data,
        ),
    )
    if status:
        return _page(subject, form), status
    return to_case(subject, "consent-recorded", "consents")


@blueprint.route(
    f"{_CASE}/consents/<uuid:consent_id>/revoke",
    access=_CONSENT,
    records=Tag.CONSENT_FORM_VIEWED,
)
def revoke_form(subject: Subject, consent_id: UUID) -> Any:
    """Ask whether the consent is to end now."""
    return _revoke_page(subject, consent_id, EmptyForm())


@blueprint.route(
    f"{_CASE}/consents/<uuid:consent_id>/revoke",
    access=_CONSENT,
    records=Tag.CONSENT_REVOKED,
    methods=("POST",),
)
def revoke(subject: Subject, consent_id: UUID) -> Any:
    """End a consent from this moment on."""
    form = EmptyForm()
    status = act(form, lambda: service.revoke_consent(subject, consent_id))
    if status:
        return _revoke_page(subject, consent_id, form), status
    return to_case(subject, "consent-revoked", "consents")


def _form(subject: Subject, data: dict[str, Any] | None = None) -> ConsentForm:
    form = ConsentForm(data=data)
    form.offer((one.id, one.name) for one in registry.organisations())
    if not service.concerns_child(subject.id):
        del form.guardian_accused
    return form


def _page(subject: Subject, form: ConsentForm) -> str:
    return render_template(
        "cases/consent.html",
        subject=subject,
        form=form,
        sentences={one.value: said for one, said in CLASS_SENTENCES.items()},
        crumbs=crumbs(subject),
    )


def _revoke_page(subject: Subject, consent_id: UUID, form: EmptyForm) -> str:
    found = next((one for one in service.consents(subject.id) if one.id == consent_id), None)
    if found is None:
        raise Missing("consent")
    return render_template(
        "cases/revoke.html", subject=subject, consent=found, form=form, **names()
    )
