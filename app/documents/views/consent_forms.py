"""Forms of consent: printed at once, signed by the officer, then by the survivor on the paper."""

from typing import Any
from uuid import UUID

from flask import redirect, url_for

from app.cases import service as cases
from app.documents import service
from app.documents.views.shared import blueprint
from app.web import Needs, Subject
from tenants.errors import Missing
from tenants.policy import Permission
from tenants.vocabulary import Tag

_CONSENT = Needs(Permission.CONSENT_RECORD, of=cases.load_case, fresh=True)


@blueprint.route(
    "/cases/<uuid:case_id>/consents/<uuid:consent_id>/form",
    access=_CONSENT,
    records=Tag.LETTER_APPROVED,
    methods=("POST",),
)
def print_consent(subject: Subject, consent_id: UUID) -> Any:
    """Print what she allows one organisation."""
    if all(one.id != consent_id for one in cases.consents(subject.id)):
        raise Missing("consent")
    letter_id = service.issue_own(subject.id, "persetujuan_berbagi", subject_id=consent_id)
    return redirect(url_for("documents.progress", letter_id=letter_id), 303)


@blueprint.route(
    "/cases/<uuid:case_id>/consents/services",
    access=_CONSENT,
    records=Tag.LETTER_APPROVED,
    methods=("POST",),
)
def print_services(subject: Subject) -> Any:
    """Print her consent to the services of the office."""
    letter_id = service.issue_own(subject.id, "persetujuan_layanan")
    return redirect(url_for("documents.progress", letter_id=letter_id), 303)
