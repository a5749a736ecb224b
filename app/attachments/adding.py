"""Adding a photograph or paper to a case."""

import hmac
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID, uuid4

from app.attachments import decoding, keeping
from app.attachments.codes import HIGHEST, KINDS, PROTECTION, AttachmentKind, Part
from app.attachments.models import Attachment
from app.cases import service as cases
from app.documents import service as documents
from app.web.access import Subject
from tenants import audit, clock, limits, outbox, vault
from tenants.confidential import FieldClass, clean
from tenants.context import Person, acting_person
from tenants.database import db
from tenants.disclosure import note_field, write
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.outbox import Kind
from tenants.policy import Standing, may_write
from tenants.vocabulary import Tag

MAX_OCTETS = 20_000_000
MAX_IN_CASE = 500
NONCE_BYTES = 32
_DESCRIPTION, _FILE_NAME = Attachment.description.limit, Attachment.file_name.limit


@dataclass(frozen=True, slots=True)
class Sent:
    """What a person sent.

    Attributes:
        name: of the file on the person's device; it may name somebody, so it is sealed.
        specially: it is to be protected as much as anything can be.
        consent_id: the consent that it is the signed paper of.
        letter_id: the letter that outside parties signed on it.
    """

    kind: str
    content: bytes = field(repr=False)
    name: str | None = field(default=None, repr=False)
    description: str | None = field(default=None, repr=False)
    specially: bool = False
    consent_id: UUID | None = None
    letter_id: UUID | None = None


def add(subject: Subject, sent: Sent) -> UUID:
    """Check, clean and seal what was sent, and return the attachment's id.

    The original is kept sealed to the last byte (evidence), a clean copy beside it for people to
    see; a job makes a small picture of it and moves all of it into the store.

    Raises:
        Invalid: ``file`` with the code of why it is not accepted; ``kind``; ``description``.
        Refused: ``field-not-writable``: the person's role may not add this kind here.
        Missing: the letter is none of this case that is signed on paper.
        Conflict: the case is closed, ``attachments-full``, or ``letter-state``.
        LimitReached: the person has added as many today as the agency allows.
    """
    kind = _kind(sent.kind)
    field_class, level = protection(kind, specially=sent.specially)
    child = cases.concerns_child(subject.id)
    person = acting_person()
    if not may_write(person, subject.standing, field_class, min(HIGHEST, level + child)):
        raise Refused("field-not-writable")
    description = clean(sent.description, "description", _DESCRIPTION)
    if not sent.content:
        raise Invalid("file", "missing")
    if len(sent.content) > MAX_OCTETS:
        raise Invalid("file", "too-large")
    limits.check(Tag.ATTACHMENT_ADDED, "uploads_a_day")
    copy = decoding.clean(sent.content)
    cases.hold_open(subject)
    _check_room(subject.id)
    _check_consent(subject.id, sent.consent_id)
    if sent.letter_id is not None:
        documents.check_print(sent.letter_id, subject.id)
    commitment, evidence = _evidence(sent.content, copy.content)
    attachment_id = uuid4()
    made = Attachment(
        id=attachment_id,
        case_id=subject.id,
        kind=kind.value,
        field_class=field_class.value,
        level=level,
        concerns_child=child,
        media=copy.media,
        width=copy.width,
        height=copy.height,
        pages=copy.pages,
        commitment=commitment,
        consent_id=sent.consent_id,
        letter_id=sent.letter_id,
        uploaded_by=person.id,
        uploaded_at=clock.now(),
        asked_by=person.id,
        evidence=vault.seal_for_subject(subject.id, evidence, *evidence_place(attachment_id)),
    )
    _name(made, subject.standing, sent.name, description)
    db.session.add(made)
    db.session.flush()
    keeping.keep(made, Part.ORIGINAL, "application/octet-stream", sent.content)
    keeping.keep(made, Part.COPY, copy.media, copy.content)
    outbox.request(Kind.PREPARE_ATTACHMENT, made.id)
    note_field("attachment.content")
    audit.record(
        Tag.ATTACHMENT_ADDED,
        subject=("attachment", made.id),
        case_id=subject.id,
        details={
            "attached": kind.value,
            "class": field_class.value,
            "level": level,
            "octets": len(sent.content),
            "commitment": commitment.hex(),
            "letter": sent.letter_id and sent.letter_id.hex,
        },
    )
    return made.id


def offered(person: Person, subject: Subject) -> list[AttachmentKind]:
    """Return the kinds that a person may add to a case, in the order of the list."""
    child = cases.concerns_child(subject.id)
    return [
        kind
        for kind in KINDS.names
        if may_write(
            person,
            subject.standing,
            PROTECTION[kind].field_class,
            min(HIGHEST, PROTECTION[kind].level + child),
        )
    ]


def protection(kind: AttachmentKind, *, specially: bool) -> tuple[FieldClass, int]:
    """Return the class and level of what is added as a kind."""
    usual = PROTECTION[kind]
    return usual.field_class, HIGHEST if specially else usual.level


def evidence_place(attachment_id: UUID) -> tuple[str, ...]:
    """Return what the sealed digests of an attachment are bound to."""
    return ("attachment", str(attachment_id), "evidence")


def committed(nonce: str, digest: str) -> bytes:
    """Return the commitment to an original: what the log holds of it."""
    return hmac.digest(bytes.fromhex(nonce), bytes.fromhex(digest), sha256)


def _evidence(original: bytes, copy: bytes) -> tuple[bytes, bytes]:
    """Return the commitment, and the digests and its key as they are sealed."""
    facts = {
        "sha256": sha256(original).hexdigest(),
        "nonce": secrets.token_hex(NONCE_BYTES),
        "copy_sha256": sha256(copy).hexdigest(),
    }
    return committed(facts["nonce"], facts["sha256"]), json.dumps(facts).encode()


def _kind(value: str) -> AttachmentKind:
    try:
        return AttachmentKind(value)
    except ValueError:
        raise Invalid("kind", "unknown-code") from None


def _check_room(case_id: UUID) -> None:
    if keeping.count(case_id) >= MAX_IN_CASE:
        raise Conflict("attachments-full")


def _check_consent(case_id: UUID, consent_id: UUID | None) -> None:
    if consent_id is not None and all(one.id != consent_id for one in cases.consents(case_id)):
        raise Missing("consent")


def _name(
    made: Attachment, standing: Standing, file_name: str | None, description: str | None
) -> None:
    """Seal what the person wrote of it, and the name the file had, where one may be kept."""
    if description is not None:
        write(made, standing, description=description)
    with suppress(Refused):  # a name alone stops nobody
        write(made, standing, file_name=_plain(file_name))


def _plain(name: str | None) -> str | None:
    """Return the last part of a file's name as far as it can be kept; nothing fails for it."""
    try:
        last = (name or "").replace("\\", "/").rsplit("/", 1)[-1][-_FILE_NAME:]
        return clean(last, "file_name", _FILE_NAME)
    except Invalid:
        return None
