"""The operator who changes a profile reads the one before, to record what has changed."""

from alembic import op

from migrations.security import OPERATOR, grant

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A profile is what an agency tells the public about itself."""
    grant("tenant_profile", operator="SELECT")


def downgrade() -> None:
    """Take it back."""
    op.execute(f"REVOKE SELECT ON tenant_profile FROM {OPERATOR}")
