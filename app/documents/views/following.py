"""Pages that follow a job: the making of a letter, the drawing of a preview."""

from datetime import timedelta
from typing import Any

from flask import jsonify, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.documents import service
from app.documents.states import LetterState, Step
from app.documents.views.shared import blueprint, crumbs, failed, sentence, title_of
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants.errors import Missing, Refused
from tenants.policy import Permission
from tenants.vocabulary import Outcome, Tag

_READ = Needs(Permission.LETTER_READ, of=service.load_letter)
_PREVIEW = Needs(Permission.LETTER_READ, of=service.load_preview)
_USUAL_PREVIEW = timedelta(seconds=1)  # measured: drawing takes about 0.2 s

STEPS: list[tuple[str, Any]] = [
    ("queued", _l("Approved")),
    (Step.RENDER.value, _l("Set in type")),
    (Step.SIGN.value, _l("Signed")),
    (Step.STORE.value, _l("Kept safely")),
    ("issued", _l("Issued")),
]
PREVIEW_STEPS: list[tuple[str, Any]] = [("asked", _l("Asked for")), ("ready", _l("Ready"))]

_DOING: dict[str, tuple[Any, Any]] = {
    "queued": (
        _l("The letter is approved"),
        _l("Number, date and content are fixed. Its making begins in a moment."),
    ),
    Step.RENDER.value: (
        _l("The letter is being set in type"),
        _l("What you approved is put on the letterhead as a PDF."),
    ),
    Step.SIGN.value: (
        _l("The letter is being signed"),
        _l("The signatory's electronic signature closes it against any change."),
    ),
    Step.STORE.value: (
        _l("The letter is being kept"),
        _l("It is encrypted and put where letters are kept."),
    ),
}


@blueprint.route(
    "/letters/<uuid:letter_id>/progress", access=_READ, records=Tag.LETTER_PROGRESS_VIEWED
)
def progress(subject: Subject) -> Any:
    """Follow an approved letter until it is issued."""
    return render_template(
        "documents/progress.html",
        title=title_of(subject.row.type),
        number=subject.row.number,
        crumbs=crumbs(subject),
        news=_news(subject.row),
        steps=STEPS,
        poll_url=url_for("documents.progress_news", letter_id=subject.id),
    )


@blueprint.route(
    "/letters/<uuid:letter_id>/progress.json", access=_READ, records=Tag.LETTER_PROGRESS_VIEWED
)
def progress_news(subject: Subject) -> Any:
    """Tell the page's script where the letter stands."""
    return jsonify(_news(subject.row))


@blueprint.route(
    "/letters/<uuid:letter_id>/retry", access=_READ, records=Tag.LETTER_RETRIED, methods=("POST",)
)
def retry(subject: Subject) -> Any:
    """Try a letter that came to a halt once more."""
    service.retry(subject.row)
    say("letter-retried")
    return redirect(url_for("documents.progress", letter_id=subject.id), 303)


@blueprint.route(
    "/letters/<uuid:letter_id>/previews",
    access=_READ,
    records=Tag.LETTER_PREVIEW_REQUESTED,
    methods=("POST",),
)
def ask_preview(subject: Subject) -> Any:
    """Ask for a preview and follow it."""
    try:
        preview_id = service.request_preview(subject.row)
    except (Refused, Missing) as error:
        reason = error.reason if isinstance(error, Refused) else "author-gone"
        fail(reason, Outcome.REFUSED)
        return _no_preview(subject, sentence(reason)), 403
    return redirect(url_for("documents.preview", letter_id=subject.id, preview_id=preview_id), 303)


@blueprint.route(
    "/letters/<uuid:letter_id>/previews/<uuid:preview_id>",
    access=_PREVIEW,
    records=Tag.LETTER_PROGRESS_VIEWED,
)
def preview(subject: Subject) -> Any:
    """Follow a preview until it is ready."""
    letter = service.find(subject.id)
    return render_template(
        "documents/preview.html",
        title=title_of(letter.type),
        crumbs=[*crumbs(subject), (url_for("documents.view", letter_id=letter.id), _("Letter"))],
        news=_preview_news(subject, letter.type),
        steps=PREVIEW_STEPS,
        poll_url=url_for("documents.preview_news", letter_id=letter.id, preview_id=subject.row.id),
    )


@blueprint.route(
    "/letters/<uuid:letter_id>/previews/<uuid:preview_id>/progress.json",
    access=_PREVIEW,
    records=Tag.LETTER_PROGRESS_VIEWED,
)
def preview_news(subject: Subject) -> Any:
    """Tell the page's script whether the preview is ready."""
    return jsonify(_preview_news(subject, service.find(subject.id).type))


@blueprint.route(
    "/letters/<uuid:letter_id>/previews/<uuid:preview_id>/file",
    access=_PREVIEW,
    records=Tag.LETTER_PREVIEWED,
)
def preview_file(subject: Subject) -> Any:
    """Show the preview."""
    response = make_response(service.fetch_preview(subject.row))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="draf.pdf"'
    response.headers["Accept-Ranges"] = "none"
    return response


def _no_preview(subject: Subject, why: str) -> str:
    return render_template(
        "documents/no_preview.html",
        why=why,
        crumbs=[*crumbs(subject), (url_for("documents.view", letter_id=subject.id), _("Letter"))],
    )


def _news(letter: Any) -> dict[str, Any]:
    state = LetterState(letter.state)
    usual = service.usual_time()
    news: dict[str, Any] = {
        "state": letter.step or "queued",
        "done": False,
        "next_url": "",
        "usual_seconds": round(usual.total_seconds(), 1) if usual else None,
    }
    if state in {LetterState.QUEUED, LetterState.RENDERING}:
        label, said = _DOING[news["state"]]
        if letter.failure:
            said = _(
                "The last try did not succeed: %(why)s It is tried again by itself.",
                why=failed(letter.failure, letter.type),
            )
        return {**news, "label": str(label), "sentence": str(said)}
    page = url_for("documents.view", letter_id=letter.id)
    label, said = _outcome(letter, state)
    step = "issued" if letter.issued_at else "queued"
    return {
        **news,
        "state": step,
        "label": label,
        "sentence": said,
        "done": True,
        "next_url": page,
    }


def _outcome(letter: Any, state: LetterState) -> tuple[str, str]:
    if letter.issued_at is not None:
        return _("The letter is issued"), _("It is signed and ready to be sent.")
    if state is LetterState.PARKED:
        return _("The letter could not be made"), failed(letter.failure, letter.type)
    return _("Nothing is being made"), _("This letter is not on its way to be issued.")


def _preview_news(subject: Subject, key: str) -> dict[str, Any]:
    found = subject.row
    news: dict[str, Any] = {
        "state": "asked",
        "label": _("The preview is being drawn"),
        "sentence": _("It shows the letter as it would be, across each page that it is a draft."),
        "done": False,
        "next_url": "",
        "usual_seconds": _USUAL_PREVIEW.total_seconds(),
    }
    if found.failure:
        return {
            **news,
            "label": _("The preview could not be drawn"),
            "sentence": failed(found.failure, key),
            "done": True,
            "next_url": url_for("documents.view", letter_id=subject.id),
        }
    if found.ready_at is not None and found.pdf is None:
        return {
            **news,
            "label": _("This preview is gone"),
            "sentence": _("The letter has changed since. Ask for a new preview."),
            "done": True,
            "next_url": url_for("documents.view", letter_id=subject.id),
        }
    if found.ready_at is not None:
        return {
            **news,
            "state": "ready",
            "label": _("The preview is ready"),
            "sentence": _("It is not signed and has no number yet."),
            "done": True,
            "next_url": url_for(
                "documents.preview_file", letter_id=subject.id, preview_id=found.id
            ),
        }
    return news
