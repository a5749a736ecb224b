"""Where the sealed bytes of attachments lie: first in the database, then in the object store.

The row and its bytes are written in one transaction, so nothing is lost between two places. A job
moves the bytes, sealed as they are, and may be repeated.
"""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from app.attachments.codes import Part
from app.attachments.models import Attachment, AttachmentPart
from app.documents import service as documents
from tenants import outbox, vault
from tenants.clock import now
from tenants.context import current
from tenants.database import db
from tenants.errors import Missing, Unreadable
from tenants.outbox import Kind

_NEIGHBOURS = 9  # some lost files must not stop every other


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed part on its way into the store, under the name that it gets there.

    Attributes:
        known: names of parts that were stored last, of which one must be there.
    """

    part_id: UUID
    name: str
    version: int | None
    content: bytes = field(repr=False)
    known: tuple[str, ...] = ()

    @property
    def stored_name(self) -> str:
        """The name in the store: one of its own for each version of the case's key."""
        return documents.stored_name(self.name, self.version)


def keep(attachment: Attachment, part: Part, media: str, content: bytes) -> AttachmentPart:
    """Seal a part under the case's key and keep it in the database.

    Raises:
        Unreadable: the case's key is destroyed.
    """
    row_id = uuid4()
    sealed = vault.seal_for_subject(attachment.case_id, content, *place(row_id))
    row = AttachmentPart(
        id=row_id,
        case_id=attachment.case_id,
        attachment_id=attachment.id,
        part=part.value,
        media=media,
        octets=len(content),
        content=sealed,
    )
    db.session.add(row)
    db.session.flush()
    return row


def place(part_id: UUID) -> tuple[str, ...]:
    """Return what the sealed bytes of a part are bound to."""
    return ("attachment_part", str(part_id), "content")


def parts(attachment_id: UUID) -> dict[Part, AttachmentPart]:
    """Return what is kept of an attachment, without the bytes."""
    query = select(AttachmentPart).where(
        AttachmentPart.attachment_id == attachment_id, AttachmentPart.removed_at.is_(None)
    )
    return {Part(row.part): row for row in db.session.scalars(query)}


def open_part(row: AttachmentPart) -> bytes:
    """Return the bytes of a part. Call it only once the policy has decided.

    Raises:
        Unreadable: altered, moved, gone, or the case's key is destroyed.
        StoreUnavailable: the store does not answer.
    """
    return vault.open_for_subject(row.case_id, _sealed(row), *place(row.id))


def _sealed(row: AttachmentPart) -> bytes:
    """Return sealed bytes from wherever they are, also while a job or a rotation moves them."""
    for _again in range(2):
        held = _row(row.id)
        if held.content is not None:
            return held.content
        if held.object_name is None:
            raise Missing("attachment")
        name = documents.stored_name(held.object_name, held.file_version)
        try:
            return documents.object_store().get(name)
        except documents.NoObject:
            continue
    raise Unreadable("the stored attachment is gone")


def waiting(attachment_id: UUID) -> Sealed | None:
    """Return one part that is not yet in the store, or None."""
    query = (
        select(AttachmentPart)
        .where(
            AttachmentPart.attachment_id == attachment_id,
            AttachmentPart.content.is_not(None),
        )
        .order_by(AttachmentPart.id)
        .limit(1)
    )
    row = db.session.scalar(query.options(undefer(AttachmentPart.content)))
    if row is None or row.content is None:
        return None
    version = vault.version_of(row.content)
    version_named = version if version > 1 else None
    return Sealed(row.id, _name(row), version_named, row.content, _last_stored())


def put(sealed: Sealed) -> None:
    """Put a sealed part into the store (outside of any transaction).

    Raises:
        StoreError: full, unreachable, or not the place where others were put.
    """
    documents.object_store().put_beside(sealed.stored_name, sealed.content, sealed.known)


def stored(sealed: Sealed) -> bool:
    """Note that a part lies in the store, and take it out of the database.

    Returns:
        False when it was removed or sealed anew meanwhile: what was put is to be removed.
    """
    row = _row(sealed.part_id, lock=True)
    if row.content != sealed.content:
        return row.object_name is not None  # another run of the same job was a step ahead
    row.object_name, row.file_version = sealed.name, sealed.version
    row.stored_at, row.content = now(), None
    db.session.flush()
    return True


def let_go(attachment: Attachment) -> None:
    """Take the bytes of a removed attachment out of the database, and ask for the files' end."""
    query = select(AttachmentPart).where(
        AttachmentPart.attachment_id == attachment.id, AttachmentPart.removed_at.is_(None)
    )
    for row in db.session.scalars(query.with_for_update()):
        if row.object_name is None:
            row.removed_at = now()
        row.content = None
    db.session.flush()
    outbox.request(Kind.REMOVE_ATTACHMENT, attachment.id)


def doomed(attachment_id: UUID) -> list[str]:
    """Return the names of the files of a removed attachment, in every version that may be there."""
    query = select(AttachmentPart).where(AttachmentPart.attachment_id == attachment_id)
    names = []
    for row in db.session.scalars(query):
        newest = row.file_version or 1
        names += [
            documents.stored_name(_name(row), version) for version in (None, *range(2, newest + 1))
        ]
    return names


def remove(names: list[str]) -> None:
    """Remove files from the store (outside of any transaction). May be repeated.

    Raises:
        StoreUnavailable: the store does not let one go.
    """
    for name in names:
        documents.object_store().remove(name)


def removed(attachment_id: UUID) -> None:
    """Note that nothing of a removed attachment is in the store any more."""
    query = select(AttachmentPart).where(
        AttachmentPart.attachment_id == attachment_id, AttachmentPart.removed_at.is_(None)
    )
    for row in db.session.scalars(query.with_for_update()):
        row.removed_at, row.content, row.object_name = now(), None, None
    outbox.complete(Kind.REMOVE_ATTACHMENT, attachment_id)


def count(case_id: UUID) -> int:
    """Return how many attachments a case has, without those that were removed."""
    query = (
        select(func.count())
        .select_from(Attachment)
        .where(Attachment.case_id == case_id, Attachment.removed_at.is_(None))
    )
    return db.session.scalar(query) or 0


def find(attachment_id: UUID) -> Attachment:
    """Return an attachment.

    Raises:
        Missing: there is none with this id in the bound tenant.
    """
    found = db.session.get(Attachment, (current().tenant_id, attachment_id))
    if found is None:
        raise Missing("attachment")
    return found


def _name(row: AttachmentPart) -> str:
    return f"{current().tenant_id}/attachment/{row.id}"


def _row(part_id: UUID, *, lock: bool = False) -> AttachmentPart:
    query = select(AttachmentPart).where(AttachmentPart.id == part_id)
    query = query.options(undefer(AttachmentPart.content)).execution_options(populate_existing=True)
    row = db.session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise Missing("attachment")
    return row


def _last_stored() -> tuple[str, ...]:
    query = (
        select(AttachmentPart.object_name, AttachmentPart.file_version)
        .where(AttachmentPart.object_name.is_not(None))
        .order_by(AttachmentPart.stored_at.desc())
        .limit(_NEIGHBOURS)
    )
    rows = db.session.execute(query)
    return tuple(documents.stored_name(row.object_name, row.file_version) for row in rows)
