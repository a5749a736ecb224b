"""The second person confirms or stops it; the certificate, for them and for auditors."""

from typing import Any

from flask import Response, make_response, redirect, render_template, url_for
from werkzeug.exceptions import ServiceUnavailable

from app.destruction import service
from app.destruction.forms import ConfirmForm, EmptyForm
from app.destruction.views.shared import act, blueprint
from app.documents import service as documents
from app.web import Needs, Subject, say
from tenants.context import acting_person
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_PATH = "/destructions/<uuid:destruction_id>"
_READ = Needs(Permission.DESTRUCTION_READ, of=service.load_destruction)
_CONFIRM = Needs(Permission.DESTRUCTION_CONFIRM, of=service.load_destruction, fresh=True)
_AGAIN = Needs(Permission.DESTRUCTION_CONFIRM, of=service.load_destruction)
_STOP = Needs(Permission.DESTRUCTION_STOP, of=service.load_destruction)


@blueprint.route(
    "/destructions",
    access=Needs(Permission.DESTRUCTION_READ),
    records=Tag.DESTRUCTIONS_LISTED,
)
def index() -> Any:
    """List what was decided, by the code of the case alone."""
    return render_template("destruction/index.html", lines=service.listed())


@blueprint.route(_PATH, access=_READ, records=Tag.DESTRUCTION_VIEWED)
def view(subject: Subject) -> Any:
    """Show who decided what, and the certificate."""
    return _page(subject, ConfirmForm())


@blueprint.route(f"{_PATH}/confirm", access=_CONFIRM, records=Tag.DESTRUCTION_FORM_VIEWED)
def confirm_form(subject: Subject) -> Any:
    """Ask the second person, after a fresh password."""
    return _page(subject, ConfirmForm(), asking=True)


@blueprint.route(
    f"{_PATH}/confirm", access=_CONFIRM, records=Tag.DESTRUCTION_CONFIRMED, methods=("POST",)
)
def confirm(subject: Subject) -> Any:
    """Destroy the key and sign the certificate."""
    form = ConfirmForm()
    status = act(form, lambda: service.confirm(subject, code=form.code.data))
    if status:
        return _page(subject, form, asking=True), status
    say("key-destroyed")
    return redirect(url_for("destruction.view", destruction_id=subject.id), 303)


@blueprint.route(f"{_PATH}/stop", access=_STOP, records=Tag.DESTRUCTION_STOPPED, methods=("POST",))
def stop(subject: Subject) -> Any:
    """Stop it: the case stays as it is."""
    form = EmptyForm()
    status = act(form, lambda: service.stop(subject))
    if status:
        return _page(subject, ConfirmForm(formdata=None)), status
    say("destruction-stopped")
    return redirect(url_for("destruction.view", destruction_id=subject.id), 303)


@blueprint.route(f"{_PATH}/certificate", access=_READ, records=Tag.LETTER_DOWNLOADED)
def certificate(subject: Subject) -> Any:
    """Hand out the signed certificate."""
    try:
        file = service.certificate_file(subject.row)
    except documents.StoreUnavailable:
        raise ServiceUnavailable from None
    response: Response = make_response(file.pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


@blueprint.route(f"{_PATH}/retry", access=_AGAIN, records=Tag.LETTER_RETRIED, methods=("POST",))
def retry(subject: Subject) -> Any:
    """Have a certificate made again that came to a halt."""
    service.retry(subject.row)
    say("letter-retried")
    return redirect(url_for("destruction.view", destruction_id=subject.id), 303)


def _page(subject: Subject, form: ConfirmForm, *, asking: bool = False) -> str:
    person = acting_person()
    line = service.lines([subject.row])[0]
    letter = service.certificate(subject.row)
    state = documents.LetterState(letter.state) if letter else None
    open_ = line.outcome is None
    return render_template(
        "destruction/view.html",
        line=line,
        form=form,
        asking=asking and open_,
        held=service.held_in(subject.row.case_id) if open_ else None,
        letter=letter,
        state=(documents.STATE_KINDS[state], documents.STATE_NAMES[state]) if state else None,
        issued=state is documents.LetterState.ISSUED,
        parked=state is documents.LetterState.PARKED,
        failure=documents.failure_sentence(letter.failure) if letter and letter.failure else "",
        may_confirm=open_
        and permits(person, Permission.DESTRUCTION_CONFIRM)
        and subject.row.decided_by != person.id,
        may_stop=open_ and permits(person, Permission.DESTRUCTION_STOP),
        may_retry=permits(person, Permission.DESTRUCTION_CONFIRM),
    )
