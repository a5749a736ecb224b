"""Letters, their numbers, previews, and the certificates that sign them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, Integer, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CaseTable
from tenants.database import TenantTable, inside, plain
from tenants.errors import Missing
from tenants.vault import sealed_for_case, sealed_for_office

_HASH = plain("SHA-256")


class Letter(TenantTable):
    """One letter, from draft to issue and perhaps withdrawal.

    ``draft`` holds what the clerk typed, ``snapshot`` what the signatory approved: both are
    JSON sealed under the case key. Rendering reads the snapshot only. A document of the office
    belongs to no case and is sealed under a key of its own (ADR 8).
    """

    __tablename__ = "letter"
    __table_args__ = (
        inside("case_id", "case"),
        inside("organisation_id", "organisation"),
        inside("supersedes_id", "letter"),
        inside("signatory_id", "account"),
        inside("reviewer_id", "account"),
        inside("delegation_id", "delegation"),
        UniqueConstraint("tenant_id", "family", "year", "sequence"),
        UniqueConstraint("tenant_id", "verification_hash"),
        Index("ix_letter_case", "tenant_id", "case_id"),
        Index("ix_letter_sealed_for", "tenant_id", "sealed_for"),
        CheckConstraint(
            "state <> 'issued' OR (sha256 IS NOT NULL AND object_name IS NOT NULL)",
            name="issued_has_bytes",
        ),
    )

    case_id: Mapped[UUID | None]
    sealed_for: Mapped[UUID] = mapped_column(
        Uuid, Computed("COALESCE(case_id, id)", persisted=True)
    )
    type: Mapped[str] = mapped_column(info=plain("key of a document type"))
    template_version: Mapped[int]
    state: Mapped[str] = mapped_column(info=plain("code list"))
    revision: Mapped[int] = mapped_column(Integer, default=0)
    organisation_id: Mapped[UUID | None]
    subject_id: Mapped[UUID | None]
    statutory: Mapped[bool]
    drafted_by: Mapped[UUID]
    drafted_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    signatory_id: Mapped[UUID | None]
    delegation_id: Mapped[UUID | None]  # by which the signatory signs for another
    reviewer_id: Mapped[UUID | None]
    paraf_at: Mapped[datetime | None]
    paraf_hash: Mapped[bytes | None] = mapped_column(info=_HASH)  # of what the reviewer read
    return_reason: Mapped[str | None] = mapped_column(info=plain("code list"))
    remarks: Mapped[bytes | None] = mapped_column(info=sealed_for_case("letter", "remarks"))
    # what it said when it was returned, for whoever reads it next
    earlier: Mapped[bytes | None] = mapped_column(info=sealed_for_case("letter", "earlier"))
    draft: Mapped[bytes | None] = mapped_column(info=sealed_for_case("letter", "draft"))
    # frozen at approval
    family: Mapped[str] = mapped_column(info=plain("family of numbers"))
    year: Mapped[int | None]
    sequence: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(info=plain("the printed number"))
    dated: Mapped[date | None]
    approved_at: Mapped[datetime | None]
    snapshot: Mapped[bytes | None] = mapped_column(info=sealed_for_case("letter", "snapshot"))
    snapshot_hash: Mapped[bytes | None] = mapped_column(info=_HASH)
    certificate_id: Mapped[UUID | None]
    verification_hash: Mapped[bytes | None] = mapped_column(info=_HASH)
    # the job
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    step: Mapped[str | None] = mapped_column(info=plain("code list: what the worker is doing"))
    step_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(info=plain("code of an error, never its text"))
    # issued
    issued_at: Mapped[datetime | None]
    sha256: Mapped[bytes | None] = mapped_column(info=_HASH)
    size: Mapped[int | None]
    object_name: Mapped[str | None] = mapped_column(info=plain("name of a sealed object"))
    file_version: Mapped[int | None]  # of the case key, once the file was sealed anew
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    withdraw_reason: Mapped[str | None] = mapped_column(info=plain("code list"))
    supersedes_id: Mapped[UUID | None]

    @property
    def case(self) -> UUID:
        """The case that the letter is about.

        Raises:
            Missing: it is a document of the office; whatever asks for the case knows no such
                letter.
        """
        if self.case_id is None:
            raise Missing("letter")
        return self.case_id

    @property
    def key_holder(self) -> UUID:
        """Whose key seals it: the case's, or its own (column ``sealed_for`` once kept)."""
        return self.case_id or self.id


class LetterSigner(TenantTable):
    """One of several who sign a letter, in the order of ``position``; the signatory is the last.

    Each signs the same frozen content: ``signed_hash`` is the snapshot's. A row is changed once,
    by the signature.
    """

    __tablename__ = "letter_signer"
    __table_args__ = (
        inside("letter_id", "letter"),
        inside("account_id", "account"),
        UniqueConstraint("tenant_id", "letter_id", "position"),
        UniqueConstraint("tenant_id", "letter_id", "account_id"),
        CheckConstraint(
            "(signed_at IS NULL) = (signed_hash IS NULL)", name="signed_is_of_something"
        ),
    )

    letter_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[UUID]
    certificate_id: Mapped[UUID | None]  # with which it is signed, once the content is frozen
    signed_at: Mapped[datetime | None]
    signed_hash: Mapped[bytes | None] = mapped_column(info=_HASH)


class LetterDelivery(TenantTable):
    """A letter in the inbox of the organisation it is addressed to, and what became of it there."""

    __tablename__ = "letter_delivery"
    __table_args__ = (
        inside("letter_id", "letter"),
        inside("organisation_id", "organisation"),
        UniqueConstraint("tenant_id", "letter_id", "organisation_id"),
        Index("ix_letter_delivery_inbox", "tenant_id", "organisation_id", "delivered_at"),
    )

    letter_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    delivered_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[UUID | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None]


class Delegation(TenantTable):
    """Somebody signs for another office from one day to another; nothing of it is ever changed.

    ``ended_on`` is the last day when it was ended early. Until it is ``closed`` its holder signs
    under a living delegation only, never in an office of their own.
    """

    __tablename__ = "delegation"
    __table_args__ = (
        inside("account_id", "account"),
        inside("created_by", "account"),
        CheckConstraint("begins <= ends", name="begins_before_it_ends"),
    )

    account_id: Mapped[UUID]
    mode: Mapped[str] = mapped_column(info=plain("code list"))
    office: Mapped[str] = mapped_column(info=plain("public title of an office"))
    through: Mapped[str | None] = mapped_column(info=plain("public title of an office"))
    basis: Mapped[str] = mapped_column(info=plain("number of a public order"))
    begins: Mapped[date]
    ends: Mapped[date]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    ended_on: Mapped[date | None]
    ended_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]

    @property
    def last_day(self) -> date:
        """The last day on which it holds."""
        return self.ends if self.ended_on is None else min(self.ends, self.ended_on)


class LetterCounter(TenantTable):
    """The last number of a family in a year; raised in the approving transaction."""

    __tablename__ = "letter_counter"
    __table_args__ = (UniqueConstraint("tenant_id", "family", "year"),)

    family: Mapped[str] = mapped_column(info=plain("family of numbers"))
    year: Mapped[int]
    last: Mapped[int]


class RegisterHold(TenantTable):
    """Numbers are held: the data were restored from a back-up, and more may have been given."""

    __tablename__ = "register_hold"

    known_until: Mapped[datetime]
    held_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class LetterPreview(CaseTable):
    """A watermarked PDF of a draft, sealed, made by a job and kept for a short time."""

    __tablename__ = "letter_preview"
    __table_args__ = (inside("letter_id", "letter"), inside("case_id", "case"))

    letter_id: Mapped[UUID]
    revision: Mapped[int]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(info=plain("code of an error, never its text"))
    pdf: Mapped[bytes | None] = mapped_column(info=sealed_for_case("letter_preview", "pdf"))


class LetterCopy(CaseTable):
    """A certified copy (salinan) of an issued letter: numbered, for one recipient, kept sealed."""

    __tablename__ = "letter_copy"
    __table_args__ = (
        inside("letter_id", "letter"),
        inside("case_id", "case"),
        inside("certified_by", "account"),
        inside("organisation_id", "organisation"),
        UniqueConstraint("tenant_id", "letter_id", "number"),
        Index("ix_letter_copy_sha256", "tenant_id", "sha256"),
        CheckConstraint("(ready_at IS NULL) = (pdf IS NULL)", name="ready_is_whole"),
    )

    letter_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)  # of the copies of this letter
    recipient: Mapped[bytes] = mapped_column(info=sealed_for_case("letter_copy", "recipient"))
    ground: Mapped[str | None] = mapped_column(info=plain("code list"))  # none: of before 2026-11
    organisation_id: Mapped[UUID | None]
    certified_by: Mapped[UUID]
    certified_at: Mapped[datetime]
    certificate_id: Mapped[UUID]
    ready_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(info=plain("code of an error, never its text"))
    sha256: Mapped[bytes | None] = mapped_column(info=_HASH)
    pdf: Mapped[bytes | None] = mapped_column(info=sealed_for_case("letter_copy", "pdf"))


class SigningCertificate(TenantTable):
    """A certificate of the tenant's chain (root, issuing, officer) and its sealed private key."""

    __tablename__ = "signing_certificate"
    __table_args__ = (
        inside("account_id", "account"),
        UniqueConstraint("tenant_id", "fingerprint"),
    )

    kind: Mapped[str] = mapped_column(info=plain("root, issuing or officer"))
    account_id: Mapped[UUID | None]
    certificate: Mapped[bytes] = mapped_column(info=plain("DER; public"))
    fingerprint: Mapped[bytes] = mapped_column(info=_HASH)
    private_key: Mapped[bytes] = mapped_column(info=sealed_for_office("signing_certificate"))
    not_after: Mapped[datetime]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revoke_reason: Mapped[str | None] = mapped_column(info=plain("code list"))
