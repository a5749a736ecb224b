"""Notes that are kept while they are being written."""

import sqlalchemy as sa
from alembic import op

from migrations.security import seal_anew, tenant_table

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, row security beside it."""
    op.create_table(
        "note_draft",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.UniqueConstraint("tenant_id", "case_id", "author_id"),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["case.tenant_id", "case.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "author_id"], ["account.tenant_id", "account.id"]),
    )
    op.create_index("ix_note_draft_case", "note_draft", ["tenant_id", "case_id"])
    tenant_table("note_draft", web="SELECT, INSERT, UPDATE")
    seal_anew("note_draft", "text_sealed")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("note_draft")
