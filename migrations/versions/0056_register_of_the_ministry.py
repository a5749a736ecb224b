"""What was entered into the ministry's register, and exports that a second person confirms."""

import sqlalchemy as sa
from alembic import op

from migrations.security import WEB, seal_anew, tenant_table

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables; of an export the web may change nothing but who confirmed it."""
    op.create_table(
        "simfoni_entry",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case.tenant_id", "case.id"],
            name=op.f("fk_simfoni_entry_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entered_by"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_simfoni_entry_entered_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_simfoni_entry")),
        sa.UniqueConstraint(
            "tenant_id", "case_id", name=op.f("uq_simfoni_entry_tenant_id_case_id")
        ),
    )
    tenant_table("simfoni_entry", web="SELECT, INSERT, UPDATE")
    seal_anew("simfoni_entry", "number_sealed")
    op.create_table(
        "simfoni_export",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confirmed_by <> asked_by", name=op.f("ck_simfoni_export_another_person_confirms")
        ),
        sa.CheckConstraint("since <= until", name=op.f("ck_simfoni_export_begins_before_it_ends")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "asked_by"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_simfoni_export_asked_by"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "confirmed_by"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_simfoni_export_confirmed_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_simfoni_export")),
    )
    tenant_table("simfoni_export", web="SELECT, INSERT")
    op.execute(f"GRANT UPDATE (confirmed_by, confirmed_at) ON simfoni_export TO {WEB}")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("simfoni_export")
    op.drop_table("simfoni_entry")
