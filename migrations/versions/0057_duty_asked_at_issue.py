"""Whoever makes a letter asks whether the law still wants the report."""

from alembic import op

from migrations.security import WORKER

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The findings hold no confidential text; a worker reads them and changes nothing."""
    op.execute(f"GRANT SELECT ON statutory_step TO {WORKER}")


def downgrade() -> None:
    """Take it back."""
    op.execute(f"REVOKE SELECT ON statutory_step FROM {WORKER}")
