"""Evidence of duties that staff enter: added to, and taken back, never changed."""

import sqlalchemy as sa
from alembic import op

from migrations.security import WEB, tenant_table

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the web may take a row back and change nothing else of it."""
    op.create_table(
        "duty_evidence",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recorded_by"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_duty_evidence_recorded_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "withdrawn_by"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_duty_evidence_withdrawn_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_duty_evidence")),
    )
    op.create_index("ix_duty_evidence_on", "duty_evidence", ["tenant_id", "happened_on"])
    tenant_table("duty_evidence", web="SELECT, INSERT")
    op.execute(f"GRANT UPDATE (withdrawn_by, withdrawn_at) ON duty_evidence TO {WEB}")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("duty_evidence")
