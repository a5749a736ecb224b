"""Decisions to make a case unreadable for ever."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import TenantTable, inside, plain


class Destruction(TenantTable):
    """What one person has decided about a case, and what another has said to it."""

    __tablename__ = "destruction"
    __table_args__ = (
        inside("case_id", "case"),
        inside("decided_by", "account"),
        inside("settled_by", "account"),
        inside("letter_id", "letter"),
        CheckConstraint(
            "outcome IS DISTINCT FROM 'confirmed' OR decided_by <> settled_by",
            name="confirmed_by_another",
        ),
        Index(
            "uq_destruction_open",
            "tenant_id",
            "case_id",
            unique=True,
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    case_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(info=plain("code list"))
    decided_by: Mapped[UUID]
    decided_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(info=plain("code list"))
    settled_by: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]
    letter_id: Mapped[UUID | None]
