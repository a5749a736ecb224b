"""A second step at sign-in: one-time codes, passkeys, recovery codes, and what lies in between."""

import sqlalchemy as sa
from alembic import op

from migrations.security import seal_anew, tenant_table

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_NEW = ("sign_in_ticket", "recovery_code", "passkey", "one_time_code")


def upgrade() -> None:
    """Create the tables, and end every session that a password alone has opened."""
    _create("one_time_code")
    for column in (
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("one_time_code", column)
    op.create_index("ix_one_time_code_account", "one_time_code", ["tenant_id", "account_id"])
    tenant_table("one_time_code", web="SELECT, INSERT, UPDATE, DELETE")
    seal_anew("one_time_code", "secret", of_case=False)
    _create("passkey")
    for column in (
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("passkey", column)
    _unique("passkey", "credential_id")
    op.create_index("ix_passkey_account", "passkey", ["tenant_id", "account_id"])
    tenant_table("passkey", web="SELECT, INSERT, UPDATE, DELETE")
    _create("recovery_code")
    op.add_column("recovery_code", sa.Column("digest", sa.LargeBinary(), nullable=False))
    op.add_column("recovery_code", sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
    _unique("recovery_code", "account_id", "digest")
    tenant_table("recovery_code", web="SELECT, INSERT, UPDATE, DELETE")
    _create("sign_in_ticket", of_account=False)
    for column in (
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("sign_in_ticket", column)
    _unique("sign_in_ticket", "secret_hash")
    op.create_index("ix_sign_in_ticket_created_at", "sign_in_ticket", ["tenant_id", "created_at"])
    tenant_table("sign_in_ticket", web="SELECT, INSERT, UPDATE, DELETE")
    op.add_column(
        "sign_in_session",
        sa.Column("factor", sa.Text(), nullable=False, server_default="password"),
    )
    op.alter_column("sign_in_session", "factor", server_default=None)
    op.execute("UPDATE sign_in_session SET ended_at = now() WHERE ended_at IS NULL")


def downgrade() -> None:
    """Drop them."""
    op.drop_column("sign_in_session", "factor")
    for table in _NEW:
        op.drop_table(table)


def _create(name: str, *, of_account: bool = True) -> None:
    """Create a table with what all four have."""
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=not of_account),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account.tenant_id", "account.id"],
            name=op.f(f"fk_{name}_account_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{name}")),
    )


def _unique(table: str, *columns: str) -> None:
    names = ["tenant_id", *columns]
    op.create_unique_constraint(op.f(f"uq_{table}_{'_'.join(names)}"), table, names)
