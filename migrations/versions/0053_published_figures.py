"""Figures as they were published: added to, never changed."""

import sqlalchemy as sa
from alembic import op

from migrations.security import tenant_table

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; no service may change or remove a row."""
    op.create_table(
        "figure_publication",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "since <= until", name=op.f("ck_figure_publication_begins_before_it_ends")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "published_by"],
            ["account.tenant_id", "account.id"],
            name=op.f("fk_figure_publication_published_by"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_figure_publication")),
        sa.UniqueConstraint(
            "tenant_id",
            "since",
            "until",
            name=op.f("uq_figure_publication_tenant_id_since_until"),
        ),
    )
    tenant_table("figure_publication", web="SELECT, INSERT")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("figure_publication")
