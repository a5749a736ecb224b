"""Closing a case with what is stated of her recovery, and asking after her."""

import sqlalchemy as sa
from alembic import op

from migrations.security import seal_anew, tenant_table

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, row security beside each."""
    op.create_table(
        "closure",
        *_of_case("closure"),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("state", "outcome", "physical", "psychological")
        ),
        sa.Column("no_retrauma", sa.Boolean(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopen_reason", sa.Text(), nullable=True),
        sa.Column("reopened_by", sa.Uuid(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comparison_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("statement_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("exception_sealed", sa.LargeBinary(), nullable=True),
        _inside("closure", "proposed_by", "account"),
        _inside("closure", "confirmed_by", "account"),
        _inside("closure", "reopened_by", "account"),
        sa.CheckConstraint("proposed_by <> confirmed_by", name="confirmed_by_another"),
        sa.CheckConstraint(
            "exception_sealed IS NULL OR state IN ('proposed', 'refused')"
            " OR confirmed_by IS NOT NULL",
            name="exception_confirmed",
        ),
    )
    op.create_index(
        "one_closure_waits",
        "closure",
        ["tenant_id", "case_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    tenant_table("closure", web="SELECT, INSERT, UPDATE", worker="SELECT")
    seal_anew("closure", "comparison_sealed", "statement_sealed", "exception_sealed")
    op.create_table(
        "follow_up",
        *_of_case("follow_up"),
        sa.Column("closure_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        _inside("follow_up", "closure_id", "closure"),
        _inside("follow_up", "done_by", "account"),
    )
    tenant_table("follow_up", web="SELECT, INSERT, UPDATE", worker="SELECT")
    for table in ("closure", "follow_up"):
        op.create_index(f"ix_{table}_case", table, ["tenant_id", "case_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("follow_up")
    op.drop_table("closure")


def _of_case(table: str) -> tuple[sa.Column[sa.Uuid] | sa.Constraint, ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        _inside(table, "case_id", "case"),
    )


def _inside(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{other}.tenant_id", f"{other}.id"],
        name=f"fk_{table}_{column}",
    )
