"""One photograph or paper: what it is, its content for a purpose, and its end."""

from typing import Any

from flask import redirect, render_template, url_for

from app.attachments import service
from app.attachments.forms import RemoveForm
from app.attachments.views.shared import (
    act,
    blueprint,
    crumbs,
    fetched,
    handed_out,
    inline,
    kind_name,
)
from app.attachments.words import FIELD_NAMES
from app.cases import service as cases
from app.cases.words import CLASS_NAMES
from app.ui.fields import field_view, why
from app.web import Needs, Subject, purposes, say
from tenants import audit
from tenants.confidential import FieldClass
from tenants.context import acting_person
from tenants.disclosure import fields_seen
from tenants.policy import Access, Decision, Permission, permits
from tenants.vocabulary import Tag

_ONE = "/attachments/<uuid:attachment_id>"
_READ = Needs(Permission.CASE_READ, of=service.load_attachment)
_OPEN = Needs(Permission.CASE_REVEAL, of=service.load_attachment)
_ORIGINAL = Needs(Permission.CASE_REVEAL, of=service.load_attachment, fresh=True)
_REMOVE = Needs(Permission.ATTACHMENT_REMOVE, of=service.load_attachment, fresh=True)


@blueprint.route(_ONE, access=_READ, records=Tag.ATTACHMENT_VIEWED)
def view(subject: Subject) -> Any:
    """Show what is known of it; its content is opened apart, for a purpose."""
    return page(subject)


@blueprint.route(f"{_ONE}/show", access=_OPEN, records=Tag.FIELD_REVEALED, methods=("POST",))
def show(subject: Subject) -> Any:
    """Show a picture inside the page, for a purpose that is named."""
    purpose = purposes.named()
    opened = fetched(lambda: service.show(subject, purpose))
    answer = page(subject, opened)
    audit.record(
        Tag.ATTACHMENT_VIEWED,
        subject=("attachment", subject.id),
        case_id=subject.case_id,
        fields=fields_seen(),
    )
    return answer


@blueprint.route(f"{_ONE}/copy", access=_OPEN, records=Tag.FIELD_REVEALED, methods=("POST",))
def copy(subject: Subject) -> Any:
    """Hand out the clean copy as a file."""
    purpose = purposes.named()
    return handed_out(fetched(lambda: service.copy(subject, purpose)))


@blueprint.route(
    f"{_ONE}/original", access=_ORIGINAL, records=Tag.FIELD_REVEALED, methods=("POST",)
)
def original(subject: Subject) -> Any:
    """Hand out the original, to the last byte as it was sent."""
    purpose = purposes.named()
    return handed_out(fetched(lambda: service.original(subject, purpose)))


@blueprint.route(f"{_ONE}/remove", access=_REMOVE, records=Tag.ATTACHMENT_FORM_VIEWED)
def remove_form(subject: Subject) -> Any:
    """Ask why it is to be removed."""
    return _remove_page(subject, RemoveForm())


@blueprint.route(
    f"{_ONE}/remove", access=_REMOVE, records=Tag.ATTACHMENT_REMOVED, methods=("POST",)
)
def remove(subject: Subject) -> Any:
    """Remove it for good."""
    form = RemoveForm()
    status = act(form, lambda: service.remove(subject, form.reason.data))
    if status:
        return _remove_page(subject, form), status
    say("attachment-removed")
    return redirect(url_for("attachments.view", attachment_id=subject.id), 303)


def page(subject: Subject, opened: service.Opened | None = None, fault: str = "") -> str:
    """Return the page of an attachment, perhaps with what was just opened."""
    person, looked = acting_person(), service.look(subject)
    closed = subject.standing.closed
    sharing = permits(person, Permission.REFERRAL_CREATE, subject.standing)
    return render_template(
        "attachments/view.html",
        subject=subject,
        looked=looked,
        kind=kind_name(looked.row.kind),
        class_name=CLASS_NAMES[FieldClass(looked.row.field_class)],
        fields=[field_view(one, str(FIELD_NAMES[one.name])) for one in looked.fields.values()],
        reason=service.REMOVE_REASONS.name(looked.row.remove_reason or ""),
        picture=inline(opened) if opened else "",
        opened=opened,
        may_open=_may_open(looked.decision, subject),
        may_open_original=_may_open(looked.original, subject),
        why_not=_why(looked.decision),
        why_not_original=_why(looked.original),
        purposes=purposes.offered(),
        goings=service.goings(subject) if sharing and not looked.row.removed_at else [],
        sharing=sharing,
        closed=closed,
        fault=fault,
        service_name=cases.service_name,
        may_remove=permits(person, Permission.ATTACHMENT_REMOVE, subject.standing),
        crumbs=crumbs(subject),
    )


def _may_open(decision: Decision, subject: Subject) -> bool:
    asked = permits(acting_person(), Permission.CASE_REVEAL, subject.standing)
    return asked and decision.access is not Access.DENIED


def _why(decision: Decision) -> str:
    denied = decision.access is Access.DENIED and decision.reason is not None
    return why(decision.reason) if denied and decision.reason else ""


def _remove_page(subject: Subject, form: RemoveForm) -> str:
    return render_template(
        "attachments/remove.html",
        subject=subject,
        form=form,
        kind=kind_name(subject.row.kind),
        back=url_for("attachments.view", attachment_id=subject.id),
    )
