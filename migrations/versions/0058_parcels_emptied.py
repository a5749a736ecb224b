"""Parcels are empty once they are answered, or once the sender has taken back what is in them."""

import sqlalchemy as sa
from alembic import op

from migrations.security import BOUND, WEB

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

_EMPTIED = f"{BOUND} AND answered_at IS NULL"


def upgrade() -> None:
    """Empty what was answered; let both sides empty a parcel, and the sender do nothing else."""
    op.alter_column("parcel", "sealed", existing_type=sa.LargeBinary(), nullable=True)
    op.execute("ALTER TABLE parcel NO FORCE ROW LEVEL SECURITY")  # its owner sees every tenant's
    op.execute("UPDATE parcel SET sealed = NULL WHERE answered_at IS NOT NULL")
    op.execute("ALTER TABLE parcel FORCE ROW LEVEL SECURITY")
    op.create_check_constraint("answered_empty", "parcel", "answered_at IS NULL OR sealed IS NULL")
    op.execute(f"GRANT UPDATE (sealed) ON parcel TO {WEB}")
    op.execute(
        f"CREATE POLICY taken_back ON parcel FOR UPDATE USING ({_EMPTIED})"
        f" WITH CHECK ({_EMPTIED} AND sealed IS NULL)"
    )


def downgrade() -> None:
    """Take the rights back; a parcel that was emptied keeps nothing but its bounds."""
    op.execute("DROP POLICY taken_back ON parcel")
    op.execute(f"REVOKE UPDATE (sealed) ON parcel FROM {WEB}")
    op.drop_constraint("answered_empty", "parcel")
    op.execute("ALTER TABLE parcel NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE parcel SET sealed = '' WHERE sealed IS NULL")
    op.execute("ALTER TABLE parcel FORCE ROW LEVEL SECURITY")
    op.alter_column("parcel", "sealed", existing_type=sa.LargeBinary(), nullable=False)
