"""The tenant's signing chain in the database: anchor, issuing authority, officers.

The keys are held by the server, sealed under the tenant key: a signature is an authorisation
recorded at the officer's approval, not a personal token, and nothing claims otherwise.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID, uuid4

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from flask import current_app
from sqlalchemy import select

from app.config import Settings, SettingsError
from app.documents import chain
from app.documents.models import SigningCertificate
from app.documents.sign import HeldIdentity
from app.documents.states import RevokeReason
from app.documents.time_stamps import TimeStampAuthority
from app.web.access import Subject
from tenants import audit, vault
from tenants.clock import now
from tenants.context import acting_person, current
from tenants.database import db
from tenants.errors import Conflict, Missing
from tenants.profile import Profile
from tenants.registry import profile
from tenants.vocabulary import Tag

log = structlog.get_logger()

_MARGIN = timedelta(days=30)  # an officer's certificate is renewed this long before its end
WATCHED = timedelta(days=800)  # an officer's certificate of two years must fit in it
_START = timedelta(minutes=5)  # clocks of those who verify may be behind


class Kind(StrEnum):
    """A certificate's place in the chain."""

    ROOT = "root"
    ISSUING = "issuing"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True)
class Signature:
    """What the record knows of a signer: from the certificate, not from the account."""

    name: str
    title: str
    fingerprint: str
    revoked_at: datetime | None = None
    compromised: bool = False


def new_chain(profile: Profile) -> list[SigningCertificate]:
    """Make a tenant's trust anchor and issuing authority (not yet added to a session).

    Works inside the tenant's first transaction, under a role that may only insert.

    Returns:
        the anchor, then the issuing authority.
    """
    start = now() - _START
    name = _office_name(profile)
    root = chain.make_root(name, start)
    issuing = chain.make_issuer(root, name, start)
    return [_sealed(Kind.ROOT, root), _sealed(Kind.ISSUING, issuing)]


def ensure_officer(account_id: UUID, *, name: str, title: str) -> SigningCertificate:
    """Return the certificate with which an officer signs now, making it on first need.

    A new one is made for another name or title (as one acting for somebody has), or when the old
    one is about to end.

    Args:
        name, title: as the signature block has them.

    Raises:
        Conflict: the tenant has no signing chain.
    """
    known = db.session.scalars(
        select(SigningCertificate)
        .where(
            SigningCertificate.kind == Kind.OFFICER.value,
            SigningCertificate.account_id == account_id,
            SigningCertificate.revoked_at.is_(None),
            SigningCertificate.not_after > now() + _MARGIN,
        )
        .order_by(SigningCertificate.created_at.desc())
    ).all()
    issuing = _authority()
    issuer = chain.KeyPair(issuing.certificate, _opened(issuing))
    made = chain.make_officer(
        issuer,
        _office_name(profile()),
        name=name,
        title=title,
        not_before=now() - _START,
    )
    for one in known:
        if _subject(one.certificate) == _subject(made.certificate):
            return one
    row = _sealed(Kind.OFFICER, made, account_id)
    db.session.add(row)
    db.session.flush()
    audit.record(
        Tag.CERTIFICATE_ISSUED,
        subject=("certificate", row.id),
        fields=(),
        details={"fingerprint": row.fingerprint.hex(), "person": str(account_id)},
    )
    return row


def identity(certificate_id: UUID) -> HeldIdentity:
    """Return an officer's key and chain, ready to sign.

    Raises:
        Missing: no such certificate, or it was revoked.
        Unreadable: the key does not open.
        SigningError: ``broken_identity``.
    """
    officer = db.session.get(SigningCertificate, (current().tenant_id, certificate_id))
    if officer is None or officer.revoked_at is not None:
        raise Missing("certificate")
    above = [_authority().certificate, anchor()]
    return HeldIdentity(officer.certificate, _opened(officer), above)


def anchor() -> bytes:
    """Return the bound tenant's trust anchor, DER.

    Raises:
        Conflict: the tenant has no signing chain.
    """
    return _newest(Kind.ROOT).certificate


def timestamp_anchors() -> list[bytes]:
    """Return what the certificates of the time-stamp authority lead up to, DER; empty for none.

    Raises:
        SettingsError: the file that the settings name holds no certificate.
    """
    settings: Settings = current_app.extensions["settings"]
    if settings.timestamp_anchor is None:
        return []
    try:
        found = x509.load_pem_x509_certificates(settings.timestamp_anchor.read_bytes())
    except (OSError, ValueError):
        raise SettingsError(["TIMESTAMP_ANCHOR holds no certificate"]) from None
    return [one.public_bytes(Encoding.DER) for one in found]


def timestamp_authority() -> TimeStampAuthority | None:
    """Return the time-stamp authority of the settings, if there is one.

    Raises:
        SettingsError: as :func:`timestamp_anchors`.
    """
    settings: Settings = current_app.extensions["settings"]
    if settings.timestamp_url is None:
        return None
    return TimeStampAuthority(settings.timestamp_url, timestamp_anchors())


def officers() -> list[SigningCertificate]:
    """Return the officers' certificates, those that hold longest first."""
    query = select(SigningCertificate).where(SigningCertificate.kind == Kind.OFFICER.value)
    return list(db.session.scalars(query.order_by(SigningCertificate.not_after.desc())))


def load_certificate(certificate_id: UUID) -> Subject:
    """Load an officer's certificate.

    Raises:
        Missing: there is none with this id in the bound tenant.
    """
    found = db.session.get(SigningCertificate, (current().tenant_id, certificate_id))
    if found is None or found.kind != Kind.OFFICER.value:
        raise Missing("certificate")
    return Subject("certificate", found.id, found)


def revoke(certificate: SigningCertificate, reason: RevokeReason) -> None:
    """Revoke an officer's certificate: nothing is signed with it any more.

    Letters signed with it stay what they are: the office's record holds the hash of each. Their
    verification page says that the certificate was revoked, when, and whether its key may be in
    other hands. The officer's next approval makes a new certificate with a new key.

    Raises:
        Conflict: ``revoked-already``.
    """
    held = db.session.get(
        SigningCertificate,
        (current().tenant_id, certificate.id),
        with_for_update=True,
        populate_existing=True,
    )
    if held is None or held.revoked_at is not None:
        raise Conflict("revoked-already")
    held.revoked_at, held.revoked_by = now(), acting_person().id
    held.revoke_reason = reason.value
    audit.record(
        Tag.CERTIFICATE_REVOKED,
        subject=("certificate", held.id),
        fields=(),
        details={"fingerprint": held.fingerprint.hex(), "reason": reason.value},
    )


def ending() -> list[SigningCertificate]:
    """Return the certificates that end soon and that nobody renews: anchor and issuer."""
    query = select(SigningCertificate).where(
        SigningCertificate.kind != Kind.OFFICER.value,
        SigningCertificate.revoked_at.is_(None),
        SigningCertificate.not_after < now() + WATCHED,
    )
    return list(db.session.scalars(query))


def watch() -> int:
    """Warn of certificates of the bound tenant that end soon; count them (run by the clock)."""
    found = ending()
    for one in found:
        log.warning("certificate-ends", kind=one.kind, ends=one.not_after.date().isoformat())
    return len(found)


def signature(certificate_id: UUID) -> Signature:
    """Return who signed, as the certificate says.

    Raises:
        Missing: no such certificate.
    """
    row = db.session.get(SigningCertificate, (current().tenant_id, certificate_id))
    if row is None:
        raise Missing("certificate")
    subject = x509.load_der_x509_certificate(row.certificate).subject
    return Signature(
        name=_part(subject, NameOID.COMMON_NAME),
        title=_part(subject, NameOID.TITLE),
        fingerprint=row.fingerprint.hex(),
        revoked_at=row.revoked_at,
        compromised=row.revoke_reason == RevokeReason.COMPROMISED.value,
    )


def _authority() -> SigningCertificate:
    return _newest(Kind.ISSUING)


def _newest(kind: Kind) -> SigningCertificate:
    row = db.session.scalar(
        select(SigningCertificate)
        .where(SigningCertificate.kind == kind.value, SigningCertificate.revoked_at.is_(None))
        .order_by(SigningCertificate.created_at.desc())
        .limit(1)
    )
    if row is None:
        raise Conflict("no-signing-chain")
    return row


def _sealed(kind: Kind, pair: chain.KeyPair, account_id: UUID | None = None) -> SigningCertificate:
    row_id = uuid4()
    certificate = x509.load_der_x509_certificate(pair.certificate)
    return SigningCertificate(
        id=row_id,
        kind=kind.value,
        account_id=account_id,
        certificate=pair.certificate,
        fingerprint=sha256(pair.certificate).digest(),
        private_key=vault.seal_for_tenant(pair.private_key, "signing_certificate", str(row_id)),
        not_after=certificate.not_valid_after_utc,
        created_at=now(),
    )


def _opened(row: SigningCertificate) -> bytes:
    return vault.open_for_tenant(row.private_key, "signing_certificate", str(row.id))


def _office_name(profile: Profile) -> str:
    return f"{profile.identity.agency} {profile.identity.regency}"


def _subject(certificate: bytes) -> x509.Name:
    return x509.load_der_x509_certificate(certificate).subject


def _part(subject: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""
