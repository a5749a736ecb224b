"""The list of destroyed case keys, kept outside the database and outside every back-up.

A back-up from before a case was destroyed still holds its key. Whoever restores it must know what
was destroyed since, also when the database is lost: so each destruction is handed to a place of
its own (``DESTROYED_STORE_URL``) within a minute. An entry is two opaque ids and a moment,
authenticated under a key from the keyring, and is never removed.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy import select

from app.config import OutsideStore, Settings
from app.documents.store import Conflict, Store, StoreError
from tenants.context import current
from tenants.database import db, keyring
from tenants.keyring import Keyring, associated_data
from tenants.vault import DataKey

log = structlog.get_logger()
_FOLDER = "destroyed"
_handed: set[tuple[UUID, UUID]] = set()


@dataclass(frozen=True, slots=True)
class DestroyedKey:
    """One case whose key is destroyed."""

    tenant_id: UUID
    case_id: UUID
    at: datetime


class ListUnusable(Exception):
    """The list cannot be read, or holds an entry that Teduh did not write."""


def hand_out() -> int:
    """Hand the destroyed keys of the bound tenant to the place outside; return how many went.

    May be repeated: an entry that lies there already is left. What fails is tried at the next turn.
    """
    settings: Settings = current_app.extensions["settings"]
    place = settings.destroyed_store
    if place is None:
        return 0
    tenant_id, went = current().tenant_id, 0
    query = select(DataKey.id, DataKey.destroyed_at).where(DataKey.destroyed_at.is_not(None))
    waiting = [row for row in db.session.execute(query) if (tenant_id, row.id) not in _handed]
    try:
        store = Store(place.url, **place.options) if waiting else None
        for row in waiting:
            entry = DestroyedKey(tenant_id, row.id, row.destroyed_at)
            if store is not None and not store.holds(_name(entry)):
                store.put(_name(entry), _content(entry, keyring()))
                went += 1
            _handed.add((tenant_id, row.id))
    except Conflict:
        return went  # another process put it there at this moment; the others at the next turn
    except StoreError as error:
        fault = type(error).__name__
        log.error("destroyed-keys-not-handed-out", tenant=current().slug, error=fault)  # noqa: TRY400
    return went


def forget() -> None:
    """Look again at what lies outside, instead of trusting what this process has put there."""
    _handed.clear()


def read(place: OutsideStore, ring: Keyring, tenants: Collection[UUID]) -> list[DestroyedKey]:
    """Return the destroyed keys of some tenants from the place outside.

    Raises:
        ListUnusable: the place does not answer, or an entry is not one that Teduh wrote.
    """
    found = []
    try:
        store = Store(place.url, **place.options)
        for name, _size in store.names():
            parts = name.split("/")
            if parts[0] == _FOLDER and len(parts) == 3 and UUID(parts[1]) in tenants:
                found.append(_opened(UUID(parts[1]), UUID(parts[2]), store.get(name), ring))
    except StoreError as error:
        raise ListUnusable(f"it cannot be read ({type(error).__name__})") from None
    except ValueError:
        raise ListUnusable("an entry in it is not one that Teduh wrote with this keyring") from None
    return found


def _name(entry: DestroyedKey) -> str:
    return f"{_FOLDER}/{entry.tenant_id}/{entry.case_id}"


def _content(entry: DestroyedKey, ring: Keyring) -> bytes:
    return f"{entry.at.isoformat()} {_mac(entry, ring)}\n".encode()


def _opened(tenant_id: UUID, case_id: UUID, content: bytes, ring: Keyring) -> DestroyedKey:
    moment, mac = content.decode("ascii").split()
    entry = DestroyedKey(tenant_id, case_id, datetime.fromisoformat(moment))
    if not hmac.compare_digest(mac, _mac(entry, ring)):
        raise ValueError("mac")
    return entry


def _mac(entry: DestroyedKey, ring: Keyring) -> str:
    key = hmac.digest(ring.index, b"destroyed-keys", sha256)
    moment = entry.at.isoformat().encode()
    message = associated_data(entry.tenant_id.bytes, entry.case_id.bytes, moment)
    return hmac.new(key, message, sha256).hexdigest()
