"""The wrapped keys in the database, and the keys of the bound tenant while it is bound.

A data key is the key of one subject, a case. Its row outlives the key: ``destroyed_at``
set and ``wrapped`` empty is the record that the key is gone.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.context import current
from tenants.database import TenantTable, db, keyring, plain
from tenants.errors import Conflict, Unreadable
from tenants.keyring import (
    KEY_BYTES,
    associated_data,
    decrypt,
    encrypt,
    unwrap_data_key,
    wrap_data_key,
)


class TenantKey(TenantTable):
    """One generation of a tenant's key, wrapped by a root key."""

    __tablename__ = "tenant_key"

    version: Mapped[int]
    root_id: Mapped[str] = mapped_column(info=plain("name of the root key that wraps this key"))
    wrapped: Mapped[bytes] = mapped_column(info=plain("a wrapped key"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class DataKey(TenantTable):
    """The key of one case, wrapped by the tenant key; ``id`` is the case's id."""

    __tablename__ = "data_key"

    tenant_key_version: Mapped[int]
    wrapped: Mapped[bytes | None] = mapped_column(info=plain("a wrapped key"))
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]
    destroyed_by: Mapped[UUID | None]


class BlindIndex(TenantTable):
    """A keyed hash of a canonical confidential value, for search by equality (invariant 9)."""

    __tablename__ = "blind_index"
    __table_args__ = (
        Index("ix_blind_index_digest", "tenant_id", "field", "digest"),
        Index("ix_blind_index_row", "tenant_id", "row_id"),
        Index("ix_blind_index_subject", "tenant_id", "subject_id"),
    )

    subject_id: Mapped[UUID]
    row_id: Mapped[UUID]
    field: Mapped[str] = mapped_column(info=plain("name of a declared field"))
    digest: Mapped[bytes] = mapped_column(info=plain("HMAC of a value under a key held outside"))


def new_tenant_key(tenant_id: UUID) -> TenantKey:
    """Make the first key of a tenant (not yet added to a session) and keep it open.

    The operator who onboards may insert the wrapped key and never read it back.
    """
    key = secrets.token_bytes(KEY_BYTES)
    root_id, wrapped = keyring().wrap_tenant_key(tenant_id, 1, key)
    db.session().info["tenant_keys"] = {None: (1, key), 1: (1, key)}
    return TenantKey(version=1, root_id=root_id, wrapped=wrapped, created_at=now())


def tenant_key(version: int | None = None) -> tuple[int, bytes]:
    """Return (version, key) of the bound tenant; the newest unless ``version`` is given.

    Raises:
        Unreadable: the tenant has no such key or it does not open.
    """
    cache: dict[int | None, tuple[int, bytes]] = db.session().info.setdefault("tenant_keys", {})
    if version in cache:
        return cache[version]
    query = select(TenantKey).order_by(TenantKey.version.desc()).limit(1)
    if version is not None:
        query = query.where(TenantKey.version == version)
    row = db.session.scalar(query)
    if row is None:
        raise Unreadable("the tenant has no key")
    key = keyring().unwrap_tenant_key(row.tenant_id, row.version, row.root_id, row.wrapped)
    cache[version] = cache[row.version] = (row.version, key)
    return cache[version]


def create_data_key(subject_id: UUID) -> None:
    """Make the key of a new case and keep it for this transaction."""
    version, wrapping = tenant_key()
    key = secrets.token_bytes(KEY_BYTES)
    tenant_id = current().tenant_id
    wrapped = wrap_data_key(wrapping, tenant_id, subject_id, key)
    db.session.add(
        DataKey(id=subject_id, tenant_key_version=version, wrapped=wrapped, created_at=now())
    )
    _opened()[subject_id] = key


def data_keys(subject_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Return the keys of several cases with one statement; a destroyed key is left out."""
    opened = _opened()
    wanted = set(subject_ids) - opened.keys()
    if wanted:
        for row in db.session.scalars(select(DataKey).where(DataKey.id.in_(wanted))):
            if row.wrapped is not None:
                _, wrapping = tenant_key(row.tenant_key_version)
                opened[row.id] = unwrap_data_key(wrapping, row.tenant_id, row.id, row.wrapped)
    return opened


def data_key(subject_id: UUID) -> bytes:
    """Return the key of one case.

    Raises:
        Unreadable: the key was destroyed or never made.
    """
    try:
        return data_keys([subject_id])[subject_id]
    except KeyError:
        raise Unreadable("the key of this case is destroyed") from None


def destroy_data_key(subject_id: UUID, person_id: UUID) -> None:
    """Destroy the key of a case, and its blind-index rows with it.

    Raises:
        Conflict: there is no living key to destroy.
    """
    row = db.session.get(DataKey, (current().tenant_id, subject_id), with_for_update=True)
    if row is None or row.wrapped is None:
        raise Conflict("key-already-destroyed")
    row.wrapped, row.destroyed_at, row.destroyed_by = None, now(), person_id
    db.session.execute(delete(BlindIndex).where(BlindIndex.subject_id == subject_id))
    _opened().pop(subject_id, None)


def seal_for_subject(subject_id: UUID, plaintext: bytes, *place: str) -> bytes:
    """Seal bytes (a draft, a snapshot, a PDF) under a case key, bound to ``place``."""
    return encrypt(data_key(subject_id), plaintext, _place(subject_id, place))


def open_for_subject(subject_id: UUID, sealed: bytes, *place: str) -> bytes:
    """Undo :func:`seal_for_subject`.

    Raises:
        Unreadable: other place or case, altered bytes, or the key is destroyed.
    """
    return decrypt(data_key(subject_id), sealed, _place(subject_id, place))


def seal_for_tenant(plaintext: bytes, *place: str) -> bytes:
    """Seal bytes that belong to no case (a signing key) under the tenant key.

    The version is stored in front: ``version (4 bytes) | sealed``.
    """
    version, key = tenant_key()
    return version.to_bytes(4, "big") + encrypt(key, plaintext, _place(None, place))


def open_for_tenant(sealed: bytes, *place: str) -> bytes:
    """Undo :func:`seal_for_tenant`.

    Raises:
        Unreadable: other place or tenant, or altered bytes.
    """
    _, key = tenant_key(int.from_bytes(sealed[:4], "big"))
    return decrypt(key, sealed[4:], _place(None, place))


def _place(subject_id: UUID | None, place: tuple[str, ...]) -> bytes:
    subject = subject_id.bytes if subject_id else b""
    return associated_data(current().tenant_id.bytes, subject, *(part.encode() for part in place))


def _opened() -> dict[UUID, bytes]:
    opened: dict[UUID, bytes] = db.session().info.setdefault("data_keys", {})
    return opened
