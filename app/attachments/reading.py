"""What a person sees of attachments, and the one way in which one is opened."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts import service as accounts
from app.attachments import keeping
from app.attachments.adding import evidence_place
from app.attachments.codes import HIGHEST, Part
from app.attachments.models import Attachment, AttachmentPart
from app.cases import service as cases
from app.web.access import Subject
from tenants import outbox, policy, revealing, vault
from tenants.confidential import FieldClass
from tenants.context import Purpose, acting_person
from tenants.database import db
from tenants.disclosure import Disclosed, disclose
from tenants.errors import Invalid, Missing
from tenants.outbox import Kind
from tenants.policy import Decision, Standing

FIELDS = ("description", "file_name")
_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


@dataclass(frozen=True, slots=True)
class Line:
    """One attachment in the list of a case: nothing in it is confidential."""

    id: UUID
    kind: str
    media: str
    uploaded_at: datetime
    uploaded_by: str
    removed_at: datetime | None
    consent_id: UUID | None
    letter_id: UUID | None


@dataclass(frozen=True, slots=True)
class Paper:
    """A scan of a letter that outside parties signed on paper."""

    id: UUID
    uploaded_at: datetime
    uploaded_by: UUID


@dataclass(frozen=True, slots=True)
class Looked:
    """What the page of one attachment says; its content is opened apart.

    Attributes:
        decision: what becomes of the content for the acting person, without a purpose.
        original: the same of the original.
        octets: of the original, the clean copy and the preview, as far as they are kept.
    """

    row: Attachment
    fields: Mapping[str, Disclosed]
    decision: Decision
    original: Decision
    level: int
    uploaded_by: str
    octets: Mapping[Part, int]
    removed_by: str | None = None

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown in a page."""
        return self.row.media != "application/pdf"


@dataclass(frozen=True, slots=True)
class Opened:
    """The content of an attachment, for the person who has just named a purpose.

    Attributes:
        sha256: of the original; ``copy_sha256`` of the copy that people see.
    """

    media: str
    name: str
    content: bytes = field(repr=False)
    sha256: str = field(repr=False)
    copy_sha256: str = field(repr=False)


def load_attachment(attachment_id: UUID) -> Subject:
    """Load an attachment with the acting person's standing to its case.

    Raises:
        Missing: there is none with this id in the bound tenant.
    """
    row = keeping.find(attachment_id)
    standing = cases.standing(cases.find(row.case_id))
    return Subject("attachment", row.id, row, row.case_id, standing)


def for_case(case_id: UUID) -> list[Line]:
    """Return the attachments of a case, newest first, the removed ones at the end."""
    rows = sorted(cases.beside(case_id, Attachment), key=lambda row: row.uploaded_at, reverse=True)
    people = cases.cards_beside({row.uploaded_by for row in rows}) if rows else {}
    rows.sort(key=lambda row: row.removed_at is not None)
    return [
        Line(
            row.id,
            row.kind,
            row.media,
            row.uploaded_at,
            people[row.uploaded_by].name,
            row.removed_at,
            row.consent_id,
            row.letter_id,
        )
        for row in rows
    ]


def signed_consents(case_id: UUID) -> frozenset[UUID]:
    """Return the consents of a case whose signed paper is here."""
    return frozenset(
        row.consent_id
        for row in cases.beside(case_id, Attachment)
        if row.consent_id is not None and row.removed_at is None
    )


def signed_papers(letter_id: UUID) -> list[Paper]:
    """Return the scans of a letter that outside parties signed on paper, oldest first."""
    query = (
        select(Attachment)
        .where(Attachment.letter_id == letter_id, Attachment.removed_at.is_(None))
        .order_by(Attachment.uploaded_at)
    )
    return [Paper(row.id, row.uploaded_at, row.uploaded_by) for row in db.session.scalars(query)]


def letters_on_paper(case_id: UUID) -> frozenset[UUID]:
    """Return the letters of a case whose paper, signed by outside parties, is here."""
    return frozenset(
        row.letter_id
        for row in cases.beside(case_id, Attachment)
        if row.letter_id is not None and row.removed_at is None
    )


def look(subject: Subject) -> Looked:
    """Return what the page of an attachment shows unasked."""
    row: Attachment = subject.row
    ids = {row.uploaded_by, *((row.removed_by,) if row.removed_by else ())}
    people = accounts.cards(ids)
    gone = row.removed_at is not None
    return Looked(
        row=row,
        fields={} if gone else disclose(row, FIELDS, subject.standing),
        decision=_decide(subject.standing, secret(row)),
        original=_decide(subject.standing, secret_of_original(row)),
        level=secret(row)[1],
        uploaded_by=people[row.uploaded_by].name,
        octets={} if gone else {part: one.octets for part, one in keeping.parts(row.id).items()},
        removed_by=people[row.removed_by].name if row.removed_by else None,
    )


def show(subject: Subject, purpose: Purpose) -> Opened:
    """Open a picture to be looked at: the small copy, or the whole one until that is made.

    Raises:
        Missing: it was removed.
        Invalid: ``file`` with ``not-a-picture``; ``purpose``, as below.
        Refused, LimitReached, Unreadable: as :func:`tenants.revealing.reveal`.
        StoreUnavailable: the store does not answer.
    """
    check_picture(subject.row)
    return opened(subject.row, subject.standing, purpose, (Part.PREVIEW, Part.COPY))


def copy(subject: Subject, purpose: Purpose) -> Opened:
    """Open the clean copy, to be taken along.

    Raises:
        Missing, Invalid, Refused, LimitReached, Unreadable, StoreUnavailable: as :func:`show`.
    """
    return opened(subject.row, subject.standing, purpose, (Part.COPY,))


def original(subject: Subject, purpose: Purpose) -> Opened:
    """Open the original, as it was sent to the last byte: evidence, with its own level.

    Raises:
        Missing, Invalid, Refused, LimitReached, Unreadable, StoreUnavailable: as :func:`show`.
    """
    return opened(subject.row, subject.standing, purpose, (Part.ORIGINAL,))


def check_picture(row: Attachment) -> None:
    """See that an attachment can be shown inside a page.

    Raises:
        Invalid: ``file`` with ``not-a-picture``.
    """
    if row.media == "application/pdf":
        raise Invalid("file", "not-a-picture")


def secret(row: Attachment) -> tuple[FieldClass, int]:
    """Return class and level of an attachment now: a child of the case raises it."""
    child = row.concerns_child or cases.concerns_child(row.case_id)
    return FieldClass(row.field_class), min(HIGHEST, row.level + child)


def secret_of_original(row: Attachment) -> tuple[FieldClass, int]:
    """Return class and level of the original: it also tells where and by what it was made."""
    field_class, level = secret(row)
    return field_class, min(HIGHEST, level + 1)


def opened(
    row: Attachment, standing: Standing, purpose: Purpose, wanted: tuple[Part, ...]
) -> Opened:
    """Open the first of the wanted parts that is there, once the policy has decided.

    Raises:
        Missing, Invalid, Refused, LimitReached, Unreadable, StoreUnavailable: as :func:`show`.
    """
    if row.removed_at is not None:
        raise Missing("attachment")
    whole = wanted == (Part.ORIGINAL,)
    name = "original" if whole else "content"
    judged = secret_of_original(row) if whole else secret(row)
    fetch = _fetcher(row, wanted)
    return revealing.reveal_content(row, name, judged, standing, purpose, fetch)


def _fetcher(row: Attachment, wanted: tuple[Part, ...]) -> Callable[[], Opened]:
    def fetch() -> Opened:
        kept = keeping.parts(row.id)
        part = next((one for one in wanted if one in kept), None)
        if part is None:
            raise Missing("attachment")
        held: AttachmentPart = kept[part]
        content = keeping.open_part(held)
        if Part.PREVIEW in wanted and Part.PREVIEW not in kept:
            _ask_again(row)
        facts = json.loads(
            vault.open_for_subject(row.case_id, row.evidence, *evidence_place(row.id))
        )
        ending = "bin" if part is Part.ORIGINAL else _EXTENSIONS[held.media]
        return Opened(
            media=held.media,
            name=f"{row.kind.replace('_', '-')}-{row.id.hex[:8]}.{ending}",
            content=content,
            sha256=facts["sha256"],
            copy_sha256=facts["copy_sha256"],
        )

    return fetch


def _ask_again(row: Attachment) -> None:
    """Have the small copy made with the rights of the person who may open the picture."""
    person = acting_person()
    if row.asked_by != person.id and row.media != "application/pdf":
        row.asked_by, row.preview_failure = person.id, None
        db.session.flush()
        outbox.request(Kind.PREPARE_ATTACHMENT, row.id)


def _decide(standing: Standing, judged: tuple[FieldClass, int]) -> Decision:
    return policy.decide(acting_person(), standing, *judged)
