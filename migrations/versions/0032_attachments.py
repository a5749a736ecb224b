"""Photographs and papers of a case."""

import sqlalchemy as sa
from alembic import op

from migrations.security import KEYS, WEB, WORKER, seal_anew, tenant_table

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_CHANGED = "preview_failure, asked_by, removed_at, removed_by, remove_reason"


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        _inside("case_id", "case"),
    )
    op.create_index(f"ix_{name}_case", name, ["tenant_id", "case_id"])


def _inside(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{target}.tenant_id", f"{target}.id"])


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Create the tables; what was added is never changed, only said to be gone."""
    _table(
        "attachment",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("field_class", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("concerns_child", sa.Boolean(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        _moment("uploaded_at", nullable=False),
        sa.Column("file_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("description_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("preview_failure", sa.Text(), nullable=True),
        _moment("removed_at"),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("remove_reason", sa.Text(), nullable=True),
        _inside("uploaded_by", "account"),
        _inside("consent_id", "consent"),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name="level"),
    )
    tenant_table("attachment", web="SELECT, INSERT", worker="SELECT")
    op.execute(f"GRANT UPDATE ({_CHANGED}) ON attachment TO {WEB}, {WORKER}")
    seal_anew("attachment", "file_name_sealed", "description_sealed", "evidence")
    _table(
        "attachment_part",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("octets", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("object_name", sa.Text(), nullable=True),
        sa.Column("file_version", sa.Integer(), nullable=True),
        _moment("stored_at"),
        _moment("removed_at"),
        _inside("attachment_id", "attachment"),
        sa.UniqueConstraint("tenant_id", "attachment_id", "part"),
        sa.CheckConstraint(
            "content IS NOT NULL OR object_name IS NOT NULL OR removed_at IS NOT NULL",
            name="is_somewhere",
        ),
    )
    tenant_table("attachment_part", web="SELECT, INSERT", worker="SELECT, INSERT")
    op.execute(f"GRANT UPDATE (content, removed_at) ON attachment_part TO {WEB}")
    op.execute(
        "GRANT UPDATE (content, object_name, file_version, stored_at, removed_at)"
        f" ON attachment_part TO {WORKER}"
    )
    # Sealed, they do not get smaller: no time is spent on trying.
    op.execute("ALTER TABLE attachment_part ALTER COLUMN content SET STORAGE EXTERNAL")
    seal_anew("attachment_part", "content")
    op.execute(f"GRANT SELECT (object_name, file_version) ON attachment_part TO {KEYS}")
    op.execute(f"GRANT UPDATE (file_version) ON attachment_part TO {KEYS}")
    _table(
        "attachment_handover",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("handed_by", sa.Uuid(), nullable=False),
        _moment("handed_at", nullable=False),
        _moment("ended_at"),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        _inside("attachment_id", "attachment"),
        _inside("referral_id", "referral"),
        _inside("handed_by", "account"),
    )
    op.create_index(
        "uq_attachment_handover_living",
        "attachment_handover",
        ["tenant_id", "attachment_id", "referral_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    tenant_table("attachment_handover", web="SELECT, INSERT")
    op.execute(f"GRANT UPDATE (ended_at, ended_by) ON attachment_handover TO {WEB}")


def downgrade() -> None:
    """Drop them."""
    for name in ("attachment_handover", "attachment_part", "attachment"):
        op.drop_table(name)
