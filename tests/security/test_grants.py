"""Every right that a database role holds is declared here; one more or one less fails.

Write S, I, U and D for SELECT, INSERT, UPDATE and DELETE. Nobody is ever given another right on
a table: TRUNCATE and REFERENCES pass row security, TRIGGER and MAINTAIN are the owner's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text

import app.tables  # noqa: F401 (makes every table known)
from tenants import rotation
from tests.conftest import Database

WEB, WORKER, OPERATOR = "teduh_web", "teduh_worker", "teduh_operator"
RETENTION, KEYS, BACKUP = "teduh_retention", "teduh_keys", "teduh_backup"
ROLES = (WEB, WORKER, OPERATOR, RETENTION, KEYS)
"""Those who bind a tenant; a back-up binds none."""
EVERY = (*ROLES, BACKUP)
OWNER = "teduh_migration"
LETTERS = {"SELECT": "S", "INSERT": "I", "UPDATE": "U", "DELETE": "D"}

# table: web, worker, operator
TABLES: dict[str, tuple[str, str, str]] = {
    # the directory, outside the tenants
    "public.tenant": ("S", "S", "SIU"),
    "public.tenant_host": ("S", "S", "SI"),
    "public.outbox": ("I", "SIUD", ""),
    "public.alembic_version": ("", "", ""),
    # what an agency is
    "public.tenant_profile": ("S", "S", "SI"),
    "public.organisation": ("S", "S", "SIU"),
    # keys, wrapped
    "tenancy.binding_key": ("", "", ""),
    "public.tenant_key": ("S", "S", "I"),
    "public.data_key": ("SIU", "S", ""),
    "public.retired_data_key": ("SD", "S", ""),
    "public.blind_index": ("SID", "", ""),
    "public.signing_certificate": ("SI", "S", "I"),
    # people
    "public.account": ("SIU", "S", ""),
    "public.role_grant": ("SIU", "S", ""),
    "public.sign_in_session": ("SIU", "", ""),
    "public.sign_in_failure": ("SID", "", ""),
    "public.invitation": ("SIU", "", "I"),
    "public.confirmation": ("SI", "", ""),
    "public.one_time_code": ("SIUD", "", ""),
    "public.passkey": ("SIUD", "", ""),
    "public.recovery_code": ("SIUD", "", ""),
    "public.sign_in_ticket": ("SIUD", "", ""),
    # cases
    "public.case": ("SIU", "S", ""),
    "public.case_counter": ("SIU", "", ""),
    "public.team_member": ("SIU", "S", ""),
    "public.survivor": ("SIU", "S", ""),
    "public.alleged_perpetrator": ("SIU", "S", ""),
    "public.incident": ("SIU", "S", ""),
    "public.need": ("SIU", "S", ""),
    "public.note": ("SI", "", ""),
    "public.legal_process": ("SIU", "S", ""),
    "public.acquaintance": ("SIU", "S", ""),
    "public.step_done": ("SI", "", ""),
    "public.case_link": ("SIUD", "", ""),
    "public.note_draft": ("SIU", "", ""),
    "public.outreach": ("SI", "S", ""),
    "public.closure": ("SIU", "S", ""),
    "public.follow_up": ("SIU", "S", ""),
    "public.care_session": ("SIU", "S", ""),
    "public.legal_choice": ("SI", "S", ""),
    "public.programme": ("SIU", "S", ""),
    "public.participation": ("SIU", "S", ""),
    "public.livelihood": ("SI", "S", ""),
    "public.assessment": ("SIU", "S", ""),
    "public.assessment_answer": ("SIU", "", ""),
    "public.plan_item": ("SIU", "S", ""),
    "public.consent": ("SIU", "S", ""),
    "public.emergency_access": ("SIU", "S", ""),
    "public.referral": ("SIU", "S", ""),
    "public.referral_step": ("SI", "", ""),
    "public.task": ("SIU", "", ""),
    "public.work_filter": ("SID", "", ""),
    "public.conference": ("SIU", "", ""),
    "public.conference_member": ("SIU", "", ""),
    "public.transfer": ("SIU", "SU", ""),
    "public.transfer_arrival": ("SIU", "SI", ""),
    "public.parcel_secret": ("SI", "SI", ""),
    "public.parcel_key": ("SI", "SI", ""),
    "public.parcel": ("SI", "S", ""),
    "public.shelter_place": ("SIU", "", ""),
    "public.shelter_stay": ("SIU", "", ""),
    "public.mediation": ("SIU", "S", ""),
    "public.statutory_step": ("SI", "S", ""),
    "public.destruction": ("SI", "", ""),
    "public.attachment": ("SI", "S", ""),
    "public.attachment_part": ("SI", "SI", ""),
    "public.attachment_handover": ("SI", "", ""),
    "public.deadline": ("SIU", "SU", ""),
    # the network
    "public.duty_evidence": ("SI", "", ""),
    "public.reconciliation": ("SIU", "", ""),
    "public.reconciliation_line": ("SIU", "", ""),
    "public.figure_publication": ("SI", "", ""),
    "public.office_report": ("SI", "", ""),
    "public.simfoni_entry": ("SIU", "", ""),
    "public.simfoni_export": ("SI", "", ""),
    # letters
    "public.letter": ("SIU", "SU", ""),
    "public.letter_counter": ("SIU", "", ""),
    "public.register_hold": ("SU", "", ""),
    "public.delegation": ("SI", "S", ""),
    "public.letter_signer": ("SIUD", "S", ""),
    "public.letter_delivery": ("S", "SI", ""),
    "public.letter_copy": ("SIU", "SU", ""),
    "public.letter_preview": ("SIU", "SUD", ""),
    # the log
    "public.audit_event": ("SI", "SI", "I"),
    "public.audit_pending": ("SI", "SID", "I"),
    "public.audit_leaf": ("S", "SI", ""),
    "public.audit_node": ("S", "SI", ""),
    "public.audit_checkpoint": ("S", "SI", ""),
    "public.audit_key": ("S", "S", "I"),
    "public.checkpoint_handover": ("S", "SI", ""),
    "public.audit_pruning": ("", "", ""),
    "public.sign_review": ("SI", "", ""),
    "public.explanation_request": ("SI", "", ""),
    "public.audit_finding": ("SI", "", ""),
    "public.saved_view": ("SIUD", "", ""),
    "public.signed_period": ("SI", "", ""),
    "public.finding_note": ("SI", "", ""),
}

# That an attachment is gone, and who asked for its small copy: nothing that was added.
_ATTACHMENT = ("preview_failure", "asked_by", "removed_at", "removed_by", "remove_reason")
# What the web may change of a row, where it is not all of it.
WEB_COLUMNS = {
    "confirmation": dict.fromkeys(("verdict", "decided_by", "decided_at"), "U"),
    "signing_certificate": dict.fromkeys(("revoked_at", "revoked_by", "revoke_reason"), "U"),
    "letter_delivery": dict.fromkeys(
        ("opened_at", "opened_by", "acknowledged_at", "acknowledged_by"), "U"
    ),
    "delegation": dict.fromkeys(("ended_on", "ended_by", "closed_at", "closed_by"), "U"),
    "parcel": dict.fromkeys(("answered_at", "accepted", "sealed"), "U"),
    "simfoni_export": dict.fromkeys(("confirmed_by", "confirmed_at"), "U"),
    "duty_evidence": dict.fromkeys(("withdrawn_by", "withdrawn_at"), "U"),
    "audit_finding": dict.fromkeys(("answered_at", "result", "closed_by", "closed_at"), "U"),
    "explanation_request": dict.fromkeys(("answer", "answered_at"), "U"),
    "attachment": dict.fromkeys(_ATTACHMENT, "U"),
    "attachment_part": dict.fromkeys(("content", "removed_at"), "U"),
    "destruction": dict.fromkeys(("outcome", "settled_by", "settled_at", "letter_id"), "U"),
    "attachment_handover": dict.fromkeys(("ended_at", "ended_by"), "U"),
}
# And the worker.
WORKER_COLUMNS = {
    "attachment": dict.fromkeys(_ATTACHMENT, "U"),
    "attachment_part": dict.fromkeys(
        ("content", "object_name", "file_version", "stored_at", "removed_at"), "U"
    ),
}
# What the role of retention holds: on whole tables, and on single columns. It tells what to empty
# from these, and reads no text of the log and no value of a case.
RETENTION_TABLES = {
    "public.tenant": "S",
    "public.tenant_profile": "S",
    "public.audit_leaf": "S",
    "public.audit_checkpoint": "S",
    "public.audit_event": "I",
    "public.audit_pending": "I",
    "public.audit_pruning": "SID",
}
RETENTION_COLUMNS = {
    "audit_event": {
        "body": "U",
        **dict.fromkeys(("tenant_id", "id", "at", "tag", "actor_id", "object_id", "case_id"), "S"),
    },
    "audit_pruning": {"reached": "U"},
    "audit_finding": dict.fromkeys(
        ("tenant_id", "id", "sign_id", "person_id", "day", "closed_at"), "S"
    ),
    "explanation_request": dict.fromkeys(
        ("tenant_id", "id", "sign_id", "person_id", "day", "asked_at"), "S"
    ),
    "sign_review": dict.fromkeys(("tenant_id", "sign_id", "reviewed_at"), "S"),
    "case": dict.fromkeys(("tenant_id", "id", "closed_at"), "S"),
}
# What rotates keys reads and writes keys, adds to the log, and nothing else as a whole table.
KEYS_TABLES = {
    "public.tenant": "S",
    "public.tenant_key": "SIU",
    "public.data_key": "SU",
    "public.retired_data_key": "SIUD",
    "public.audit_event": "I",
    "public.audit_pending": "I",
}
# A back-up reads every table but the key that binds a tenant, and writes nothing.
NOT_BACKED_UP = {"tenancy.binding_key"}


@pytest.fixture
def catalogue(database: Database) -> Iterator[Connection]:
    """A connection that may read the whole catalogue."""
    engine = create_engine(database.url("migration"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def rows(connection: Connection, query: str) -> list[Any]:
    return [tuple(row) for row in connection.execute(text(query))]


def test_every_right_on_a_table_is_declared(catalogue: Connection) -> None:
    found: dict[str, dict[str, set[str]]] = {}
    query = (
        "SELECT n.nspname || '.' || c.relname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type,"
        " a.is_grantable FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " LEFT JOIN LATERAL aclexplode(c.relacl) a ON a.grantee <> c.relowner"
        " LEFT JOIN pg_roles r ON r.oid = a.grantee"
        " WHERE n.nspname IN ('public', 'tenancy') AND c.relkind NOT IN ('i', 'I', 'c')"
    )
    for name, grantee, privilege, grantable in rows(catalogue, query):
        held = found.setdefault(name, {})
        if privilege is not None:
            assert not grantable, f"{grantee} may pass on {privilege} on {name}"
            held.setdefault(grantee, set()).add(LETTERS.get(privilege, privilege))
    declared = {
        name: {
            role: set(rights)
            for role, rights in (
                *zip((WEB, WORKER, OPERATOR), given, strict=True),
                (RETENTION, RETENTION_TABLES.get(name, "")),
                (KEYS, KEYS_TABLES.get(name, "")),
                (BACKUP, "" if name in NOT_BACKED_UP else "S"),
            )
            if rights
        }
        for name, given in TABLES.items()
    }
    assert found == declared


def test_every_right_on_a_column_is_declared(catalogue: Connection) -> None:
    """A confidential field that a rotation may not seal anew would stay under the old key."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    query = (
        "SELECT c.relname, t.attname, a.grantee::regrole::text, a.privilege_type, a.is_grantable"
        " FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid"
        " CROSS JOIN LATERAL aclexplode(t.attacl) a WHERE t.attrelid >= 16384"
    )
    for table, column, grantee, privilege, grantable in rows(catalogue, query):
        assert not grantable, (table, column)
        held = found.setdefault((grantee, table), {})
        held[column] = held.get(column, "") + LETTERS.get(privilege, privilege)
    declared = {
        **{(WEB, table): columns for table, columns in WEB_COLUMNS.items()},
        **{(WORKER, table): columns for table, columns in WORKER_COLUMNS.items()},
        **{(RETENTION, table): columns for table, columns in RETENTION_COLUMNS.items()},
        **{(KEYS, table): columns for table, columns in keys_columns().items()},
    }
    assert found == declared


def keys_columns() -> dict[str, dict[str, str]]:
    """What a rotation reads and seals anew, by table, from the declarations of what is sealed."""
    declared: dict[str, dict[str, str]] = {}
    for table, columns in rotation.of_case().items():
        declared[table.name] = {
            **dict.fromkeys(("tenant_id", "id", "case_id"), "S"),
            **{one.column.name: "SU" for one in columns},
        }
    for column in rotation.of_office():
        row = declared.setdefault(column.table.name, dict.fromkeys(("tenant_id", "id"), "S"))
        row[column.name] = "SU"
    # A file in the object store is sealed anew too: where it lies, and whether it is the one.
    declared["letter"] |= {"object_name": "S", "sha256": "S", "file_version": "SU"}
    declared["attachment_part"] |= {"object_name": "S", "file_version": "SU"}
    declared["letter"] |= {"sealed_for": "S"}  # a document of the office has a key of its own
    return declared


def test_no_right_is_hidden_in_a_default_or_a_large_object(
    catalogue: Connection,
) -> None:
    for query in (
        "SELECT * FROM pg_default_acl",
        "SELECT oid FROM pg_largeobject_metadata",
        "SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace IN"
        " ('public'::regnamespace, 'tenancy'::regnamespace)",
        "SELECT fdwname FROM pg_foreign_data_wrapper",
        "SELECT evtname FROM pg_event_trigger",
        "SELECT pubname FROM pg_publication",
    ):
        assert rows(catalogue, query) == [], query


def test_everything_belongs_to_the_migration_role(catalogue: Connection) -> None:
    for query in (
        "SELECT relname FROM pg_class WHERE relnamespace IN ('public'::regnamespace,"
        f" 'tenancy'::regnamespace) AND relowner <> '{OWNER}'::regrole",
        "SELECT proname FROM pg_proc WHERE pronamespace IN ('public'::regnamespace,"
        f" 'tenancy'::regnamespace) AND proowner <> '{OWNER}'::regrole",
        f"SELECT nspname FROM pg_namespace WHERE nspname = 'tenancy' AND nspowner <> '{OWNER}'"
        "::regrole",
        "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'",
    ):
        assert rows(catalogue, query) == [], query


def test_the_one_function_is_for_those_who_bind_a_tenant_and_not_for_the_public(
    catalogue: Connection,
) -> None:
    query = (
        "SELECT p.oid::regprocedure::text, coalesce(r.rolname, 'PUBLIC'), a.privilege_type,"
        " p.provolatile::text, p.proconfig::text"
        " FROM pg_proc p CROSS JOIN LATERAL aclexplode(p.proacl) a"
        " LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE a.grantee <> p.proowner"
        " AND p.pronamespace IN ('public'::regnamespace, 'tenancy'::regnamespace)"
    )
    path = '{"search_path=pg_catalog, pg_temp"}'
    assert set(rows(catalogue, query)) == {
        ("tenancy.bound()", role, "EXECUTE", "s", path) for role in ROLES
    }
    every = "SELECT proname FROM pg_proc WHERE pronamespace IN ('public'::regnamespace,"
    assert set(rows(catalogue, f"{every} 'tenancy'::regnamespace)")) == {
        ("bound",),
        ("letter_kept",),  # of triggers: nobody may call them
        ("letter_counter_kept",),
        ("emergency_kept",),
    }


def test_a_role_may_connect_and_use_and_create_nothing(catalogue: Connection) -> None:
    database = (
        "SELECT coalesce(r.rolname, 'PUBLIC'), a.privilege_type FROM pg_database d"
        " CROSS JOIN LATERAL aclexplode(d.datacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee"
        " WHERE d.datname = current_database() AND a.grantee <> d.datdba"
    )
    assert set(rows(catalogue, database)) == {(role, "CONNECT") for role in EVERY}
    schemas = (
        "SELECT n.nspname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type FROM pg_namespace n"
        " CROSS JOIN LATERAL aclexplode(n.nspacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee"
        " WHERE n.nspname IN ('public', 'tenancy') AND a.grantee <> n.nspowner"
    )
    assert set(rows(catalogue, schemas)) == {
        ("public", "PUBLIC", "USAGE"),
        *(("public", role, "USAGE") for role in EVERY),
        *(("tenancy", role, "USAGE") for role in ROLES),
    }


def test_only_the_migration_role_passes_row_security_and_nobody_becomes_it(
    catalogue: Connection,
) -> None:
    query = (
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,"
        " rolconfig FROM pg_roles WHERE rolname LIKE 'teduh%' ORDER BY rolname"
    )
    plain = (False, False, False, False, None)
    assert sorted(rows(catalogue, query)) == sorted(
        [(OWNER, False, True, *plain[1:]), *((role, False, *plain) for role in EVERY)]
    )
    members = (
        "SELECT roleid::regrole::text, member::regrole::text FROM pg_auth_members"
        " WHERE member::regrole::text LIKE 'teduh%' OR roleid::regrole::text LIKE 'teduh%'"
    )
    assert rows(catalogue, members) == []
