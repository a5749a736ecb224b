"""The whole log of the bound tenant: JSON Lines for whoever checks it, CSV for who reads it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, select

from app.audit import checkpoint, export, keys, spreadsheet, texts
from tenants import audit
from tenants.audit import AuditCheckpoint, AuditEvent, AuditLeaf
from tenants.context import current
from tenants.database import db
from tenants.errors import Conflict
from tenants.vocabulary import Tag

MAX_ON_A_PAGE = 100_000
"""Entries that a page makes in memory: about 70 MB."""
MAX_CHECKPOINTS = 1_000  # beyond that every nth: enough to name a small range
CHUNK = 2_000


def lines(most: int | None = None) -> Iterator[str]:
    """Return the lines of an export up to the newest checkpoint; recorded when it begins.

    The rows are read while the lines are taken: take them all inside the transaction.

    Args:
        most: refuse a log with more entries than this.

    Raises:
        Conflict: ``log-too-long``, or ``log-empty`` before the first checkpoint.
    """
    newest, slug = _begin(most), current().slug
    header = export.ExportHeader(slug, keys.origin(slug), keys.vkey(), newest.size)
    return export.export_lines(header, _entries(newest.size), _notes(newest.size))


def sheet(most: int | None = None) -> bytes:
    """Return the log as signed CSV with its checkpoint, in one ZIP file; recorded.

    Args:
        most: refuse a log with more entries than this.

    Raises:
        Conflict: ``log-too-long``, or ``log-empty`` before the first checkpoint.
        Unreadable: the log has no key that signs.
    """
    newest, slug = _begin(most), current().slug
    private = keys.signing_key()

    def sign(text: str) -> str:
        return checkpoint.sign_text(text, keys.origin(slug), private)

    return spreadsheet.archive(slug, _entries(newest.size), newest.size, newest.note, sign)


def _begin(most: int | None) -> AuditCheckpoint:
    texts.hold_still()
    newest = audit.newest_checkpoint()
    if newest is None:
        raise Conflict("log-empty")
    if most is not None and newest.size > most:
        raise Conflict("log-too-long")
    audit.record(Tag.AUDIT_EXPORTED, details={"size": newest.size})
    return newest


def _entries(size: int) -> Iterator[export.ExportEntry]:
    query = (
        select(AuditLeaf.index, AuditLeaf.leaf_hash, AuditEvent.body)
        .join(
            AuditEvent,
            and_(AuditEvent.tenant_id == AuditLeaf.tenant_id, AuditEvent.id == AuditLeaf.event_id),
            isouter=True,
        )
        .where(AuditLeaf.index < size)
        .order_by(AuditLeaf.index)
        .execution_options(yield_per=CHUNK)
    )
    row: Any
    for row in db.session.execute(query):
        yield export.ExportEntry(row.index, row.leaf_hash, row.body)


def _notes(size: int) -> list[str]:
    """The signed notes, thinned out evenly, the newest always among them."""
    number = func.row_number().over(order_by=AuditCheckpoint.size.desc())
    count = (
        db.session.scalar(
            select(func.count()).select_from(AuditCheckpoint).where(AuditCheckpoint.size <= size)
        )
        or 0
    )
    every = -(-count // MAX_CHECKPOINTS) or 1
    numbered = (
        select(AuditCheckpoint.size, AuditCheckpoint.note, (number - 1).label("place"))
        .where(AuditCheckpoint.size <= size)
        .subquery()
    )
    query = select(numbered.c.note).where(numbered.c.place % every == 0).order_by(numbered.c.size)
    return list(db.session.scalars(query))
