"""What was entered into the ministry's register, and every export for it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CaseTable, Confidential, FieldClass
from tenants.database import TenantTable, inside, plain


class SimfoniEntry(CaseTable):
    """That a case was entered into SIMFONI-PPA, under which number, and with which codes."""

    __tablename__ = "simfoni_entry"
    __table_args__ = (
        UniqueConstraint("tenant_id", "case_id"),
        inside("case_id", "case"),
        inside("entered_by", "account"),
    )

    digest: Mapped[str] = mapped_column(info=plain("SHA-256 of the codes that were entered"))
    entered_by: Mapped[UUID]
    entered_at: Mapped[datetime]
    number_sealed: Mapped[bytes | None]

    number = Confidential(FieldClass.LEGAL, 1, limit=60)


class SimfoniExport(TenantTable):
    """An export of codes for the ministry: asked for by one person, confirmed by another."""

    __tablename__ = "simfoni_export"
    __table_args__ = (
        CheckConstraint("confirmed_by <> asked_by", name="another_person_confirms"),
        CheckConstraint("since <= until", name="begins_before_it_ends"),
        inside("asked_by", "account"),
        inside("confirmed_by", "account"),
    )

    since: Mapped[date]
    until: Mapped[date]
    form: Mapped[str] = mapped_column(info=plain("xlsx or csv"))
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
