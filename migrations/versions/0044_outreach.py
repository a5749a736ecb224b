"""Outreach, and the reports that followed it."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, row security beside it, and tie cases to it."""
    op.create_table(
        "outreach",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id", "recorded_by"], ["account.tenant_id", "account.id"]),
    )
    tenant_table("outreach", web="SELECT, INSERT", worker="SELECT")
    op.add_column("case", sa.Column("outreach_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_case_outreach_id",
        "case",
        "outreach",
        ["tenant_id", "outreach_id"],
        ["tenant_id", "id"],
    )
    op.create_index("ix_case_outreach", "case", ["tenant_id", "outreach_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_case_outreach", "case")
    op.drop_constraint("fk_case_outreach_id", "case")
    op.drop_column("case", "outreach_id")
    op.drop_table("outreach")
