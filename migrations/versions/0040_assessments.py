"""Assessments with sealed answers, and the plan of a case."""

import sqlalchemy as sa
from alembic import op

from migrations.security import seal_anew, tenant_table

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, row security beside each."""
    op.create_table(
        "assessment",
        *_of_case("assessment"),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("assessor_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("about_child", sa.Boolean(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("conclusion_sealed", sa.LargeBinary(), nullable=True),
        _inside("assessment", "survivor_id", "survivor"),
        _inside("assessment", "assessor_id", "account"),
    )
    op.create_index(
        "one_draft_of_an_assessment",
        "assessment",
        ["tenant_id", "survivor_id", "instrument"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    tenant_table("assessment", web="SELECT, INSERT, UPDATE", worker="SELECT")
    seal_anew("assessment", "score_sealed", "conclusion_sealed")
    op.create_table(
        "assessment_answer",
        *_of_case("assessment_answer"),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("about_child", sa.Boolean(), nullable=False),
        sa.Column("clinical_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("intimate_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("narrative_sealed", sa.LargeBinary(), nullable=True),
        _inside("assessment_answer", "assessment_id", "assessment"),
        sa.UniqueConstraint("tenant_id", "assessment_id", "item"),
    )
    tenant_table("assessment_answer", web="SELECT, INSERT, UPDATE")
    seal_anew("assessment_answer", "clinical_sealed", "intimate_sealed", "narrative_sealed")
    op.create_table(
        "plan_item",
        *_of_case("plan_item"),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("action_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("result_sealed", sa.LargeBinary(), nullable=True),
        _inside("plan_item", "need_id", "need"),
        _inside("plan_item", "owner_id", "account"),
    )
    op.create_index(
        "ix_plan_item_open",
        "plan_item",
        ["tenant_id", "owner_id", "due_on"],
        postgresql_where=sa.text("state = 'open'"),
    )
    tenant_table("plan_item", web="SELECT, INSERT, UPDATE", worker="SELECT")
    seal_anew("plan_item", "action_sealed", "result_sealed")
    for table in ("assessment", "assessment_answer", "plan_item"):
        op.create_index(f"ix_{table}_case", table, ["tenant_id", "case_id"])


def downgrade() -> None:
    """Drop them."""
    for table in ("plan_item", "assessment_answer", "assessment"):
        op.drop_table(table)


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
