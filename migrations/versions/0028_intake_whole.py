"""Intake: safe contact whole, who is what to whom, immediate steps, cases that may be hers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import seal_anew, tenant_table

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_CODES = postgresql.ARRAY(sa.Text())


def upgrade() -> None:
    """Add the columns and tables, row security beside each."""
    op.add_column("case", sa.Column("risk_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("survivor", sa.Column("contact_when_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("survivor", sa.Column("forbidden_phone_sealed", sa.LargeBinary(), nullable=True))
    for table, column in (("survivor", "suffered"), ("incident", "signs")):
        op.add_column(table, sa.Column(column, _CODES, nullable=False, server_default="{}"))
        op.alter_column(table, column, server_default=None)
    seal_anew("survivor", "contact_when_sealed", "forbidden_phone_sealed")
    op.create_table(
        "acquaintance",
        *_of_case("acquaintance"),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("perpetrator_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        _inside("acquaintance", "survivor_id", "survivor"),
        _inside("acquaintance", "perpetrator_id", "alleged_perpetrator"),
        sa.UniqueConstraint("tenant_id", "survivor_id", "perpetrator_id"),
    )
    tenant_table("acquaintance", web="SELECT, INSERT, UPDATE", worker="SELECT")
    op.execute(
        "INSERT INTO acquaintance (tenant_id, id, case_id, survivor_id, perpetrator_id, relation)"
        " SELECT p.tenant_id, gen_random_uuid(), p.case_id, s.id, p.id, p.relation"
        " FROM alleged_perpetrator p JOIN survivor s USING (tenant_id, case_id)"
    )
    op.create_table(
        "step_done",
        *_of_case("step_done"),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=False),
        _inside("step_done", "done_by", "account"),
    )
    tenant_table("step_done", web="SELECT, INSERT")
    op.create_table(
        "case_link",
        *_of_case("case_link"),
        sa.Column("other_case_id", sa.Uuid(), nullable=False),
        sa.Column("matched", _CODES, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        _inside("case_link", "other_case_id", "case"),
        _inside("case_link", "decided_by", "account"),
        sa.UniqueConstraint("tenant_id", "case_id", "other_case_id"),
    )
    tenant_table("case_link", web="SELECT, INSERT, UPDATE, DELETE")
    for table in ("acquaintance", "step_done", "case_link"):
        op.create_index(f"ix_{table}_case", table, ["tenant_id", "case_id"])


def downgrade() -> None:
    """Drop them."""
    for table in ("case_link", "step_done", "acquaintance"):
        op.drop_table(table)
    op.drop_column("incident", "signs")
    op.drop_column("survivor", "suffered")
    op.drop_column("survivor", "forbidden_phone_sealed")
    op.drop_column("survivor", "contact_when_sealed")
    op.drop_column("case", "risk_at")


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
