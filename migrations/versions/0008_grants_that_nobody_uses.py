"""Take back what no process asks for (declared in tests/security/test_grants.py)."""

from alembic import op

from migrations.security import WEB, WORKER, grant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A job acts for a person and never by a session; a certificate is only ever added."""
    op.execute(f"REVOKE SELECT ON sign_in_session FROM {WORKER}")
    op.execute(f"REVOKE UPDATE ON signing_certificate FROM {WEB}")


def downgrade() -> None:
    """Give it again."""
    grant("signing_certificate", web="UPDATE")
    grant("sign_in_session", worker="SELECT")
