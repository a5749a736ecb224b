"""Letters, their numbers, previews and certificates."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, row security beside each."""
    op.create_table(
        "letter",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("statutory", sa.Boolean(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signatory_id", sa.Uuid(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("draft", sa.LargeBinary(), nullable=True),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snapshot", sa.LargeBinary(), nullable=True),
        sa.Column("snapshot_hash", sa.LargeBinary(), nullable=True),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("verification_hash", sa.LargeBinary(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("step_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("object_name", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state <> 'issued' OR (sha256 IS NOT NULL AND object_name IS NOT NULL)",
            name=op.f("ck_letter_issued_has_bytes"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"], ["case.tenant_id", "case.id"], name=op.f("fk_letter_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_letter_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "signatory_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_letter_signatory_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "supersedes_id"],
            ["letter.tenant_id", "letter.id"],
            name=op.f("fk_letter_supersedes_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_letter")),
        sa.UniqueConstraint(
            "tenant_id",
            "family",
            "year",
            "sequence",
            name=op.f("uq_letter_tenant_id_family_year_sequence"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "verification_hash", name=op.f("uq_letter_tenant_id_verification_hash")
        ),
    )
    op.create_index("ix_letter_case", "letter", ["tenant_id", "case_id"], unique=False)
    tenant_table("letter", web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE")
    op.create_table(
        "letter_counter",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_letter_counter")),
        sa.UniqueConstraint(
            "tenant_id", "family", "year", name=op.f("uq_letter_counter_tenant_id_family_year")
        ),
    )
    tenant_table("letter_counter", web="SELECT, INSERT, UPDATE")
    op.create_table(
        "letter_preview",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case.tenant_id", "case.id"],
            name=op.f("fk_letter_preview_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "letter_id"],
            ["letter.tenant_id", "letter.id"],
            name=op.f("fk_letter_preview_letter_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_letter_preview")),
    )
    op.create_index(
        "ix_letter_preview_case", "letter_preview", ["tenant_id", "case_id"], unique=False
    )
    tenant_table("letter_preview", web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE, DELETE")
    op.create_table(
        "signing_certificate",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_signing_certificate_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_signing_certificate")),
        sa.UniqueConstraint(
            "tenant_id", "fingerprint", name=op.f("uq_signing_certificate_tenant_id_fingerprint")
        ),
    )
    tenant_table(
        "signing_certificate", web="SELECT, INSERT, UPDATE", worker="SELECT", operator="INSERT"
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("signing_certificate", "letter_preview", "letter_counter", "letter"):
        op.drop_table(table)
