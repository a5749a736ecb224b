"""The binding of a tenant cannot be forged by SQL (invariants 2 and 3)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import Connection
from psycopg.errors import DatabaseError, InsufficientPrivilege

from tenants import binding
from tenants.context import Channel, Context, bind
from tenants.database import db, transaction
from tenants.errors import NoTenantBound
from tenants.registry import Organisation, TenantProfile, profile
from tests.world import CONTOH, PASUR, PROFILES, World

PARTNERS = len(tomllib.loads((PROFILES / f"{PASUR}.toml").read_text())["partners"])
TABLES = ("organisation", "account", "tenant_profile", "audit_event", "tenant_key", "case")


@pytest.fixture
def raw(world: World) -> Iterator[Connection]:
    """A connection as the web role with no tenant bound, as an injector would have it."""
    url = world.settings["DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url) as connection:
        yield connection


def token(world: World, raw: Connection, tenant: str, *, pid: int | None = None) -> str:
    key = world.app.extensions["keyring"].binding
    return binding.mint(
        key, world.tenant(tenant).tenant_id, pid or raw.info.backend_pid, moment(raw)
    )


def moment(raw: Connection) -> str:
    row = raw.execute(binding.MOMENT).fetchone()
    assert row is not None
    return str(row[0])


def take(raw: Connection, value: str) -> None:
    raw.execute("SELECT set_config('teduh.token', %s, true)", (value,))


def count(raw: Connection, table: str) -> int:
    row = raw.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("table", TABLES)
def test_with_no_tenant_bound_every_tenant_table_is_empty(raw: Connection, table: str) -> None:
    assert count(raw, table) == 0


def test_with_no_tenant_bound_a_write_is_refused(raw: Connection, world: World) -> None:
    tenant_id = world.tenant(PASUR).tenant_id
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        raw.execute(
            "INSERT INTO sign_in_failure (tenant_id, id, address, at) VALUES (%s, %s, 'x', now())",
            (tenant_id, uuid4()),
        )


def test_a_true_token_opens_its_own_tenant_and_no_other(raw: Connection, world: World) -> None:
    take(raw, token(world, raw, PASUR))
    assert count(raw, "organisation") == PARTNERS
    seen = raw.execute("SELECT DISTINCT tenant_id FROM organisation").fetchall()
    assert seen == [(world.tenant(PASUR).tenant_id,)]


def test_a_row_of_another_tenant_cannot_be_written(raw: Connection, world: World) -> None:
    take(raw, token(world, raw, PASUR))
    with pytest.raises(InsufficientPrivilege, match="row-level security"):
        raw.execute(
            "INSERT INTO sign_in_failure (tenant_id, id, address, at) VALUES (%s, %s, 'x', now())",
            (world.tenant(CONTOH).tenant_id, uuid4()),
        )


def test_a_forged_token_opens_nothing(raw: Connection, world: World) -> None:
    other = world.tenant(CONTOH).tenant_id
    true = token(world, raw, PASUR)
    parts = true.split("|")
    forged = [
        "",
        "|||",
        str(other),
        "|".join([str(other), *parts[1:]]),
        true[:-1] + ("0" if true[-1] != "0" else "1"),
        true + "|",
        true.upper(),
        binding.mint(b"guess" * 6, other, raw.info.backend_pid, moment(raw)),
        token(world, raw, CONTOH, pid=raw.info.backend_pid + 1),
    ]
    for value in forged:
        take(raw, value)
        assert count(raw, "organisation") == 0, value


def test_an_injector_inside_one_tenant_cannot_reach_another(raw: Connection, world: World) -> None:
    """What SQL injected into a bound transaction would try."""
    take(raw, token(world, raw, PASUR))
    attempts = [
        "SET LOCAL row_security = off",
        "SET LOCAL ROLE teduh_migration",
        "SET SESSION AUTHORIZATION teduh_migration",
        "SELECT inner_pad FROM tenancy.binding_key",
        "COPY organisation TO '/tmp/teduh-leak'",
        "CREATE VIEW public.leak AS SELECT * FROM organisation",
        "CREATE FUNCTION public.leak() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "ALTER TABLE organisation DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant_bound ON organisation",
        "TRUNCATE organisation",
        "DELETE FROM audit_event",
        "SELECT pg_read_file('/etc/passwd')",
        "CREATE OR REPLACE FUNCTION tenancy.bound() RETURNS uuid LANGUAGE sql AS 'SELECT NULL'",
    ]
    for attempt in attempts:
        raw.execute("SAVEPOINT attempt")
        try:
            raw.execute(attempt)
        except DatabaseError:
            raw.execute("ROLLBACK TO attempt")
        seen = set()
        try:
            seen = set(raw.execute("SELECT tenant_id FROM organisation").fetchall())
        except DatabaseError:  # row_security = off raises instead of leaking
            raw.execute("ROLLBACK TO attempt")
        assert seen <= {(world.tenant(PASUR).tenant_id,)}, attempt


def test_the_binding_ends_with_the_transaction(raw: Connection, world: World) -> None:
    take(raw, token(world, raw, PASUR))
    assert count(raw, "organisation") == PARTNERS
    raw.commit()
    assert count(raw, "organisation") == 0


def test_a_session_without_a_tenant_raises_instead_of_reading_nothing(world: World) -> None:
    with world.app.app_context(), pytest.raises(NoTenantBound):
        db.session.query(Organisation).count()
    with world.app.app_context(), pytest.raises(NoTenantBound):
        TenantProfile(version=1)


def test_a_session_that_has_served_one_tenant_serves_no_other(world: World) -> None:
    """It keeps the profile and the keys that it has opened."""
    one, other = world.tenant(PASUR), world.tenant(CONTOH)
    with world.app.app_context():
        with bind(Context(one.tenant_id, one.slug)):
            assert profile().identity.slug == PASUR
            db.session.commit()
        with bind(Context(other.tenant_id, other.slug)), pytest.raises(NoTenantBound):
            db.session.query(Organisation).count()
        db.session.remove()
        with bind(Context(other.tenant_id, other.slug)):
            assert profile().identity.slug == CONTOH


def test_consecutive_transactions_on_one_connection_see_their_own_tenant(world: World) -> None:
    for tenant in (PASUR, CONTOH, PASUR):
        found = world.tenant(tenant)
        with (
            world.app.app_context(),
            bind(Context(found.tenant_id, found.slug, channel=Channel.COMMAND)),
            transaction(),
        ):
            seen = {row.tenant_id for row in db.session.query(Organisation)}
            assert seen == {found.tenant_id}
