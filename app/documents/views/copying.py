"""Certified copies of a letter: asked for by the signatory, for one recipient, and fetched."""

from typing import Any

from flask import redirect, render_template, request, url_for

from app.documents import service
from app.documents.forms import CopyForm, blame, copy_form
from app.documents.views.fetching import attachment
from app.documents.views.shared import blueprint, crumbs, failed, sentence, title_of
from app.web import Needs, Subject, say
from tenants.errors import Invalid
from tenants.policy import Permission
from tenants.vocabulary import Tag

_CERTIFY = Needs(Permission.LETTER_CERTIFY, of=service.load_letter, fresh=True)
_COPY = Needs(Permission.LETTER_DOWNLOAD, of=service.load_copy)


@blueprint.route(
    "/letters/<uuid:letter_id>/copies", access=_CERTIFY, records=Tag.LETTER_FORM_VIEWED
)
def certify_form(subject: Subject) -> Any:
    """Ask for whom the copy is."""
    return _page(subject, _form(subject, back=request.path))


@blueprint.route(
    "/letters/<uuid:letter_id>/copies",
    access=_CERTIFY,
    records=Tag.LETTER_COPY_CERTIFIED,
    methods=("POST",),
)
def certify(subject: Subject) -> Any:
    """Certify a copy and have it made."""
    form = _form(subject)
    if not form.validate():
        return _page(subject, form), 422
    wanted = service.Wanted(form.to.data, form.court.data, form.request.data)
    try:
        service.certify_copy(subject.row, wanted)
    except Invalid as fault:
        return _page(subject, blame(form, fault, sentence(fault.reason))), 422
    say("copy-certified")
    return redirect(url_for("documents.view", letter_id=subject.id) + "#copies", 303)


@blueprint.route(
    "/letters/<uuid:letter_id>/copies/<uuid:copy_id>/file",
    access=_COPY,
    records=Tag.LETTER_COPY_DOWNLOADED,
)
def copy_file(subject: Subject) -> Any:
    """Hand over a certified copy."""
    return attachment(service.fetch_copy(subject.row))


@blueprint.route(
    "/letters/<uuid:letter_id>/copies/<uuid:copy_id>/retry",
    access=_COPY,
    records=Tag.LETTER_RETRIED,
    methods=("POST",),
)
def retry_copy(subject: Subject) -> Any:
    """Have a copy that could not be made tried again."""
    service.retry_copy(subject.row)
    say("letter-retried")
    return redirect(url_for("documents.view", letter_id=subject.id) + "#copies", 303)


def copies_of(letter: Any) -> list[dict[str, Any]]:
    """Return the copies of a letter for its page."""
    return [
        {
            "row": one,  # never "copy": that is a method of every dict
            "recipient": service.copy_recipient(one),
            "failure": failed(one.failure, letter.type) if one.failure else "",
        }
        for one in service.copies_of(letter)
    ]


def _form(subject: Subject, **options: Any) -> CopyForm:
    offered = service.copy_recipients(subject.row)
    return copy_form([(str(one.id), one.name) for one in offered], **options)


def _page(subject: Subject, form: CopyForm) -> str:
    return render_template(
        "documents/copy.html",
        form=form,
        title=title_of(subject.row.type),
        number=subject.row.number or "",
        crumbs=crumbs(subject),
        cancel_url=url_for("documents.view", letter_id=subject.id),
    )
