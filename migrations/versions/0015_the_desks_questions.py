"""An index for each question of the auditors' desk, read newest first and a page at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ROLES = (
    "intake_officer",
    "case_officer",
    "companion",
    "supervisor",
    "signatory",
    "partner_officer",
    "auditor",
    "external_auditor",
    "administrator",
)
_CASE_ACCESS = "outcome = 'allowed' AND case_id IS NOT NULL AND actor_id IS NOT NULL"
_REGISTERED = "tag = 'case:case:registered'"


def upgrade() -> None:
    """Add the roles as a column, and put better indexes in the place of those there were."""
    op.add_column(
        "audit_event",
        sa.Column("roles", sa.Text(), sa.Computed("body ->> 'roles'", persisted=True)),
    )
    for name in ("at", "case", "actor", "tag", "not_allowed", "case_access"):
        op.drop_index(f"ix_audit_event_{name}", table_name="audit_event")
    _index("at", "at", "id")
    _index("actor", "actor_id", "at", "id", "tag", "outcome", where="actor_id IS NOT NULL")
    _index("case", "case_id", "at", "id", where="case_id IS NOT NULL")
    _index("tag", "tag", "at", "id", where="tag IS NOT NULL")
    _index("address", "address", "at", "id", where="address IS NOT NULL")
    _index("outcome", "at", "id", "outcome", where="outcome <> 'allowed'")
    _index("purpose", "purpose", "at", "id", where="purpose <> 'handling'")
    for role in _ROLES:
        _index(f"role_{role}", "at", "id", where=f"""roles LIKE '%"{role}"%'""")
    _index("code", sa.text("(body #>> '{details,code}')"), where=_REGISTERED)
    _index("case_access", "at", where=_CASE_ACCESS, include=["actor_id", "case_id", "tag", "roles"])


def downgrade() -> None:
    """Put the former ones back."""
    for name in ("at", "actor", "case", "tag", "address", "outcome", "purpose", "code"):
        op.drop_index(f"ix_audit_event_{name}", table_name="audit_event")
    for role in _ROLES:
        op.drop_index(f"ix_audit_event_role_{role}", table_name="audit_event")
    op.drop_index("ix_audit_event_case_access", table_name="audit_event")
    op.drop_column("audit_event", "roles")
    _index("at", "at")
    _index("case", "case_id", "at")
    _index("actor", "actor_id", "at")
    _index("tag", "tag", "at")
    _index("not_allowed", "at", where="outcome <> 'allowed'")
    _index("case_access", "at", where=_CASE_ACCESS, include=["actor_id", "case_id"])


def _index(
    name: str,
    *columns: str | sa.TextClause,
    where: str | None = None,
    include: list[str] | None = None,
) -> None:
    op.create_index(
        f"ix_audit_event_{name}",
        "audit_event",
        ["tenant_id", *columns],
        postgresql_where=sa.text(where) if where else None,
        postgresql_include=include,
    )
