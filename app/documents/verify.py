"""Verifies an issued letter: signature, chain, coverage, and the bytes on record.

pyHanko's own verdict stays true when bytes are appended after the signature, so a letter is
accepted only when the verdict AND the coverage of the whole file AND the recorded hash agree.
No signature covers its own container, so only the recorded hash proves every single byte.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import Final

from asn1crypto import parser
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import FieldMDPAction, MDPPerm
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    validate_pdf_signature,
)
from pyhanko_certvalidator import ValidationContext

# A letter of 40 pages with an emblem stays far below this.
MAX_PDF_BYTES: Final = 8 * 1024 * 1024

# pyHanko logs tracebacks that may quote the document it was given.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


class Reason(StrEnum):
    """Why a file is not accepted as an issued letter."""

    TOO_LARGE = "too_large"
    NOT_A_PDF = "not_a_pdf"
    NO_SIGNATURE = "no_signature"
    SEVERAL_SIGNATURES = "several_signatures"
    DIGEST_DIFFERS = "digest_differs"
    CONTENT_CHANGED = "content_changed"
    BYTES_APPENDED = "bytes_appended"
    SIGNER_NOT_TRUSTED = "signer_not_trusted"
    NOT_CERTIFIED = "not_certified"
    NOT_ACCEPTED = "not_accepted"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file proves. ``signer_*`` and ``signed_at`` are claims unless ``valid``."""

    valid: bool
    reasons: tuple[Reason, ...]
    sha256: str
    signer_name: str | None = None
    signer_title: str | None = None
    organisation: str | None = None
    signed_at: datetime | None = None


def verify(
    pdf: bytes,
    *,
    trust_anchors: Sequence[bytes],
    expected_sha256: str | None,
    at: datetime | None = None,
    signers: int = 1,
    timestamp_anchors: Sequence[bytes] = (),
) -> Verdict:
    """Verify one letter. Never raises on what it is given as ``pdf``.

    :param trust_anchors: the tenant's anchors, DER.
    :param expected_sha256: hex digest on record; ``None`` when the file alone is judged.
    :param at: moment of judgement (default now). For a letter whose hash is on record, give the
        recorded time of issue, so that it stays valid after the officer's certificate has ended.
    :param signers: how many signed it, by the record.
    :param timestamp_anchors: what the certificates of time-stamp authorities lead up to, DER; they
        are trusted for time stamps and for no signature.
    """
    digest = hashlib.sha256(pdf).hexdigest()
    if len(pdf) > MAX_PDF_BYTES:
        return Verdict(False, (Reason.TOO_LARGE,), digest)
    reasons = [Reason.DIGEST_DIFFERS] if expected_sha256 not in {None, digest} else []
    anchors = [asn1_x509.Certificate.load(anchor) for anchor in trust_anchors]
    times = [asn1_x509.Certificate.load(anchor) for anchor in timestamp_anchors]
    try:
        return _judge(pdf, digest, reasons, (anchors, times), at, signers)
    except (Exception, RecursionError):  # noqa: BLE001  hostile input reaches any line of a parser
        return Verdict(False, (*reasons, Reason.NOT_A_PDF), digest)


def _judge(
    pdf: bytes,
    digest: str,
    reasons: list[Reason],
    anchors: tuple[list[asn1_x509.Certificate], list[asn1_x509.Certificate]],
    at: datetime | None,
    signers: int,
) -> Verdict:
    signatures = PdfFileReader(BytesIO(pdf)).embedded_signatures
    if not signatures:
        return Verdict(False, (*reasons, Reason.NO_SIGNATURE), digest)
    if len(signatures) != signers:
        return Verdict(False, (*reasons, Reason.SEVERAL_SIGNATURES), digest)
    for place, signature in enumerate(signatures):
        last = place == len(signatures) - 1
        status: PdfSignatureStatus | None = None
        try:
            signer, stamp = (
                ValidationContext(trust_roots=roots, allow_fetching=False, moment=at)
                for roots in anchors
            )
            status = validate_pdf_signature(signature, signer, ts_validation_context=stamp)
        except Exception:  # noqa: BLE001  a signature too broken to be judged is refused below
            reasons.append(Reason.NOT_ACCEPTED)
        if status is not None:
            reasons += _objections(signature, status, last=last)
        if place == 0 and not _certifies(signature, alone=last):
            reasons.append(Reason.NOT_CERTIFIED)
        if last and place and not _locks(signature):
            reasons.append(Reason.NOT_CERTIFIED)
    signature = signatures[-1]
    subject = signature.signer_cert.subject.native
    return Verdict(
        valid=not reasons,
        reasons=tuple(dict.fromkeys(reasons)),
        sha256=digest,
        signer_name=_text(subject.get("common_name")),
        signer_title=_text(subject.get("title")),
        organisation=_text(subject.get("organization_name")),
        signed_at=signature.self_reported_timestamp,
    )


def _certifies(signature: EmbeddedPdfSignature, *, alone: bool) -> bool:
    """Whether the first signature allows what is foreseen: nothing, or filling what is there."""
    return bool(signature.docmdp_level == (MDPPerm.NO_CHANGES if alone else MDPPerm.FILL_FORMS))


def _locks(signature: EmbeddedPdfSignature) -> bool:
    """Whether the last of several signatures locks every field."""
    spec = signature.fieldmdp
    return spec is not None and spec.action == FieldMDPAction.ALL


def _objections(
    signature: EmbeddedPdfSignature, status: PdfSignatureStatus, *, last: bool
) -> list[Reason]:
    found: list[Reason] = []
    if not (status.intact and status.valid and status.docmdp_ok):
        found.append(Reason.CONTENT_CHANGED)
    if not status.trusted:
        found.append(Reason.SIGNER_NOT_TRUSTED)
    if last and status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        found.append(Reason.BYTES_APPENDED)
    if not _ends_in_zeros(signature.pkcs7_content):
        found.append(Reason.CONTENT_CHANGED)
    if not status.bottom_line and not found:
        found.append(Reason.NOT_ACCEPTED)
    return found


def _ends_in_zeros(container: bytes) -> bool:
    """Whether nothing is hidden behind the CMS object, where no signature reaches."""
    return not container[parser.peek(container) :].strip(b"\0")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
