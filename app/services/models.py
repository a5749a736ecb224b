"""The three pillars: sessions, her choice about legal process, programmes of recovery."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CaseTable, Confidential, FieldClass
from tenants.database import TenantTable, inside, plain

_CODES = plain("code list")


class CareSession(CaseTable):
    """One session with a survivor: offered, and held, declined or missed."""

    __tablename__ = "care_session"
    __table_args__ = (
        inside("case_id", "case"),
        inside("survivor_id", "survivor"),
        inside("with_id", "account"),
        inside("offered_by", "account"),
        inside("reached_by", "account"),
    )

    survivor_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(info=_CODES)
    state: Mapped[str] = mapped_column(info=_CODES)
    about_child: Mapped[bool]
    with_id: Mapped[UUID | None]
    offered_by: Mapped[UUID]
    offered_at: Mapped[datetime]
    planned_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reached_by: Mapped[UUID | None]
    reached_at: Mapped[datetime | None]
    content_sealed: Mapped[bytes | None]

    content = Confidential(FieldClass.CLINICAL, 3)

    @property
    def raised(self) -> bool:
        """What a child says is one level higher."""
        return self.about_child


class LegalChoice(CaseTable):
    """What she wants of the law at one moment; a newer row takes its place, and none is changed."""

    __tablename__ = "legal_choice"
    __table_args__ = (inside("case_id", "case"), inside("recorded_by", "account"))

    choice: Mapped[str] = mapped_column(info=_CODES)
    rights_explained: Mapped[bool]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    words_sealed: Mapped[bytes | None]

    words = Confidential(FieldClass.LEGAL, 2, limit=2000)


class Programme(TenantTable):
    """A programme of recovery: of an office, about no case."""

    __tablename__ = "programme"
    __table_args__ = (UniqueConstraint("tenant_id", "name"), inside("begun_by", "account"))

    name: Mapped[str] = mapped_column(info=plain("the name of a public programme"))
    kind: Mapped[str] = mapped_column(info=_CODES)
    state: Mapped[str] = mapped_column(info=_CODES)
    begun_on: Mapped[date]
    begun_by: Mapped[UUID]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None] = mapped_column(info=_CODES)
    end_note: Mapped[str | None] = mapped_column(
        info=plain("why a public programme ended; about no person")
    )


class Participation(CaseTable):
    """That a survivor takes part in a programme."""

    __tablename__ = "participation"
    __table_args__ = (
        inside("case_id", "case"),
        inside("programme_id", "programme"),
        inside("survivor_id", "survivor"),
    )

    programme_id: Mapped[UUID]
    survivor_id: Mapped[UUID]
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    leave_reason: Mapped[str | None] = mapped_column(info=_CODES)


class Livelihood(CaseTable):
    """How she lives, as found on one day of a programme or after it."""

    __tablename__ = "livelihood"
    __table_args__ = (
        inside("case_id", "case"),
        inside("participation_id", "participation"),
        inside("recorded_by", "account"),
    )

    participation_id: Mapped[UUID]
    seen_on: Mapped[date]
    situation: Mapped[str] = mapped_column(info=_CODES)
    recorded_by: Mapped[UUID]
    remark_sealed: Mapped[bytes | None]

    remark = Confidential(FieldClass.CLINICAL, 1, limit=1000)
