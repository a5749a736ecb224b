"""A reviewer's paraf before the signature; remarks and what was said when a letter comes back."""

import sqlalchemy as sa
from alembic import op

from migrations.security import seal_anew

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_COLUMNS = ("reviewer_id", "paraf_at", "paraf_hash")


def upgrade() -> None:
    """Add the columns; a paraf stays as it is once the letter is approved."""
    op.add_column("letter", sa.Column("reviewer_id", sa.Uuid()))
    op.add_column("letter", sa.Column("paraf_at", sa.DateTime(timezone=True)))
    op.add_column("letter", sa.Column("paraf_hash", sa.LargeBinary()))
    op.add_column("letter", sa.Column("remarks", sa.LargeBinary()))
    op.add_column("letter", sa.Column("earlier", sa.LargeBinary()))
    op.create_foreign_key(
        op.f("fk_letter_reviewer_id"),
        "letter",
        "account",
        ["tenant_id", "reviewer_id"],
        ["tenant_id", "id"],
    )
    seal_anew("letter", "remarks", "earlier")
    old, new = (", ".join(f"{row}.{one}" for one in _COLUMNS) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE TRIGGER letter_paraf_kept BEFORE UPDATE ON letter FOR EACH ROW"
        f" WHEN (OLD.approved_at IS NOT NULL AND ROW({new}) IS DISTINCT FROM ROW({old}))"
        " EXECUTE FUNCTION letter_kept()"
    )


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TRIGGER letter_paraf_kept ON letter")
    op.drop_constraint(op.f("fk_letter_reviewer_id"), "letter", type_="foreignkey")
    for name in (*_COLUMNS, "remarks", "earlier"):
        op.drop_column("letter", name)
