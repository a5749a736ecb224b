"""An officer's certificate may be revoked once, with a reason; nothing else of it is changed."""

import sqlalchemy as sa
from alembic import op

from migrations.security import WEB

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_REVOKED = ("revoked_at", "revoked_by", "revoke_reason")


def upgrade() -> None:
    """Add by whom and why, and let the web revoke."""
    op.add_column("signing_certificate", sa.Column("revoked_by", sa.Uuid()))
    op.add_column("signing_certificate", sa.Column("revoke_reason", sa.Text()))
    op.execute(f"GRANT UPDATE ({', '.join(_REVOKED)}) ON signing_certificate TO {WEB}")
    old, new = (", ".join(f"{row}.{one}" for one in _REVOKED) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE TRIGGER certificate_stays_revoked BEFORE UPDATE ON signing_certificate"
        f" FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL AND ROW({new}) IS DISTINCT FROM"
        f" ROW({old})) EXECUTE FUNCTION letter_kept()"
    )


def downgrade() -> None:
    """Take it back."""
    op.execute("DROP TRIGGER certificate_stays_revoked ON signing_certificate")
    op.execute(f"REVOKE UPDATE ({', '.join(_REVOKED)}) ON signing_certificate FROM {WEB}")
    op.drop_column("signing_certificate", "revoke_reason")
    op.drop_column("signing_certificate", "revoked_by")
