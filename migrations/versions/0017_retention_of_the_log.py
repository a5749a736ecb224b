"""The texts of old events: who may remove them, and which."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.security import RETENTION, let_bind, narrow, tenant_table, widen

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Its time is over by the agency's newest profile, which is null where everything is kept ...
_OVER = (
    "at < (SELECT now() - make_interval(years =>"
    " (profile.document::json #>> '{retention,audit_years}')::integer)"
    " FROM tenant_profile AS profile WHERE profile.tenant_id = audit_event.tenant_id"
    " ORDER BY profile.version DESC LIMIT 1)"
)
# ... and a record of its pruning stands after it in a signed tree.
_RECORDED = (
    "EXISTS (SELECT FROM audit_leaf AS leaf"
    " JOIN audit_pruning AS pruning ON pruning.tenant_id = leaf.tenant_id"
    " AND pruning.covered @> leaf.index"
    " JOIN audit_leaf AS record ON record.tenant_id = pruning.tenant_id"
    " AND record.event_id = pruning.id AND record.index > leaf.index"
    " WHERE leaf.tenant_id = audit_event.tenant_id AND leaf.event_id = audit_event.id"
    " AND record.index < (SELECT max(size) FROM audit_checkpoint AS checkpoint"
    " WHERE checkpoint.tenant_id = audit_event.tenant_id))"
)
# Enough to tell what its time is over for; neither the texts nor a confidential value.
_READS = {
    "audit_event": "tenant_id, id, at, tag, actor_id, object_id, case_id",
    "audit_finding": "tenant_id, id, sign_id, person_id, day, closed_at",
    "explanation_request": "tenant_id, id, sign_id, person_id, day, asked_at",
    "sign_review": "tenant_id, sign_id, reviewed_at",
    "case": "tenant_id, id, closed_at",
}
_WHOLE = ("tenant", "tenant_profile", "audit_leaf", "audit_checkpoint")


def upgrade() -> None:
    """Create the list of work, and give the role of retention what it needs for it."""
    op.create_table(
        "audit_pruning",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("covered", postgresql.INT8MULTIRANGE(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["audit_event.tenant_id", "audit_event.id"],
            name=op.f("fk_audit_pruning_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_pruning")),
    )
    tenant_table("audit_pruning")
    let_bind(RETENTION)
    for table in _WHOLE:
        op.execute(f"GRANT SELECT ON {table} TO {RETENTION}")
    for table, columns in _READS.items():
        op.execute(f'GRANT SELECT ({columns}) ON "{table}" TO {RETENTION}')
    op.execute(f"GRANT SELECT, INSERT, DELETE ON audit_pruning TO {RETENTION}")
    op.execute(f"GRANT UPDATE (reached) ON audit_pruning TO {RETENTION}")
    op.execute(f"GRANT INSERT ON audit_event, audit_pending TO {RETENTION}")
    op.execute(f"GRANT UPDATE (body) ON audit_event TO {RETENTION}")
    narrow(
        "audit_event",
        "recorded_and_over",
        role=RETENTION,
        command="UPDATE",
        using=f"{_OVER} AND {_RECORDED}",
        check="body IS NULL",
    )


def downgrade() -> None:
    """Take everything back."""
    widen("audit_event", "recorded_and_over")
    op.drop_table("audit_pruning")
    for table in (*_WHOLE, *_READS, "audit_pending"):
        op.execute(f'REVOKE ALL ON "{table}" FROM {RETENTION}')
    op.execute(f"REVOKE ALL ON FUNCTION tenancy.bound() FROM {RETENTION}")
    op.execute(f"REVOKE ALL ON SCHEMA public, tenancy FROM {RETENTION}")
