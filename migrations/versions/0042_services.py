"""The three pillars: sessions, her choice about legal process, programmes of recovery."""

import sqlalchemy as sa
from alembic import op

from migrations.security import seal_anew, tenant_table

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, row security beside each."""
    op.create_table(
        "care_session",
        *_of_case("care_session"),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("about_child", sa.Boolean(), nullable=False),
        sa.Column("with_id", sa.Uuid(), nullable=True),
        sa.Column("offered_by", sa.Uuid(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached_by", sa.Uuid(), nullable=True),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=True),
        _inside("care_session", "survivor_id", "survivor"),
        _inside("care_session", "with_id", "account"),
        _inside("care_session", "offered_by", "account"),
        _inside("care_session", "reached_by", "account"),
    )
    tenant_table("care_session", web="SELECT, INSERT, UPDATE", worker="SELECT")
    seal_anew("care_session", "content_sealed")
    op.create_table(
        "legal_choice",
        *_of_case("legal_choice"),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("rights_explained", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        _inside("legal_choice", "recorded_by", "account"),
    )
    tenant_table("legal_choice", web="SELECT, INSERT", worker="SELECT")
    seal_anew("legal_choice", "words_sealed")
    op.create_table(
        "programme",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("begun_by", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("end_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.UniqueConstraint("tenant_id", "name"),
        _inside("programme", "begun_by", "account"),
        sa.CheckConstraint(
            "state <> 'stopped' OR (end_reason IS NOT NULL AND end_note IS NOT NULL)",
            name="stopped_with_a_reason",
        ),
    )
    tenant_table("programme", web="SELECT, INSERT, UPDATE", worker="SELECT")
    op.create_table(
        "participation",
        *_of_case("participation"),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("leave_reason", sa.Text(), nullable=True),
        _inside("participation", "programme_id", "programme"),
        _inside("participation", "survivor_id", "survivor"),
    )
    tenant_table("participation", web="SELECT, INSERT, UPDATE", worker="SELECT")
    op.create_table(
        "livelihood",
        *_of_case("livelihood"),
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("remark_sealed", sa.LargeBinary(), nullable=True),
        _inside("livelihood", "participation_id", "participation"),
        _inside("livelihood", "recorded_by", "account"),
    )
    tenant_table("livelihood", web="SELECT, INSERT", worker="SELECT")
    seal_anew("livelihood", "remark_sealed")
    for table in ("care_session", "legal_choice", "participation", "livelihood"):
        op.create_index(f"ix_{table}_case", table, ["tenant_id", "case_id"])


def downgrade() -> None:
    """Drop them."""
    for table in ("livelihood", "participation", "programme", "legal_choice", "care_session"):
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
