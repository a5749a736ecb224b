"""Case conferences and who is invited to them."""

import sqlalchemy as sa
from alembic import op

from migrations.security import seal_anew, tenant_table

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both; the decisions are tasks."""
    op.create_table(
        "conference",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("chair_id", sa.Uuid(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("venue_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("agenda_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("progress_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["case.tenant_id", "case.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "chair_id"], ["account.tenant_id", "account.id"]),
    )
    op.create_index("ix_conference_case", "conference", ["tenant_id", "case_id"])
    tenant_table("conference", web="SELECT, INSERT, UPDATE")
    seal_anew("conference", "venue_sealed", "agenda_sealed", "progress_sealed")
    op.create_table(
        "conference_member",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("conference_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["case.tenant_id", "case.id"]),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conference_id"], ["conference.tenant_id", "conference.id"]
        ),
        sa.ForeignKeyConstraint(["tenant_id", "account_id"], ["account.tenant_id", "account.id"]),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"], ["organisation.tenant_id", "organisation.id"]
        ),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (organisation_id IS NULL)", name="one_of_the_two"
        ),
    )
    op.create_index("ix_conference_member_case", "conference_member", ["tenant_id", "case_id"])
    tenant_table("conference_member", web="SELECT, INSERT, UPDATE")


def downgrade() -> None:
    """Drop both."""
    op.drop_table("conference_member")
    op.drop_table("conference")
