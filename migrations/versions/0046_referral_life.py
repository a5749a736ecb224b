"""A referral to its end: receipt, messages, result, and what the agency took over."""

import sqlalchemy as sa
from alembic import op

from migrations.security import seal_anew, tenant_table

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_COLUMNS = {
    "received_at": sa.DateTime(timezone=True),
    "received_by": sa.Uuid(),
    "result_due_at": sa.DateTime(timezone=True),
    "outcome": sa.Text(),
    "acknowledged_at": sa.DateTime(timezone=True),
    "acknowledged_by": sa.Uuid(),
}


def upgrade() -> None:
    """Add what is kept of each, and the messages."""
    for name, kind in _COLUMNS.items():
        op.add_column("referral", sa.Column(name, kind, nullable=True))
    op.create_table(
        "referral_step",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["case.tenant_id", "case.id"]),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referral_id"], ["referral.tenant_id", "referral.id"]
        ),
        sa.ForeignKeyConstraint(["tenant_id", "account_id"], ["account.tenant_id", "account.id"]),
    )
    op.create_index("ix_referral_step_case", "referral_step", ["tenant_id", "case_id"])
    tenant_table("referral_step", web="SELECT, INSERT")
    seal_anew("referral_step", "text_sealed")


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("referral_step")
    for name in _COLUMNS:
        op.drop_column("referral", name)
