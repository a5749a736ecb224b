"""What anyone may learn of a letter: whether it is valid, and nothing about the case."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select

from app.documents import certificates, certified, chain, letters, signers, verify
from app.documents.models import Letter, LetterCopy
from app.documents.states import Proof
from app.documents.token import token_hash
from app.documents.verify import Reason
from tenants import audit
from tenants.audit import AuditEvent
from tenants.clock import now
from tenants.context import current
from tenants.database import db
from tenants.errors import Refused
from tenants.vocabulary import Tag

LIMIT = 30  # looks per address and window; a token has 128 bits, this is against load
WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the page says. Everything but ``proof`` is None for an unknown token.

    Attributes:
        signer_title: as the signing certificate has it.
        sha256: of the issued file, in hex.
        replaced_by: the number of the letter issued in its place.
        reasons: why an uploaded file is not the issued letter; empty when it is, None when no
            file was given.
        copy: the number of the certified copy, when the file is one.
        revoked_at: since when the signer's certificate is revoked; the letter was signed before.
        compromised: it is because its key may be in other hands.
        letter_id: which letter it is, for what else this office may say of it.
        other: the file is real, but not the letter whose code was scanned before.
    """

    proof: Proof
    number: str | None = None
    dated: date | None = None
    signer_title: str | None = None
    sha256: str | None = None
    replaced_by: str | None = None
    reasons: tuple[Reason, ...] | None = None
    copy: int | None = None
    revoked_at: datetime | None = None
    compromised: bool = False
    other: bool = False
    letter_id: UUID | None = None


def look_up(token: str) -> Finding:
    """Return what may be said of a token from a QR code.

    A token of another tenant, a mistyped one and one of a letter not issued are all unknown.

    Raises:
        Refused: ``too-many-looks`` from this address.
    """
    _limit()
    letter = db.session.scalar(select(Letter).where(Letter.verification_hash == token_hash(token)))
    found = _say(letter)
    audit.record(Tag.LETTER_VERIFIED, fields=(), details={"result": found.proof.value})
    return found


def check_file(pdf: bytes, token: str = "") -> Finding:
    """Return whether a file is, byte for byte, a letter this office issued.

    Args:
        token: of the code that was scanned before, if one was. A forger may print the code of
            one real letter on paper and hand over the file of another.

    Raises:
        Refused: ``too-many-looks`` from this address.
    """
    _limit()
    digest = sha256(pdf).digest()
    letter = db.session.scalar(
        select(Letter).where(Letter.sha256 == digest).order_by(Letter.id).limit(1)
    )
    found = Finding(Proof.UNKNOWN, sha256=digest.hex(), reasons=(Reason.DIGEST_DIFFERS,))
    copy = certified.with_hash(digest) if letter is None else None
    if copy is not None:
        found = _say_copy(copy, pdf, token, found)
    if letter is not None and letter.sha256 is not None:
        # Only now is it parsed: bytes of this office's own making, never a stranger's.
        several = signers.of(letter)
        verdict = verify.verify(
            pdf,
            trust_anchors=[certificates.anchor()],
            expected_sha256=letter.sha256.hex(),
            at=several[-1].signed_at if several else letter.approved_at,
            signers=len(several) or 1,
            timestamp_anchors=certificates.timestamp_anchors(),
        )
        if verdict.valid:
            other = bool(token) and letter.verification_hash != token_hash(token)
            found = replace(_say(letter), reasons=(), other=other)
        else:
            found = replace(found, reasons=verdict.reasons)
    audit.record(Tag.LETTER_VERIFIED, fields=(), details={"result": found.proof.value})
    return found


def trust_anchor() -> tuple[bytes, str]:
    """Return the bound tenant's trust anchor as PEM, and its fingerprint to read aloud.

    Raises:
        Conflict: the tenant has no signing chain.
    """
    anchor = certificates.anchor()
    return chain.to_pem(anchor), chain.fingerprint(anchor)


def _say(letter: Letter | None) -> Finding:
    if letter is None or letter.issued_at is None or letter.certificate_id is None:
        return Finding(Proof.UNKNOWN)
    later = letters.successor(letter)
    signed = certificates.signature(letter.certificate_id)
    proofs = {proof.value: proof for proof in Proof}
    return Finding(
        proof=proofs.get(letter.state, Proof.VALID),
        letter_id=letter.id,
        number=letter.number,
        dated=letter.dated,
        signer_title=signed.title,
        revoked_at=signed.revoked_at,
        compromised=signed.compromised,
        sha256=letter.sha256.hex() if letter.sha256 else None,
        replaced_by=later.number if later else None,
    )


def _say_copy(copy: LetterCopy, pdf: bytes, token: str, found: Finding) -> Finding:
    """Say of a certified copy what may be said of its letter, and that it is the copy."""
    letter = letters.find(copy.letter_id)
    verdict = verify.verify(
        pdf,
        trust_anchors=[certificates.anchor()],
        expected_sha256=copy.sha256.hex() if copy.sha256 else None,
        at=copy.certified_at,
    )
    if not verdict.valid:
        return replace(found, reasons=verdict.reasons)
    other = bool(token) and letter.verification_hash != token_hash(token)
    said = replace(_say(letter), reasons=(), other=other, copy=copy.number)
    return replace(said, sha256=found.sha256)


def _limit() -> None:
    """Count this address's looks in the audit log, which holds each of them anyway."""
    query = select(func.count()).where(
        AuditEvent.tag == Tag.LETTER_VERIFIED.code,
        AuditEvent.at > now() - WINDOW,
        AuditEvent.address == current().address,
    )
    if (db.session.scalar(query) or 0) >= LIMIT:
        raise Refused("too-many-looks")
