"""A pending event may be removed only once it stands in the tree."""

from migrations.security import WORKER, narrow, widen

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep what waits for its place from whoever got hold of the worker's login."""
    narrow(
        "audit_pending",
        "sequenced_only",
        role=WORKER,
        command="DELETE",
        using="EXISTS (SELECT FROM audit_leaf AS leaf WHERE leaf.tenant_id ="
        " audit_pending.tenant_id AND leaf.event_id = audit_pending.id)",
    )


def downgrade() -> None:
    """Take the policy away."""
    widen("audit_pending", "sequenced_only")
