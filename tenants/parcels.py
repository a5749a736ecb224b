"""Parcels from one tenant to another: sealed to the recipient's public key, on a platform table.

The table between the tenants holds opaque ids and sealed bytes and nothing else. Row security lets
a tenant see what it sent and what came to it, put in its own, empty it before it is answered, and
answer what came. An answer empties the parcel: what was taken is a case by then. What is inside
opens with the recipient's private key alone, which lies under the recipient's tenant key: neither
the operator nor a third tenant, nor the sender later, can read it.

HPKE (RFC 9180) in base mode: X25519, HKDF-SHA256, AES-256-GCM. That the sender is who the row says
is kept by row security; sender, recipient and id of the parcel are bound into the seal.
"""

from datetime import datetime
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, mapped_column

from tenants import vault
from tenants.clock import now
from tenants.context import current
from tenants.database import PlatformTable, TenantTable, db, plain
from tenants.errors import Conflict, Missing, Unreadable
from tenants.keyring import associated_data

PLACE = "parcel-key"
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class ParcelKey(PlatformTable):
    """The public key to which parcels for a tenant are sealed."""

    __tablename__ = "parcel_key"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    public: Mapped[bytes] = mapped_column(info=plain("a public key"))
    created_at: Mapped[datetime]


class ParcelSecret(TenantTable):
    """The private key that opens what comes to a tenant."""

    __tablename__ = "parcel_secret"

    secret: Mapped[bytes] = mapped_column(info=vault.sealed_for_office(PLACE))
    created_at: Mapped[datetime]


class Parcel(PlatformTable):
    """One parcel on its way, or answered; ``tenant_id`` is who sent it."""

    __tablename__ = "parcel"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID]
    sealed: Mapped[bytes | None] = mapped_column(info=plain("sealed to the recipient's public key"))
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]


def ensure_key() -> int:
    """Make the bound tenant's pair of keys where it has none; return how many were made."""
    if db.session.scalar(select(ParcelSecret.id)) is not None:
        return 0
    pair, secret_id = X25519PrivateKey.generate(), uuid4()
    sealed = vault.seal_for_tenant(pair.private_bytes_raw(), PLACE, str(secret_id))
    db.session.add(ParcelSecret(id=secret_id, secret=sealed, created_at=now()))
    public = pair.public_key().public_bytes_raw()
    db.session.add(ParcelKey(tenant_id=current().tenant_id, public=public, created_at=now()))
    db.session.flush()
    return 1


def takes_parcels(tenant_ids: set[UUID]) -> set[UUID]:
    """Return those tenants that have a key to which something can be sealed."""
    query = select(ParcelKey.tenant_id).where(ParcelKey.tenant_id.in_(tenant_ids))
    return set(db.session.scalars(query))


def send(recipient_id: UUID, content: bytes) -> UUID:
    """Seal ``content`` to another tenant, put it on its way, and return the parcel's id.

    Raises:
        Missing: the other tenant has no key.
    """
    key = db.session.get(ParcelKey, recipient_id)
    if key is None:
        raise Missing("parcel_key")
    parcel_id, sender = uuid4(), current().tenant_id
    public = X25519PublicKey.from_public_bytes(key.public)
    sealed = _SUITE.encrypt(content, public, info=_bound(sender, recipient_id, parcel_id))
    db.session.add(
        Parcel(
            tenant_id=sender,
            id=parcel_id,
            recipient_id=recipient_id,
            sealed=sealed,
            sent_at=now(),
        )
    )
    db.session.flush()
    return parcel_id


def arrived() -> list[tuple[UUID, UUID, datetime]]:
    """Return (id, sender, moment) of what came to the bound tenant and is not answered."""
    query = select(Parcel.id, Parcel.tenant_id, Parcel.sent_at).where(
        Parcel.recipient_id == current().tenant_id, Parcel.answered_at.is_(None)
    )
    return [(row.id, row.tenant_id, row.sent_at) for row in db.session.execute(query)]


def answers(parcel_ids: set[UUID]) -> dict[UUID, tuple[datetime, bool]]:
    """Return for those of the bound tenant's parcels that are answered: when, and whether taken."""
    query = select(Parcel).where(
        Parcel.tenant_id == current().tenant_id,
        Parcel.id.in_(parcel_ids),
        Parcel.answered_at.is_not(None),
    )
    return {
        row.id: (row.answered_at, bool(row.accepted))
        for row in db.session.scalars(query)
        if row.answered_at is not None
    }


def open_parcel(parcel_id: UUID) -> bytes:
    """Return what is in a parcel that came to the bound tenant.

    Raises:
        Missing: no such parcel came here.
        Conflict: it was answered, or the sender has taken back what was in it.
        Unreadable: it was altered, or is not for this tenant's key.
    """
    row = _mine(parcel_id)
    if row.answered_at is not None:
        raise Conflict("parcel-answered")
    if row.sealed is None:
        raise Conflict("parcel-taken-back")
    secret = db.session.scalars(select(ParcelSecret)).one()
    key = vault.open_for_tenant(secret.secret, PLACE, str(secret.id))
    bound = _bound(row.tenant_id, row.recipient_id, row.id)
    try:
        return _SUITE.decrypt(row.sealed, X25519PrivateKey.from_private_bytes(key), info=bound)
    except (InvalidTag, ValueError):
        raise Unreadable("a parcel does not open here") from None


def answer(parcel_id: UUID, *, accepted: bool) -> None:
    """Tell the sender whether a parcel was taken.

    Raises:
        Missing: no such parcel came here.
        Conflict: it was answered before.
    """
    row = _mine(parcel_id)
    if row.answered_at is not None:
        raise Conflict("parcel-answered")
    row.answered_at, row.accepted, row.sealed = now(), accepted, None
    db.session.flush()


def take_back(parcel_ids: set[UUID]) -> None:
    """Empty those of the bound tenant's parcels that are not answered: nobody opens them any more.

    That they were sent stays on record, and the recipient still answers them.
    """
    db.session.execute(
        update(Parcel)
        .where(
            Parcel.tenant_id == current().tenant_id,
            Parcel.id.in_(parcel_ids),
            Parcel.answered_at.is_(None),
        )
        .values(sealed=None)
    )


def _mine(parcel_id: UUID) -> Parcel:
    query = select(Parcel).where(Parcel.id == parcel_id, Parcel.recipient_id == current().tenant_id)
    row = db.session.scalar(query.with_for_update())
    if row is None:
        raise Missing("parcel")
    return row


def _bound(sender: UUID, recipient: UUID, parcel_id: UUID) -> bytes:
    return associated_data(b"parcel", sender.bytes, recipient.bytes, parcel_id.bytes)
