"""The tenants, their keys and their audit log."""

import sqlalchemy as sa
from alembic import op

from migrations.security import (
    BOUND,
    WEB,
    WORKER,
    create_tenancy,
    drop_tenancy,
    grant,
    tenant_table,
)
from tenants.audit import JsonText

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, row security beside each."""
    create_tenancy()
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("profile_version", sa.Integer(), nullable=False),
        sa.Column("profile_digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("slug", name=op.f("uq_tenant_slug")),
    )
    grant("tenant", web="SELECT", worker="SELECT", operator="SELECT, INSERT, UPDATE")
    op.create_table(
        "tenant_host",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_tenant_host_")),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_tenant_host")),
    )
    grant("tenant_host", web="SELECT", worker="SELECT", operator="SELECT, INSERT")
    op.create_table(
        "tenant_profile",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tenant_profile")),
        sa.UniqueConstraint(
            "tenant_id", "version", name=op.f("uq_tenant_profile_tenant_id_version")
        ),
    )
    tenant_table("tenant_profile", web="SELECT", worker="SELECT", operator="INSERT")
    op.create_table(
        "organisation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("services", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_organisation_tenant_id_key")),
    )
    tenant_table("organisation", web="SELECT", worker="SELECT", operator="SELECT, INSERT, UPDATE")
    op.create_table(
        "tenant_key",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tenant_key")),
    )
    tenant_table("tenant_key", web="SELECT", worker="SELECT", operator="INSERT")
    op.create_table(
        "data_key",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_key_version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_data_key")),
    )
    tenant_table("data_key", web="SELECT, INSERT, UPDATE", worker="SELECT")
    op.create_table(
        "blind_index",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_blind_index")),
    )
    op.create_index(
        "ix_blind_index_digest", "blind_index", ["tenant_id", "field", "digest"], unique=False
    )
    op.create_index("ix_blind_index_row", "blind_index", ["tenant_id", "row_id"], unique=False)
    op.create_index(
        "ix_blind_index_subject", "blind_index", ["tenant_id", "subject_id"], unique=False
    )
    tenant_table("blind_index", web="SELECT, INSERT, DELETE")
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_due_at"), "outbox", ["due_at"], unique=False)
    _secure_outbox()
    op.create_table(
        "audit_event",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", JsonText(), nullable=True),
        sa.Column("tag", sa.Text(), sa.Computed("body ->> 'tag'", persisted=True), nullable=True),
        sa.Column(
            "outcome", sa.Text(), sa.Computed("body ->> 'outcome'", persisted=True), nullable=True
        ),
        sa.Column(
            "actor_id",
            sa.Uuid(),
            sa.Computed("(body ->> 'actor')::uuid", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "object_kind",
            sa.Text(),
            sa.Computed("body ->> 'object_kind'", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "object_id",
            sa.Uuid(),
            sa.Computed("(body ->> 'object_id')::uuid", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "case_id",
            sa.Uuid(),
            sa.Computed("(body ->> 'case')::uuid", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "purpose", sa.Text(), sa.Computed("body ->> 'purpose'", persisted=True), nullable=True
        ),
        sa.Column(
            "address", sa.Text(), sa.Computed("body ->> 'address'", persisted=True), nullable=True
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_event")),
    )
    op.create_index(
        "ix_audit_event_actor", "audit_event", ["tenant_id", "actor_id", "at"], unique=False
    )
    op.create_index("ix_audit_event_at", "audit_event", ["tenant_id", "at"], unique=False)
    op.create_index(
        "ix_audit_event_case", "audit_event", ["tenant_id", "case_id", "at"], unique=False
    )
    op.create_index("ix_audit_event_tag", "audit_event", ["tenant_id", "tag", "at"], unique=False)
    tenant_table("audit_event", web="SELECT, INSERT", worker="SELECT, INSERT", operator="INSERT")
    op.execute(
        "ALTER TABLE audit_event ADD CONSTRAINT ck_audit_event_at CHECK (body ->> 'at' ="
        """ to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))"""
    )
    op.create_table(
        "audit_pending",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["audit_event.tenant_id", "audit_event.id"],
            name=op.f("fk_audit_pending_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_pending")),
    )
    tenant_table("audit_pending", web="INSERT", worker="SELECT, INSERT, DELETE", operator="INSERT")
    op.create_table(
        "audit_leaf",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "event_id"],
            ["audit_event.tenant_id", "audit_event.id"],
            name=op.f("fk_audit_leaf_event_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "index", name=op.f("pk_audit_leaf")),
    )
    tenant_table("audit_leaf", web="SELECT", worker="SELECT, INSERT")
    op.create_table(
        "audit_checkpoint",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "size", name=op.f("pk_audit_checkpoint")),
    )
    tenant_table("audit_checkpoint", web="SELECT", worker="SELECT, INSERT")
    op.create_table(
        "audit_key",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_key")),
    )
    tenant_table("audit_key", web="SELECT", worker="SELECT", operator="INSERT")


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "audit_key",
        "audit_checkpoint",
        "audit_leaf",
        "audit_pending",
        "audit_event",
        "outbox",
        "blind_index",
        "data_key",
        "tenant_key",
        "organisation",
        "tenant_profile",
        "tenant_host",
        "tenant",
    ):
        op.drop_table(table)
    drop_tenancy()


def _secure_outbox() -> None:
    """Let the web put in its own tenant's rows only; the dispatcher serves every tenant.

    It holds opaque ids only, and the web can neither read nor remove a row.
    """
    op.execute("ALTER TABLE outbox ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE outbox FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON outbox FOR INSERT TO {WEB} WITH CHECK ({BOUND})")
    op.execute(f"CREATE POLICY all_rows ON outbox TO {WORKER} USING (true) WITH CHECK (true)")
    grant("outbox", web="INSERT", worker="SELECT, INSERT, UPDATE, DELETE")
