"""Saved views of the auditors' desk: each an auditor's own."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "saved_view",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_saved_view_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_saved_view")),
    )
    op.create_index("ix_saved_view_account", "saved_view", ["tenant_id", "account_id"])
    tenant_table("saved_view", web="SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("saved_view")
