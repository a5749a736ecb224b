"""What was done about a duty to report: she was told, a legal officer looked."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CaseTable
from tenants.database import inside, plain

_CODES = plain("code list")


class StatutoryStep(CaseTable):
    """One step; a later one of the same kind takes its place, and both are kept."""

    __tablename__ = "statutory_step"
    __table_args__ = (inside("case_id", "case"), inside("done_by", "account"))

    duty: Mapped[str] = mapped_column(info=plain("key of a duty in the reference data"))
    step: Mapped[str] = mapped_column(info=_CODES)
    answer: Mapped[str] = mapped_column(info=_CODES)
    day: Mapped[date]
    done_by: Mapped[UUID]
    done_at: Mapped[datetime]
