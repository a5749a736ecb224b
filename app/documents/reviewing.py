"""The reviewer's desk: the paraf before the signature, and the way back with remarks.

A paraf is bound to what the reviewer read (:func:`app.documents.content.digest`): when the letter
says anything else at approval, it has to be read again.
"""

from uuid import UUID

from app.accounts import service as accounts
from app.documents import approval, comparison, content, letters, workshop
from app.documents.models import Letter
from app.documents.states import LetterState, ReturnReason
from tenants import audit, vault
from tenants.clock import now
from tenants.confidential import clean
from tenants.context import Role, acting_person
from tenants.disclosure import note_field
from tenants.errors import Missing, Refused
from tenants.registry import profile
from tenants.vocabulary import Tag

REMARKS_LIMIT = 2_000


def role_for(letter: Letter) -> Role | None:
    """Return the role whose paraf a letter needs before it is signed; None when it needs none."""
    wanted = profile().paraf.get(workshop.document_type(letter.type).family)
    return Role(wanted) if wanted else None


def needs_paraf(letter: Letter) -> bool:
    """Tell whether the office wants a letter of this kind read by a second person."""
    return role_for(letter) is not None


def reviewers(letter: Letter, signatory_id: UUID | None = None) -> list[accounts.Card]:
    """Return who may give the paraf: a second pair of eyes, neither author nor signatory."""
    role = role_for(letter)
    if role is None:
        return []
    return [
        card
        for card in accounts.with_role(role)
        if card.id not in {letter.drafted_by, acting_person().id, signatory_id}
    ]


def initial(letter: Letter, seen: str) -> None:
    """Put the acting reviewer's paraf to a letter and lay it before the signatory.

    Args:
        seen: the fingerprint of what the reviewer has read.

    Raises:
        Conflict, Refused: as :func:`app.documents.approval.examine`; ``letter-state``.
    """
    held = letters.lock(letter, LetterState.REVIEW)
    if held.reviewer_id != acting_person().id:
        raise Refused("no-permission")
    found = approval.examine(held, seen)
    held.paraf_at, held.paraf_hash = now(), content.digest(found.drawn)
    held.state = LetterState.SUBMITTED.value
    audit.record(
        Tag.LETTER_INITIALLED,
        subject=("letter", held.id),
        case_id=held.case,
        details={"content": held.paraf_hash.hex()},
    )


def give_back(letter: Letter, reason: ReturnReason, remarks: str | None = None) -> None:
    """Return a letter to its author: from the reviewer before the paraf, else from the signatory.

    What it said is kept sealed until it is approved, so that whoever reads it next sees what has
    changed.

    Raises:
        Conflict: it waits for neither any more.
        Refused: it waits for somebody else.
        Invalid: ``remarks``: ``too-long`` or ``control-character``.
    """
    held = letters.lock(letter, LetterState.REVIEW, LetterState.SUBMITTED)
    waits_for = {
        LetterState.REVIEW.value: held.reviewer_id,
        LetterState.SUBMITTED.value: held.signatory_id,
    }
    if waits_for[held.state] != acting_person().id:
        raise Refused("no-permission")
    text = clean(remarks, "remarks", REMARKS_LIMIT)
    held.earlier = _said(held)
    held.state = LetterState.RETURNED.value
    held.return_reason = reason.value
    held.paraf_at, held.paraf_hash = None, None
    held.remarks = None
    if text is not None:
        place = _place(held.id)
        held.remarks = vault.seal_for_subject(held.key_holder, text.encode(), *place)
    audit.record(
        Tag.LETTER_RETURNED, subject=("letter", held.id), case_id=held.case, reason=reason.value
    )


def remarks(letter: Letter) -> str | None:
    """Return what was written when the letter was given back, or None.

    Raises:
        Unreadable: the case's key is destroyed.
    """
    if letter.remarks is None:
        return None
    note_field("letter.remarks")
    return vault.open_for_subject(letter.key_holder, letter.remarks, *_place(letter.id)).decode()


def _said(held: Letter) -> bytes | None:
    try:
        drawn = approval.review(held).drawn
    except (Missing, Refused):
        return None  # it says nothing that may be said any more
    return comparison.keep(held, drawn)


def _place(letter_id: UUID) -> tuple[str, ...]:
    return ("letter", str(letter_id), "remarks")
