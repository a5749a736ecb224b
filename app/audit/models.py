"""What proofs and signatures need beside the log. The log's own tables belong to the kernel."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Base, TenantTable, inside, plain
from tenants.vault import sealed_for_office


class AuditKey(TenantTable):
    """The Ed25519 key that signs the tenant's checkpoints."""

    __tablename__ = "audit_key"

    public: Mapped[bytes] = mapped_column(info=plain("Ed25519 public key; published"))
    private: Mapped[bytes] = mapped_column(info=sealed_for_office("audit-key"))
    created_at: Mapped[datetime]


class AuditNode(Base):
    """A complete inner node of the tenant's tree: one for every 256 leaves, then for 65,536.

    Read for proofs only; nothing is signed from it.
    """

    __tablename__ = "audit_node"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(info=plain("SHA-256 of a part of the tree"))


class CheckpointHandover(TenantTable):
    """One attempt to hand a checkpoint to a place outside the database.

    Only what changed is written: a checkpoint that is handed over, or a fault that is new.
    """

    __tablename__ = "checkpoint_handover"
    __table_args__ = (Index("ix_checkpoint_handover_at", "tenant_id", "at"),)

    size: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    fault: Mapped[str | None] = mapped_column(info=plain("code list; empty when it went well"))


class SavedView(TenantTable):
    """A question that an auditor asks the log again and again; their own, under a name.

    The name is what a person typed and may say too much: it is sealed under the tenant key.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        Index("ix_saved_view_account", "tenant_id", "account_id"),
        inside("account_id", "account"),
    )

    account_id: Mapped[UUID]
    name: Mapped[bytes] = mapped_column(info=sealed_for_office("saved-view"))
    asked: Mapped[str] = mapped_column(info=plain("a filter as JSON: codes, ids and days"))
    saved_at: Mapped[datetime]


class AuditPruning(TenantTable):
    """Entries that are recorded as pruned and whose texts are not all gone yet.

    ``id`` is the record's event. Once every text is gone, the record in the log is all that stays.
    """

    __tablename__ = "audit_pruning"
    __table_args__ = (inside("id", "audit_event"),)

    covered: Mapped[MultiRange[int]] = mapped_column(INT8MULTIRANGE)
    reached: Mapped[int] = mapped_column(BigInteger)


class SignReview(TenantTable):
    """An auditor looked at something unusual and says why it needs no more.

    ``sign_id`` is what ``app.audit.watch.sign_id`` makes of rule, person and day; ``times`` is
    what the rule had counted then: if it counts more later, the sign is open again.
    """

    __tablename__ = "sign_review"
    __table_args__ = (
        Index("ix_sign_review_sign", "tenant_id", "sign_id"),
        inside("person_id", "account"),
        inside("reviewed_by", "account"),
    )

    sign_id: Mapped[UUID]
    rule: Mapped[str] = mapped_column(info=plain("code list"))
    person_id: Mapped[UUID]
    day: Mapped[date]
    times: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(info=plain("code list"))
    reviewed_by: Mapped[UUID]
    reviewed_at: Mapped[datetime]


class ExplanationRequest(TenantTable):
    """An auditor asks a person for an explanation; the answer is sealed under the tenant key."""

    __tablename__ = "explanation_request"
    __table_args__ = (
        UniqueConstraint("tenant_id", "sign_id"),
        Index("ix_explanation_request_person", "tenant_id", "person_id"),
        inside("person_id", "account"),
        inside("asked_by", "account"),
    )

    sign_id: Mapped[UUID]
    rule: Mapped[str] = mapped_column(info=plain("code list"))
    person_id: Mapped[UUID]
    day: Mapped[date]
    times: Mapped[int] = mapped_column(BigInteger)
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    answer: Mapped[bytes | None] = mapped_column(info=sealed_for_office("explanation"))
    answered_at: Mapped[datetime | None]


class AuditFinding(TenantTable):
    """Something unusual that somebody has to put right, until an auditor closes it."""

    __tablename__ = "audit_finding"
    __table_args__ = (
        UniqueConstraint("tenant_id", "sign_id"),
        Index("ix_audit_finding_owner", "tenant_id", "owner_id"),
        inside("person_id", "account"),
        inside("owner_id", "account"),
        inside("raised_by", "account"),
        inside("closed_by", "account"),
    )

    sign_id: Mapped[UUID]
    rule: Mapped[str] = mapped_column(info=plain("code list"))
    person_id: Mapped[UUID]
    day: Mapped[date]
    times: Mapped[int] = mapped_column(BigInteger)
    severity: Mapped[str] = mapped_column(info=plain("code list"))
    owner_id: Mapped[UUID]
    raised_by: Mapped[UUID]
    raised_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(info=plain("code list"))
    closed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]


class FindingNote(TenantTable):
    """What the owner of a finding did, or what an auditor still misses; sealed, never changed."""

    __tablename__ = "finding_note"
    __table_args__ = (
        Index("ix_finding_note_finding", "tenant_id", "finding_id"),
        inside("finding_id", "audit_finding"),
        inside("written_by", "account"),
    )

    finding_id: Mapped[UUID]
    written_by: Mapped[UUID]
    written_at: Mapped[datetime]
    text: Mapped[bytes] = mapped_column(info=sealed_for_office("finding-note"))


class SignedPeriod(TenantTable):
    """A period that an auditor has signed off; what the report says is in its snapshot.

    No service may change or remove a row. Periods do not overlap; that two begin or end on one day
    is refused by the database as well.
    """

    __tablename__ = "signed_period"
    __table_args__ = (
        UniqueConstraint("tenant_id", "since"),
        UniqueConstraint("tenant_id", "until"),
        CheckConstraint("since <= until", name="begins_before_it_ends"),
        inside("letter_id", "letter"),
        inside("signed_by", "account"),
    )

    since: Mapped[date]
    until: Mapped[date]
    conclusion: Mapped[str] = mapped_column(info=plain("code list"))
    letter_id: Mapped[UUID]
    size: Mapped[int] = mapped_column(BigInteger)
    signed_by: Mapped[UUID]
    signed_at: Mapped[datetime]
