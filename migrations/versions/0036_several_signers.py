"""Several who sign one letter, one after the other."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_SIGNED = ("letter_id", "position", "account_id", "certificate_id", "signed_at", "signed_hash")


def upgrade() -> None:
    """Create the table; a signature that was given stays as it was given, and is not removed."""
    op.create_table(
        "letter_signer",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid()),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        sa.Column("signed_hash", sa.LargeBinary()),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (signed_hash IS NULL)",
            name=op.f("ck_letter_signer_signed_is_of_something"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "letter_id"],
            ["letter.tenant_id", "letter.id"],
            name=op.f("fk_letter_signer_letter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_letter_signer_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_letter_signer")),
        sa.UniqueConstraint(
            "tenant_id",
            "letter_id",
            "position",
            name=op.f("uq_letter_signer_tenant_id_letter_id_position"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "letter_id",
            "account_id",
            name=op.f("uq_letter_signer_tenant_id_letter_id_account_id"),
        ),
    )
    tenant_table("letter_signer", web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT")
    old, new = (", ".join(f"{row}.{one}" for one in _SIGNED) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE TRIGGER letter_signer_kept BEFORE UPDATE ON letter_signer FOR EACH ROW"
        f" WHEN (OLD.signed_at IS NOT NULL AND ROW({new}) IS DISTINCT FROM ROW({old}))"
        " EXECUTE FUNCTION letter_kept()"
    )
    op.execute(
        "CREATE TRIGGER letter_signer_stays BEFORE DELETE ON letter_signer FOR EACH ROW"
        " WHEN (OLD.signed_at IS NOT NULL) EXECUTE FUNCTION letter_kept()"
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("letter_signer")
