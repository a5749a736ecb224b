"""What the owner of a finding did, and what an auditor still misses: added to, never changed."""

import sqlalchemy as sa
from alembic import op

from migrations.security import seal_anew, tenant_table

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and note with the finding for whom it waits."""
    op.add_column(
        "audit_finding", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_table(
        "finding_note",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "finding_id"],
            ["audit_finding.tenant_id", "audit_finding.id"],
            name=op.f("fk_finding_note_finding_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "written_by"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_finding_note_written_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_finding_note")),
    )
    op.create_index("ix_finding_note_finding", "finding_note", ["tenant_id", "finding_id"])
    tenant_table("finding_note", web="SELECT, INSERT")
    seal_anew("finding_note", "text", of_case=False)


def downgrade() -> None:
    """Drop both."""
    op.drop_table("finding_note")
    op.drop_column("audit_finding", "answered_at")
