"""Periods of the access log that an auditor signed off: added to, never changed."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; no service may change or remove a row."""
    op.create_table(
        "signed_period",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("since <= until", name=op.f("ck_signed_period_begins_before_it_ends")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "letter_id"],
            ["letter.tenant_id", "letter.id"],
            name=op.f("fk_signed_period_letter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "signed_by"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_signed_period_signed_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_signed_period")),
        sa.UniqueConstraint("tenant_id", "since", name=op.f("uq_signed_period_tenant_id_since")),
        sa.UniqueConstraint("tenant_id", "until", name=op.f("uq_signed_period_tenant_id_until")),
    )
    tenant_table("signed_period", web="SELECT, INSERT")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("signed_period")
