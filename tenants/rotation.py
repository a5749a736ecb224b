"""Rotating keys under live traffic: what one small transaction of a rotation does.

Nothing here is kept in memory between two transactions: which version a value lies under stands in
front of the value, and which key wraps a key beside it. So a rotation that dies anywhere is simply
gone on with. Readers and writers never wait for one another's version: the newest key seals, and an
earlier one opens what it sealed for as long as it is kept.

Runs as ``teduh_keys``. Never commits; a row that somebody else has locked is passed over, so that a
rotation waits for nobody while it holds anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, delete, false, func, or_, select, update

from tenants import audit, vault
from tenants.clock import now
from tenants.confidential import DECLARED
from tenants.database import Base, db, keyring
from tenants.errors import Unreadable
from tenants.vault import DataKey, RetiredDataKey, SealedBytes, TenantKey
from tenants.vocabulary import Tag

PlaceOf = Callable[[Any], vault.Place]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column whose values lie under a case key, and what the value of a row is bound to."""

    column: Column[Any]
    place_of: PlaceOf


def of_case() -> dict[Table, list[SealedColumn]]:
    """Return every column that lies under case keys, from the declarations alone."""
    found: dict[Table, list[SealedColumn]] = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            place_of = _place_of(table, column)
            if place_of is not None:
                found.setdefault(table, []).append(SealedColumn(column, place_of))
    return found


def of_office() -> dict[Column[Any], SealedBytes]:
    """Return every column that lies under tenant keys, from the declarations alone."""
    every = (column for table in Base.metadata.sorted_tables for column in table.columns)
    declared = {column: column.info.get("sealed") for column in every}
    return {column: one for column, one in declared.items() if one and not one.of_case}


def _place_of(table: Table, column: Column[Any]) -> PlaceOf | None:
    field = DECLARED.get(f"{table.name}.{column.name.removesuffix('_sealed')}")
    if field is not None and column.name.endswith("_sealed"):
        return lambda row: field.place(row.tenant_id, row.id)
    sealed: SealedBytes | None = column.info.get("sealed")
    if sealed is None or not sealed.of_case:
        return None
    return lambda row: vault.subject_place(row.whose, sealed.place(row.id))


def _whose(table: Table) -> Column[Any]:
    """Return the column that says whose key a row lies under: its case's, unless it has its own."""
    found: Column[Any] = table.c.get("sealed_for", table.c.case_id)
    return found


def under_other_root() -> int:
    """Count the tenant's keys that lie under another root key than the active one."""
    query = select(func.count()).select_from(TenantKey)
    return db.session.scalar(query.where(TenantKey.root_id != keyring().active)) or 0


def under_root(root_id: str) -> int:
    """Count the tenant's keys that lie under one root key."""
    query = select(func.count()).select_from(TenantKey).where(TenantKey.root_id == root_id)
    return db.session.scalar(query) or 0


def is_living(case_id: UUID) -> bool:
    """Tell whether a case has a key."""
    return _newest(case_id) is not None


def wrap_tenant_keys() -> int:
    """Wrap the tenant's keys under the active root key; return how many were under another."""
    active = keyring().active
    rows = db.session.scalars(
        select(TenantKey).where(TenantKey.root_id != active).with_for_update()
    ).all()
    for row in rows:
        key = keyring().unwrap_tenant_key(row.tenant_id, row.version, row.root_id, row.wrapped)
        row.root_id, row.wrapped = keyring().wrap_tenant_key(row.tenant_id, row.version, key)
    db.session.flush()
    if rows:
        audit.record(
            Tag.ROOT_KEY_ROTATED, fields=(), details={"root_key": active, "count": len(rows)}
        )
    return len(rows)


def unfinished_tenant_key() -> bool:
    """Tell whether something may still lie under an earlier key of the tenant."""
    return bool(
        db.session.scalar(select(func.count()).select_from(TenantKey).where(*_earlier_and_open()))
    )


def begin_tenant_key() -> int:
    """Make the tenant's next key, under which everything is wrapped from now on."""
    newest = db.session.scalar(
        select(TenantKey).order_by(TenantKey.version.desc()).limit(1).with_for_update()
    )
    if newest is None:
        raise Unreadable("the tenant has no key")
    version = newest.version + 1
    db.session.add(vault.new_tenant_key(newest.tenant_id, version))
    db.session.flush()
    audit.record(Tag.TENANT_KEY_ROTATED, fields=(), details={"version": version})
    return version


def wrap_case_keys(limit: int, *, wait: bool = False) -> int:
    """Wrap up to ``limit`` case keys, earlier versions too, under the tenant's newest key."""
    newest, _ = vault.tenant_key()
    moved = 0
    for table, living in ((DataKey, DataKey.wrapped.is_not(None)), (RetiredDataKey, None)):
        query = select(table).where(table.tenant_key_version < newest).order_by(table.id)
        query = query if living is None else query.where(living)
        for row in db.session.scalars(_taken(query.limit(limit - moved), wait)):
            subject_id = row.id if isinstance(row, DataKey) else row.subject_id
            wrapped = row.wrapped or b""
            key = vault.unwrap(subject_id, row.version, row.tenant_key_version, wrapped)
            row.tenant_key_version, row.wrapped = vault.wrap(subject_id, row.version, key)
            moved += 1
        if moved == limit:
            break
    db.session.flush()
    return moved


def seal_office_anew(limit: int, *, wait: bool = False) -> int:
    """Seal up to ``limit`` values of the office itself under the tenant's newest key."""
    newest, _ = vault.tenant_key()
    moved = 0
    for column, sealed in of_office().items():
        table = column.table
        query = (
            select(table.c.id, column)
            .where(_head(column, 1) < newest.to_bytes(vault.VERSION_BYTES, "big"))
            .order_by(table.c.id)
            .limit(limit - moved)
        )
        for row_id, value in db.session.execute(_taken(query, wait)).all():
            place = sealed.place(row_id)
            fresh = vault.seal_for_tenant(vault.open_for_tenant(value, *place), *place)
            db.session.execute(
                update(table).where(table.c.id == row_id).values({column.name: fresh})
            )
            moved += 1
        if moved == limit:
            break
    return moved


def finish_tenant_key() -> bool:
    """Retire the tenant's earlier keys if nothing lies under them; tell whether it was so."""
    newest, _ = vault.tenant_key()
    if under_earlier_tenant_key():
        return False
    retired = db.session.execute(
        update(TenantKey)
        .where(TenantKey.version < newest, TenantKey.retired_at.is_(None))
        .values(retired_at=now())
        .returning(TenantKey.id)
    ).all()
    if retired:
        audit.record(Tag.TENANT_KEY_EMPTIED, fields=(), details={"version": newest})
    return True


def under_earlier_tenant_key() -> int:
    """Count what still lies under an earlier key of the tenant."""
    newest, _ = vault.tenant_key()
    queries = [
        select(func.count())
        .select_from(DataKey)
        .where(DataKey.tenant_key_version < newest, DataKey.wrapped.is_not(None)),
        select(func.count())
        .select_from(RetiredDataKey)
        .where(RetiredDataKey.tenant_key_version < newest),
    ]
    head = newest.to_bytes(vault.VERSION_BYTES, "big")
    queries += [
        select(func.count()).select_from(column.table).where(_head(column, 1) < head)
        for column in of_office()
    ]
    return sum(db.session.scalar(query) or 0 for query in queries)


def cases_made_before(moment: datetime) -> list[UUID]:
    """Return the living cases whose key was made before ``moment``, oldest key first."""
    query = (
        select(DataKey.id)
        .where(DataKey.wrapped.is_not(None), DataKey.created_at < moment)
        .order_by(DataKey.created_at, DataKey.id)
    )
    return list(db.session.scalars(query))


def unfinished_cases() -> list[UUID]:
    """Return the cases of which something may still lie under an earlier key."""
    query = (
        select(RetiredDataKey.subject_id)
        .where(RetiredDataKey.emptied_at.is_(None))
        .distinct()
        .order_by(RetiredDataKey.subject_id)
    )
    return list(db.session.scalars(query))


def begin_case_key(case_id: UUID, before: datetime) -> bool:
    """Make the next key of a case; False when it is destroyed or newer than ``before`` by now."""
    row = db.session.scalar(
        select(DataKey)
        .where(DataKey.id == case_id, DataKey.wrapped.is_not(None), DataKey.created_at < before)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.wrapped is None:
        return False
    db.session.add(
        RetiredDataKey(
            subject_id=case_id,
            version=row.version,
            tenant_key_version=row.tenant_key_version,
            wrapped=row.wrapped,
            created_at=row.created_at,
            retired_at=now(),
        )
    )
    row.version += 1
    row.tenant_key_version, row.wrapped = vault.wrap(case_id, row.version, vault.fresh_key())
    row.created_at = now()
    db.session.flush()
    audit.record(
        Tag.CASE_KEY_ROTATED,
        subject=("case", case_id),
        case_id=case_id,
        fields=(),
        details={"version": row.version},
    )
    return True


def seal_case_anew(case_id: UUID, limit: int, *, wait: bool = False) -> int:
    """Seal up to ``limit`` rows of one table of a case under its newest key.

    Args:
        wait: for rows that somebody else has locked; then one row at a time.

    Returns:
        how many rows were sealed anew: 0 when none is left, or each is locked.
    """
    newest = _newest(case_id)
    if newest is None:
        return 0
    for table, columns in of_case().items():
        query = (
            select(
                table.c.tenant_id,
                table.c.id,
                _whose(table).label("whose"),
                *(c.column for c in columns),
            )
            .where(_whose(table) == case_id, _any_earlier(columns, newest))
            .order_by(table.c.id)
            .limit(1 if wait else limit)
        )
        rows = db.session.execute(_taken(query, wait)).all()
        for row in rows:
            fresh = {}
            for one in columns:
                value: bytes | None = getattr(row, one.column.name)
                if value is not None and vault.version_of(value) < newest:
                    place = one.place_of(row)
                    plaintext = vault.open_value(case_id, value, place)
                    fresh[one.column.name] = vault.seal_value(case_id, plaintext, place)
            db.session.execute(update(table).where(table.c.id == row.id).values(fresh))
        if rows:
            return len(rows)
    return 0


def rows_under_earlier_key(case_id: UUID) -> int:
    """Count the rows of a case that hold a value under an earlier key."""
    newest = _newest(case_id)
    if newest is None:
        return 0
    return sum(
        db.session.scalar(
            select(func.count())
            .select_from(table)
            .where(_whose(table) == case_id, _any_earlier(columns, newest))
        )
        or 0
        for table, columns in of_case().items()
    )


def finish_case_key(case_id: UUID) -> None:
    """Write down that nothing lies under the earlier keys of a case any more."""
    emptied = db.session.execute(
        update(RetiredDataKey)
        .where(RetiredDataKey.subject_id == case_id, RetiredDataKey.emptied_at.is_(None))
        .values(emptied_at=now())
        .returning(RetiredDataKey.version)
    ).all()
    if emptied:
        audit.record(
            Tag.CASE_KEY_EMPTIED,
            subject=("case", case_id),
            case_id=case_id,
            fields=(),
            details={"version": max(row.version for row in emptied)},
        )


def discardable(before: datetime) -> list[tuple[UUID, int]]:
    """Return (case, version) of the earlier keys under which nothing lay since ``before``."""
    query = (
        select(RetiredDataKey.subject_id, RetiredDataKey.version)
        .where(RetiredDataKey.emptied_at < before)
        .order_by(RetiredDataKey.subject_id, RetiredDataKey.version)
    )
    return [(row.subject_id, row.version) for row in db.session.execute(query)]


def discard(case_id: UUID, version: int) -> bool:
    """Remove an earlier key of a case for ever; False when something lies under one after all."""
    if rows_under_earlier_key(case_id):
        return False
    gone = db.session.execute(
        delete(RetiredDataKey)
        .where(
            RetiredDataKey.subject_id == case_id,
            RetiredDataKey.version == version,
            RetiredDataKey.emptied_at.is_not(None),
        )
        .returning(RetiredDataKey.id)
    ).all()
    if gone:
        audit.record(
            Tag.CASE_KEY_DISCARDED,
            subject=("case", case_id),
            case_id=case_id,
            fields=(),
            details={"version": version},
        )
    return bool(gone)


def _newest(case_id: UUID) -> int | None:
    return db.session.scalar(
        select(DataKey.version).where(DataKey.id == case_id, DataKey.wrapped.is_not(None))
    )


def _taken(query: Any, wait: bool) -> Any:
    """Lock what ``query`` finds; pass over what somebody else has locked, unless ``wait``."""
    return query.with_for_update(skip_locked=not wait)


def _head(column: Column[Any], start: int) -> ColumnElement[bytes]:
    """Return the four bytes of a version within a sealed value."""
    return func.substring(column, start, vault.VERSION_BYTES, type_=column.type)


def _any_earlier(columns: list[SealedColumn], newest: int) -> ColumnElement[bool]:
    below = newest.to_bytes(vault.VERSION_BYTES, "big")
    earlier = (
        or_(
            func.substring(one.column, 1, 1, type_=one.column.type) != vault.VERSIONED,
            _head(one.column, 2) < below,
        )
        for one in columns
    )
    return or_(*earlier) if newest > 1 else false()


def _earlier_and_open() -> tuple[ColumnElement[bool], ...]:
    newest = select(func.max(TenantKey.version)).scalar_subquery()
    return TenantKey.version < newest, TenantKey.retired_at.is_(None)
