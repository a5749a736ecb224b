"""Signed reports and letters of the office about a period: added to, never changed."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; no service may change or remove a row."""
    op.create_table(
        "office_report",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("since <= until", name=op.f("ck_office_report_begins_before_it_ends")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "letter_id"],
            ["letter.tenant_id", "letter.id"],
            name=op.f("fk_office_report_letter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "signed_by"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_office_report_signed_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_office_report")),
    )
    op.create_index("ix_office_report_signed", "office_report", ["tenant_id", "signed_at"])
    tenant_table("office_report", web="SELECT, INSERT")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("office_report")
