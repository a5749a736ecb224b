"""What is checked before a process serves anyone."""

from collections.abc import Iterator
from uuid import uuid4

from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from app.config import Settings, SettingsError
from tenants import binding
from tenants.database import db
from tenants.keyring import Keyring

# First minor releases with the fixes of CVE-2025-8713/8714/8715 and CVE-2026-2005.
_FIXED_MINOR = {14: 21, 15: 16, 16: 12, 17: 8, 18: 2}

_ROLE = text(
    "SELECT r.rolname, r.rolsuper OR r.rolbypassrls AS unsafe,"
    " EXISTS (SELECT FROM pg_roles o WHERE (o.rolsuper OR o.rolbypassrls) AND o.oid <> r.oid"
    "  AND pg_has_role(r.oid, o.oid, 'MEMBER')) AS climbs,"
    " EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
    "  AND pg_has_role(r.oid, c.relowner, 'MEMBER')) AS owns,"
    " has_database_privilege(r.oid, current_database(), 'CREATE, TEMPORARY')"
    "  OR has_schema_privilege(r.oid, 'public', 'CREATE') AS creates"
    " FROM pg_roles r WHERE r.rolname = current_user"
)
_OPEN_TABLES = text(
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
    " AND relnamespace = 'public'::regnamespace AND NOT (relrowsecurity AND relforcerowsecurity)"
    " AND relname NOT IN ('tenant', 'tenant_host', 'alembic_version') ORDER BY relname"
)


def check(app: Flask) -> None:
    """Refuse to start with an unsafe keyring, database role, database or server.

    Raises:
        SettingsError: naming everything that is wrong.
    """
    problems = []
    ring: Keyring | None = app.extensions.get("keyring")
    if ring is None:
        problems.append("KEYRING_FILE does not exist: make it with flask keys init PATH")
    try:
        with app.app_context(), db.engine.connect() as connection:
            problems += [
                *_of_server(connection),
                *_of_role(connection),
                *_of_tables(connection),
                *(_of_binding(connection, ring) if ring else ()),
            ]
            problems = problems or list(_of_hosts(connection, app.extensions["settings"]))
    except ProgrammingError:
        raise SettingsError(
            [*problems, "DATABASE_URL: the database is not ready for this role: flask db upgrade"]
        ) from None
    except SQLAlchemyError as error:
        raise SettingsError(
            [*problems, f"DATABASE_URL: the database does not answer ({type(error).__name__})"]
        ) from None
    if problems:
        raise SettingsError(problems)


def is_for_this_machine(host: str) -> bool:
    """Tell whether browsers look for a host on the machine they run on (RFC 6761)."""
    return host == "localhost" or host.endswith(".localhost")


def _of_hosts(connection: Connection, settings: Settings) -> Iterator[str]:
    if settings.tls:
        return
    hosts = connection.scalars(text("SELECT host FROM tenant_host ORDER BY host"))
    for host in hosts:
        if not is_for_this_machine(host):
            yield f"PUBLIC_SCHEME=http: {host} is no name of this machine and is reached over TLS"


def open_retention(settings: Settings) -> Engine:
    """Return connections of the role that removes the texts of old events.

    Raises:
        SettingsError: RETENTION_DATABASE_URL is not set, or its role may do too much.
        SQLAlchemyError: the database does not answer.
    """
    if settings.retention_database_url is None:
        raise SettingsError(["RETENTION_DATABASE_URL is not set"])
    engine = create_engine(settings.retention_database_url, hide_parameters=True, pool_size=1)
    with engine.connect() as connection:
        problems = list(_of_role(connection, "RETENTION_DATABASE_URL"))
    if problems:
        raise SettingsError(problems)
    return engine


def _of_server(connection: Connection) -> Iterator[str]:
    version = int(connection.scalar(text("SHOW server_version_num")) or 0)
    major, minor = divmod(version, 10_000)
    if major < min(_FIXED_MINOR) or minor < _FIXED_MINOR.get(major, 0):
        yield f"PostgreSQL {major}.{minor} has known holes: update the server"


def _of_role(connection: Connection, setting: str = "DATABASE_URL") -> Iterator[str]:
    role = connection.execute(_ROLE).one()
    who = f"{setting} logs in as {role.rolname}, which"
    if role.unsafe:
        yield f"{who} passes row security"
    elif role.climbs:
        yield f"{who} may become a role that passes row security"
    if role.owns:
        yield f"{who} owns tables"
    if role.creates:
        yield f"{who} may create objects: take it back as docs/production.md says"


def _of_tables(connection: Connection) -> Iterator[str]:
    for name in connection.scalars(_OPEN_TABLES):
        yield f"row security is not enabled and forced on {name}: flask db upgrade"


def _of_binding(connection: Connection, ring: Keyring) -> Iterator[str]:
    """Bind a tenant that does not exist and ask the database whether it believes it."""
    driver = connection.connection.dbapi_connection
    assert driver is not None  # noqa: S101 (an open connection has one)
    tenant_id, moment = uuid4(), str(connection.scalar(text(binding.MOMENT)))
    token = binding.mint(ring.binding, tenant_id, driver.info.backend_pid, moment)
    connection.execute(
        text("SELECT set_config(:name, :token, true)"), {"name": binding.SETTING, "token": token}
    )
    if connection.scalar(text("SELECT tenancy.bound()")) != tenant_id:
        yield "the database does not know the binding key of KEYRING_FILE: flask keys install"
