"""What waits for a second person: roles, and a lost second step."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import WEB, tenant_table

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; what was asked for is never changed, only decided."""
    op.create_table(
        "confirmation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                ["account.tenant_id", "account.id"],
                name=op.f(f"fk_confirmation_{column}"),
            )
            for column in ("account_id", "asked_by", "decided_by")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_confirmation")),
    )
    op.create_index("ix_confirmation_account", "confirmation", ["tenant_id", "account_id"])
    tenant_table("confirmation", web="SELECT, INSERT")
    op.execute(f"GRANT UPDATE (verdict, decided_by, decided_at) ON confirmation TO {WEB}")
    op.execute(
        "ALTER TABLE confirmation ADD CONSTRAINT ck_confirmation_two_persons"
        " CHECK (verdict IS DISTINCT FROM 'confirmed'"
        " OR (decided_by <> asked_by AND decided_by <> account_id))"
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("confirmation")
