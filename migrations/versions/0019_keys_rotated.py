"""Case keys with versions, and two roles: one that rotates keys, one that reads for back-ups."""

import sqlalchemy as sa
from alembic import op

from migrations.security import BACKUP, KEYS, back_up, let_bind, seal_anew, tenant_table

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ROLES = (BACKUP, KEYS)
_OF_CASE = {
    "survivor": (
        "full_name_sealed",
        "nik_sealed",
        "birth_date_sealed",
        "phone_sealed",
        "safe_contact_sealed",
        "address_sealed",
        "health_sealed",
    ),
    "alleged_perpetrator": ("full_name_sealed", "particulars_sealed"),
    "incident": ("narrative_sealed", "location_sealed"),
    "need": ("description_sealed",),
    "note": ("text_sealed",),
    "legal_process": ("report_number_sealed", "examination_request_sealed"),
    "referral": ("request_note_sealed", "answer_note_sealed"),
    "mediation": ("venue_sealed", "outcome_sealed"),
    "emergency_access": ("explanation_sealed", "remark_sealed"),
    "letter": ("draft", "snapshot"),
    "letter_preview": ("pdf",),
}
_OF_OFFICE = {
    "signing_certificate": "private_key",
    "audit_key": "private",
    "explanation_request": "answer",
    "saved_view": "name",
}


def upgrade() -> None:
    """Add the versions, the retired keys, and what each of the two roles needs."""
    op.add_column(
        "data_key", sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column("letter", sa.Column("file_version", sa.Integer(), nullable=True))
    op.create_table(
        "retired_data_key",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_key_version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_retired_data_key")),
        sa.UniqueConstraint(
            "tenant_id",
            "subject_id",
            "version",
            name=op.f("uq_retired_data_key_tenant_id_subject_id_version"),
        ),
    )
    tenant_table("retired_data_key", web="SELECT, DELETE", worker="SELECT")
    for name in _tables():
        back_up(name)
    op.execute(f"GRANT SELECT ON tenant, tenant_host, alembic_version TO {BACKUP}")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {BACKUP}")
    let_bind(KEYS)
    op.execute(f"GRANT SELECT ON tenant TO {KEYS}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON tenant_key TO {KEYS}")
    op.execute(f"GRANT SELECT, UPDATE ON data_key TO {KEYS}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON retired_data_key TO {KEYS}")
    op.execute(f"GRANT INSERT ON audit_event, audit_pending TO {KEYS}")
    for name, columns in _OF_CASE.items():
        seal_anew(name, *columns)
    op.execute(f"GRANT SELECT (object_name, sha256, file_version) ON letter TO {KEYS}")
    op.execute(f"GRANT UPDATE (file_version) ON letter TO {KEYS}")
    for name, column in _OF_OFFICE.items():
        seal_anew(name, column, of_case=False)


def downgrade() -> None:
    """Take it all back. Cases whose key was rotated would no longer open: it is refused then."""
    rotated = op.get_bind().scalar(sa.text("SELECT count(*) FROM retired_data_key"))
    if rotated:
        raise RuntimeError(f"{rotated} case keys have earlier versions: there is no way back")
    op.drop_table("retired_data_key")
    for name in _tables():
        op.execute(f'DROP POLICY IF EXISTS back_up ON "{name}"')
    for role in _ROLES:
        for schema in ("public", "tenancy"):
            op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}")
            op.execute(f"REVOKE ALL ON SCHEMA {schema} FROM {role}")
    op.execute(f"REVOKE EXECUTE ON FUNCTION tenancy.bound() FROM {KEYS}")
    op.drop_column("letter", "file_version")
    op.drop_column("data_key", "version")


def _tables() -> list[str]:
    query = (
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relrowsecurity"
        " AND relnamespace = 'public'::regnamespace ORDER BY relname"
    )
    return list(op.get_bind().scalars(sa.text(query)))
