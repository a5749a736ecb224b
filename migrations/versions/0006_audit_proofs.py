"""What makes proofs and the auditors' desk quick."""

import sqlalchemy as sa
from alembic import op

from migrations.security import grant, tenant_table

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create inner nodes, the way from an event to its leaf, and indexes of what is looked for."""
    op.create_table(
        "audit_node",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "level", "index", name=op.f("pk_audit_node")),
    )
    tenant_table("audit_node", web="SELECT", worker="SELECT, INSERT")
    op.create_unique_constraint(
        op.f("uq_audit_leaf_tenant_id_event_id"), "audit_leaf", ["tenant_id", "event_id"]
    )
    # Both hold few of all events, and cost the others nothing.
    op.create_index(
        "ix_audit_event_not_allowed",
        "audit_event",
        ["tenant_id", "at"],
        postgresql_where=sa.text("outcome <> 'allowed'"),
    )
    op.create_index(
        "ix_audit_event_registered",
        "audit_event",
        ["tenant_id", "case_id"],
        postgresql_where=sa.text("tag = 'case:case:registered'"),
    )
    # The desk tells how many events wait for their place; the table holds ids only.
    grant("audit_pending", web="SELECT")


def downgrade() -> None:
    """Undo it."""
    op.execute("REVOKE SELECT ON audit_pending FROM teduh_web")
    op.drop_index("ix_audit_event_registered", table_name="audit_event")
    op.drop_index("ix_audit_event_not_allowed", table_name="audit_event")
    op.drop_constraint(op.f("uq_audit_leaf_tenant_id_event_id"), "audit_leaf")
    op.drop_table("audit_node")
