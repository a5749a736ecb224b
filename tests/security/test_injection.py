"""SQL injected into one agency's transaction reaches nothing of another (invariants 2 and 3).

The injector may run any statement as the web's database role, several of them, and come back
with the next request on the same connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg.errors import Error, InsufficientPrivilege
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.accounts.models import Account
from tenants import binding
from tenants.database import db, platform
from tests.world import CONTOH, PASUR, World

HASHES = select(Account.username, Account.password_hash)


@pytest.fixture
def raw(world: World) -> Iterator[Connection]:
    """A connection as the web's role, outside the application."""
    with psycopg.connect(plain(world.settings["DATABASE_URL"])) as connection:
        yield connection


def plain(url: str) -> str:
    """The URL as the driver alone takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def begin(world: World, raw: Connection, tenant: str = PASUR) -> str:
    """Begin a transaction bound to a tenant as the application does, and return its token."""
    raw.rollback()
    row = raw.execute(binding.MOMENT).fetchone()
    assert row is not None
    key = world.app.extensions["keyring"].binding
    token = binding.mint(key, world.tenant(tenant).tenant_id, raw.info.backend_pid, row[0])
    raw.execute("SELECT set_config('teduh.token', %s, true)", (token,))
    return token


def names(raw: Connection) -> set[str]:
    """The tenants whose accounts this transaction sees."""
    return {str(row[0]) for row in raw.execute("SELECT tenant_id FROM account").fetchall()}


def inject(statement: str, **values: Any) -> Any:
    """Run a statement in the application's own transaction."""
    return db.session.execute(text(statement), values)


def test_a_token_opens_nothing_in_the_next_transaction_of_its_connection(
    world: World, raw: Connection
) -> None:
    token = begin(world, raw)
    assert names(raw) == {str(world.tenant(PASUR).tenant_id)}
    raw.commit()
    raw.execute("SELECT set_config('teduh.token', %s, true)", (token,))
    assert names(raw) == set()


def test_a_token_kept_in_the_session_opens_nothing_after_its_transaction(
    world: World, raw: Connection
) -> None:
    token = begin(world, raw)
    raw.execute("SELECT set_config('teduh.token', %s, false)", (token,))
    raw.commit()
    assert names(raw) == set()


def test_the_token_of_one_tenant_opens_nothing_in_a_transaction_of_another(
    world: World, raw: Connection
) -> None:
    stolen = begin(world, raw, CONTOH)
    raw.commit()
    begin(world, raw, PASUR)
    raw.execute("SELECT set_config('teduh.token', %s, true)", (stolen,))
    assert names(raw) == set()


def test_a_savepoint_keeps_the_binding_and_a_rollback_ends_it(
    world: World, raw: Connection
) -> None:
    begin(world, raw)
    raw.execute("SAVEPOINT one")
    assert len(names(raw)) == 1
    raw.execute("ROLLBACK TO one")
    assert len(names(raw)) == 1
    raw.rollback()
    assert names(raw) == set()


def test_nothing_that_an_injector_leaves_in_the_session_meets_the_next_tenant(
    world: World,
) -> None:
    with world.as_system(PASUR):
        first = inject("SELECT pg_backend_pid()").scalar()
        inject("SELECT set_config('loot.kept', 'of the first agency', false)")
        inject("SELECT set_config('statement_timeout', '60000', false)")
        inject("SELECT set_config('search_path', 'pg_temp, public', false)")
        inject("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        inject("SELECT pg_advisory_lock(42)")
        inject("DECLARE kept CURSOR WITH HOLD FOR SELECT name FROM organisation")
        inject("LISTEN kept")
    with world.as_system(CONTOH):
        assert inject("SELECT pg_backend_pid()").scalar() == first, "not the same connection"
        assert not inject("SELECT current_setting('loot.kept', true)").scalar()
        assert inject("SHOW statement_timeout").scalar() == "0"
        assert inject("SHOW search_path").scalar() == '"$user", public'
        assert inject("SHOW transaction_read_only").scalar() == "off"
        assert inject("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").scalar() == 0
        assert inject("SELECT count(*) FROM pg_cursors").scalar() == 0
        assert inject("SELECT count(*) FROM pg_listening_channels()").scalar() == 0


def often(tenant: str, world: World) -> None:
    """Run a statement so often that the driver prepares it."""
    with world.as_system(tenant):
        for _ in range(8):
            db.session.execute(HASHES).all()


def test_a_statement_replaced_by_an_injector_is_not_run_for_another_tenant(world: World) -> None:
    """The driver prepares what it runs often; a thief is put under the same name."""
    thief = "set_config('loot.kept', account.password_hash, false) AS password_hash"
    often(PASUR, world)
    with world.as_system(PASUR):
        first = inject("SELECT pg_backend_pid()").scalar()
        prepared = inject("SELECT name, statement FROM pg_prepared_statements").all()
        name, statement = next(one for one in prepared if "password_hash" in one[1])
        driver: Any = db.session.connection().connection.dbapi_connection
        driver.execute(f"DEALLOCATE {name}")
        driver.execute(f"PREPARE {name} AS {statement.replace('account.password_hash', thief, 1)}")
    with world.as_system(CONTOH):
        assert inject("SELECT pg_backend_pid()").scalar() != first, "the connection lives on"
        assert db.session.execute(HASHES).all()
    with world.as_system(PASUR):
        assert not inject("SELECT current_setting('loot.kept', true)").scalar()


def test_a_connection_that_has_lost_its_statements_is_given_up_after_one_failure(
    world: World,
) -> None:
    often(PASUR, world)
    with world.as_system(PASUR):
        inject("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$")  # past the driver's eyes
    with pytest.raises(DBAPIError) as lost, world.as_system(CONTOH):
        db.session.execute(HASHES).all()
    assert lost.value.connection_invalidated
    with world.as_system(CONTOH):
        assert db.session.execute(HASHES).all()


def test_the_connection_of_the_directory_sees_no_tenant(world: World) -> None:
    with world.as_system(PASUR):
        inject("SELECT set_config('teduh.token', current_setting('teduh.token'), false)")
    with world.app.app_context(), platform() as connection:
        assert connection.scalar(text("SELECT count(*) FROM account")) == 0


LEAVES = (
    "CREATE TEMP TABLE account (tenant_id uuid)",
    "CREATE TEMP VIEW account AS SELECT 1",
    "CREATE FUNCTION pg_temp.bound() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
    "CREATE TABLE public.loot (a text)",
    "CREATE SCHEMA loot",
    "CREATE SEQUENCE public.loot",
    "CREATE VIEW public.loot AS SELECT * FROM account",
    "CREATE FUNCTION public.loot() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE EXTENSION pg_trgm",
    "CREATE EXTENSION dblink",
    "CREATE PUBLICATION loot FOR ALL TABLES",
    "CREATE RULE loot AS ON INSERT TO account DO NOTHING",
    "CREATE POLICY loot ON account USING (true)",
    "CREATE TRIGGER loot BEFORE INSERT ON account FOR EACH ROW"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE STATISTICS loot ON username, name FROM account",
    "ALTER TABLE account NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE account DISABLE ROW LEVEL SECURITY",
    "ALTER FUNCTION tenancy.bound() SET search_path = public",
    "ALTER ROLE teduh_web BYPASSRLS",
    "ALTER ROLE teduh_migration PASSWORD 'x'",
    "GRANT teduh_migration TO teduh_web",
    "SET ROLE teduh_migration",
    "SET ROLE teduh_worker",
    "SET SESSION AUTHORIZATION teduh_migration",
    "SET session_replication_role = replica",
    "TABLE tenancy.binding_key",
    "COPY tenancy.binding_key TO STDOUT",
    "COPY account TO PROGRAM 'cat'",
    "COPY account FROM '/etc/passwd'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_create(0)",
    "SELECT lo_creat(-1)",
    "SELECT lo_from_bytea(0, 'loot')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/loot')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT stavalues1 FROM pg_statistic",
    "SELECT * FROM pg_stat_get_wal_senders()"
    " WHERE 1 / (SELECT count(*) FROM pg_hba_file_rules) = 1",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
    "SELECT id FROM outbox",
    "DELETE FROM outbox",
    "UPDATE audit_event SET body = NULL",
    "DELETE FROM audit_event",
    "DELETE FROM audit_pending",
    "TRUNCATE account",
    "INSERT INTO tenant (id) VALUES (gen_random_uuid())",
    "UPDATE tenant SET state = 'suspended'",
    "UPDATE tenant_host SET host = 'x'",
    "DELETE FROM tenant_host",
    "SELECT version_num FROM alembic_version",
)
"""What would outlive the transaction, or reach past row security: each is refused."""


def test_what_outlives_a_transaction_or_passes_row_security_is_refused(
    world: World, raw: Connection
) -> None:
    for statement in LEAVES:
        begin(world, raw)
        with pytest.raises(Error) as refused:
            raw.execute(statement)
        assert refused.value.sqlstate != "42601", f"not even SQL: {statement}"


READS = (
    "SELECT tenant_id::text FROM account",
    "SELECT tenant_id::text FROM ONLY account",
    "SELECT a.tenant_id::text FROM tenant t JOIN account a ON a.tenant_id = t.id",
    "SELECT a.tenant_id::text FROM tenant t, LATERAL (SELECT * FROM account"
    " WHERE tenant_id = t.id) a",
    "SELECT tenant_id::text FROM account WHERE tenant_id <> tenancy.bound()",
    "SELECT tenant_id::text FROM account WHERE 1 = 1 OR set_config('teduh.token', '', true) = ''",
    "WITH gone AS (SELECT set_config('teduh.token', '', true))"
    " SELECT tenant_id::text FROM gone, account",
    "UPDATE account SET failures = failures RETURNING tenant_id::text",
    "INSERT INTO sign_in_failure (tenant_id, id, address, at)"
    " SELECT tenant_id, id, 'x', now() FROM account RETURNING tenant_id::text",
    "SELECT tenant_id::text FROM account FOR UPDATE",
    "SELECT word FROM ts_stat('SELECT to_tsvector(''simple'', tenant_id::text) FROM account')",
    "SELECT most_common_vals::text FROM pg_stats WHERE schemaname = 'public'"
    " AND tablename NOT IN ('tenant', 'tenant_host')",
    "SELECT histogram_bounds::text FROM pg_stats WHERE schemaname = 'public'"
    " AND tablename NOT IN ('tenant', 'tenant_host')",
    "SELECT most_common_vals::text FROM pg_stats_ext",
)


def test_every_way_of_reading_shows_the_bound_tenant_alone(
    world: World, raw: Connection, database_owner: Connection
) -> None:
    database_owner.execute("ANALYZE")  # so that the catalogue holds samples of every tenant
    foreign = str(world.tenant(CONTOH).tenant_id)
    for statement in READS:
        begin(world, raw)
        found = raw.execute(statement).fetchall()
        assert foreign not in str(found), statement


@pytest.fixture
def database_owner(world: World) -> Iterator[Connection]:
    """The role that owns the tables."""
    url = plain(world.settings["MIGRATION_DATABASE_URL"])
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def test_an_error_cannot_be_made_to_quote_a_row_of_another_tenant(
    world: World, raw: Connection
) -> None:
    """A condition that fails on a value is never evaluated on rows that may not be seen."""
    foreign = str(world.tenant(CONTOH).tenant_id)
    for condition in (
        f"tenant_id = '{foreign}' AND username::int = 1",
        f"1 / (CASE WHEN tenant_id = '{foreign}' THEN 0 ELSE 1 END) = 2",
    ):
        begin(world, raw)
        found = raw.execute(f"SELECT count(*) FROM account WHERE {condition}").fetchone()
        assert found == (0,)


def test_a_key_held_by_another_tenant_is_free_in_ones_own(world: World, raw: Connection) -> None:
    """A unique or foreign key says nothing about another tenant's rows."""
    with world.as_system(CONTOH):
        theirs = db.session.scalars(select(Account.id)).first()
    begin(world, raw)
    own = world.tenant(PASUR).tenant_id
    taken = raw.execute(
        "INSERT INTO data_key (tenant_id, id, tenant_key_version, created_at)"
        " VALUES (%s, %s, 1, now()) RETURNING id",
        (own, theirs),
    ).fetchone()
    assert taken == (theirs,)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        raw.execute(
            "INSERT INTO role_grant (tenant_id, id, account_id, role, granted_at)"
            " VALUES (%s, gen_random_uuid(), %s, 'auditor', now())",
            (own, theirs),
        )


def test_no_row_of_another_tenant_can_be_written_by_any_statement(
    world: World, raw: Connection
) -> None:
    foreign = world.tenant(CONTOH).tenant_id
    for statement in (
        "INSERT INTO sign_in_failure (tenant_id, id, address, at)"
        " VALUES (%s, gen_random_uuid(), 'x', now())",
        "UPDATE account SET tenant_id = %s",
        "INSERT INTO outbox (id, tenant_id, kind, object_id, created_at, due_at, attempts)"
        " VALUES (gen_random_uuid(), %s, 'letter.issue', gen_random_uuid(), now(), now(), 0)",
        "INSERT INTO audit_event (tenant_id, id, at, body) VALUES (%s, gen_random_uuid(), now(),"
        " '{}')",
    ):
        begin(world, raw)
        with pytest.raises((InsufficientPrivilege, psycopg.errors.IntegrityError)):
            raw.execute(statement, (foreign,))
