"""Which reports of the office were signed; what a report says is in its letter's snapshot."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import TenantTable, inside, plain


class OfficeReport(TenantTable):
    """A signed report or letter of the office about a period. No service changes or removes one."""

    __tablename__ = "office_report"
    __table_args__ = (
        CheckConstraint("since <= until", name="begins_before_it_ends"),
        Index("ix_office_report_signed", "tenant_id", "signed_at"),
        inside("letter_id", "letter"),
        inside("signed_by", "account"),
    )

    kind: Mapped[str] = mapped_column(info=plain("key of a document type"))
    since: Mapped[date]
    until: Mapped[date]
    letter_id: Mapped[UUID]
    signed_by: Mapped[UUID]
    signed_at: Mapped[datetime]
