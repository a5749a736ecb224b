"""Parcels between tenants, and what each side keeps of them."""

import sqlalchemy as sa
from alembic import op

from migrations.security import BOUND, WEB, back_up, grant, seal_anew, tenant_table

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_RECIPIENT = "recipient_id = (SELECT tenancy.bound())"


def upgrade() -> None:
    """Create them: two between the tenants with row security of their own, three within."""
    op.create_table(
        "parcel_key",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
    )
    op.create_table(
        "parcel",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.CheckConstraint("tenant_id <> recipient_id", name="to_another"),
        sa.CheckConstraint("(answered_at IS NULL) = (accepted IS NULL)", name="answered_whole"),
    )
    op.create_index("ix_parcel_recipient", "parcel", ["recipient_id"])
    for table in ("parcel_key", "parcel"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_rows ON {table} FOR INSERT WITH CHECK ({BOUND})")
        back_up(table)
    op.execute("CREATE POLICY public_keys ON parcel_key FOR SELECT USING (true)")
    op.execute(f"CREATE POLICY both_sides ON parcel FOR SELECT USING ({BOUND} OR {_RECIPIENT})")
    only = f"USING ({_RECIPIENT}) WITH CHECK ({_RECIPIENT})"
    op.execute(f"CREATE POLICY answered ON parcel FOR UPDATE {only}")
    grant("parcel_key", web="SELECT, INSERT", worker="SELECT, INSERT")
    grant("parcel", web="SELECT, INSERT", worker="SELECT")
    op.execute(f"GRANT UPDATE (answered_at, accepted) ON parcel TO {WEB}")
    op.create_table(
        "parcel_secret",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
    )
    tenant_table("parcel_secret", web="SELECT, INSERT", worker="SELECT, INSERT")
    seal_anew("parcel_secret", "secret", of_case=False)
    op.create_table(
        "transfer",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("classes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["case.tenant_id", "case.id"]),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"], ["organisation.tenant_id", "organisation.id"]
        ),
    )
    op.create_index("ix_transfer_case", "transfer", ["tenant_id", "case_id"])
    tenant_table("transfer", web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE")
    op.create_table(
        "transfer_arrival",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["case.tenant_id", "case.id"]),
        sa.UniqueConstraint("tenant_id", "parcel_id"),
    )
    tenant_table("transfer_arrival", web="SELECT, INSERT, UPDATE", worker="SELECT, INSERT")


def downgrade() -> None:
    """Drop them."""
    for table in ("transfer_arrival", "transfer", "parcel_secret", "parcel", "parcel_key"):
        op.drop_table(table)
