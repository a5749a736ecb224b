"""Certificates of one tenant: trust anchor, issuing authority, officers.

Every function is pure: keys and certificates are returned as bytes and the caller seals the keys.
The chain says what it is, an office's own, and never claims to come from a national authority.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT_YEARS: Final = 20
ISSUER_YEARS: Final = 10
OFFICER_YEARS: Final = 2
_MAX_NAME: Final = 64  # X.520 upper bound of commonName and organizationName
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A certificate (DER) and its private key (PKCS#8 DER, not encrypted: seal it)."""

    certificate: bytes
    private_key: bytes = field(repr=False)


def make_root(office: str, not_before: datetime, years: int = ROOT_YEARS) -> KeyPair:
    """Make a tenant's trust anchor: a self-signed P-256 authority.

    :param office: the office's name, as on its letterhead.
    :param not_before: start of validity, with a time zone.
    :raises ValueError: a date without time zone, or an empty name.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(office, "Sertifikat Induk")
    builder = _builder(name, name, key, not_before, _years_later(not_before, years))
    builder = _as_authority(builder, path_length=1)
    return _pair(builder, key, key)


def make_issuer(
    root: KeyPair, office: str, not_before: datetime, years: int = ISSUER_YEARS
) -> KeyPair:
    """Make the authority that issues officers' certificates, signed by the trust anchor.

    :raises ValueError: a validity that does not lie inside the anchor's.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _issued(root, _name(office, "Penerbit Sertifikat"), key, not_before, years)
    return _pair(_as_authority(builder, path_length=0), key, _private(root))


def make_officer(
    issuer: KeyPair,
    office: str,
    *,
    name: str,
    title: str,
    not_before: datetime,
    years: int = OFFICER_YEARS,
) -> KeyPair:
    """Make an officer's signing certificate: digital signature and non-repudiation only.

    :param name: the officer's name with academic titles.
    :param title: the officer's office, as in ``Kepala Dinas``.
    :raises ValueError: a validity that does not lie inside the issuer's.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(office, name, title)
    builder = _issued(issuer, subject, key, not_before, years)
    builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
    builder = builder.add_extension(
        _key_usage(digital_signature=True, content_commitment=True), critical=True
    )
    return _pair(builder, key, _private(issuer))


def to_pem(certificate: bytes) -> bytes:
    """Return a certificate (DER) in PEM, as published for download."""
    return x509.load_der_x509_certificate(certificate).public_bytes(serialization.Encoding.PEM)


def from_pem(pem: bytes) -> bytes:
    """Return a certificate (PEM) in DER.

    :raises ValueError: not a certificate.
    """
    return x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 of a certificate (DER) as hex pairs: ``AB:CD:...``, to read aloud."""
    digest = x509.load_der_x509_certificate(certificate).fingerprint(hashes.SHA256())
    return digest.hex(":").upper()


def _issued(
    authority: KeyPair,
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    not_before: datetime,
    years: int,
) -> x509.CertificateBuilder:
    issuer = x509.load_der_x509_certificate(authority.certificate)
    not_after = _years_later(not_before, years)
    if not_before < issuer.not_valid_before_utc or not_after > issuer.not_valid_after_utc:
        raise ValueError("the validity must lie inside that of the issuing certificate")
    builder = _builder(subject, issuer.subject, key, not_before, not_after)
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    not_before: datetime,
    not_after: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _as_authority(builder: x509.CertificateBuilder, path_length: int) -> x509.CertificateBuilder:
    return builder.add_extension(
        x509.BasicConstraints(True, path_length), critical=True
    ).add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)


def _key_usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _pair(
    builder: x509.CertificateBuilder,
    key: ec.EllipticCurvePrivateKey,
    signing_key: ec.EllipticCurvePrivateKey,
) -> KeyPair:
    certificate = builder.sign(signing_key, hashes.SHA256())
    return KeyPair(
        certificate.public_bytes(serialization.Encoding.DER),
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def _private(pair: KeyPair) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(pair.private_key, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("not an elliptic curve key")
    return key


def _name(office: str, common_name: str, title: str | None = None) -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, _bounded(office)),
    ]
    if title:
        parts.append(x509.NameAttribute(NameOID.TITLE, _bounded(title)))
    parts.append(x509.NameAttribute(NameOID.COMMON_NAME, _bounded(common_name)))
    return x509.Name(parts)


def _bounded(text: str) -> str:
    """Cut a name to X.520's upper bound, at a word where there is one."""
    if not text.strip():
        raise ValueError("a certificate needs a name")
    if len(text) <= _MAX_NAME:
        return text
    return text[: _MAX_NAME - 1].rsplit(" ", 1)[0] + "…"


def _years_later(moment: datetime, years: int) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a date with a time zone is needed")
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + years, day=28) + _DAY
