"""Accounts that are given for a time, as an external auditor's."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the end of an account, and of what an invitation gives."""
    for table in ("account", "invitation"):
        op.add_column(table, sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop them."""
    for table in ("account", "invitation"):
        op.drop_column(table, "ends_at")
