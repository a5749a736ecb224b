"""The catalogue of the database itself: what breaks a promise fails here (invariants 1 to 3)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, text

from tests.conftest import Database

PLATFORM = {"tenant", "tenant_host", "alembic_version"}
"""Tables outside the tenants, without row security: hosts and opaque ids only."""
OWN_POLICIES = {"outbox", "parcel", "parcel_key"}
"""Between the tenants: opaque pointers (the web puts in its own, the dispatcher serves all), and
parcels, seen by sender and recipient alone and sealed to the recipient's public key."""
NARROWED = {
    ("audit_pending", "sequenced_only"): ("RESTRICTIVE", "{teduh_worker}", "DELETE"),
    ("audit_event", "recorded_and_over"): ("RESTRICTIVE", "{teduh_retention}", "UPDATE"),
    ("audit_pruning", "of_a_record"): ("RESTRICTIVE", "{teduh_retention}", "INSERT"),
}
"""Policies that take something away from a role besides; they can only narrow."""
DEFINER = {"tenancy.bound"}
"""The one function that runs with its owner's rights."""
SERVICE_ROLES = (
    "teduh_web",
    "teduh_worker",
    "teduh_operator",
    "teduh_retention",
    "teduh_keys",
    "teduh_backup",
)
OPERATOR_READS = {"tenant", "tenant_host", "organisation", "tenant_profile"}
"""What the operator may read: the directory, and what it wrote itself: profile and partners."""


@pytest.fixture
def catalogue(database: Database) -> Iterator[Connection]:
    """A connection that may read the whole catalogue."""
    engine = create_engine(database.url("migration"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def names(connection: Connection, query: str) -> set[str]:
    return set(connection.scalars(text(query)))


def tenant_tables(connection: Connection) -> set[str]:
    tables = names(
        connection,
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace = 'public'::regnamespace",
    )
    return tables - PLATFORM


def test_every_tenant_table_has_row_security_enabled_and_forced(catalogue: Connection) -> None:
    without = names(
        catalogue,
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace = 'public'::regnamespace"
        " AND NOT (relrowsecurity AND relforcerowsecurity)",
    )
    assert without == PLATFORM


def test_every_tenant_table_has_the_policy_on_the_bound_tenant_and_that_of_the_back_up(
    catalogue: Connection,
) -> None:
    """A table without the second would be missing from every back-up without a word."""
    rows = catalogue.execute(
        text(
            "SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check"
            " FROM pg_policies WHERE schemaname = 'public'"
        )
    ).all()
    wanted = "(tenant_id = ( SELECT tenancy.bound() AS bound))"
    assert {(row.tablename, row.policyname) for row in rows} >= NARROWED.keys()
    back_up = [row for row in rows if row.policyname == "back_up"]
    assert {row.tablename for row in back_up} == tenant_tables(catalogue)
    for row in back_up:
        read_all = ("PERMISSIVE", "{teduh_backup}", "SELECT", "true", None)
        assert (row.permissive, row.roles, row.cmd, row.qual, row.with_check) == read_all, row
    bound = [row for row in rows if row not in back_up and row.tablename not in OWN_POLICIES]
    assert {row.tablename for row in bound} == tenant_tables(catalogue) - OWN_POLICIES
    for row in bound:
        if (row.tablename, row.policyname) in NARROWED:
            found = row.permissive, row.roles, row.cmd
            assert found == NARROWED[row.tablename, row.policyname]
            continue
        assert (row.permissive, row.roles, row.cmd) == ("PERMISSIVE", "{public}", "ALL"), row
        assert row.qual == wanted == row.with_check, row


def test_every_key_of_a_tenant_table_begins_with_the_tenant(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text(
            "SELECT c.conrelid::regclass::text AS name, c.conname, c.contype,"
            " (SELECT array_agg(a.attname::text) FROM unnest(c.conkey) k"
            "  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k) AS columns"
            " FROM pg_constraint c WHERE c.contype IN ('p', 'u', 'f')"
            " AND c.connamespace = 'public'::regnamespace"
        )
    ).all()
    checked = 0
    for row in rows:
        if row.name.strip('"') in PLATFORM | {"outbox"}:
            continue
        assert "tenant_id" in row.columns, f"{row.name}: {row.conname} leaves the tenant out"
        checked += 1
    assert checked > 60


def test_every_unique_index_of_a_tenant_table_holds_the_tenant(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text(
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " AND indexdef LIKE 'CREATE UNIQUE%'"
        )
    ).all()
    for row in rows:
        if row.tablename not in PLATFORM | {"outbox"}:
            assert "(tenant_id" in row.indexdef, row.indexdef


def test_every_index_of_a_tenant_table_leads_with_the_tenant(catalogue: Connection) -> None:
    """Row security asks for the tenant in each statement; an index that does not begin so is
    read through for every agency's rows."""
    rows = catalogue.execute(
        text(
            "SELECT i.indrelid::regclass::text AS name, i.indexrelid::regclass::text AS index,"
            " pg_get_indexdef(i.indexrelid, 1, false) AS first FROM pg_index i"
            " JOIN pg_class c ON c.oid = i.indrelid"
            " WHERE c.relnamespace = 'public'::regnamespace"
        )
    ).all()
    others = [
        row.index
        for row in rows
        if row.name.strip('"') not in PLATFORM | OWN_POLICIES and row.first != "tenant_id"
    ]
    assert len(rows) > 60
    assert others == []


def test_there_is_no_view_and_no_function_with_its_owners_rights_but_one(
    catalogue: Connection,
) -> None:
    views = names(
        catalogue,
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm', 'f')"
        " AND relnamespace IN ('public'::regnamespace, 'tenancy'::regnamespace)",
    )
    assert views == set()
    functions = names(
        catalogue,
        "SELECT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n"
        " ON n.oid = p.pronamespace WHERE p.prosecdef"
        " AND n.nspname NOT IN ('pg_catalog', 'information_schema')",
    )
    assert functions == DEFINER


@pytest.mark.parametrize("role", SERVICE_ROLES)
def test_a_service_role_owns_nothing_and_cannot_pass_row_security(
    catalogue: Connection, role: str
) -> None:
    row = catalogue.execute(
        text(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,"
            " (SELECT count(*) FROM pg_class WHERE relowner = r.oid) AS owned,"
            " (SELECT count(*) FROM pg_auth_members WHERE member = r.oid) AS memberships"
            " FROM pg_roles r WHERE rolname = :role"
        ),
        {"role": role},
    ).one()
    assert tuple(row) == (False, False, False, False, False, 0, 0)


def test_no_role_may_truncate_or_reference_or_create(catalogue: Connection) -> None:
    forbidden = names(
        catalogue,
        "SELECT grantee || ' ' || privilege_type || ' ' || table_name"
        " FROM information_schema.role_table_grants WHERE grantee LIKE 'teduh_%'"
        " AND grantee <> 'teduh_migration'"
        " AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')",
    )
    assert forbidden == set()
    for role in SERVICE_ROLES:
        for schema in ("public", "tenancy"):
            may = catalogue.scalar(
                text("SELECT has_schema_privilege(:role, :schema, 'CREATE')"),
                {"role": role, "schema": schema},
            )
            assert may is False


def test_no_service_role_may_read_the_binding_key(catalogue: Connection) -> None:
    for role in SERVICE_ROLES:
        may = catalogue.scalar(
            text("SELECT has_table_privilege(:role, 'tenancy.binding_key', 'SELECT')"),
            {"role": role},
        )
        assert may is False


def test_the_operator_reads_the_directory_and_nothing_of_a_tenant(catalogue: Connection) -> None:
    readable = names(
        catalogue,
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace = 'public'::regnamespace"
        " AND has_table_privilege('teduh_operator', oid, 'SELECT')",
    )
    assert readable == OPERATOR_READS


def test_the_audit_log_is_append_only_for_every_service_role(catalogue: Connection) -> None:
    for table in ("audit_event", "audit_leaf", "audit_checkpoint"):
        for role in SERVICE_ROLES:
            for privilege in ("UPDATE", "DELETE"):
                may = catalogue.scalar(
                    text("SELECT has_table_privilege(:role, :table, :privilege)"),
                    {"role": role, "table": table, "privilege": privilege},
                )
                assert may is False, f"{role} may {privilege} {table}"
