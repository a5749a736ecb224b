"""Signs letters: PAdES B-B, certified against any change, invisible.

Providers implement :class:`SigningIdentity`; the first holds the officer's key in memory for the
length of one signature. A key in hardware or at a national provider fits the same protocol.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final, Protocol

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
)
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.documents.errors import SigningError
from app.documents.time_stamps import UntrustedTimestamp

FIELD_NAME: Final = "TandaTanganPejabat"
# Room for the CMS object, in bytes: P-256 with a chain of three takes 2 to 2.7 kB, a time stamp
# token 6 kB more. Given in advance because pyHanko otherwise signs twice to measure it.
RESERVED: Final = 4 * 1024
RESERVED_WITH_TIMESTAMP: Final = 16 * 1024


class SigningIdentity(Protocol):
    """Someone who can sign: a certificate, and a way to use its key."""

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""

    @property
    def chain(self) -> Sequence[bytes]:
        """The certificates above it, DER, the trust anchor last."""

    def signer(self) -> Signer:
        """Return pyHanko's signer over this key, made once and kept."""


class HeldIdentity:
    """An officer's key held by the server: a recorded authorisation, not a personal token."""

    def __init__(self, certificate: bytes, private_key: bytes, chain: Sequence[bytes]) -> None:
        """Load key and certificates once.

        :param certificate: DER.
        :param private_key: PKCS#8 DER, unsealed by the caller.
        :param chain: issuing certificates, DER, the trust anchor last.
        :raises SigningError: ``broken_identity`` when they do not load or do not belong together.
        """
        self._certificate = certificate
        self._chain = tuple(chain)
        try:
            loaded = x509.load_der_x509_certificate(certificate)
            key = serialization.load_der_private_key(private_key, password=None)
            encoding = serialization.Encoding.DER
            spki = serialization.PublicFormat.SubjectPublicKeyInfo
            if key.public_key().public_bytes(encoding, spki) != loaded.public_key().public_bytes(
                encoding, spki
            ):
                raise SigningError("broken_identity")
            self._signer = _simple_signer(certificate, private_key, self._chain)
        except (ValueError, TypeError):
            raise SigningError("broken_identity") from None

    @property
    def certificate(self) -> bytes:
        return self._certificate

    @property
    def chain(self) -> Sequence[bytes]:
        return self._chain

    def signer(self) -> Signer:
        return self._signer


def sign(
    pdf: bytes,
    identity: SigningIdentity,
    *,
    reason: str,
    location: str,
    at: datetime,
    timestamper: TimeStamper | None = None,
) -> bytes:
    """Certify a PDF: PAdES baseline B-B (B-T with a time-stamp authority), no change allowed.

    :param pdf: an unsigned PDF.
    :param reason: shown by viewers; never anything about the case.
    :param at: signing time, with a time zone; must lie inside the certificate's validity.
    :returns: the PDF with one appended revision.
    :raises SigningError: ``not_valid_then``, ``timestamp-unavailable``, ``timestamp-refused`` or
        ``engine``.
    """
    metadata = PdfSignatureMetadata(
        field_name=FIELD_NAME,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason,
        location=location,
    )
    return _signed(pdf, metadata, identity, at, timestamper)


def _signed(
    pdf: bytes,
    metadata: PdfSignatureMetadata,
    identity: SigningIdentity,
    at: datetime,
    timestamper: TimeStamper | None,
) -> bytes:
    certificate = x509.load_der_x509_certificate(identity.certificate)
    if at.tzinfo is None:
        raise ValueError("a signing time with a time zone is needed")
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise SigningError("not_valid_then")
    signer = _DatedSigner(metadata, identity.signer(), timestamper, at)
    output = BytesIO()
    try:
        signer.sign_pdf(
            IncrementalPdfFileWriter(BytesIO(pdf)),
            # counted in hex digits
            bytes_reserved=2 * (RESERVED_WITH_TIMESTAMP if timestamper else RESERVED),
            output=output,
        )
    except UntrustedTimestamp:
        raise SigningError("timestamp-refused") from None
    except TimestampRequestError:
        raise SigningError("timestamp-unavailable") from None
    except Exception:  # noqa: BLE001
        # The engine's message may quote the document: only the code leaves.
        raise SigningError("engine") from None
    return output.getvalue()


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, and when they did."""

    identity: SigningIdentity
    at: datetime


def sign_in_turn(
    pdf: bytes,
    signatures: Sequence[Signature],
    *,
    reason: str,
    location: str,
    timestamper: TimeStamper | None = None,
) -> bytes:
    """Sign a PDF by everybody in order; nothing but what is foreseen can be added to it.

    All fields are made first. The first signature certifies that fields may be filled and nothing
    else; the last one locks every field and lets no change follow (security reference: a
    certification that allows nothing would refuse the second signature).

    :param signatures: one or more; one alone certifies against any change.
    :returns: the PDF with one appended revision for the fields and one for each signature.
    :raises SigningError: as :func:`sign`.
    """
    if len(signatures) == 1:
        (only,) = signatures
        return sign(
            pdf,
            only.identity,
            reason=reason,
            location=location,
            at=only.at,
            timestamper=timestamper,
        )
    names = [f"{FIELD_NAME}{place}" for place in range(1, len(signatures) + 1)]
    signed = _with_fields(pdf, names)
    for name, one in zip(names, signatures, strict=True):
        first = name == names[0]
        metadata = PdfSignatureMetadata(
            field_name=name,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=first,
            docmdp_permissions=MDPPerm.FILL_FORMS if first else MDPPerm.NO_CHANGES,
            reason=reason,
            location=location,
        )
        signed = _signed(signed, metadata, one.identity, one.at, timestamper)
    return signed


def _with_fields(pdf: bytes, names: Sequence[str]) -> bytes:
    """Add empty, invisible signature fields; the last one locks all when it is signed."""
    output = BytesIO()
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        for name in names:
            lock = FieldMDPSpec(FieldMDPAction.ALL) if name == names[-1] else None
            append_signature_field(
                writer,
                SigFieldSpec(
                    name,
                    field_mdp_spec=lock,
                    doc_mdp_update_value=MDPPerm.NO_CHANGES if lock else None,
                ),
            )
        writer.write(output)  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001
        raise SigningError("engine") from None
    return output.getvalue()


class _DatedSigner(PdfSigner):
    """pyHanko's signer with the caller's clock, so that the letter's record and file agree."""

    def __init__(
        self,
        metadata: PdfSignatureMetadata,
        signer: Signer,
        timestamper: TimeStamper | None,
        at: datetime,
    ) -> None:
        super().__init__(metadata, signer=signer, timestamper=timestamper)
        self._at = at

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


def _simple_signer(certificate: bytes, private_key: bytes, chain: Sequence[bytes]) -> SimpleSigner:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([asn1_x509.Certificate.load(one) for one in chain])
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private_key),
        cert_registry=store,
    )
