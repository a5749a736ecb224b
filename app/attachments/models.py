"""Photographs and papers of a case, what is kept of each, and to whom it was handed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CONTENTS, CaseTable, Confidential, FieldClass
from tenants.database import inside, plain
from tenants.vault import sealed_for_case

_CODES = plain("code list")


class Attachment(CaseTable):
    """One photograph or paper as it was added; nothing of it changes but what stands last.

    ``commitment`` is the HMAC of the original's SHA-256 under a key that lies sealed in
    ``evidence``: the log can hold it, it proves the original later, and alone it tells nothing.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        inside("case_id", "case"),
        inside("uploaded_by", "account"),
        inside("consent_id", "consent"),
        inside("letter_id", "letter"),
        Index("ix_attachment_letter", "tenant_id", "letter_id"),
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
    )

    kind: Mapped[str] = mapped_column(info=_CODES)
    field_class: Mapped[str] = mapped_column(info=_CODES)
    level: Mapped[int] = mapped_column(Integer)
    concerns_child: Mapped[bool]
    media: Mapped[str] = mapped_column(info=plain("media type of the copy, decided by content"))
    width: Mapped[int | None]
    height: Mapped[int | None]
    pages: Mapped[int | None]
    commitment: Mapped[bytes] = mapped_column(info=plain("HMAC of a digest under a sealed key"))
    consent_id: Mapped[UUID | None]
    letter_id: Mapped[UUID | None]  # that it is the scan of, signed on paper by outside parties
    uploaded_by: Mapped[UUID]
    uploaded_at: Mapped[datetime]
    file_name_sealed: Mapped[bytes | None]
    description_sealed: Mapped[bytes | None]
    evidence: Mapped[bytes] = mapped_column(info=sealed_for_case("attachment", "evidence"))
    asked_by: Mapped[UUID]
    preview_failure: Mapped[str | None] = mapped_column(info=plain("code of a failure"))
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[UUID | None]
    remove_reason: Mapped[str | None] = mapped_column(info=_CODES)

    file_name = Confidential(FieldClass.IDENTITY, 2, limit=255)
    description = Confidential(FieldClass.NARRATIVE, 2, limit=500)

    @property
    def raised(self) -> bool:
        """What concerns a child lies one level higher."""
        return self.concerns_child


class AttachmentPart(CaseTable):
    """The sealed bytes of one part: in the database until a job has put them into the store."""

    __tablename__ = "attachment_part"
    __table_args__ = (
        inside("case_id", "case"),
        inside("attachment_id", "attachment"),
        UniqueConstraint("tenant_id", "attachment_id", "part"),
        CheckConstraint(
            "content IS NOT NULL OR object_name IS NOT NULL OR removed_at IS NOT NULL",
            name="is_somewhere",
        ),
    )

    attachment_id: Mapped[UUID]
    part: Mapped[str] = mapped_column(info=_CODES)
    media: Mapped[str] = mapped_column(info=plain("media type, decided by content"))
    octets: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes | None] = mapped_column(
        deferred=True, info=sealed_for_case("attachment_part", "content")
    )
    object_name: Mapped[str | None] = mapped_column(info=plain("name in the store, of opaque ids"))
    file_version: Mapped[int | None]
    stored_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class AttachmentHandover(CaseTable):
    """An attachment that one referral takes along, until it is taken back."""

    __tablename__ = "attachment_handover"
    __table_args__ = (
        inside("case_id", "case"),
        inside("attachment_id", "attachment"),
        inside("referral_id", "referral"),
        inside("handed_by", "account"),
        Index(
            "uq_attachment_handover_living",
            "tenant_id",
            "attachment_id",
            "referral_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    attachment_id: Mapped[UUID]
    referral_id: Mapped[UUID]
    handed_by: Mapped[UUID]
    handed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]


CONTENTS["attachment.content"] = 3
CONTENTS["attachment.original"] = 3
