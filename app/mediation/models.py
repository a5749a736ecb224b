"""Mediation: allowed by law in a narrow band only, and at the woman's request."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CaseTable, Confidential, FieldClass
from tenants.database import inside, plain


class Mediation(CaseTable):
    """One mediation, with what the law wants on record before it may begin."""

    __tablename__ = "mediation"
    __table_args__ = (inside("case_id", "case"),)

    state: Mapped[str] = mapped_column(info=plain("code list"))
    matter: Mapped[str] = mapped_column(info=plain("code list"))
    requested_by_survivor: Mapped[bool]
    companion_assessment: Mapped[bool]
    psychologist_assessment: Mapped[bool]
    separate_attendance: Mapped[bool]
    free_of_coercion: Mapped[bool]
    requested_on: Mapped[date | None]
    companion_assessed_on: Mapped[date | None]
    psychologist_assessed_on: Mapped[date | None]
    attended_separately: Mapped[bool | None]
    asked_alone: Mapped[bool | None]
    agreed: Mapped[bool | None]
    followed_up_at: Mapped[datetime | None]
    followed_up_by: Mapped[UUID | None]
    kept: Mapped[str | None] = mapped_column(info=plain("code list"))
    mediator_id: Mapped[UUID]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    scheduled_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str | None] = mapped_column(info=plain("code list"))
    venue_sealed: Mapped[bytes | None]
    outcome_sealed: Mapped[bytes | None]

    venue = Confidential(FieldClass.LOCATION, 1, limit=300)
    outcome = Confidential(FieldClass.LEGAL, 2, limit=8000)
