"""Safe houses, and the stays of survivors in them."""

import sqlalchemy as sa
from alembic import op

from migrations.security import seal_anew, tenant_table

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both; a house's address lies under the office's key, a stay under the case's."""
    op.create_table(
        "shelter_place",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.UniqueConstraint("tenant_id", "number"),
        sa.CheckConstraint("capacity > 0", name="takes_somebody"),
    )
    tenant_table("shelter_place", web="SELECT, INSERT, UPDATE")
    seal_anew("shelter_place", "address", of_case=False)
    op.create_table(
        "shelter_stay",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("place_number", sa.Integer(), nullable=False),
        sa.Column("dependants", sa.Integer(), nullable=False),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("admitted_by", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_reason", sa.Text(), nullable=True),
        sa.Column("left_to", sa.Text(), nullable=True),
        sa.Column("needs_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["case.tenant_id", "case.id"]),
        sa.ForeignKeyConstraint(
            ["tenant_id", "place_id"], ["shelter_place.tenant_id", "shelter_place.id"]
        ),
        sa.CheckConstraint("dependants >= 0", name="nobody_less_than_none"),
    )
    op.create_index("ix_shelter_stay_case", "shelter_stay", ["tenant_id", "case_id"])
    op.create_index(
        "uq_shelter_stay_now",
        "shelter_stay",
        ["tenant_id", "case_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    tenant_table("shelter_stay", web="SELECT, INSERT, UPDATE")
    seal_anew("shelter_stay", "needs_sealed")


def downgrade() -> None:
    """Drop both."""
    op.drop_table("shelter_stay")
    op.drop_table("shelter_place")
