"""Access in an emergency, beyond a person's rights, and its review."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_KEPT = ("case_id", "account_id", "reviewer_id", "reason", "opened_at")
_JUDGED = ("verdict", "reviewed_at", "reviewed_by")


def upgrade() -> None:
    """Create the table; what stands in it is kept, and no access is ever made longer."""
    op.create_table(
        "emergency_access",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("explanation_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("remark_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["case.tenant_id", "case.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "account_id"], ["account.tenant_id", "account.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "reviewer_id"], ["account.tenant_id", "account.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "reviewed_by"], ["account.tenant_id", "account.id"]),
        sa.CheckConstraint("account_id <> reviewer_id", name="reviewed_by_another"),
        sa.CheckConstraint("account_id <> reviewed_by", name="judged_by_another"),
    )
    op.create_index("ix_emergency_access_case", "emergency_access", ["tenant_id", "case_id"])
    op.create_index(
        "ix_emergency_access_waiting",
        "emergency_access",
        ["tenant_id", "opened_at"],
        postgresql_where=sa.text("reviewed_at IS NULL"),
    )
    tenant_table("emergency_access", web="SELECT, INSERT, UPDATE", worker="SELECT")
    kept, judged = (
        "ROW({}) IS DISTINCT FROM ROW({})".format(
            *(", ".join(f"{row}.{one}" for one in columns) for row in ("NEW", "OLD"))
        )
        for columns in (_KEPT, _JUDGED)
    )
    op.execute(
        "CREATE FUNCTION emergency_kept() RETURNS trigger LANGUAGE plpgsql"
        " SET search_path = pg_catalog"
        " AS $$ BEGIN RAISE EXCEPTION '% is kept as it is', TG_TABLE_NAME"
        " USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute("REVOKE ALL ON FUNCTION emergency_kept() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER emergency_kept BEFORE UPDATE ON emergency_access FOR EACH ROW"
        f" WHEN ({kept} OR NEW.until > OLD.until OR (OLD.reviewed_at IS NOT NULL AND {judged}))"
        " EXECUTE FUNCTION emergency_kept()"
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("emergency_access")
    op.execute("DROP FUNCTION emergency_kept()")
