"""Destroying a case takes two people, and leaves a certificate."""

import sqlalchemy as sa
from alembic import op

from migrations.security import WEB, tenant_table

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; what was decided is kept as it is."""
    op.create_table(
        "destruction",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["case.tenant_id", "case.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "decided_by"], ["account.tenant_id", "account.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "settled_by"], ["account.tenant_id", "account.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "letter_id"], ["letter.tenant_id", "letter.id"]),
        sa.CheckConstraint(
            "outcome IS DISTINCT FROM 'confirmed' OR decided_by <> settled_by",
            name="confirmed_by_another",
        ),
    )
    op.create_index(
        "uq_destruction_open",
        "destruction",
        ["tenant_id", "case_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    tenant_table("destruction", web="SELECT, INSERT")
    op.execute(f"GRANT UPDATE (outcome, settled_by, settled_at, letter_id) ON destruction TO {WEB}")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("destruction")
