"""Sign-ins from a new device, and whether their owner was told."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both to the sessions; those of before count as known."""
    op.add_column(
        "sign_in_session",
        sa.Column("new_device", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("sign_in_session", "new_device", server_default=None)
    op.add_column(
        "sign_in_session", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_column("sign_in_session", "told_at")
    op.drop_column("sign_in_session", "new_device")
