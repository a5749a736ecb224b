"""Case conferences: those who help her agree on who does what by when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CaseTable, Confidential, FieldClass
from tenants.database import inside, plain

_CODES = plain("code list")


class Conference(CaseTable):
    """One conference about one case; its decisions are tasks of the case."""

    __tablename__ = "conference"
    __table_args__ = (inside("case_id", "case"), inside("chair_id", "account"))

    state: Mapped[str] = mapped_column(info=_CODES)
    chair_id: Mapped[UUID]
    planned_at: Mapped[datetime]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    held_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(info=_CODES)
    venue_sealed: Mapped[bytes | None]
    agenda_sealed: Mapped[bytes | None]
    progress_sealed: Mapped[bytes | None]

    venue = Confidential(FieldClass.LOCATION, 1, limit=200)
    agenda = Confidential(FieldClass.NARRATIVE, 2, limit=1500)
    progress = Confidential(FieldClass.NARRATIVE, 2, limit=3000)


class ConferenceMember(CaseTable):
    """Who is invited: a person of the office, or an organisation; and whether they came."""

    __tablename__ = "conference_member"
    __table_args__ = (
        inside("case_id", "case"),
        inside("conference_id", "conference"),
        inside("account_id", "account"),
        inside("organisation_id", "organisation"),
    )

    conference_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    attended: Mapped[bool | None]
