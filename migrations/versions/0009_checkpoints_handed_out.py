"""Which checkpoints lie outside the database, and what kept one from going there."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; it is only added to."""
    op.create_table(
        "checkpoint_handover",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_checkpoint_handover")),
    )
    op.create_index("ix_checkpoint_handover_at", "checkpoint_handover", ["tenant_id", "at"])
    tenant_table("checkpoint_handover", web="SELECT", worker="SELECT, INSERT")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("checkpoint_handover")
