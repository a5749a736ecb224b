"""After a restore, numbers are held until a person has stated the last of each register."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; only a restore, as the migration role, adds to it."""
    op.create_table(
        "register_hold",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("known_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_register_hold")),
    )
    tenant_table("register_hold", web="SELECT, UPDATE")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("register_hold")
