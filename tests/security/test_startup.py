"""No process serves anyone from an unsafe database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from app import create_app
from app.config import SettingsError, from_environment
from app.local.postgres import Postgres
from app.startup import check
from tenants import keyring
from tenants.database import db
from tests.conftest import Database

PASSWORD = "only-for-this-test"


def problems(settings: dict[str, str]) -> list[str]:
    """What keeps a process with these settings from starting."""
    app = create_app(from_environment(settings))
    try:
        check(app)
    except SettingsError as error:
        return error.problems
    finally:
        with app.app_context():
            db.engine.dispose()
    return []


@contextmanager
def owner(database: Database) -> Iterator[psycopg.Connection]:
    """The role that owns the tables."""
    url = database.url("migration").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("role", ["web", "worker"])
def test_a_service_role_over_a_migrated_database_starts(
    settings_env: dict[str, str], database: Database, role: str
) -> None:
    assert problems({**settings_env, "DATABASE_URL": database.url(role)}) == []


def test_the_migration_role_serves_nobody(settings_env: dict[str, str], database: Database) -> None:
    found = problems({**settings_env, "DATABASE_URL": database.url("migration")})
    assert any("teduh_migration, which passes row security" in one for one in found)
    assert any("owns tables" in one for one in found)


@pytest.fixture
def climber(postgres: Postgres, database: Database, worker: str) -> Iterator[str]:
    """The URL of a plain role that was made a member of one that passes row security."""
    name, passes = f"climber_{worker}", f"passes_{worker}"
    with postgres.connect() as session:
        session.execute(f"CREATE ROLE {passes} NOLOGIN BYPASSRLS")
        session.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' IN ROLE {passes}")
        session.execute(f"GRANT CONNECT ON DATABASE {database.name} TO {name}")
    with owner(database) as session:
        session.execute(f"GRANT USAGE ON SCHEMA tenancy TO {name}")
        session.execute(f"GRANT EXECUTE ON FUNCTION tenancy.bound() TO {name}")
    yield re.sub(r"//[^@]*@", f"//{name}:{PASSWORD}@", database.url("web"))
    database.drop()
    with postgres.connect() as session:
        session.execute(f"DROP ROLE {name}, {passes}")


def test_a_role_that_may_become_another_that_passes_row_security_is_refused(
    settings_env: dict[str, str], climber: str
) -> None:
    (found,) = problems({**settings_env, "DATABASE_URL": climber})
    assert "may become a role that passes row security" in found


@pytest.mark.parametrize("right", ["TEMPORARY", "CREATE"])
def test_a_role_that_may_create_objects_is_refused(
    settings_env: dict[str, str], database: Database, right: str
) -> None:
    """A temporary table of the same name would stand before the true one."""
    with owner(database) as session:
        session.execute(f"GRANT {right} ON DATABASE {database.name} TO PUBLIC")
    (found,) = problems(settings_env)
    assert "may create objects" in found


@pytest.mark.parametrize("change", ["NO FORCE", "DISABLE"])
def test_a_table_without_row_security_is_named(
    settings_env: dict[str, str], database: Database, change: str
) -> None:
    with owner(database) as session:
        session.execute(f"ALTER TABLE note {change} ROW LEVEL SECURITY")
    (found,) = problems(settings_env)
    assert "not enabled and forced on note" in found


def test_another_keyring_than_the_databases_is_refused(
    settings_env: dict[str, str], database: Database
) -> None:
    """Every page would read an empty world."""
    other = keyring.generate().binding
    with owner(database) as session:
        session.execute("UPDATE tenancy.binding_key SET inner_pad = %s", (other.ljust(64, b"\0"),))
    (found,) = problems(settings_env)
    assert "flask keys install" in found


def test_a_database_that_does_not_answer_is_said_without_its_password(
    settings_env: dict[str, str],
) -> None:
    url = "postgresql+psycopg://teduh_web:geheim@127.0.0.1:9/teduh"
    (found,) = problems({**settings_env, "DATABASE_URL": url})
    assert "does not answer" in found
    assert "geheim" not in found


def test_a_database_without_tables_says_what_to_do(
    settings_env: dict[str, str], database: Database
) -> None:
    with owner(database) as session:
        session.execute("DROP SCHEMA tenancy CASCADE")
    (found,) = problems(settings_env)
    assert "flask db upgrade" in found


def test_an_agency_of_the_network_is_not_served_without_tls(
    settings_env: dict[str, str], database: Database
) -> None:
    with owner(database) as session:
        (tenant,) = session.execute(
            "INSERT INTO tenant VALUES (gen_random_uuid(), 'dinas', 'active', now(), 1, 'x')"
            " RETURNING id"
        ).fetchone()  # type: ignore[misc]
        for host in ("dinas.localhost", "dinas.contoh.example"):
            session.execute(
                "INSERT INTO tenant_host (host, tenant_id) VALUES (%s, %s)", (host, tenant)
            )
    (found,) = problems(settings_env)
    assert found.startswith("PUBLIC_SCHEME=http: dinas.contoh.example")
    assert problems({**settings_env, "PUBLIC_SCHEME": "https"}) == []
