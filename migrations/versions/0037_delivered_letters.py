"""Letters in the inbox of the organisation they are addressed to."""

import sqlalchemy as sa
from alembic import op

from migrations.security import WEB, tenant_table

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_LATER = "opened_at, opened_by, acknowledged_at, acknowledged_by"


def upgrade() -> None:
    """Create the table; what was issued before is delivered as of its issue."""
    op.create_table(
        "letter_delivery",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("opened_by", sa.Uuid()),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True)),
        sa.Column("acknowledged_by", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["tenant_id", "letter_id"],
            ["letter.tenant_id", "letter.id"],
            name=op.f("fk_letter_delivery_letter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("fk_letter_delivery_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_letter_delivery")),
        sa.UniqueConstraint(
            "tenant_id",
            "letter_id",
            "organisation_id",
            name=op.f("uq_letter_delivery_tenant_id_letter_id_organisation_id"),
        ),
    )
    op.create_index(
        "ix_letter_delivery_inbox",
        "letter_delivery",
        ["tenant_id", "organisation_id", "delivered_at"],
    )
    tenant_table("letter_delivery", web="SELECT", worker="SELECT, INSERT")
    op.execute(f"GRANT UPDATE ({_LATER}) ON letter_delivery TO {WEB}")
    op.execute(
        "INSERT INTO letter_delivery (tenant_id, id, letter_id, organisation_id, delivered_at)"
        " SELECT tenant_id, gen_random_uuid(), id, organisation_id, issued_at FROM letter"
        " WHERE issued_at IS NOT NULL AND organisation_id IS NOT NULL AND case_id IS NOT NULL"
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("letter_delivery")
