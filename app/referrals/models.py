"""A referral of one need of a case to one partner organisation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CaseTable, Confidential, FieldClass
from tenants.database import inside, plain


class Referral(CaseTable):
    """Requested, accepted or declined, done, or withdrawn."""

    __tablename__ = "referral"
    __table_args__ = (
        inside("case_id", "case"),
        inside("organisation_id", "organisation"),
        inside("need_id", "need"),
    )

    organisation_id: Mapped[UUID]
    need_id: Mapped[UUID | None]
    service: Mapped[str] = mapped_column(info=plain("code list"))
    state: Mapped[str] = mapped_column(info=plain("code list"))
    requested_by: Mapped[UUID]
    requested_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None] = mapped_column(info=plain("code list"))
    received_at: Mapped[datetime | None]
    received_by: Mapped[UUID | None]
    result_due_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(info=plain("code list"))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(info=plain("code list"))
    request_note_sealed: Mapped[bytes | None]
    answer_note_sealed: Mapped[bytes | None]

    request_note = Confidential(FieldClass.CLINICAL, 2, limit=2000)
    answer_note = Confidential(FieldClass.CLINICAL, 2, limit=2000)


class ReferralStep(CaseTable):
    """One message between the organisation and the office about a referral; never changed."""

    __tablename__ = "referral_step"
    __table_args__ = (
        inside("case_id", "case"),
        inside("referral_id", "referral"),
        inside("account_id", "account"),
    )

    referral_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(info=plain("code list"))
    account_id: Mapped[UUID]
    written_at: Mapped[datetime]
    text_sealed: Mapped[bytes | None]

    text = Confidential(FieldClass.CLINICAL, 2, limit=2000)
