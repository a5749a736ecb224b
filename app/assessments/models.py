"""Assessments with their sealed answers, and the plan that follows from them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CaseTable, Confidential, FieldClass
from tenants.database import inside, plain

_CODES = plain("code list")


class Assessment(CaseTable):
    """One instrument gone through with, or about, one survivor.

    ``round`` counts the assessments of a survivor by an instrument: 1 is the first.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        inside("case_id", "case"),
        inside("survivor_id", "survivor"),
        inside("assessor_id", "account"),
        Index(
            "one_draft_of_an_assessment",
            "tenant_id",
            "survivor_id",
            "instrument",
            unique=True,
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    survivor_id: Mapped[UUID]
    assessor_id: Mapped[UUID]
    instrument: Mapped[str] = mapped_column(info=_CODES)
    version: Mapped[int]
    round: Mapped[int]
    about_child: Mapped[bool]
    begun_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    score_sealed: Mapped[bytes | None]
    conclusion_sealed: Mapped[bytes | None]

    score = Confidential(FieldClass.CLINICAL, 1, limit=10)
    conclusion = Confidential(FieldClass.CLINICAL, 2, limit=4000)

    @property
    def raised(self) -> bool:
        """A child's answers are one level higher."""
        return self.about_child


class AssessmentAnswer(CaseTable):
    """The answer to one question, sealed in the column of its class and level."""

    __tablename__ = "assessment_answer"
    __table_args__ = (
        UniqueConstraint("tenant_id", "assessment_id", "item"),
        inside("case_id", "case"),
        inside("assessment_id", "assessment"),
    )

    assessment_id: Mapped[UUID]
    item: Mapped[str] = mapped_column(info=_CODES)
    about_child: Mapped[bool]
    clinical_sealed: Mapped[bytes | None]
    intimate_sealed: Mapped[bytes | None]
    narrative_sealed: Mapped[bytes | None]

    clinical = Confidential(FieldClass.CLINICAL, 2, limit=4000)
    intimate = Confidential(FieldClass.CLINICAL, 3, limit=4000)
    narrative = Confidential(FieldClass.NARRATIVE, 3, limit=4000)

    @property
    def raised(self) -> bool:
        """A child's answers are one level higher."""
        return self.about_child


COLUMNS: dict[tuple[str, int], str] = {
    (one.field_class.value, one.level): one.name
    for one in (AssessmentAnswer.clinical, AssessmentAnswer.intimate, AssessmentAnswer.narrative)
}
"""Class and level of an answer -> its sealed column."""


class PlanItem(CaseTable):
    """Who does what for a need, by when."""

    __tablename__ = "plan_item"
    __table_args__ = (
        inside("case_id", "case"),
        inside("need_id", "need"),
        inside("owner_id", "account"),
        Index(
            "ix_plan_item_open",
            "tenant_id",
            "owner_id",
            "due_on",
            postgresql_where=text("state = 'open'"),
        ),
    )

    need_id: Mapped[UUID]
    owner_id: Mapped[UUID]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(info=_CODES)
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    action_sealed: Mapped[bytes | None]
    result_sealed: Mapped[bytes | None]

    action = Confidential(FieldClass.CLINICAL, 1, limit=1000)
    result = Confidential(FieldClass.CLINICAL, 1, limit=2000)
