"""A letter may be about no case: a document of the office, sealed under a key of its own."""

import sqlalchemy as sa
from alembic import op

from migrations.security import KEYS

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a letter stand without a case."""
    op.alter_column("letter", "case_id", nullable=True)
    op.add_column(
        "letter",
        sa.Column("sealed_for", sa.Uuid(), sa.Computed("COALESCE(case_id, id)", persisted=True)),
    )
    op.create_index("ix_letter_sealed_for", "letter", ["tenant_id", "sealed_for"])
    op.execute(f"GRANT SELECT (sealed_for) ON letter TO {KEYS}")


def downgrade() -> None:
    """Ask for a case again; refused while there is a document of the office."""
    op.drop_index("ix_letter_sealed_for", table_name="letter")
    op.drop_column("letter", "sealed_for")
    op.alter_column("letter", "case_id", nullable=False)
