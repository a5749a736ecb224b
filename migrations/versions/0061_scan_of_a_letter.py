"""An attachment may be the scan of a letter that outside parties signed on paper."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the letter; what was added before is of none."""
    op.add_column("attachment", sa.Column("letter_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_attachment_letter_id"),
        "attachment",
        "letter",
        ["tenant_id", "letter_id"],
        ["tenant_id", "id"],
    )
    op.create_index("ix_attachment_letter", "attachment", ["tenant_id", "letter_id"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("attachment", "letter_id")
