"""A clock that runs: what must happen in a case by when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CaseTable
from tenants.database import inside, plain

_CODES = plain("code list")


class Deadline(CaseTable):
    """Started by one event and ended by another; what it was counted by is frozen with it."""

    __tablename__ = "deadline"
    __table_args__ = (
        inside("case_id", "case"),
        Index(
            "uq_deadline_running",
            "tenant_id",
            "kind",
            "object_id",
            unique=True,
            postgresql_where=text("stopped_at IS NULL"),
        ),
        Index(
            "ix_deadline_due", "tenant_id", "due_at", postgresql_where=text("stopped_at IS NULL")
        ),
    )

    case_code: Mapped[str] = mapped_column(info=plain("a case code, made to say nothing"))
    kind: Mapped[str] = mapped_column(info=_CODES)
    object_id: Mapped[UUID]
    amount: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str] = mapped_column(info=_CODES)
    basis: Mapped[str] = mapped_column(info=plain("a public rule, by its name"))
    fixed: Mapped[bool]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    stopped_how: Mapped[str | None] = mapped_column(info=_CODES)
    stopped_by: Mapped[UUID | None]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None] = mapped_column(info=_CODES)
    reminded_at: Mapped[datetime | None]
    supervisor_at: Mapped[datetime | None]
    chair_at: Mapped[datetime | None]
