"""A token binds one transaction, not everything on its connection."""

from alembic import op

from migrations.security import bound_function

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace the verifying function; its owner and grants stay."""
    op.execute(bound_function(of_transaction=True))


def downgrade() -> None:
    """Put the earlier one back."""
    op.execute(bound_function())
