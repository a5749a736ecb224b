"""Looks at what was restored, as the web does: keys, values, the access log and its checkpoints."""

from collections.abc import Iterator
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select

from app.audit import handing
from app.audit import service as audit_log
from app.backup.restoring import Outcome, Source
from app.config import Settings
from app.documents.store import Store, StoreError
from app.keys.rotating import inside
from tenants import audit, rotation, vault
from tenants.database import db
from tenants.errors import Unreadable
from tenants.registry import Directory, find_tenant
from tenants.vault import DataKey, RetiredDataKey
from tenants.vocabulary import Tag

_HEAD = 1 + vault.VERSION_BYTES


def look(tenant_id: UUID, source: Source, outcome: Outcome) -> Iterator[str]:
    """Yield every difference of one restored agency; record the restore in its log.

    Args:
        outcome: what the restore counted; for the event.
    """
    tenant = find_tenant(tenant_id)
    if tenant is None:
        yield f"{tenant_id} is not there"
        return
    with inside(tenant):
        yield from _keys(tenant)
        yield from _log(tenant, source)
        audit.record(
            Tag.BACKUP_RESTORED,
            fields=(),
            details={
                "data": source.data.id,
                "keys": source.keys.id,
                "destroyed": outcome.destroyed,
            },
        )


def _keys(tenant: Directory) -> Iterator[str]:
    """See that every key opens, and that every value lies under a key that is there."""
    held: set[tuple[UUID, int]] = set()
    closed = 0
    rows: list[DataKey | RetiredDataKey] = [
        *db.session.scalars(select(DataKey).where(DataKey.wrapped.is_not(None))),
        *db.session.scalars(select(RetiredDataKey)),
    ]
    for row in rows:
        case_id = row.id if isinstance(row, DataKey) else row.subject_id
        try:
            vault.unwrap(case_id, row.version, row.tenant_key_version, row.wrapped or b"")
        except Unreadable:
            closed += 1
        held.add((case_id, row.version))
    if closed:
        yield f"{tenant.slug}: {closed} case keys do not open with this keyring"
    living = {case_id for case_id, _ in held}
    without = {
        (case_id, vault.version_of(head))
        for table, columns in rotation.of_case().items()
        for one in columns
        for case_id, head in db.session.execute(
            select(table.c.case_id, func.substring(one.column, 1, _HEAD, type_=one.column.type))
            .where(one.column.is_not(None))
            .distinct()
        )
        if case_id in living and (case_id, vault.version_of(head)) not in held
    }
    if without:
        yield f"{tenant.slug}: {len({one for one, _ in without})} cases have values under a key " \
              "that was thrown away"  # fmt: skip


def _log(tenant: Directory, source: Source) -> Iterator[str]:
    newest = audit.newest_checkpoint()
    restored = (newest.size, newest.root.hex()) if newest else None
    recorded = source.data.checkpoints.get(str(tenant.tenant_id))
    if restored != (tuple(recorded) if recorded else None):
        yield f"{tenant.slug}: the newest checkpoint is {restored}, not {recorded}"
    result = audit_log.verify()
    if not result.verified:
        yield f"{tenant.slug}: the access log does not agree with itself: flask audit verify"
    yield from _outside(tenant, newest)


def _outside(tenant: Directory, newest: audit.AuditCheckpoint | None) -> Iterator[str]:
    """Compare with the checkpoints that lie outside: what was signed after the back-up is lost."""
    settings: Settings = current_app.extensions["settings"]
    if settings.checkpoint_store is None:
        return
    size = newest.size if newest else 0
    try:
        store = Store(settings.checkpoint_store.url, **settings.checkpoint_store.options)
        sizes = [
            int(name.split("/")[1].split(".")[0])
            for name, _ in store.names()
            if name.startswith(f"{tenant.slug}/") and name.endswith(".checkpoint.txt")
        ]
        beside = handing.name_of(tenant.slug, size)
        if newest is not None and size in sizes and store.get(beside) != newest.note.encode():
            yield f"{tenant.slug}: another checkpoint of size {size} lies outside"
    except StoreError as error:
        yield f"{tenant.slug}: the checkpoints outside cannot be read ({type(error).__name__})"
        return
    if sizes and max(sizes) > size:
        yield (
            f"{tenant.slug}: the log outside goes to size {max(sizes)}: entries {size} to"
            f" {max(sizes) - 1} are lost"
        )
