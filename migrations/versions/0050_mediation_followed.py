"""A mediation to its end: days of what was asked and assessed, the day itself, the follow-up."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_COLUMNS = {
    "requested_on": sa.Date(),
    "companion_assessed_on": sa.Date(),
    "psychologist_assessed_on": sa.Date(),
    "attended_separately": sa.Boolean(),
    "asked_alone": sa.Boolean(),
    "agreed": sa.Boolean(),
    "followed_up_at": sa.DateTime(timezone=True),
    "followed_up_by": sa.Uuid(),
    "kept": sa.Text(),
}


def upgrade() -> None:
    """Add what is kept besides; earlier mediations know none of it."""
    for name, kind in _COLUMNS.items():
        op.add_column("mediation", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Take it away again."""
    for name in _COLUMNS:
        op.drop_column("mediation", name)
