"""What the desk and the retention of the log keep, whoever holds a service's login.

Whom a finding or a question is about, of which day and by which rule, is written once: by that the
texts are told that it holds. And no list of work stands on anything but a record of pruning.
"""

from alembic import op

from migrations.security import RETENTION, WEB, grant

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_CHANGES = {
    "audit_finding": "answered_at, result, closed_by, closed_at",
    "explanation_request": "answer, answered_at",
}


def upgrade() -> None:
    """Narrow what may be changed to what changes."""
    for table, columns in _CHANGES.items():
        op.execute(f"REVOKE UPDATE ON {table} FROM {WEB}")
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO {WEB}")
    op.execute(
        f"CREATE POLICY of_a_record ON audit_pruning AS RESTRICTIVE FOR INSERT TO {RETENTION}"
        " WITH CHECK (EXISTS (SELECT FROM audit_event AS record WHERE record.tenant_id ="
        " audit_pruning.tenant_id AND record.id = audit_pruning.id"
        " AND record.tag = 'audit:log:pruned'))"
    )


def downgrade() -> None:
    """Give it again."""
    op.execute("DROP POLICY of_a_record ON audit_pruning")
    for table, columns in _CHANGES.items():
        op.execute(f"REVOKE UPDATE ({columns}) ON {table} FROM {WEB}")
        grant(table, web="UPDATE")
