"""A certified copy says on what ground its recipient gets it, and which organisation that is."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

_KEPT = ("letter_id", "case_id", "number", "certified_by", "certified_at", "certificate_id")
_GROUND = ("ground", "organisation_id")


def upgrade() -> None:
    """Add both; what was certified before says nothing of it."""
    op.add_column("letter_copy", sa.Column("ground", sa.Text()))
    op.add_column("letter_copy", sa.Column("organisation_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_letter_copy_organisation_id"),
        "letter_copy",
        "organisation",
        ["tenant_id", "organisation_id"],
        ["tenant_id", "id"],
    )
    _keep((*_KEPT, *_GROUND))


def downgrade() -> None:
    """Take them away again."""
    _keep(_KEPT)
    op.drop_column("letter_copy", "organisation_id")
    op.drop_column("letter_copy", "ground")


def _keep(columns: tuple[str, ...]) -> None:
    """Let nothing of these be changed once a copy is certified."""
    old, new = (", ".join(f"{row}.{one}" for one in columns) for row in ("OLD", "NEW"))
    op.execute("DROP TRIGGER letter_copy_kept ON letter_copy")
    op.execute(
        "CREATE TRIGGER letter_copy_kept BEFORE UPDATE ON letter_copy FOR EACH ROW WHEN"
        f" (ROW({new}) IS DISTINCT FROM ROW({old}) OR (OLD.ready_at IS NOT NULL AND"
        " ROW(NEW.ready_at, NEW.sha256) IS DISTINCT FROM ROW(OLD.ready_at, OLD.sha256)))"
        " EXECUTE FUNCTION letter_kept()"
    )
