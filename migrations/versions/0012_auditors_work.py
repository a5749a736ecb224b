"""What auditors do about something unusual: review it, ask about it, have it put right."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables; none is ever emptied by a service."""
    op.create_table(
        "sign_review",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        _account("sign_review", "person_id"),
        _account("sign_review", "reviewed_by"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sign_review")),
    )
    op.create_index("ix_sign_review_sign", "sign_review", ["tenant_id", "sign_id"])
    tenant_table("sign_review", web="SELECT, INSERT")
    op.create_table(
        "explanation_request",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        _account("explanation_request", "person_id"),
        _account("explanation_request", "asked_by"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_explanation_request")),
        sa.UniqueConstraint(
            "tenant_id", "sign_id", name=op.f("uq_explanation_request_tenant_id_sign_id")
        ),
    )
    op.create_index(
        "ix_explanation_request_person", "explanation_request", ["tenant_id", "person_id"]
    )
    tenant_table("explanation_request", web="SELECT, INSERT, UPDATE")
    op.create_table(
        "audit_finding",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        _account("audit_finding", "person_id"),
        _account("audit_finding", "owner_id"),
        _account("audit_finding", "raised_by"),
        _account("audit_finding", "closed_by"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_finding")),
        sa.UniqueConstraint(
            "tenant_id", "sign_id", name=op.f("uq_audit_finding_tenant_id_sign_id")
        ),
    )
    op.create_index("ix_audit_finding_owner", "audit_finding", ["tenant_id", "owner_id"])
    tenant_table("audit_finding", web="SELECT, INSERT, UPDATE")


def downgrade() -> None:
    """Drop them."""
    for table in ("audit_finding", "explanation_request", "sign_review"):
        op.drop_table(table)


def _account(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        ["account.tenant_id", "account.id"],
        name=op.f(f"fk_{table}_{column}"),
    )
