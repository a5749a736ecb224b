"""What a referral takes along, for the officers of its organisation."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from app.attachments import service
from app.attachments.views.shared import blueprint, fetched, handed_out, inline, kind_name
from app.referrals import service as referrals
from app.web import Needs, Subject
from tenants import audit
from tenants.policy import Permission
from tenants.vocabulary import Tag

_LIST = Needs(Permission.REFERRAL_READ, of=referrals.load_referral)
_ONE = Needs(Permission.REFERRAL_READ, of=service.load_handed)
_PATH = "/referrals/<uuid:referral_id>/attachments"


@blueprint.route(_PATH, access=_LIST, records=Tag.ATTACHMENTS_LISTED)
def partner_list(subject: Subject) -> Any:
    """List what the referral takes along, as far as consent reaches today."""
    found = service.handed(subject)
    audit.record(
        Tag.ATTACHMENTS_LISTED,
        subject=(subject.kind, subject.id),
        case_id=subject.case_id,
        details={"count": len(found)},
    )
    return render_template(
        "attachments/partner.html",
        rows=[(one, kind_name(one.kind)) for one in found],
        referral_id=subject.id,
        crumbs=_crumbs(subject.id),
    )


@blueprint.route(
    f"{_PATH}/<uuid:attachment_id>/show",
    access=_ONE,
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def partner_show(subject: Subject) -> Any:
    """Show a picture inside the page."""
    opened = fetched(lambda: service.show_handed(subject))
    return render_template(
        "attachments/partner_view.html",
        kind=kind_name(subject.row.kind),
        picture=inline(opened),
        referral_id=request.view_args["referral_id"] if request.view_args else None,
    )


@blueprint.route(
    f"{_PATH}/<uuid:attachment_id>/copy",
    access=_ONE,
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def partner_copy(subject: Subject) -> Any:
    """Hand out the clean copy as a file."""
    return handed_out(fetched(lambda: service.copy_handed(subject)))


def _crumbs(referral_id: Any) -> list[tuple[str, str]]:
    return [(url_for("referrals.view", referral_id=referral_id), _("Referral"))]
