"""Clocks: what must happen in a case by when."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "deadline",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("case_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_how", sa.Text(), nullable=True),
        sa.Column("stopped_by", sa.Uuid(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.Text(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supervisor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chair_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["case.tenant_id", "case.id"]),
        sa.CheckConstraint("(paused_at IS NULL) = (pause_reason IS NULL)", name="rests_for_reason"),
        sa.CheckConstraint("NOT fixed OR paused_at IS NULL", name="fixed_never_rests"),
    )
    op.create_index("ix_deadline_case", "deadline", ["tenant_id", "case_id"])
    running = sa.text("stopped_at IS NULL")
    op.create_index(
        "uq_deadline_running",
        "deadline",
        ["tenant_id", "kind", "object_id"],
        unique=True,
        postgresql_where=running,
    )
    op.create_index(
        "ix_deadline_due", "deadline", ["tenant_id", "due_at"], postgresql_where=running
    )
    tenant_table("deadline", web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("deadline")
