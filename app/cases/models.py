"""The case and what belongs to it. Every confidential field is declared here, once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Computed, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import (
    CaseTable,
    Confidential,
    FieldClass,
    canonical_digits,
    canonical_phone,
    canonical_year,
)
from tenants.database import TenantTable, inside, plain
from tenants.indonesian_names import canonical_name

_CODES = plain("code list")


class Case(TenantTable):
    """One report and all that is done about it, until the survivor has recovered."""

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        inside("outreach_id", "outreach"),
        Index("ix_case_outreach", "tenant_id", "outreach_id"),
    )

    code: Mapped[str] = mapped_column(info=plain("a case code, made to say nothing"))
    state: Mapped[str] = mapped_column(info=_CODES)
    channel: Mapped[str] = mapped_column(info=_CODES)
    risk: Mapped[str] = mapped_column(info=_CODES)
    registered_at: Mapped[datetime]
    registered_by: Mapped[UUID]
    risk_at: Mapped[datetime | None]
    outreach_id: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]

    @property
    def case_id(self) -> UUID:
        """The case's own id, so that a case reads like the rows that belong to it."""
        return self.id


class Outreach(TenantTable):
    """One time the office went to where people are (jemput bola); about no person."""

    __tablename__ = "outreach"
    __table_args__ = (inside("recorded_by", "account"),)

    kind: Mapped[str] = mapped_column(info=_CODES)
    held_on: Mapped[date]
    district: Mapped[str] = mapped_column(info=plain("sub-district, for statistics"))
    place: Mapped[str] = mapped_column(info=plain("a public place: a hall, a school, a market"))
    reached: Mapped[int]
    recorded_by: Mapped[UUID]


class CaseCounter(TenantTable):
    """The last case number of a year."""

    __tablename__ = "case_counter"
    __table_args__ = (UniqueConstraint("tenant_id", "year"),)

    year: Mapped[int]
    last: Mapped[int]


class TeamMember(CaseTable):
    """A person assigned to the case, from one moment to another."""

    __tablename__ = "team_member"
    __table_args__ = (inside("case_id", "case"), inside("account_id", "account"))

    account_id: Mapped[UUID]
    team: Mapped[str] = mapped_column(info=_CODES)
    assigned_by: Mapped[UUID]
    assigned_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class Survivor(CaseTable):
    """The woman or child who reports, or for whom it is reported."""

    __tablename__ = "survivor"
    __table_args__ = (inside("case_id", "case"),)

    age_group: Mapped[str] = mapped_column(info=_CODES)
    disability: Mapped[str] = mapped_column(info=_CODES)
    is_child: Mapped[bool]
    district: Mapped[str | None] = mapped_column(info=plain("sub-district, for statistics"))
    suffered: Mapped[list[str]] = mapped_column(info=_CODES, default=list)
    full_name_sealed: Mapped[bytes | None]
    nik_sealed: Mapped[bytes | None]
    birth_date_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    safe_contact_sealed: Mapped[bytes | None]
    contact_when_sealed: Mapped[bytes | None]
    forbidden_phone_sealed: Mapped[bytes | None]
    address_sealed: Mapped[bytes | None]
    health_sealed: Mapped[bytes | None]

    full_name = Confidential(FieldClass.IDENTITY, 2, index=canonical_name, limit=200)
    nik = Confidential(FieldClass.IDENTITY, 3, index=canonical_digits, limit=20)
    birth_date = Confidential(FieldClass.IDENTITY, 2, index=canonical_year, limit=10)
    phone = Confidential(FieldClass.CONTACT, 3, index=canonical_phone, limit=30)
    safe_contact = Confidential(FieldClass.CONTACT, 2, limit=1000)
    contact_when = Confidential(FieldClass.CONTACT, 2, limit=300)
    forbidden_phone = Confidential(FieldClass.CONTACT, 2, limit=200)
    address = Confidential(FieldClass.LOCATION, 3, limit=500)
    health = Confidential(FieldClass.CLINICAL, 3, limit=4000)

    @property
    def raised(self) -> bool:
        """A child's fields are one level higher."""
        return self.is_child


class AllegedPerpetrator(CaseTable):
    """The person reported (terlapor); nothing is proven of them."""

    __tablename__ = "alleged_perpetrator"
    __table_args__ = (inside("case_id", "case"),)

    relation: Mapped[str] = mapped_column(info=_CODES)
    age_group: Mapped[str] = mapped_column(info=_CODES)
    is_child: Mapped[bool]
    full_name_sealed: Mapped[bytes | None]
    particulars_sealed: Mapped[bytes | None]

    full_name = Confidential(FieldClass.IDENTITY, 2, index=canonical_name, limit=200)
    particulars = Confidential(FieldClass.IDENTITY, 3, limit=2000)

    @property
    def raised(self) -> bool:
        """A child's fields are one level higher."""
        return self.is_child


class Incident(CaseTable):
    """What happened, when and in what kind of place."""

    __tablename__ = "incident"
    __table_args__ = (inside("case_id", "case"),)

    occurred_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(info=_CODES)
    violence: Mapped[list[str]] = mapped_column(info=_CODES)
    domestic: Mapped[bool]
    signs: Mapped[list[str]] = mapped_column(info=_CODES, default=list)
    is_sexual: Mapped[bool] = mapped_column(Computed("'sexual' = ANY (violence)", persisted=True))
    narrative_sealed: Mapped[bytes | None]
    location_sealed: Mapped[bytes | None]

    narrative = Confidential(FieldClass.NARRATIVE, 3)
    location = Confidential(FieldClass.LOCATION, 2, limit=500)


class Acquaintance(CaseTable):
    """What one alleged perpetrator is to one survivor of the case."""

    __tablename__ = "acquaintance"
    __table_args__ = (
        UniqueConstraint("tenant_id", "survivor_id", "perpetrator_id"),
        inside("case_id", "case"),
        inside("survivor_id", "survivor"),
        inside("perpetrator_id", "alleged_perpetrator"),
    )

    survivor_id: Mapped[UUID]
    perpetrator_id: Mapped[UUID]
    relation: Mapped[str] = mapped_column(info=_CODES)


class StepDone(CaseTable):
    """An immediate step that was done for somebody in danger."""

    __tablename__ = "step_done"
    __table_args__ = (inside("case_id", "case"), inside("done_by", "account"))

    step: Mapped[str] = mapped_column(info=_CODES)
    done_at: Mapped[datetime]
    done_by: Mapped[UUID]


class CaseLink(CaseTable):
    """That two cases may concern one person; each of the two has its row."""

    __tablename__ = "case_link"
    __table_args__ = (
        UniqueConstraint("tenant_id", "case_id", "other_case_id"),
        inside("case_id", "case"),
        inside("other_case_id", "case"),
        inside("decided_by", "account"),
    )

    other_case_id: Mapped[UUID]
    matched: Mapped[list[str]] = mapped_column(info=_CODES)
    state: Mapped[str] = mapped_column(info=_CODES)
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class Need(CaseTable):
    """What the survivor needs, and how soon."""

    __tablename__ = "need"
    __table_args__ = (inside("case_id", "case"),)

    service: Mapped[str] = mapped_column(info=_CODES)
    urgency: Mapped[str] = mapped_column(info=_CODES)
    state: Mapped[str] = mapped_column(info=_CODES)
    created_at: Mapped[datetime]
    description_sealed: Mapped[bytes | None]

    description = Confidential(FieldClass.CLINICAL, 1, limit=2000)


class Note(CaseTable):
    """A dated note of the team."""

    __tablename__ = "note"
    __table_args__ = (inside("case_id", "case"), inside("author_id", "account"))

    author_id: Mapped[UUID]
    written_at: Mapped[datetime]
    text_sealed: Mapped[bytes | None]

    text = Confidential(FieldClass.NARRATIVE, 3)


class NoteDraft(CaseTable):
    """What a person is writing as a note and has not saved yet; nobody else sees it."""

    __tablename__ = "note_draft"
    __table_args__ = (
        UniqueConstraint("tenant_id", "case_id", "author_id"),
        inside("case_id", "case"),
        inside("author_id", "account"),
    )

    author_id: Mapped[UUID]
    kept_at: Mapped[datetime]
    text_sealed: Mapped[bytes | None]

    text = Confidential(FieldClass.NARRATIVE, 3)


class EmergencyAccess(CaseTable):
    """Access to a case beyond a person's rights: for a reason, for a time, and judged afterwards.

    ``reviewer_id`` is who answers for the judgement; ``reviewed_by`` who gave it.
    """

    __tablename__ = "emergency_access"
    __table_args__ = (
        inside("case_id", "case"),
        inside("account_id", "account"),
        inside("reviewer_id", "account"),
        inside("reviewed_by", "account"),
        Index(
            "ix_emergency_access_waiting",
            "tenant_id",
            "opened_at",
            postgresql_where=text("reviewed_at IS NULL"),
        ),
    )

    account_id: Mapped[UUID]
    reviewer_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(info=_CODES)
    opened_at: Mapped[datetime]
    until: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None]
    verdict: Mapped[str | None] = mapped_column(info=_CODES)
    explanation_sealed: Mapped[bytes | None]
    remark_sealed: Mapped[bytes | None]

    explanation = Confidential(FieldClass.NARRATIVE, 2, limit=2000)
    remark = Confidential(FieldClass.NARRATIVE, 2, limit=2000)


class LegalProcess(CaseTable):
    """Where the case stands with the police: existence, number and date, never findings."""

    __tablename__ = "legal_process"
    __table_args__ = (UniqueConstraint("tenant_id", "case_id"), inside("case_id", "case"))

    complaint_offence: Mapped[bool]
    diversion_confirmed_by: Mapped[UUID | None]
    diversion_confirmed_at: Mapped[datetime | None]
    report_number_sealed: Mapped[bytes | None]
    examination_request_sealed: Mapped[bytes | None]

    report_number = Confidential(FieldClass.LEGAL, 2, limit=120)
    examination_request = Confidential(FieldClass.LEGAL, 2, limit=120)


class Consent(CaseTable):
    """What the survivor allows one organisation to see, for one purpose, until when."""

    __tablename__ = "consent"
    __table_args__ = (inside("case_id", "case"), inside("organisation_id", "organisation"))

    organisation_id: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(info=_CODES)
    classes: Mapped[list[str]] = mapped_column(info=_CODES)
    given_by: Mapped[str] = mapped_column(info=plain("code list: survivor or guardian"))
    method: Mapped[str] = mapped_column(info=plain("code list: written or oral"))
    given_on: Mapped[date]
    expires_on: Mapped[date]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]


class Closure(CaseTable):
    """That a case was closed, or is to be: with what is stated of her recovery."""

    __tablename__ = "closure"
    __table_args__ = (
        inside("case_id", "case"),
        inside("proposed_by", "account"),
        inside("confirmed_by", "account"),
        inside("reopened_by", "account"),
        Index(
            "one_closure_waits",
            "tenant_id",
            "case_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    state: Mapped[str] = mapped_column(info=_CODES)
    outcome: Mapped[str] = mapped_column(info=_CODES)
    physical: Mapped[str] = mapped_column(info=_CODES)
    psychological: Mapped[str] = mapped_column(info=_CODES)
    no_retrauma: Mapped[bool]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    reopen_reason: Mapped[str | None] = mapped_column(info=_CODES)
    reopened_by: Mapped[UUID | None]
    reopened_at: Mapped[datetime | None]
    comparison_sealed: Mapped[bytes | None]
    statement_sealed: Mapped[bytes | None]
    exception_sealed: Mapped[bytes | None]

    comparison = Confidential(FieldClass.CLINICAL, 2, limit=4000)
    statement = Confidential(FieldClass.CLINICAL, 2, limit=4000)
    exception = Confidential(FieldClass.LEGAL, 2, limit=2000)


class FollowUp(CaseTable):
    """That somebody asks after her on a day after the closure, and what was found."""

    __tablename__ = "follow_up"
    __table_args__ = (
        inside("case_id", "case"),
        inside("closure_id", "closure"),
        inside("done_by", "account"),
    )

    closure_id: Mapped[UUID]
    due_on: Mapped[date]
    result: Mapped[str | None] = mapped_column(info=_CODES)
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
