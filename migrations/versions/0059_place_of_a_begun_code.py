"""An authenticator app that is being set up belongs to the ticket or session it was begun in."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the place; what was begun before has none, and is begun anew."""
    op.add_column("one_time_code", sa.Column("begun_in", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("one_time_code", "begun_in")
