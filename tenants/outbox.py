"""What is to be done outside the request: a committed row, opaque ids only.

The row is written in the transaction of the act and removed in the transaction that
completes the job. Valkey only carries a reminder of it and may be lost whole.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Integer, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.context import current
from tenants.database import PlatformTable, db, plain

VISIBILITY = timedelta(seconds=60)
"""How long a row is out of sight once it was handed over, or its job has begun. Longer than a job
may take: whoever had the row then is done or dead."""


class Kind(StrEnum):
    """The jobs there are; ``workers`` maps each to its function."""

    ISSUE_LETTER = "letter.issue"
    PREVIEW_LETTER = "letter.preview"
    PREPARE_ATTACHMENT = "attachment.prepare"
    REMOVE_ATTACHMENT = "attachment.remove"
    COPY_LETTER = "letter.copy"


class OutboxEntry(PlatformTable):
    """One job to be done for one object of one tenant, on behalf of one person."""

    __tablename__ = "outbox"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(info=plain("name of a kind of job"))
    object_id: Mapped[UUID]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)


def request(kind: Kind, object_id: UUID, *, delay: timedelta = timedelta(0)) -> None:
    """Ask for a job once this transaction is committed."""
    moment = now()
    db.session.add(
        OutboxEntry(
            id=uuid4(),
            tenant_id=current().tenant_id,
            kind=kind.value,
            object_id=object_id,
            created_at=moment,
            due_at=moment + delay,
            attempts=0,
        )
    )


def complete(kind: Kind, object_id: UUID) -> None:
    """Remove the row of a finished or parked job, in the transaction that finishes it."""
    db.session.execute(
        delete(OutboxEntry).where(
            OutboxEntry.tenant_id == current().tenant_id,
            OutboxEntry.kind == kind.value,
            OutboxEntry.object_id == object_id,
        )
    )


def handed_over(kind: Kind, object_id: UUID) -> int:
    """Return how often the job of an object has been handed over so far."""
    query = select(func.max(OutboxEntry.attempts)).where(
        OutboxEntry.tenant_id == current().tenant_id,
        OutboxEntry.kind == kind.value,
        OutboxEntry.object_id == object_id,
    )
    return db.session.scalar(query) or 0


def postpone(kind: Kind, object_id: UUID, delay: timedelta) -> None:
    """Have a job done again after ``delay``, in the transaction that counts its failure."""
    db.session.execute(
        update(OutboxEntry)
        .where(
            OutboxEntry.tenant_id == current().tenant_id,
            OutboxEntry.kind == kind.value,
            OutboxEntry.object_id == object_id,
        )
        .values(due_at=now() + delay)
    )
