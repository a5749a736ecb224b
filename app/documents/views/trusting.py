"""The certificates of those who sign: until when each holds, and how one is revoked."""

from typing import Any

from flask import redirect, render_template, request, url_for

from app.documents import service
from app.documents.forms import RevokeForm
from app.documents.states import REVOKE_REASONS, RevokeReason
from app.documents.views.shared import blueprint
from app.web import Needs, Subject, say
from tenants import audit
from tenants.clock import now
from tenants.policy import Permission
from tenants.vocabulary import Tag

_ONE = Needs(Permission.CERTIFICATE_MANAGE, of=service.load_certificate, fresh=True)


@blueprint.route(
    "/certificates",
    access=Needs(Permission.CERTIFICATE_MANAGE),
    records=Tag.CERTIFICATES_LISTED,
)
def certificates() -> Any:
    """Every certificate with which letters were signed, and the office's own that end soon."""
    found = service.certificates()
    audit.record(Tag.CERTIFICATES_LISTED, details={"count": len(found)})
    return render_template(
        "documents/certificates.html",
        rows=[_row(one) for one in found],
        ending=service.certificates_ending(),
    )


@blueprint.route(
    "/certificates/<uuid:certificate_id>/revocation",
    access=_ONE,
    records=Tag.CERTIFICATE_FORM_VIEWED,
)
def revoke_form(subject: Subject) -> Any:
    """Ask why a certificate is revoked."""
    return _page(subject, RevokeForm(back=request.path))


@blueprint.route(
    "/certificates/<uuid:certificate_id>/revocation",
    access=_ONE,
    records=Tag.CERTIFICATE_REVOKED,
    methods=("POST",),
)
def revoke(subject: Subject) -> Any:
    """Revoke it."""
    form = RevokeForm()
    if not form.validate():
        return _page(subject, form), 422
    service.revoke_certificate(subject.row, RevokeReason(form.reason.data))
    say("saved")
    return redirect(url_for("documents.certificates"), 303)


def _row(one: Any) -> dict[str, Any]:
    return {
        "one": one,
        "names": service.certificate_names(one.id),
        "over": one.not_after < now(),
        "why": REVOKE_REASONS[RevokeReason(one.revoke_reason)] if one.revoke_reason else "",
    }


def _page(subject: Subject, form: RevokeForm) -> str:
    return render_template(
        "documents/revoke.html",
        form=form,
        names=service.certificate_names(subject.id),
        cancel_url=url_for("documents.certificates"),
    )
