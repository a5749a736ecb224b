"""Runs migrations as the migration role: the only one that owns tables and passes row security.

Any other role would fail quietly: an owner under FORCE and unbound changes no row at all.
"""

import os

from alembic import context
from sqlalchemy import create_engine, pool, text

import app.tables  # noqa: F401 (makes every table known to the metadata)
from tenants.database import Base

LOCK_TIMEOUT = "10s"  # a migration waits this long for a table and then gives up


def run() -> None:
    """Upgrade or downgrade with the connection of ``MIGRATION_DATABASE_URL``."""
    url = os.environ.get("MIGRATION_DATABASE_URL")
    if not url:
        raise SystemExit("MIGRATION_DATABASE_URL is not set: migrations run as their own role")
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(
            text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": LOCK_TIMEOUT}
        )
        context.configure(
            connection=connection, target_metadata=Base.metadata, transaction_per_migration=False
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
