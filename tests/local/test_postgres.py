"""The local PostgreSQL: passwords, roles, and coming back after a crash."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.local import roles
from app.local.child import alive
from app.local.fault import StackFault
from app.local.place import SERVICE_ROLES, Place
from app.local.postgres import Postgres, find_binaries


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Postgres]:
    """A running cluster of this test's own."""
    place = Place(tmp_path / "stack")
    place.prepare()
    postgres = Postgres(place, place.secrets(data=None))
    postgres.start()
    yield postgres
    postgres.stop()


def dsn(postgres: Postgres, role: str, database: str) -> str:
    """The URL as libpq reads it."""
    return postgres.url(role, database).replace("+psycopg", "")


def server_pid(postgres: Postgres) -> int:
    return int((postgres.data / "postmaster.pid").read_text().splitlines()[0])


def test_service_roles_are_not_superuser_and_cannot_bypass_row_security(postgres: Postgres) -> None:
    with postgres.connect() as session:
        rows = session.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication "
            "FROM pg_roles WHERE rolname LIKE 'teduh%' ORDER BY rolname"
        ).fetchall()
    assert rows == [
        (f"teduh_{role}", False, role == "migration", False, False, False)
        for role in sorted(SERVICE_ROLES)
    ]


@pytest.mark.parametrize("role", sorted({*SERVICE_ROLES} - {"migration"}))
def test_service_role_can_create_nothing_in_the_database(postgres: Postgres, role: str) -> None:
    with psycopg.connect(dsn(postgres, role, "teduh"), autocommit=True) as session:
        for statement in (
            "CREATE TABLE public.loot (id int)",
            "CREATE SCHEMA loot",
            "CREATE TEMPORARY TABLE loot (id int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement)


def test_migration_role_owns_the_database(postgres: Postgres) -> None:
    with psycopg.connect(dsn(postgres, "migration", "teduh")) as session:
        session.execute("CREATE SCHEMA allowed")
        session.rollback()


def test_role_without_a_grant_cannot_connect(fresh: Postgres) -> None:
    passwords = dict.fromkeys(SERVICE_ROLES, "known")
    with fresh.connect() as session:
        roles.create_roles(session, passwords)
        roles.create_database(session, "teduh")
        roles.close_database(session, "teduh")
        session.execute("CREATE ROLE stranger LOGIN PASSWORD 'known'")
    stranger = dsn(fresh, "web", "teduh").replace("teduh_web", "stranger")
    stranger = stranger.replace(stranger.split(":")[2].split("@")[0], "known")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(stranger)


def test_wrong_password_is_refused_on_the_socket(postgres: Postgres) -> None:
    right = dsn(postgres, "web", "teduh")
    password = right.split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(right.replace(password, "wrong"))


def test_database_listens_on_no_network_address(postgres: Postgres) -> None:
    with postgres.connect() as session:
        assert session.execute("SHOW listen_addresses").fetchone() == ("",)


def test_failing_statement_leaves_no_value_in_the_log(fresh: Postgres, tmp_path: Path) -> None:
    with fresh.connect() as session:
        session.execute("CREATE TABLE person (name text PRIMARY KEY)")
        session.execute("INSERT INTO person VALUES ('Bunga Contoh')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            session.execute("INSERT INTO person VALUES ('Bunga Contoh')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            session.execute("INSERT INTO person VALUES (%s)", ("Bunga Contoh",))
    log = (tmp_path / "stack" / "log" / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "Bunga" not in log


def test_rows_survive_a_killed_server(fresh: Postgres) -> None:
    with fresh.connect() as session:
        session.execute("CREATE TABLE kept (number int)")
        session.execute("INSERT INTO kept SELECT generate_series(1, 500)")
    pid = server_pid(fresh)
    os.kill(pid, signal.SIGKILL)
    fresh.stop()
    assert (fresh.data / "postmaster.pid").exists()
    fresh.start()
    with fresh.connect() as session:
        assert session.execute("SELECT count(*) FROM kept").fetchone() == (500,)


def test_pid_file_that_names_another_program_does_not_stop_a_start(fresh: Postgres) -> None:
    fresh.stop()
    (fresh.data / "postmaster.pid").write_text(f"{os.getpid()}\n{fresh.data}\n")
    fresh.start()
    assert server_pid(fresh) != os.getpid()


def test_server_left_behind_is_ended_before_the_next_starts(fresh: Postgres) -> None:
    left = server_pid(fresh)
    again = Postgres(fresh._place, fresh._passwords)
    again.start()
    try:
        assert server_pid(again) != left
        assert not alive(left)
    finally:
        again.stop()


def test_interrupted_first_start_leaves_no_half_made_cluster(tmp_path: Path) -> None:
    place = Place(tmp_path / "stack")
    place.prepare()
    postgres = Postgres(place, place.secrets(data=None))
    half = postgres.data.with_name(".postgres-new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    postgres.start()
    postgres.stop()
    assert not half.exists()


def test_damaged_data_are_a_message_with_the_servers_own_words(fresh: Postgres) -> None:
    fresh.stop()
    (fresh.data / "global" / "pg_control").unlink()
    with pytest.raises(StackFault, match=r"(?s)PostgreSQL did not start.*pg_control"):
        fresh.start()


def test_data_of_another_version_are_left_alone(fresh: Postgres) -> None:
    fresh.stop()
    (fresh.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(StackFault, match="made by PostgreSQL 17"):
        fresh.start()
    assert (fresh.data / "base").is_dir()


def test_explicit_binaries_are_never_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEDUH_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(StackFault, match="TEDUH_POSTGRES_BIN"):
        find_binaries()


def test_too_old_binaries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("initdb", "postgres"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.18'\n")
        program.chmod(0o755)
    monkeypatch.setenv("TEDUH_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(StackFault, match=r"PostgreSQL 15 .* too old"):
        find_binaries()


def test_found_binaries_are_version_18() -> None:
    said = subprocess.run(
        [find_binaries() / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    assert "PostgreSQL) 18." in said.stdout
