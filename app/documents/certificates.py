"""The tenant's signing chain in the database: anchor, issuing authority, officers.

The keys are held by the server, sealed under the tenant key: a signature is an authorisation
recorded at the officer's approval, not a personal token, and nothing claims otherwise.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from app.accounts import service as accounts
from app.documents import chain, office
from app.documents.models import SigningCertificate
from app.documents.sign import HeldIdentity
from tenants import audit, vault
from tenants.clock import now
from tenants.context import current
from tenants.database import db
from tenants.errors import Conflict, Missing
from tenants.profile import Profile
from tenants.registry import profile
from tenants.vocabulary import Tag

_MARGIN = timedelta(days=30)  # an officer's certificate is renewed this long before its end
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


def ensure_officer(account_id: UUID) -> SigningCertificate:
    """Return the certificate with which an officer signs now, making it on first need.

    A new one is made when the officer's name or title has changed or the old one is about to end.

    Raises:
        Conflict: the tenant has no signing chain.
    """
    signer = office.signer(accounts.card(account_id))
    newest = db.session.scalar(
        select(SigningCertificate)
        .where(
            SigningCertificate.kind == Kind.OFFICER.value,
            SigningCertificate.account_id == account_id,
            SigningCertificate.revoked_at.is_(None),
            SigningCertificate.not_after > now() + _MARGIN,
        )
        .order_by(SigningCertificate.created_at.desc())
        .limit(1)
    )
    issuing = _authority()
    issuer = chain.KeyPair(issuing.certificate, _opened(issuing))
    made = chain.make_officer(
        issuer,
        _office_name(profile()),
        name=signer.name,
        title=signer.title,
        not_before=now() - _START,
    )
    if newest is not None and _subject(newest.certificate) == _subject(made.certificate):
        return newest
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
    )


def valid_until(certificate_id: UUID) -> datetime:
    """Return the end of a certificate's validity.

    Raises:
        Missing: no such certificate.
    """
    row = db.session.get(SigningCertificate, (current().tenant_id, certificate_id))
    if row is None:
        raise Missing("certificate")
    return row.not_after


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
