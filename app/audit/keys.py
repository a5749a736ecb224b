"""The name of a tenant's log and the keys that sign its checkpoints."""

from collections.abc import Sequence
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from app.audit.checkpoint import Checkpoint, CheckpointError, VerifierKey, verify
from app.audit.models import AuditKey
from tenants import vault
from tenants.clock import now
from tenants.context import current
from tenants.database import db
from tenants.errors import Unreadable

_PLACE = "audit-key"


def origin(slug: str) -> str:
    """Return the name of a tenant's log, as it stands in every checkpoint."""
    return f"teduh/{slug}"


def new_audit_key() -> AuditKey:
    """Make the signing key of a new tenant's log (not yet added to a session).

    Works inside the tenant's first transaction, under a role that may only insert.
    """
    private, key_id = Ed25519PrivateKey.generate(), uuid4()
    return AuditKey(
        id=key_id,
        public=private.public_key().public_bytes_raw(),
        private=vault.seal_for_tenant(private.private_bytes_raw(), _PLACE, str(key_id)),
        created_at=now(),
    )


def vkey() -> str:
    """Return the public key of the bound tenant's log, in the form that verifiers take.

    Raises:
        Unreadable: the tenant has no such key.
    """
    return str(public_keys()[0])


def public_keys() -> list[VerifierKey]:
    """Return the public keys of the bound tenant's log, the one that signs now first.

    Raises:
        Unreadable: the tenant has none.
    """
    name = origin(current().slug)
    return [VerifierKey(name, row.public) for row in _rows()]


def signing_key() -> Ed25519PrivateKey:
    """Open the key that signs the bound tenant's checkpoints now.

    Raises:
        Unreadable: there is none, it does not open, or it is not the published key's other half.
    """
    row = _rows()[0]
    private = Ed25519PrivateKey.from_private_bytes(
        vault.open_for_tenant(row.private, _PLACE, str(row.id))
    )
    if private.public_key().public_bytes_raw() != row.public:
        raise Unreadable("the log's key is not the one that is published")
    return private


def verified(note: str, known: Sequence[VerifierKey] | None = None) -> Checkpoint:
    """Return the checkpoint of a note that one of the bound tenant's keys signed.

    Args:
        known: what :func:`public_keys` returned, when many notes are checked.

    Raises:
        CheckpointError: none did, or the note is malformed or of another log.
        Unreadable: the tenant has no key.
    """
    failure = CheckpointError("the log has no key")
    for key in public_keys() if known is None else known:
        try:
            return verify(note, key)
        except CheckpointError as error:
            failure = error
    raise failure


def _rows() -> list[AuditKey]:
    rows = list(
        db.session.scalars(select(AuditKey).order_by(AuditKey.created_at.desc(), AuditKey.id))
    )
    if not rows:
        raise Unreadable("the tenant's log has no key")
    return rows
