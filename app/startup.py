"""What is checked before a process serves anyone."""

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.config import SettingsError
from tenants.database import db

# First minor releases with the fixes of CVE-2025-8713/8714/8715 and CVE-2026-2005.
_FIXED_MINOR = {14: 21, 15: 16, 16: 12, 17: 8, 18: 2}


def check(app: Flask) -> None:
    """Refuse to start with an unsafe keyring, database role or server.

    Raises:
        SettingsError: naming everything that is wrong.
    """
    problems = []
    if "keyring" not in app.extensions:
        problems.append("KEYRING_FILE does not exist: make it with flask keys init PATH")
    try:
        with app.app_context(), db.engine.connect() as connection:
            role = connection.execute(
                text(
                    "SELECT rolname, rolsuper OR rolbypassrls AS unsafe FROM pg_roles"
                    " WHERE rolname = current_user"
                )
            ).one()
            version = int(connection.scalar(text("SHOW server_version_num")) or 0)
    except SQLAlchemyError as error:
        raise SettingsError(
            [*problems, f"DATABASE_URL: the database does not answer ({type(error).__name__})"]
        ) from None
    if role.unsafe:
        problems.append(f"DATABASE_URL logs in as {role.rolname}, which passes row security")
    major, minor = divmod(version, 10_000)
    if major < min(_FIXED_MINOR) or minor < _FIXED_MINOR.get(major, 0):
        problems.append(f"PostgreSQL {major}.{minor} has known holes: update the server")
    if problems:
        raise SettingsError(problems)
