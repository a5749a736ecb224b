"""The wrapped keys in the database, and the keys of the bound tenant while it is bound.

A data key is the key of one subject, a case. It has versions: the newest seals, the earlier ones
only open what they sealed, until a rotation has sealed that anew. The row of a key outlives it:
``destroyed_at`` set and ``wrapped`` empty is the record that all its versions are gone.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.context import current
from tenants.database import TenantTable, db, keyring, keyring_with, plain
from tenants.errors import Conflict, Unreadable
from tenants.keyring import (
    KEY_BYTES,
    associated_data,
    decrypt,
    encrypt,
    unwrap_data_key,
    wrap_data_key,
)

VERSIONED = b"\x02"
"""Begins a value sealed under a case key: then 4 bytes of the key's version, then the value. What
was sealed before keys had versions begins otherwise and lies under the first."""
VERSION_BYTES = 4

Place = Callable[[int | None], bytes]
"""What a sealed value is bound to, under one version of its key (None: before versions)."""


class TenantKey(TenantTable):
    """One generation of a tenant's key, wrapped by a root key."""

    __tablename__ = "tenant_key"

    version: Mapped[int]
    root_id: Mapped[str] = mapped_column(info=plain("name of the root key that wraps this key"))
    wrapped: Mapped[bytes] = mapped_column(info=plain("a wrapped key"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class DataKey(TenantTable):
    """The newest key of one case, wrapped by the tenant key; ``id`` is the case's id."""

    __tablename__ = "data_key"

    version: Mapped[int] = mapped_column(Integer, server_default="1")
    tenant_key_version: Mapped[int]
    wrapped: Mapped[bytes | None] = mapped_column(info=plain("a wrapped key"))
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]
    destroyed_by: Mapped[UUID | None]


class RetiredDataKey(TenantTable):
    """An earlier key of one case, kept for what still lies under it here or in back-ups."""

    __tablename__ = "retired_data_key"
    __table_args__ = (UniqueConstraint("tenant_id", "subject_id", "version"),)

    subject_id: Mapped[UUID]
    version: Mapped[int]
    tenant_key_version: Mapped[int]
    wrapped: Mapped[bytes] = mapped_column(info=plain("a wrapped key"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime]
    emptied_at: Mapped[datetime | None]


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


@dataclass(frozen=True, slots=True)
class SealedBytes:
    """Declares what a column of sealed bytes is bound to, so that a rotation can seal it anew.

    Attributes:
        of_case: sealed under the key of the row's case; else under the tenant's key.
    """

    of_case: bool
    kind: str
    part: tuple[str, ...]

    def place(self, row_id: UUID) -> tuple[str, ...]:
        """Return the place that was given to the function that sealed it."""
        return (self.kind, str(row_id), *self.part)


def sealed_for_case(kind: str, part: str) -> dict[str, object]:
    """Return the ``info`` of a column that :func:`seal_for_subject` fills, bound to kind and id."""
    return {**plain("sealed under the case key"), "sealed": SealedBytes(True, kind, (part,))}


def sealed_for_office(kind: str) -> dict[str, object]:
    """Return the ``info`` of a column that :func:`seal_for_tenant` fills, bound to kind and id."""
    return {**plain("sealed under the tenant key"), "sealed": SealedBytes(False, kind, ())}


@dataclass(slots=True)
class CaseKeys:
    """The opened keys of one case by version."""

    newest: int
    keys: dict[int, bytes] = field(repr=False)


def fresh_key() -> bytes:
    """Return a new key at random."""
    return secrets.token_bytes(KEY_BYTES)


def new_tenant_key(tenant_id: UUID, version: int = 1) -> TenantKey:
    """Make a key of a tenant (not yet added to a session) and keep it open.

    The operator who onboards may insert the wrapped key and never read it back.
    """
    key = fresh_key()
    root_id, wrapped = keyring().wrap_tenant_key(tenant_id, version, key)
    db.session().info.setdefault("tenant_keys", {}).update(
        {None: (version, key), version: (version, key)}
    )
    return TenantKey(version=version, root_id=root_id, wrapped=wrapped, created_at=now())


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
    cache[version] = _open_tenant_key(row)
    return cache[version]


def _open_tenant_key(row: TenantKey) -> tuple[int, bytes]:
    """Open a key once in a transaction."""
    cache: dict[int | None, tuple[int, bytes]] = db.session().info.setdefault("tenant_keys", {})
    if row.version not in cache:
        ring = keyring_with(row.root_id)
        key = ring.unwrap_tenant_key(row.tenant_id, row.version, row.root_id, row.wrapped)
        cache[row.version] = row.version, key
    return cache[row.version]


def create_data_key(subject_id: UUID) -> None:
    """Make the key of a new case and keep it for this transaction."""
    key = fresh_key()
    tenant_version, wrapped = wrap(subject_id, 1, key)
    db.session.add(
        DataKey(
            id=subject_id,
            version=1,
            tenant_key_version=tenant_version,
            wrapped=wrapped,
            created_at=now(),
        )
    )
    _opened()[subject_id] = CaseKeys(1, {1: key})


def wrap(subject_id: UUID, version: int, key: bytes) -> tuple[int, bytes]:
    """Wrap a case key under the newest key of the bound tenant; return its version and that."""
    tenant_version, wrapping = tenant_key()
    return tenant_version, wrap_data_key(wrapping, current().tenant_id, subject_id, version, key)


def unwrap(subject_id: UUID, version: int, tenant_version: int, wrapped: bytes) -> bytes:
    """Undo :func:`wrap`.

    Raises:
        Unreadable: it is another case's or version's, or the tenant's key does not open.
    """
    _, wrapping = tenant_key(tenant_version)
    return unwrap_data_key(wrapping, current().tenant_id, subject_id, version, wrapped)


def data_keys(subject_ids: Iterable[UUID]) -> dict[UUID, CaseKeys]:
    """Return the newest keys of several cases with one statement; a destroyed key is left out."""
    opened = _opened()
    wanted = set(subject_ids) - opened.keys()
    if wanted:
        query = (
            select(DataKey, TenantKey)
            .outerjoin(TenantKey, TenantKey.version == DataKey.tenant_key_version)
            .where(DataKey.id.in_(wanted))
        )
        for row, wrapping in db.session.execute(query):
            if row.wrapped is not None:
                if wrapping is not None:
                    _open_tenant_key(wrapping)
                key = unwrap(row.id, row.version, row.tenant_key_version, row.wrapped)
                opened[row.id] = CaseKeys(row.version, {row.version: key})
    return opened


def data_key(subject_id: UUID, version: int | None = None) -> tuple[int, bytes]:
    """Return (version, key) of one case; the newest known to this transaction unless given.

    Raises:
        Unreadable: the key was destroyed or never made.
    """
    found = _opened().get(subject_id) or data_keys([subject_id]).get(subject_id)
    if found is None:
        raise Unreadable("the key of this case is destroyed")
    version = version or found.newest
    if version not in found.keys:
        _look_again(subject_id, found)
    if version not in found.keys:
        raise Unreadable("the case has no key of this version")
    return version, found.keys[version]


def _look_again(subject_id: UUID, found: CaseKeys) -> None:
    """Open every version of a case's key: it was rotated before or during this transaction."""
    newest = db.session.execute(
        select(DataKey.version, DataKey.tenant_key_version, DataKey.wrapped).where(
            DataKey.id == subject_id, DataKey.wrapped.is_not(None)
        )
    ).one_or_none()
    retired = select(
        RetiredDataKey.version, RetiredDataKey.tenant_key_version, RetiredDataKey.wrapped
    ).where(RetiredDataKey.subject_id == subject_id)
    for row in [*([newest] if newest else []), *db.session.execute(retired)]:
        found.keys[row.version] = unwrap(
            subject_id, row.version, row.tenant_key_version, row.wrapped
        )
    if newest is not None:
        found.newest = newest.version


def destroy_data_key(subject_id: UUID, person_id: UUID) -> None:
    """Destroy the key of a case in all its versions, and its blind-index rows with it.

    Raises:
        Conflict: there is no living key to destroy.
    """
    row = db.session.get(
        DataKey, (current().tenant_id, subject_id), with_for_update=True, populate_existing=True
    )
    if row is None or row.wrapped is None:
        raise Conflict("key-already-destroyed")
    row.wrapped, row.destroyed_at, row.destroyed_by = None, now(), person_id
    db.session.execute(delete(RetiredDataKey).where(RetiredDataKey.subject_id == subject_id))
    db.session.execute(delete(BlindIndex).where(BlindIndex.subject_id == subject_id))
    _opened().pop(subject_id, None)


def seal_value(subject_id: UUID, plaintext: bytes, place: Place) -> bytes:
    """Seal bytes under the newest key of a case.

    Raises:
        Unreadable: the key is destroyed.
    """
    version, key = data_key(subject_id)
    sealed = encrypt(key, plaintext, place(version))
    return VERSIONED + version.to_bytes(VERSION_BYTES, "big") + sealed


def open_value(subject_id: UUID, sealed: bytes, place: Place) -> bytes:
    """Undo :func:`seal_value`, under whichever version of the key it was sealed.

    Raises:
        Unreadable: other place or case, altered bytes, or the key is destroyed.
    """
    version = version_of(sealed)
    if sealed[:1] != VERSIONED:
        return decrypt(data_key(subject_id, version)[1], sealed, place(None))
    body = sealed[1 + VERSION_BYTES :]
    return decrypt(data_key(subject_id, version)[1], body, place(version))


def version_of(sealed: bytes) -> int:
    """Return the version of the case key under which a value lies."""
    if sealed[:1] != VERSIONED:
        return 1
    return int.from_bytes(sealed[1 : 1 + VERSION_BYTES], "big")


def seal_for_subject(subject_id: UUID, plaintext: bytes, *place: str) -> bytes:
    """Seal bytes (a draft, a snapshot, a PDF) under a case key, bound to ``place``."""
    return seal_value(subject_id, plaintext, subject_place(subject_id, place))


def open_for_subject(subject_id: UUID, sealed: bytes, *place: str) -> bytes:
    """Undo :func:`seal_for_subject`.

    Raises:
        Unreadable: other place or case, altered bytes, or the key is destroyed.
    """
    return open_value(subject_id, sealed, subject_place(subject_id, place))


def seal_for_tenant(plaintext: bytes, *place: str) -> bytes:
    """Seal bytes that belong to no case (a signing key) under the tenant key.

    The version is stored in front: ``version (4 bytes) | sealed``.
    """
    version, key = tenant_key()
    return version.to_bytes(VERSION_BYTES, "big") + encrypt(key, plaintext, _place(None, place))


def open_for_tenant(sealed: bytes, *place: str) -> bytes:
    """Undo :func:`seal_for_tenant`.

    Raises:
        Unreadable: other place or tenant, or altered bytes.
    """
    _, key = tenant_key(int.from_bytes(sealed[:VERSION_BYTES], "big"))
    return decrypt(key, sealed[VERSION_BYTES:], _place(None, place))


def subject_place(subject_id: UUID, place: tuple[str, ...]) -> Place:
    """Return what bytes sealed under a case key are bound to, by version of the key."""

    def under(version: int | None) -> bytes:
        return _place(subject_id, place if version is None else (*place, str(version)))

    return under


def _place(subject_id: UUID | None, place: tuple[str, ...]) -> bytes:
    subject = subject_id.bytes if subject_id else b""
    return associated_data(current().tenant_id.bytes, subject, *(part.encode() for part in place))


def _opened() -> dict[UUID, CaseKeys]:
    opened: dict[UUID, CaseKeys] = db.session().info.setdefault("data_keys", {})
    return opened
