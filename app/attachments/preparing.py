"""The steps of the job that follows an attachment: a small copy of a picture, then the store."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import exists, select, update

from app.attachments import decoding, keeping
from app.attachments.codes import Part, RemoveReason
from app.attachments.models import Attachment, AttachmentPart
from app.attachments.reading import secret
from app.cases import service as cases
from tenants import audit, outbox, policy, vault
from tenants.clock import now
from tenants.context import acting_person, current
from tenants.database import db
from tenants.disclosure import note_field
from tenants.errors import Refused
from tenants.outbox import Kind, OutboxEntry
from tenants.policy import Access
from tenants.vocabulary import Outcome, Tag

_PDF = "application/pdf"
ATTEMPTS = 5  # whatever ends its process again and again is not tried for ever


@dataclass(frozen=True, slots=True)
class Picture:
    """A clean picture of which a small copy is to be made."""

    attachment_id: UUID
    content: bytes = field(repr=False)


def asker(attachment_id: UUID) -> UUID | None:
    """Return with whose rights a small copy is made; None when none is wanted any more.

    Raises:
        Missing: no such attachment.
    """
    row = keeping.find(attachment_id)
    if row.removed_at is not None or row.media == _PDF or row.preview_failure is not None:
        return None
    return None if Part.PREVIEW in keeping.parts(attachment_id) else row.asked_by


def begin(attachment_id: UUID) -> Picture:
    """Open the clean picture with the acting person's rights of this moment.

    Raises:
        Refused: the person may not see it (any more); ``worker-died`` too often.
        Missing, Unreadable, StoreUnavailable: as :func:`keeping.open_part`.
    """
    if outbox.handed_over(Kind.PREPARE_ATTACHMENT, attachment_id) > ATTEMPTS:
        raise Refused("worker-died")
    row = keeping.find(attachment_id)
    standing = cases.standing(cases.find(row.case_id))
    purpose = current().purpose
    decision = policy.decide(acting_person(), standing, *secret(row), purpose)
    if decision.access is not Access.SHOWN:
        raise Refused(decision.reason or "role")
    note_field("attachment.content")
    return Picture(attachment_id, keeping.open_part(keeping.parts(attachment_id)[Part.COPY]))


def draw(picture: Picture) -> decoding.Copy:
    """Make the small copy (outside of any transaction).

    Raises:
        Invalid: the picture cannot be read after all.
    """
    return decoding.shrink(picture.content)


def keep(picture: Picture, small: decoding.Copy) -> None:
    """Seal the small copy and keep it, unless it is no longer wanted."""
    row = _locked(picture.attachment_id)
    if row.removed_at is None and Part.PREVIEW not in keeping.parts(row.id):
        keeping.keep(row, Part.PREVIEW, small.media, small.content)
        note_field("attachment.content")
        _record(row, Outcome.ALLOWED)


def give_up(attachment_id: UUID, failure: str) -> None:
    """Say why there is no small copy; the whole one is shown in its place."""
    row = _locked(attachment_id)
    row.preview_failure = failure
    db.session.flush()
    _record(row, Outcome.FAILED, failure)


def finish(attachment_id: UUID) -> None:
    """End the job."""
    outbox.complete(Kind.PREPARE_ATTACHMENT, attachment_id)


def drop(attachment_id: UUID) -> None:
    """End every job of an attachment that is gone."""
    for kind in (Kind.PREPARE_ATTACHMENT, Kind.REMOVE_ATTACHMENT):
        outbox.complete(kind, attachment_id)


def reconcile() -> int:
    """Ask again for the jobs of the bound tenant that nobody would ever do; return how many.

    After a restore there is no job left, and a case may be destroyed whose attachments came back.
    """
    unreadable = select(vault.DataKey.id).where(vault.DataKey.destroyed_at.is_not(None))
    db.session.execute(
        update(Attachment)
        .where(Attachment.removed_at.is_(None), Attachment.case_id.in_(unreadable))
        .values(removed_at=now(), remove_reason=RemoveReason.CASE_DESTROYED.value)
    )
    held = AttachmentPart.attachment_id == Attachment.id, AttachmentPart.removed_at.is_(None)
    waits = exists().where(*held, AttachmentPart.content.is_not(None))
    wanted = {
        Kind.PREPARE_ATTACHMENT: Attachment.removed_at.is_(None) & waits,
        Kind.REMOVE_ATTACHMENT: Attachment.removed_at.is_not(None) & exists().where(*held),
    }
    found = 0
    for kind, condition in wanted.items():
        asked = exists().where(
            OutboxEntry.tenant_id == Attachment.tenant_id,
            OutboxEntry.kind == kind.value,
            OutboxEntry.object_id == Attachment.id,
        )
        for attachment_id in db.session.scalars(select(Attachment.id).where(condition, ~asked)):
            outbox.request(kind, attachment_id)
            found += 1
    return found


def _locked(attachment_id: UUID) -> Attachment:
    query = select(Attachment).where(Attachment.id == attachment_id)
    query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def _record(row: Attachment, outcome: Outcome, reason: str | None = None) -> None:
    audit.record(
        Tag.ATTACHMENT_PREVIEW_MADE,
        outcome,
        subject=("attachment", row.id),
        case_id=row.case_id,
        reason=reason,
    )
