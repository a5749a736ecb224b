"""The page that takes a photograph or paper, also straight from a telephone's camera."""

from typing import Any
from uuid import UUID

from flask import jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.attachments import service
from app.attachments.forms import ACCEPTED, AddForm
from app.attachments.views.shared import act, blueprint
from app.cases import service as cases
from app.documents import service as documents
from app.web import Needs, Subject, say
from app.web.guard import acting
from app.web.uploads import let_in
from tenants.context import acting_person
from tenants.errors import Conflict, Missing
from tenants.policy import Permission
from tenants.vocabulary import Tag

_ADD = Needs(Permission.CASE_EDIT, of=cases.load_case)
_PATH = "/cases/<uuid:case_id>/attachments/new"


@blueprint.before_request
def _take_file() -> None:
    """Let whoever is signed in send a large file to the one route that takes it."""
    if request.endpoint == "attachments.add" and acting() is not None:
        let_in(service.MAX_OCTETS)


@blueprint.route(_PATH, access=_ADD, records=Tag.ATTACHMENT_FORM_VIEWED)
def add_form(subject: Subject) -> Any:
    """Ask what it is, and for the file."""
    if subject.standing.closed:
        raise Conflict("case-closed")
    consent_id, letter_id = _signed(subject)
    kind = "signed_consent" if consent_id else "signed_paper" if letter_id else None
    form = _form(subject, data={"kind": kind})
    return _page(subject, form)


@blueprint.route(_PATH, access=_ADD, records=Tag.ATTACHMENT_ADDED, methods=("POST",))
def add(subject: Subject) -> Any:
    """Take one file; a page that shows the progress is answered without being left."""
    form = _form(subject)
    made: list[UUID] = []
    status = act(form, lambda: made.append(service.add(subject, _sent(subject, form))), "file")
    script = request.accept_mimetypes.best == "application/json"
    if status:
        return (_faults(form) if script else _page(subject, form)), status
    say("attachment-added")
    following = url_for("attachments.view", attachment_id=made[0])
    if "another" in request.form:
        following = url_for("attachments.add_form", case_id=subject.id)
    elif "letter" in request.args:
        following = _back(subject)
    return (jsonify(next=following), 201) if script else redirect(following, 303)


def _form(subject: Subject, data: dict[str, Any] | None = None) -> AddForm:
    form = AddForm(data=data)
    kinds, (consent_id, letter_id) = service.offered(acting_person(), subject), _signed(subject)
    if consent_id or letter_id:  # what it is was said by the page that leads here
        known = service.AttachmentKind.CONSENT if consent_id else service.AttachmentKind.SIGNED
        kinds = [kind for kind in kinds if kind is known]
    form.offer(kinds)
    return form


def _sent(subject: Subject, form: AddForm) -> service.Sent:
    consent_id, letter_id = _signed(subject)
    chosen = next((one for one in (form.photo.data, form.file.data) if one), None)
    return service.Sent(
        kind=form.kind.data,
        content=chosen.stream.read(service.MAX_OCTETS + 1) if chosen else b"",
        name=chosen.filename if chosen else None,
        description=form.description.data,
        specially=form.specially.data,
        consent_id=consent_id,
        letter_id=letter_id,
    )


def _signed(subject: Subject) -> tuple[UUID | None, UUID | None]:
    """Return the consent and the letter whose signed paper is added, as the address names it."""
    letter_id = _named("letter")
    if letter_id is not None:
        return documents.check_print(letter_id, subject.id), letter_id
    consent_id = _named("consent")
    if consent_id and all(one.id != consent_id for one in cases.consents(subject.id)):
        raise Missing("consent")
    return consent_id, None


def _named(name: str) -> UUID | None:
    given = request.args.get(name)
    if given is None:
        return None
    try:
        return UUID(given)
    except ValueError:
        raise Missing(name) from None


def _page(subject: Subject, form: AddForm) -> str:
    return render_template(
        "attachments/add.html",
        subject=subject,
        form=form,
        signed="letter" in request.args or "consent" in request.args,
        cancel_url=_back(subject),
        accepted=ACCEPTED,
        max_octets=service.MAX_OCTETS,
        crumbs=[
            (
                url_for("cases.view", case_id=subject.id),
                _("Case %(code)s", code=subject.row.code),
            )
        ],
    )


def _back(subject: Subject) -> str:
    letter_id = _named("letter")
    if letter_id is not None:
        return url_for("documents.view", letter_id=letter_id)
    return url_for("cases.view", case_id=subject.id, _anchor="attachments")


def _faults(form: AddForm) -> Any:
    """Return what is wrong, for the page's script to say beside what was typed."""
    faults = [
        {"field": name, "text": str(words)}
        for name, all_words in form.errors.items()
        for words in all_words
    ]
    return jsonify(faults=faults)
