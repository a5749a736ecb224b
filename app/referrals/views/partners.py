"""The pages of a partner organisation: its inbox, one referral, the answer."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for

from app.accounts import service as accounts
from app.referrals import service
from app.referrals.codes import WAITING, DeclineReason
from app.referrals.forms import AcceptForm, DeclineForm
from app.referrals.partner import Shared
from app.referrals.views.shared import blame, blueprint, messages_of, names, sentence, views_of
from app.tasks import service as tasks
from app.ui.fields import purpose_label
from app.ui.forms import Form
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants import registry
from tenants.context import Purpose
from tenants.errors import Conflict, Invalid
from tenants.policy import Permission
from tenants.vocabulary import Tag

_READ = Needs(Permission.REFERRAL_READ, of=service.load_referral)
_ANSWER = Needs(Permission.REFERRAL_ANSWER, of=service.load_referral)


@blueprint.route(
    "/referrals", access=Needs(Permission.REFERRAL_INBOX), records=Tag.REFERRAL_INBOX_VIEWED
)
def inbox() -> Any:
    """List the referrals of the officer's organisation."""
    lines = service.inbox()
    return render_template(
        "referrals/inbox.html",
        living=[one for one in lines if one.living],
        ended=[one for one in lines if not one.living],
        **names(),
    )


@blueprint.route("/referrals/<uuid:referral_id>", access=_READ, records=Tag.REFERRAL_VIEWED)
def view(subject: Subject) -> Any:
    """Show one referral: what the survivor consented that this organisation may see."""
    return _page(subject, service.look(subject))


@blueprint.route(
    "/referrals/<uuid:referral_id>/rows/<uuid:row_id>/reveal",
    access=_READ,
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def reveal(subject: Subject, row_id: UUID) -> Any:
    """Show one specially protected field as well."""
    return _page(subject, service.reveal(subject, row_id, request.form.get("field", "")))


@blueprint.route(
    "/referrals/<uuid:referral_id>/accept", access=_ANSWER, records=Tag.REFERRAL_FORM_VIEWED
)
def accept_form(subject: Subject) -> Any:
    """Ask for a note before accepting."""
    if subject.row.state not in WAITING:
        return redirect(url_for("referrals.view", referral_id=subject.id), 303)
    return _answer_page("referrals/accept.html", subject, AcceptForm())


@blueprint.route(
    "/referrals/<uuid:referral_id>/accept",
    access=_ANSWER,
    records=Tag.REFERRAL_ACCEPTED,
    methods=("POST",),
)
def accept(subject: Subject) -> Any:
    """Take the referral on."""
    form, template = AcceptForm(), "referrals/accept.html"
    if not form.validate():
        return _answer_page(template, subject, form), 422
    try:
        service.accept(subject, form.note.data)
    except Conflict as conflict:
        return _overtaken(template, subject, form, conflict)
    except Invalid as fault:
        return _answer_page(template, subject, blame(form, fault)), 422
    say("referral-accepted")
    return redirect(url_for("referrals.view", referral_id=subject.id), 303)


@blueprint.route(
    "/referrals/<uuid:referral_id>/decline", access=_ANSWER, records=Tag.REFERRAL_FORM_VIEWED
)
def decline_form(subject: Subject) -> Any:
    """Ask for the reason."""
    if subject.row.state not in WAITING:
        return redirect(url_for("referrals.view", referral_id=subject.id), 303)
    return _answer_page("referrals/decline.html", subject, DeclineForm())


@blueprint.route(
    "/referrals/<uuid:referral_id>/decline",
    access=_ANSWER,
    records=Tag.REFERRAL_DECLINED,
    methods=("POST",),
)
def decline(subject: Subject) -> Any:
    """Decline with a reason."""
    form, template = DeclineForm(), "referrals/decline.html"
    if not form.validate():
        return _answer_page(template, subject, form), 422
    try:
        service.decline(subject, DeclineReason(form.reason.data), form.note.data)
    except Conflict as conflict:
        return _overtaken(template, subject, form, conflict)
    except Invalid as fault:
        return _answer_page(template, subject, blame(form, fault)), 422
    say("referral-declined")
    return redirect(url_for("referrals.inbox"), 303)


def _page(subject: Subject, shared: Shared) -> str:
    """Render what is shared; the labels of what is not are only listed."""
    parts = []
    withheld: dict[str, None] = {}
    for part in shared.parts:
        opened = shared.opened[1] if shared.opened and shared.opened[0] == part.row_id else ""
        views = views_of(part.fields, opened)
        shown = [one for one in views if one.disclosed or one.on_demand]
        withheld |= {one.label: None for one in views if one not in shown}
        if shown:
            parts.append((part, shown))
    return render_template(
        "referrals/view.html",
        subject=subject,
        line=shared.line,
        parts=parts,
        survivors=sum(part.kind == "survivor" for part in shared.parts),
        withheld=list(withheld),
        messages=messages_of(shared.messages),
        tasks=tasks.of(subject.id) if shared.line.living else [],
        sender=accounts.card(shared.line.requested_by),
        office=registry.profile().identity,
        purposes=[(Purpose.REFERRAL.value, purpose_label(Purpose.REFERRAL))],
        **names(),
    )


def _answer_page(template: str, subject: Subject, form: Form, sentence: str = "") -> str:
    line = service.line(subject)
    return render_template(
        template, subject=subject, line=line, form=form, sentence=sentence, **names()
    )


def _overtaken(template: str, subject: Subject, form: Form, conflict: Conflict) -> Any:
    """Answer 409 with the officer's own words still in the form."""
    fail(conflict.reason)
    return _answer_page(template, subject, form, sentence(conflict.reason)), 409
