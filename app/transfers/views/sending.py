"""The sender's pages: to whom a case may go, and what goes with it."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from app.cases import service as cases
from app.transfers import service
from app.transfers.forms import SendForm, send_form
from app.transfers.views.shared import SENTENCES, blueprint, names
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants.context import acting_person
from tenants.errors import Conflict, Invalid, Refused
from tenants.policy import Permission, permits
from tenants.vocabulary import Outcome, Tag

_SEND = Needs(Permission.TRANSFER_SEND, of=cases.load_case, fresh=True)
_PATH = "/cases/<uuid:case_id>/transfers/new"


def case_part(subject: Subject) -> tuple[str, dict[str, Any]] | None:
    """Return the panel with the transfers of a case."""
    found = service.for_case(subject.id)
    may_send = not subject.standing.closed and permits(
        acting_person(), Permission.TRANSFER_SEND, subject.standing
    )
    if not found and not may_send:
        return None
    return "transfers/case_part.html", {
        "section": ("transfers", _("Handing over to another agency")),
        "case_id": subject.id,
        "transfers": found,
        "may_send": may_send,
        **names(),
    }


@blueprint.route(_PATH, access=_SEND, records=Tag.TRANSFER_FORM_VIEWED)
def send_page(subject: Subject) -> Any:
    """Ask to which agency, and say what will go with it."""
    return _page(subject, send_form(service.targets(subject.id)))


@blueprint.route(_PATH, access=_SEND, records=Tag.TRANSFER_SENT, methods=("POST",))
def send(subject: Subject) -> Any:
    """Send the case."""
    form = send_form(service.targets(subject.id))
    if not form.validate():
        fail("form")
        return _page(subject, form), 422
    try:
        service.send(subject, UUID(form.destination.data))
    except Refused as refusal:
        if refusal.reason not in SENTENCES:
            raise
        fail(refusal.reason, Outcome.REFUSED)
        return _page(subject, form, str(SENTENCES[refusal.reason])), 403
    except Invalid as fault:
        fail(fault.reason)
        return _page(subject, form, str(SENTENCES[fault.reason])), 422
    except Conflict as conflict:
        fail(conflict.reason)
        return _page(subject, form, str(SENTENCES[conflict.reason])), 409
    say("transfer-sent")
    return redirect(url_for("cases.view", case_id=subject.id, _anchor="transfers"), 303)


def _page(subject: Subject, form: SendForm, said: str = "") -> str:
    return render_template(
        "transfers/send.html",
        subject=subject,
        form=form,
        said=said,
        targets=service.targets(subject.id),
        **names(),
    )
