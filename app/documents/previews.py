"""Watermarked previews: made by a job, kept sealed for a short time, shown like a letter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from app.accounts import service as accounts
from app.documents import content, letters, workshop
from app.documents.letter import DRAFT_WATERMARK, Office
from app.documents.models import Letter, LetterPreview
from app.documents.states import ATTEMPTS, OPEN, LetterState
from app.web.access import Subject
from tenants import audit, outbox, vault
from tenants.clock import now, today
from tenants.context import Role, acting_person, current
from tenants.database import db
from tenants.errors import Conflict, Missing
from tenants.outbox import Kind
from tenants.registry import profile
from tenants.vocabulary import Outcome, Tag

KEPT = timedelta(hours=12)
_AGAIN = timedelta(seconds=2)
_WANTED_OF = OPEN | {LetterState.REVIEW, LetterState.SUBMITTED}


@dataclass(frozen=True, slots=True)
class PreviewWork:
    """What a worker needs to draw a preview."""

    preview_id: UUID
    kind: str
    drawn: Mapping[str, Any] = field(repr=False)


def request(letter: Letter) -> LetterPreview:
    """Ask for a preview of the letter as it stands now; an older one is let go."""
    forget(letter)
    made = LetterPreview(
        id=uuid4(),
        case_id=letter.case,
        letter_id=letter.id,
        revision=letter.revision,
        asked_by=acting_person().id,
        asked_at=now(),
    )
    db.session.add(made)
    db.session.flush()
    outbox.request(Kind.PREVIEW_LETTER, made.id)
    audit.record(Tag.LETTER_PREVIEW_REQUESTED, subject=("letter", letter.id), case_id=letter.case)
    return made


def ask(letter: Letter) -> UUID:
    """Ask for a preview on the acting person's behalf; return its id.

    Raises:
        Conflict: the letter is approved or gone: there is nothing to preview any more.
        Refused: the law or the case does not allow the letter, or the person may not see all of
            it.
        Missing: the author's account is gone.
    """
    held = letters.lock(letter, *_WANTED_OF)
    content.judge_reader(held, acting_person(), letters.standing(held))
    content.assemble(held, opened=False)
    return request(held).id


def forget(letter: Letter) -> None:
    """Empty the previews of a letter that has changed or gone on."""
    db.session.execute(
        update(LetterPreview)
        .where(LetterPreview.letter_id == letter.id, LetterPreview.pdf.is_not(None))
        .values(pdf=None)
    )


def newest(letter: Letter) -> LetterPreview | None:
    """Return the newest preview of the letter's present revision, or None."""
    query = (
        select(LetterPreview)
        .where(LetterPreview.letter_id == letter.id, LetterPreview.revision == letter.revision)
        .order_by(LetterPreview.asked_at.desc())
        .limit(1)
    )
    found = db.session.scalar(query)
    gone = found is not None and found.ready_at is not None and found.pdf is None
    return None if gone else found


def load_preview(letter_id: UUID, preview_id: UUID) -> Subject:
    """Load a letter's preview; the subject is the letter, ``row`` the preview.

    Raises:
        Missing: no such preview of this letter in the bound tenant.
    """
    subject = letters.load_letter(letter_id)
    found = db.session.get(LetterPreview, (current().tenant_id, preview_id))
    if found is None or found.letter_id != letter_id:
        raise Missing("preview")
    return Subject("letter", letter_id, found, subject.case_id, subject.standing)


def fetch(preview: LetterPreview) -> bytes:
    """Return the PDF for the acting person, who may see all that it says.

    Raises:
        Missing: it was let go; ask for another.
        Conflict: ``preview-not-ready``.
        Refused: ``letter-not-readable``.
    """
    if preview.ready_at is None:
        raise Conflict("preview-not-ready")
    if preview.pdf is None:
        raise Missing("preview")
    letter = letters.find(preview.letter_id)
    content.judge_reader(letter, acting_person(), letters.standing(letter))
    pdf = vault.open_for_subject(letter.case, preview.pdf, *_place(preview.id))
    content.note_fields(letter)
    return pdf


def asker(preview_id: UUID) -> UUID:
    """Return on whose behalf the preview is made.

    Raises:
        Missing: no such preview.
    """
    return _find(preview_id).asked_by


def begin(preview_id: UUID) -> PreviewWork | None:
    """Put the letter together for its preview; None when there is nothing left to do.

    Raises:
        Refused: the asking person may not see all that it says.
    """
    preview = _find(preview_id, lock=True)
    letter = letters.find(preview.letter_id)
    if preview.ready_at is not None or preview.failure is not None:
        outbox.complete(Kind.PREVIEW_LETTER, preview_id)
        return None
    if preview.revision != letter.revision or LetterState(letter.state) not in _WANTED_OF:
        preview.ready_at = now()  # ready and without a PDF: whoever waits reads that it is gone
        outbox.complete(Kind.PREVIEW_LETTER, preview_id)
        return None
    if outbox.handed_over(Kind.PREVIEW_LETTER, preview_id) > ATTEMPTS:
        fail(preview_id, "worker-died")
        return None
    content.judge_reader(letter, acting_person(), letters.standing(letter))
    assembled = content.assemble(letter)
    day = today(profile().identity.timezone)
    drawn = content.draw(letter, assembled, _signatory(letter), day)
    return PreviewWork(preview_id, letter.type, drawn)


def draw(work: PreviewWork) -> bytes:
    """Render a preview (outside of any transaction).

    Raises:
        RenderError: with the code and the field.
    """
    return workshop.renderer().render(
        workshop.document_type(work.kind),
        work.drawn,
        Office.read(work.drawn["office"]),
        draft_watermark=DRAFT_WATERMARK,
    )


def keep(preview_id: UUID, pdf: bytes) -> None:
    """Seal a drawn preview and finish its job, unless it is no longer wanted."""
    preview = _find(preview_id, lock=True)
    letter = letters.find(preview.letter_id)
    outbox.complete(Kind.PREVIEW_LETTER, preview_id)
    if preview.ready_at is not None or preview.failure is not None:
        return
    preview.ready_at = now()
    if preview.revision == letter.revision:
        preview.pdf = vault.seal_for_subject(letter.case, pdf, *_place(preview_id))
    content.note_fields(letter)
    audit.record(Tag.LETTER_PREVIEW_MADE, subject=("letter", letter.id), case_id=letter.case)


def fail(preview_id: UUID, failure: str, *, final: bool = True) -> None:
    """Tell the person who waits why there is no preview, and finish the job.

    Args:
        final: False to try again a few times first, for what may pass by itself.
    """
    if not final and outbox.handed_over(Kind.PREVIEW_LETTER, preview_id) < ATTEMPTS:
        outbox.postpone(Kind.PREVIEW_LETTER, preview_id, _AGAIN)
        return
    preview = _find(preview_id, lock=True)
    outbox.complete(Kind.PREVIEW_LETTER, preview_id)
    if preview.ready_at is None:
        preview.failure = failure
        audit.record(
            Tag.LETTER_PREVIEW_MADE,
            Outcome.FAILED,
            subject=("letter", preview.letter_id),
            case_id=preview.case_id,
            fields=(),
            reason=failure,
        )


def drop(preview_id: UUID) -> None:
    """Finish the job of a preview that is gone."""
    outbox.complete(Kind.PREVIEW_LETTER, preview_id)


def remove_old() -> int:
    """Delete the previews of the bound tenant that have been kept long enough; count them."""
    gone = db.session.execute(
        delete(LetterPreview)
        .where(LetterPreview.asked_at < now() - KEPT)
        .returning(LetterPreview.id)
    ).all()
    for (preview_id,) in gone:
        outbox.complete(Kind.PREVIEW_LETTER, preview_id)
    return len(gone)


def _find(preview_id: UUID, *, lock: bool = False) -> LetterPreview:
    key = (current().tenant_id, preview_id)
    found = db.session.get(LetterPreview, key, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise Missing("preview")
    return found


def _signatory(letter: Letter) -> accounts.Card:
    """Return who is to sign; before one is chosen, the office's first signatory."""
    if letter.signatory_id is not None:
        return accounts.card(letter.signatory_id)
    able = accounts.with_role(Role.SIGNATORY)
    if not able:
        raise Conflict("no-signatory")
    return able[0]


def _place(preview_id: UUID) -> tuple[str, ...]:
    return ("letter_preview", str(preview_id), "pdf")
