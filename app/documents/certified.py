"""Certified copies (salinan): marked, numbered, for one recipient, certified by whoever made them.

A copy is set anew from the letter's frozen snapshot, marked on each page, says for whom it is and
who certifies that it agrees with the letter, and is signed with that person's certificate. Each is
kept sealed, and its file verifies as the copy that it is.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.accounts import service as accounts
from app.documents import (
    certificates,
    content,
    copy_recipients,
    delegations,
    files,
    letters,
    office,
    values,
    workshop,
)
from app.documents.copy_recipients import Wanted
from app.documents.files import LetterFile
from app.documents.letter import Office
from app.documents.models import Letter, LetterCopy
from app.documents.sign import HeldIdentity, sign
from app.documents.states import ATTEMPTS, LetterState
from app.documents.wording import long_date
from app.web.access import Subject
from tenants import audit, outbox, vault
from tenants.clock import now
from tenants.context import acting_person, current
from tenants.database import db, hold
from tenants.disclosure import note_field
from tenants.errors import Conflict, Missing, Unreadable
from tenants.outbox import Kind
from tenants.registry import profile
from tenants.vocabulary import Outcome, Tag

_REASON = "Salinan sesuai dengan aslinya"


@dataclass(frozen=True, slots=True)
class CopyWork:
    """What a worker needs to make one copy."""

    copy_id: UUID
    kind: str
    certified_at: datetime
    snapshot: Mapping[str, Any] = field(repr=False)
    lines: Sequence[str] = field(repr=False)
    identity: HeldIdentity = field(repr=False)


def certify(letter: Letter, wanted: Wanted) -> UUID:
    """Ask for a copy that the acting signatory certifies; return its id.

    Raises:
        Conflict: ``letter-state``: it is not issued, or withdrawn or replaced;
            ``delegation-needed``: the person signs for another office only.
        Refused: the person may not see all that the letter says; ``copy-no-consent``.
        Invalid: as :func:`app.documents.copy_recipients.choose`.
    """
    held = letters.lock(letter, LetterState.ISSUED)
    hold(held.case)  # against a consent that is taken back at the same moment
    delegations.check(acting_person().id, None)
    content.judge_reader(held, acting_person(), letters.standing(held))
    chosen = copy_recipients.choose(held, wanted)
    last = select(func.max(LetterCopy.number)).where(LetterCopy.letter_id == held.id)
    copy_id, person = uuid4(), acting_person()
    signer = office.signer(accounts.card(person.id))
    certificate = certificates.ensure_officer(person.id, name=signer.name, title=signer.title)
    made = LetterCopy(
        id=copy_id,
        case_id=held.case,
        letter_id=held.id,
        number=(db.session.scalar(last) or 0) + 1,
        recipient=vault.seal_for_subject(
            held.case, chosen.words.encode(), *_place(copy_id, "recipient")
        ),
        ground=chosen.ground.value,
        organisation_id=chosen.organisation_id,
        certified_by=person.id,
        certified_at=now(),
        certificate_id=certificate.id,
    )
    db.session.add(made)
    db.session.flush()
    outbox.request(Kind.COPY_LETTER, copy_id)
    note_field("letter_copy.recipient")
    audit.record(
        Tag.LETTER_COPY_CERTIFIED,
        subject=("letter", held.id),
        case_id=held.case_id,
        details={
            "copy": made.number,
            "ground": chosen.ground.value,
            "organisation": chosen.organisation_id and chosen.organisation_id.hex,
        },
    )
    return copy_id


def retry(copy: LetterCopy) -> None:
    """Have a copy that could not be made tried again.

    Raises:
        Conflict: ``letter-state``: it did not come to a halt, or its letter no longer holds.
    """
    letters.lock(letters.find(copy.letter_id), LetterState.ISSUED)
    held = _find(copy.id, lock=True)
    if held.failure is None:
        raise Conflict("letter-state")
    held.failure = None
    outbox.request(Kind.COPY_LETTER, held.id)
    audit.record(Tag.LETTER_RETRIED, subject=("letter", held.letter_id), case_id=held.case_id)


def of(letter: Letter) -> list[LetterCopy]:
    """Return the copies of a letter in order."""
    query = select(LetterCopy).where(LetterCopy.letter_id == letter.id).order_by(LetterCopy.number)
    return list(db.session.scalars(query))


def recipient(copy: LetterCopy) -> str:
    """Return for whom a copy was made.

    Raises:
        Unreadable: the case's key is destroyed.
    """
    note_field("letter_copy.recipient")
    sealed = vault.open_for_subject(copy.case_id, copy.recipient, *_place(copy.id, "recipient"))
    return sealed.decode()


def load_copy(letter_id: UUID, copy_id: UUID) -> Subject:
    """Load a copy of a letter; the subject is the letter, ``row`` the copy.

    Raises:
        Missing: no such copy of this letter in the bound tenant.
    """
    subject = letters.load_letter(letter_id)
    found = _find(copy_id)
    if found.letter_id != letter_id:
        raise Missing("copy")
    return Subject("letter", letter_id, found, subject.case_id, subject.standing)


def fetch(copy: LetterCopy) -> LetterFile:
    """Return the copy's PDF for the acting person, who may see all that it says.

    Raises:
        Conflict: ``copy-not-ready``.
        Refused: ``letter-not-readable``.
        Unreadable: it is not the one on record, or the case's key is destroyed.
    """
    if copy.pdf is None or copy.sha256 is None:
        raise Conflict("copy-not-ready")
    letter = letters.find(copy.letter_id)
    content.judge_reader(letter, acting_person(), letters.standing(letter))
    pdf = vault.open_for_subject(copy.case_id, copy.pdf, *_place(copy.id, "pdf"))
    if sha256(pdf).digest() != copy.sha256:
        raise Unreadable("the stored copy is not the one on record")
    content.note_fields(letter)
    audit.record(
        Tag.LETTER_COPY_DOWNLOADED,
        subject=("letter", letter.id),
        case_id=letter.case_id,
        details={"copy": copy.number},
    )
    return LetterFile(files.file_name(f"{letter.number}-salinan-{copy.number}"), pdf)


def asker(copy_id: UUID) -> UUID:
    """Return who certified a copy.

    Raises:
        Missing: no such copy.
    """
    return _find(copy_id).certified_by


def begin(copy_id: UUID) -> CopyWork | None:
    """Put together what a copy is made of; None when there is nothing left to do.

    Raises:
        Refused: the certifier may no longer see all that the letter says.
        Unreadable: the case's key is destroyed, or the snapshot is not the one on record.
    """
    copy = _find(copy_id, lock=True)
    if copy.ready_at is not None or copy.failure is not None:
        outbox.complete(Kind.COPY_LETTER, copy_id)
        return None
    if outbox.handed_over(Kind.COPY_LETTER, copy_id) > ATTEMPTS:
        fail(copy_id, "worker-died")
        return None
    letter = letters.find(copy.letter_id)
    if letter.state != LetterState.ISSUED.value:
        fail(copy_id, "not-allowed")
        return None
    content.judge_reader(letter, acting_person(), letters.standing(letter))
    sealed = letter.snapshot or b""
    frozen = vault.open_for_subject(letter.case, sealed, *letters.snapshot_place(letter.id))
    if sha256(frozen).digest() != letter.snapshot_hash:
        raise Unreadable("the snapshot is not the one on record")
    snapshot: Mapping[str, Any] = json.loads(frozen)
    said = values.carried(workshop.document_type(letter.type), snapshot)
    if not copy_recipients.still_allowed(letter, copy, said):
        fail(copy_id, "no-consent")
        return None
    return CopyWork(
        copy_id,
        letter.type,
        copy.certified_at,
        snapshot,
        _lines(copy, snapshot),
        certificates.identity(copy.certificate_id),
    )


def make(work: CopyWork) -> bytes:
    """Set and sign a copy (outside of any transaction).

    Raises:
        RenderError, SigningError: with the code.
    """
    pdf = workshop.renderer().render(
        workshop.document_type(work.kind),
        work.snapshot,
        Office.read(work.snapshot["office"]),
        certified=work.lines,
    )
    place = str(work.snapshot["letter"]["place"])
    return sign(pdf, work.identity, reason=_REASON, location=place, at=work.certified_at)


def keep(copy_id: UUID, pdf: bytes) -> None:
    """Seal a copy and finish its job; one that is there already stays."""
    copy = _find(copy_id, lock=True)
    outbox.complete(Kind.COPY_LETTER, copy_id)
    if copy.ready_at is not None:
        return
    letter, digest = letters.find(copy.letter_id), sha256(pdf).digest()
    sealed = vault.seal_for_subject(copy.case_id, pdf, *_place(copy_id, "pdf"))
    copy.pdf, copy.sha256, copy.failure, copy.ready_at = sealed, digest, None, now()
    content.note_fields(letter)
    audit.record(
        Tag.LETTER_COPY_MADE,
        subject=("letter", letter.id),
        case_id=letter.case_id,
        details={"copy": copy.number, "sha256": digest.hex()},
    )


def fail(copy_id: UUID, failure: str, *, final: bool = True) -> None:
    """Say why a copy could not be made, or try again a few times first."""
    if not final and outbox.handed_over(Kind.COPY_LETTER, copy_id) < ATTEMPTS:
        return  # its row comes due again by itself
    copy = _find(copy_id, lock=True)
    outbox.complete(Kind.COPY_LETTER, copy_id)
    if copy.ready_at is None:
        copy.failure = failure
        audit.record(
            Tag.LETTER_COPY_MADE,
            Outcome.FAILED,
            subject=("letter", copy.letter_id),
            case_id=copy.case_id,
            fields=(),
            reason=failure.split(" ", maxsplit=1)[0],
        )


def with_hash(digest: bytes) -> LetterCopy | None:
    """Return the copy whose file has this SHA-256, or None."""
    query = select(LetterCopy).where(LetterCopy.sha256 == digest).limit(1)
    return db.session.scalar(query)


def _lines(copy: LetterCopy, snapshot: Mapping[str, Any]) -> list[str]:
    """Return what stands on a copy: that it is one, for whom, and who certifies it."""
    signed = certificates.signature(copy.certificate_id)
    card = accounts.card(copy.certified_by)
    day = copy.certified_at.astimezone(ZoneInfo(profile().identity.timezone)).date()
    number = snapshot["letter"]["number"]
    return [
        f"SALINAN ke-{copy.number} dari surat Nomor {number}",
        f"Untuk: {recipient(copy)}",
        f"Sesuai dengan aslinya. {snapshot['letter']['place']}, {long_date(day)}",
        f"{signed.title}, {signed.name}" + (f", NIP {card.nip}" if card.nip else ""),
    ]


def _find(copy_id: UUID, *, lock: bool = False) -> LetterCopy:
    key = (current().tenant_id, copy_id)
    found = db.session.get(LetterCopy, key, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise Missing("copy")
    return found


def _place(copy_id: UUID, part: str) -> tuple[str, ...]:
    return ("letter_copy", str(copy_id), part)
