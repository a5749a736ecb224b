"""Handing an attachment over with a referral, and taking it back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for

from app.attachments import service
from app.attachments.views.opening import page
from app.attachments.views.shared import blueprint
from app.attachments.words import sentence
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants.errors import Conflict, Invalid
from tenants.policy import Permission
from tenants.vocabulary import Tag

_SHARE = Needs(Permission.REFERRAL_CREATE, of=service.load_attachment)
_PATH = "/attachments/<uuid:attachment_id>/handovers"


@blueprint.route(_PATH, access=_SHARE, records=Tag.ATTACHMENT_HANDED_OVER, methods=("POST",))
def hand_over(subject: Subject) -> Any:
    """Let a referral take it along."""
    return _done(subject, lambda: service.hand_over(subject, _referral()), "attachment-handed")


@blueprint.route(
    f"{_PATH}/<uuid:handover_id>/end",
    access=_SHARE,
    records=Tag.ATTACHMENT_TAKEN_BACK,
    methods=("POST",),
)
def take_back(subject: Subject, handover_id: UUID) -> Any:
    """Let the referral take it along no more."""
    return _done(subject, lambda: service.take_back(subject, handover_id), "attachment-taken-back")


def _referral() -> UUID:
    try:
        return UUID(request.form.get("referral", ""))
    except ValueError:
        raise Invalid("referral", "unknown") from None


def _done(subject: Subject, work: Callable[[], None], notice: str) -> Any:
    try:
        work()
    except (Conflict, Invalid) as error:
        fail(error.reason)
        status = 409 if isinstance(error, Conflict) else 422
        return page(subject, fault=sentence(error)), status
    say(notice)
    back = url_for("attachments.view", attachment_id=subject.id, _anchor="shared")
    return redirect(back, 303)
