"""Issued letters as files: for the case's team, the signatory, and the organisation addressed."""

from typing import Any

from flask import Response, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import ServiceUnavailable

from app.documents import service
from app.documents.views.shared import blueprint, title_of
from app.referrals import service as referrals
from app.web import Needs, Subject
from tenants import audit
from tenants.policy import Permission
from tenants.vocabulary import Tag


@blueprint.route(
    "/letters/<uuid:letter_id>/file",
    access=Needs(Permission.LETTER_DOWNLOAD, of=service.load_letter),
    records=Tag.LETTER_DOWNLOADED,
)
def download(subject: Subject) -> Any:
    """Hand over an issued letter."""
    try:
        return attachment(service.fetch(subject.row))
    except service.StoreUnavailable:
        raise ServiceUnavailable from None


@blueprint.route(
    "/referrals/<uuid:referral_id>/letters",
    access=Needs(Permission.REFERRAL_READ, of=referrals.load_referral),
    records=Tag.LETTERS_LISTED,
)
def partner_letters(subject: Subject) -> Any:
    """The letters of a referral, for the organisation they are addressed to."""
    letters = service.for_partner(subject)
    audit.record(
        Tag.LETTERS_LISTED,
        subject=(subject.kind, subject.id),
        case_id=subject.case_id,
        details={"count": len(letters)},
    )
    rows = [{"letter": letter, "title": title_of(letter.type)} for letter in letters]
    back = url_for("referrals.view", referral_id=subject.id)
    return render_template(
        "documents/partner.html",
        rows=rows,
        referral_id=subject.id,
        crumbs=[(back, _("Referral"))],
    )


@blueprint.route(
    "/referrals/<uuid:referral_id>/letters/<uuid:letter_id>/file",
    access=Needs(Permission.REFERRAL_READ, of=service.load_partner_letter),
    records=Tag.LETTER_DOWNLOADED,
)
def partner_download(subject: Subject) -> Any:
    """Hand a letter over to the organisation it is addressed to."""
    try:
        file = service.fetch_for_partner(subject)
        service.note_opened(subject.row)
        return attachment(file)
    except service.StoreUnavailable:
        raise ServiceUnavailable from None


def attachment(file: service.LetterFile) -> Response:
    """Send the whole file from memory, after the commit: no ranges, no name of a person."""
    response = make_response(file.pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["Accept-Ranges"] = "none"
    return response
