"""Tasks of a case, and the filters that a person keeps."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CaseTable, Confidential, FieldClass
from tenants.database import TenantTable, inside, plain

_CODES = plain("code list")


class Task(CaseTable):
    """Something to be done in a case, by whom and by when.

    ``about_id`` is the case, referral, conference or stay from which it came.
    """

    __tablename__ = "task"
    __table_args__ = (
        inside("case_id", "case"),
        inside("owner_id", "account"),
        inside("organisation_id", "organisation"),
        Index("ix_task_owner", "tenant_id", "owner_id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_task_about", "tenant_id", "about_id"),
    )

    case_code: Mapped[str] = mapped_column(info=plain("a case code, made to say nothing"))
    kind: Mapped[str] = mapped_column(info=_CODES)
    side: Mapped[str] = mapped_column(info=_CODES)
    about: Mapped[str] = mapped_column(info=_CODES)
    about_id: Mapped[UUID]
    owner_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    due_on: Mapped[date | None]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    text_sealed: Mapped[bytes | None]

    text = Confidential(FieldClass.NARRATIVE, 2, limit=1000)


class WorkFilter(TenantTable):
    """A filter of work lists that one person keeps; codes only, so its name says nothing."""

    __tablename__ = "work_filter"
    __table_args__ = (inside("account_id", "account"),)

    account_id: Mapped[UUID]
    show: Mapped[str] = mapped_column(info=_CODES)
    kind: Mapped[str] = mapped_column(info=plain("code list, or empty"))
    saved_at: Mapped[datetime]
