"""Taking an attachment out: by whoever answers for the case, with a reason, and with the case."""

from uuid import UUID

from sqlalchemy import select

from app.attachments import keeping
from app.attachments.codes import REMOVE_REASONS, RemoveReason
from app.attachments.models import Attachment
from app.cases import service as cases
from app.web.access import Subject
from tenants import audit, clock
from tenants.context import acting_person
from tenants.database import db
from tenants.errors import Conflict, Invalid
from tenants.vocabulary import Tag


def remove(subject: Subject, reason: str) -> None:
    """Remove an attachment for good. That it was there, and its commitment, stay on record.

    Raises:
        Invalid: ``reason`` with ``unknown-code``.
        Conflict: ``attachment-removed`` before.
    """
    if not REMOVE_REASONS.accepts(reason, cases.today()):
        raise Invalid("reason", "unknown-code")
    row = _locked(subject.id)
    if row.removed_at is not None:
        raise Conflict("attachment-removed")
    _remove(row, RemoveReason(reason))


def with_case(case_id: UUID) -> None:
    """Remove every attachment of a case whose key has just been destroyed."""
    query = select(Attachment.id).where(
        Attachment.case_id == case_id, Attachment.removed_at.is_(None)
    )
    for attachment_id in db.session.scalars(query.order_by(Attachment.id)):
        _remove(_locked(attachment_id), RemoveReason.CASE_DESTROYED)


def _remove(row: Attachment, reason: RemoveReason) -> None:
    row.removed_at, row.removed_by = clock.now(), acting_person().id
    row.remove_reason = reason.value
    db.session.flush()
    keeping.let_go(row)
    audit.record(
        Tag.ATTACHMENT_REMOVED,
        subject=("attachment", row.id),
        case_id=row.case_id,
        fields=(),
        details={"reason": reason.value},
    )


def _locked(attachment_id: UUID) -> Attachment:
    query = select(Attachment).where(Attachment.id == attachment_id)
    query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one()
