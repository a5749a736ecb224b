"""Who signs for which office, from one day to another: added to, ended, closed, never changed."""

import sqlalchemy as sa
from alembic import op

from migrations.security import WEB, tenant_table

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_ENDS = "ended_on, ended_by, closed_at, closed_by"


def upgrade() -> None:
    """Create the table, and let a letter name the delegation by which it is signed."""
    op.create_table(
        "delegation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("through", sa.Text()),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("ended_by", sa.Uuid()),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("closed_by", sa.Uuid()),
        sa.CheckConstraint("begins <= ends", name=op.f("ck_delegation_begins_before_it_ends")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_delegation_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_delegation_created_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_delegation")),
    )
    tenant_table("delegation", web="SELECT, INSERT", worker="SELECT")
    op.execute(f"GRANT UPDATE ({_ENDS}) ON delegation TO {WEB}")
    op.add_column("letter", sa.Column("delegation_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_letter_delegation_id"),
        "letter",
        "delegation",
        ["tenant_id", "delegation_id"],
        ["tenant_id", "id"],
    )
    op.execute(
        "CREATE TRIGGER letter_delegation_kept BEFORE UPDATE ON letter FOR EACH ROW WHEN"
        " (OLD.approved_at IS NOT NULL AND NEW.delegation_id IS DISTINCT FROM OLD.delegation_id)"
        " EXECUTE FUNCTION letter_kept()"
    )


def downgrade() -> None:
    """Drop both."""
    op.execute("DROP TRIGGER letter_delegation_kept ON letter")
    op.drop_constraint(op.f("fk_letter_delegation_id"), "letter", type_="foreignkey")
    op.drop_column("letter", "delegation_id")
    op.drop_table("delegation")
