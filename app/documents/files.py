"""Issued letters as files: fetched, opened, compared with the record, then handed over."""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from app.documents import content, keeping, letters
from app.documents.models import Letter
from app.documents.states import ISSUED_ONCE, LetterState
from app.referrals import service as referrals
from app.web.access import Subject
from tenants import audit, vault
from tenants.context import acting_person
from tenants.errors import Conflict, Missing, Refused, Unreadable
from tenants.vocabulary import Tag


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A letter's bytes and the name of the file: its number, nobody's name."""

    name: str
    pdf: bytes = field(repr=False)


def fetch(letter: Letter) -> LetterFile:
    """Return the bytes of a letter that was issued, exactly those on record.

    Raises:
        Conflict: ``letter-not-issued``.
        Refused: the acting person may not see all that it says.
        Unreadable: the bytes are not those on record, or the case's key is destroyed.
        StoreUnavailable: the store does not answer.
    """
    if LetterState(letter.state) not in ISSUED_ONCE:
        raise Conflict("letter-not-issued")
    content.judge_reader(letter, acting_person(), letters.standing(letter))
    return hand_over(letter)


def fetch_office(letter: Letter) -> LetterFile:
    """Return the bytes of a document of the office; who may is for the room that made it to say.

    Raises:
        Conflict: ``letter-not-issued``.
        Unreadable, StoreUnavailable: as :func:`fetch`.
    """
    if letter.case_id is not None or LetterState(letter.state) not in ISSUED_ONCE:
        raise Conflict("letter-not-issued")
    return hand_over(letter)


def load_partner_letter(referral_id: UUID, letter_id: UUID) -> Subject:
    """Load a letter to the acting partner officer's organisation, through its referral.

    Raises:
        Missing: no such referral or letter for this organisation.
    """
    referral = referrals.load_referral(referral_id)
    letter = letters.find(letter_id)
    mine = letter.organisation_id == acting_person().organisation_id
    if not mine or letter.case_id != referral.case_id:
        raise Missing("letter")
    if LetterState(letter.state) is not LetterState.ISSUED:
        raise Missing("letter")
    return Subject("letter", letter.id, letter, letter.case_id, referral.standing)


def fetch_for_partner(subject: Subject) -> LetterFile:
    """Return a letter's bytes for the organisation it is addressed to, while its referral lives.

    Raises:
        Refused: the referral has ended, or consent no longer covers what the letter says.
        Unreadable, StoreUnavailable: as :func:`fetch`.
    """
    letter: Letter = subject.row
    if letter.organisation_id is None or not referrals.living(letter.case, letter.organisation_id):
        raise Refused("referral-ended")
    content.judge_reader(letter, acting_person(), subject.standing)
    return hand_over(letter)


def for_partner(referral: Subject) -> list[Letter]:
    """Return the letters that the acting partner officer may fetch for one referral."""
    organisation_id = acting_person().organisation_id
    if referral.case_id is None or organisation_id is None:
        return []
    if not referrals.living(referral.case_id, organisation_id):
        return []
    found = letters.for_partner(referral.case_id, organisation_id)
    return [letter for letter in found if _readable(letter, referral)]


def _readable(letter: Letter, referral: Subject) -> bool:
    try:
        content.judge_reader(letter, acting_person(), referral.standing)
    except Refused:
        return False
    return True


def file_name(number: str) -> str:
    """Return the name of a letter's file."""
    return re.sub(r"[^0-9A-Za-z.]+", "-", number).strip("-.") + ".pdf"


def hand_over(letter: Letter) -> LetterFile:
    """Return a letter's bytes, compared with the record, and record it; the caller has judged who.

    Raises:
        Conflict: ``letter-not-issued``.
        Unreadable, StoreUnavailable: as :func:`fetch`.
    """
    if letter.object_name is None or letter.sha256 is None or letter.number is None:
        raise Conflict("letter-not-issued")
    sealed = keeping.fetch_sealed(letter)
    pdf = vault.open_for_subject(letter.key_holder, sealed, *keeping.file_place(letter.id))
    if sha256(pdf).digest() != letter.sha256:
        raise Unreadable("the stored letter is not the one on record")
    content.note_fields(letter)
    audit.record(
        Tag.LETTER_DOWNLOADED,
        subject=("letter", letter.id),
        case_id=letter.case_id,
        details={"sha256": letter.sha256.hex()},
    )
    return LetterFile(file_name(letter.number), pdf)
