"""What staff enter about duties, where no other event shows them: evidence, and compared months."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CaseTable
from tenants.database import TenantTable, inside, plain


class DutyEvidence(TenantTable):
    """That an organisation came to a meeting, handed data over, or did not.

    A row is never changed but to be taken back, by whom and when.
    """

    __tablename__ = "duty_evidence"
    __table_args__ = (
        inside("recorded_by", "account"),
        inside("withdrawn_by", "account"),
        Index("ix_duty_evidence_on", "tenant_id", "happened_on"),
    )

    duty: Mapped[str] = mapped_column(info=plain("key of a duty in the profile"))
    happened_on: Mapped[date]
    kept: Mapped[bool]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]


class Reconciliation(TenantTable):
    """One month of case data, compared between the agency and an organisation.

    ``theirs`` is how many cases the organisation has of that month; ``surplus`` says how it was
    settled that these are more than the agency knows.
    """

    __tablename__ = "reconciliation"
    __table_args__ = (
        UniqueConstraint("tenant_id", "organisation_id", "month"),
        inside("organisation_id", "organisation"),
        inside("begun_by", "account"),
        inside("settled_by", "account"),
    )

    organisation_id: Mapped[UUID]
    month: Mapped[date]
    theirs: Mapped[int | None]
    surplus: Mapped[str | None] = mapped_column(info=plain("code list"))
    begun_by: Mapped[UUID]
    begun_at: Mapped[datetime]
    settled_by: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]


class ReconciliationLine(CaseTable):
    """One case that the agency referred to the organisation in that month."""

    __tablename__ = "reconciliation_line"
    __table_args__ = (
        UniqueConstraint("tenant_id", "reconciliation_id", "case_id"),
        inside("reconciliation_id", "reconciliation"),
        inside("case_id", "case"),
        inside("answered_by", "account"),
    )

    reconciliation_id: Mapped[UUID]
    found: Mapped[bool | None]
    resolution: Mapped[str | None] = mapped_column(info=plain("code list"))
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
