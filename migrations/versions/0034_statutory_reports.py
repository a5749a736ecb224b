"""What was done about a duty to report; steps are added and never changed."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "statutory_step",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["case.tenant_id", "case.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "done_by"], ["account.tenant_id", "account.id"]),
    )
    op.create_index("ix_statutory_step_case", "statutory_step", ["tenant_id", "case_id"])
    tenant_table("statutory_step", web="SELECT, INSERT")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("statutory_step")
