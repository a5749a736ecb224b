"""Is this letter real? Answered to anyone, about the letter and never about the case."""

from collections.abc import Callable
from typing import Any

from flask import abort, make_response, render_template, request
from werkzeug.exceptions import TooManyRequests

from app.attachments import service as attachments
from app.documents import service
from app.documents.forms import FileForm
from app.documents.states import Proof
from app.documents.views.shared import blueprint
from app.web import Public
from app.web.uploads import let_in
from tenants.errors import Refused
from tenants.vocabulary import Tag

MAX_FILE_BYTES = 5_000_000  # an issued letter takes 30 to 300 kB

_CHECK = Public("whoever holds a letter may ask whether it is real")


@blueprint.before_request
def _take_letter() -> None:
    """Let the one route that takes a letter's file have it."""
    if request.endpoint == "documents.check_file":
        let_in(MAX_FILE_BYTES)


@blueprint.route("/verify", access=_CHECK, records=Tag.LETTER_FORM_VIEWED)
def check_form() -> Any:
    """Ask for a letter's file or the code on it."""
    return render_template("documents/check.html", form=FileForm(), found=None)


@blueprint.route("/verify", access=_CHECK, records=Tag.LETTER_VERIFIED, methods=("POST",))
def check_file() -> Any:
    """Compare a file with the record."""
    form = FileForm()
    if not form.validate() or form.file.data is None:
        return render_template("documents/check.html", form=form, found=None), 422
    pdf = form.file.data.stream.read(MAX_FILE_BYTES + 1)
    if len(pdf) > MAX_FILE_BYTES:
        abort(413)
    token = form.token.data or ""
    return _answer(lambda: service.check_file(pdf, token), token)


@blueprint.route("/verify/<token>", access=_CHECK, records=Tag.LETTER_VERIFIED)
def check(token: str) -> Any:
    """Say whether the letter with this code is valid."""
    return _answer(lambda: service.look_up(token), token)


@blueprint.route(
    "/trust-anchor.pem",
    access=Public("the certificate against which anyone checks a letter's signature"),
    records=Tag.ANCHOR_DOWNLOADED,
)
def trust_anchor() -> Any:
    """Hand over the tenant's trust anchor."""
    pem, _fingerprint = service.trust_anchor()
    response = make_response(pem)
    response.headers["Content-Type"] = "application/x-pem-file"
    response.headers["Content-Disposition"] = 'attachment; filename="trust-anchor.pem"'
    return response


def _answer(ask: Callable[[], service.Finding], token: str) -> Any:
    """Show what was found; a file that is compared next is compared with this code as well."""
    try:
        found = ask()
    except Refused:
        raise TooManyRequests from None
    _pem, fingerprint = service.trust_anchor()
    return render_template(
        "documents/check.html",
        form=FileForm(formdata=None, token=token[:64]),
        found=found,
        known=found.proof is not Proof.UNKNOWN,
        fingerprint=fingerprint,
        papers=attachments.signed_papers(found.letter_id) if found.letter_id else [],
    )
