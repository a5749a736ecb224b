"""The roles and the database, as production has them (docs: how to go to production)."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql

from app.local.place import SERVICE_ROLES

# Only the migration role passes row-level security, and no service ever holds it (invariant 2).
ATTRIBUTES = {
    "migration": sql.SQL("LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"),
    "web": sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"),
}

Session = psycopg.Connection[tuple[object, ...]]


def create_roles(session: Session, passwords: Mapping[str, str]) -> None:
    """Create the four roles or set them right. May be repeated.

    `session` is an autocommitting superuser session; `passwords` is keyed by role without its
    prefix. The server sees the SCRAM verifier only, never a password.
    """
    for role in SERVICE_ROLES:
        name = f"teduh_{role}"
        known = session.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
        verifier = session.pgconn.encrypt_password(
            passwords[role].encode(), name.encode(), b"scram-sha-256"
        ).decode()
        session.execute(
            sql.SQL("{verb} ROLE {name} {attributes} PASSWORD {verifier}").format(
                verb=sql.SQL("ALTER" if known else "CREATE"),
                name=sql.Identifier(name),
                attributes=ATTRIBUTES.get(role, ATTRIBUTES["web"]),
                verifier=sql.Literal(verifier),
            )
        )


def create_database(session: Session, name: str) -> None:
    """Create a database owned by the migration role, if it is missing."""
    if session.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
        return
    session.execute(
        sql.SQL("CREATE DATABASE {} OWNER teduh_migration TEMPLATE template0").format(
            sql.Identifier(name)
        )
    )


def close_database(session: Session, name: str) -> None:
    """Let only Teduh's roles connect, and only the owner create anything. May be repeated.

    Database privileges are not copied from a template, so a clone is closed like the first one.
    `session` is a superuser session in any database; `close_schema` does the schema's part.
    """
    database = sql.Identifier(name)
    session.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    session.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
            database, sql.SQL(", ").join(sql.Identifier(f"teduh_{role}") for role in SERVICE_ROLES)
        )
    )


def close_schema(session: Session) -> None:
    """Take from everyone else what would outlive or disturb another's transaction.

    Besides CREATE on the schema `public` of this session's database: large objects, which have no
    row security and belong to the role that all agencies share, and ending other sessions of it.
    """
    session.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    session.execute(
        "REVOKE EXECUTE ON FUNCTION lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea),"
        " pg_terminate_backend(integer, bigint), pg_cancel_backend(integer) FROM PUBLIC"
    )
