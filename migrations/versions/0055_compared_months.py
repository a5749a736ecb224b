"""Months of case data compared with the police, and each case of them."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "reconciliation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("theirs", sa.Integer(), nullable=True),
        sa.Column("surplus", sa.Text(), nullable=True),
        sa.Column("begun_by", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{target}.tenant_id", f"{target}.id"],
                name=op.f(f"fk_reconciliation_{column}"),
            )
            for column, target in (
                ("organisation_id", "organisation"),
                ("begun_by", "account"),
                ("settled_by", "account"),
            )
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reconciliation")),
        sa.UniqueConstraint(
            "tenant_id",
            "organisation_id",
            "month",
            name=op.f("uq_reconciliation_tenant_id_organisation_id_month"),
        ),
    )
    tenant_table("reconciliation", web="SELECT, INSERT, UPDATE")
    op.create_table(
        "reconciliation_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reconciliation_id", sa.Uuid(), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{target}.tenant_id", f"{target}.id"],
                name=op.f(f"fk_reconciliation_line_{column}"),
            )
            for column, target in (
                ("case_id", "case"),
                ("reconciliation_id", "reconciliation"),
                ("answered_by", "account"),
            )
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reconciliation_line")),
        sa.UniqueConstraint(
            "tenant_id",
            "reconciliation_id",
            "case_id",
            name=op.f("uq_reconciliation_line_tenant_id_reconciliation_id_case_id"),
        ),
    )
    tenant_table("reconciliation_line", web="SELECT, INSERT, UPDATE")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("reconciliation_line")
    op.drop_table("reconciliation")
