"""Certified copies of issued letters: numbered, for one recipient, kept sealed."""

import sqlalchemy as sa
from alembic import op

from migrations.security import seal_anew, tenant_table

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_ONCE = ("letter_id", "case_id", "number", "certified_by", "certified_at", "certificate_id")


def upgrade() -> None:
    """Create the table; what was certified stays, and a copy is made as one set of bytes."""
    op.create_table(
        "letter_copy",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("certified_by", sa.Uuid(), nullable=False),
        sa.Column("certified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True)),
        sa.Column("failure", sa.Text()),
        sa.Column("sha256", sa.LargeBinary()),
        sa.Column("pdf", sa.LargeBinary()),
        sa.CheckConstraint(
            "(ready_at IS NULL) = (pdf IS NULL)", name=op.f("ck_letter_copy_ready_is_whole")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case.tenant_id", "case.id"],
            name=op.f("fk_letter_copy_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "letter_id"],
            ["letter.tenant_id", "letter.id"],
            name=op.f("fk_letter_copy_letter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "certified_by"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_letter_copy_certified_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_letter_copy")),
        sa.UniqueConstraint(
            "tenant_id",
            "letter_id",
            "number",
            name=op.f("uq_letter_copy_tenant_id_letter_id_number"),
        ),
    )
    op.create_index("ix_letter_copy_case_id", "letter_copy", ["tenant_id", "case_id"])
    op.create_index("ix_letter_copy_sha256", "letter_copy", ["tenant_id", "sha256"])
    tenant_table("letter_copy", web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE")
    seal_anew("letter_copy", "recipient", "pdf")
    old, new = (", ".join(f"{row}.{one}" for one in _ONCE) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE TRIGGER letter_copy_kept BEFORE UPDATE ON letter_copy FOR EACH ROW WHEN"
        f" (ROW({new}) IS DISTINCT FROM ROW({old}) OR (OLD.ready_at IS NOT NULL AND"
        " ROW(NEW.ready_at, NEW.sha256) IS DISTINCT FROM ROW(OLD.ready_at, OLD.sha256)))"
        " EXECUTE FUNCTION letter_kept()"
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("letter_copy")
