"""Which servers a process lets itself be sent to: by a socket, on this machine, or over TLS."""

from __future__ import annotations

import pytest

from app.config import SettingsError, from_environment

PLAIN = {
    "DATABASE_URL": "postgresql+psycopg://teduh_web:x@/teduh?host=/run/postgresql",
    "REDIS_URL": "unix://:x@/run/valkey.sock",
    "OBJECT_STORE_URL": "file:///srv/letters",
    "KEYRING_FILE": "/srv/keyring.json",
    "SECRET_KEY": "x" * 32,
    "TIMESTAMP_ANCHOR": "/srv/authority.pem",
}
DATABASE = "postgresql+psycopg://teduh_web:x@"


def problems(**more: str) -> list[str]:
    """What is wrong with settings."""
    try:
        from_environment({**PLAIN, **more})
    except SettingsError as error:
        return error.problems
    return []


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("DATABASE_URL", f"{DATABASE}localhost/teduh"),
        ("DATABASE_URL", f"{DATABASE}127.0.0.1:5432/teduh"),
        ("DATABASE_URL", f"{DATABASE}[::1]/teduh"),
        ("DATABASE_URL", f"{DATABASE}db.contoh.example/teduh?sslmode=verify-full"),
        ("KEYS_DATABASE_URL", f"{DATABASE}10.0.0.7/teduh?sslmode=verify-full&sslrootcert=/x"),
        ("REDIS_URL", "redis://:x@127.0.0.1/0"),
        ("REDIS_URL", "rediss://:x@valkey.contoh.example/0"),
        ("TIMESTAMP_URL", "https://tsa.contoh.example/"),
        ("TIMESTAMP_URL", "http://127.0.0.1:8080/"),
    ],
)
def test_a_server_here_or_behind_checked_tls_is_taken(name: str, address: str) -> None:
    assert problems(**{name: address}) == []


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("DATABASE_URL", f"{DATABASE}db.contoh.example/teduh"),
        ("DATABASE_URL", f"{DATABASE}10.0.0.7/teduh?sslmode=require"),
        ("DATABASE_URL", f"{DATABASE}/teduh?host=/run/postgresql,db.contoh.example"),
        ("DATABASE_URL", f"{DATABASE}/teduh?host=/run&host=10.0.0.7"),
        ("DATABASE_URL", f"{DATABASE}127.0.0.1.contoh.example/teduh"),
        ("OPERATOR_DATABASE_URL", f"{DATABASE}db.contoh.example/teduh?sslmode=verify-ca"),
        ("MIGRATION_DATABASE_URL", f"{DATABASE}db.contoh.example/teduh"),
        ("KEYS_DATABASE_URL", f"{DATABASE}db.contoh.example/teduh"),
        ("BACKUP_DATABASE_URL", f"{DATABASE}db.contoh.example/teduh"),
        ("RETENTION_DATABASE_URL", f"{DATABASE}db.contoh.example/teduh"),
        ("REDIS_URL", "redis://:x@valkey.contoh.example/0"),
        ("REDIS_URL", "rediss://:x@valkey.contoh.example/0?ssl_cert_reqs=none"),
        ("REDIS_URL", "rediss://:x@valkey.contoh.example/0?ssl_check_hostname=false"),
        ("TIMESTAMP_URL", "http://tsa.contoh.example/"),
        ("TIMESTAMP_URL", "file:///etc/passwd"),
        ("TIMESTAMP_URL", "tsa.contoh.example"),
    ],
)
def test_a_server_elsewhere_is_not_reached_without_checked_tls(name: str, address: str) -> None:
    (found,) = problems(**{name: address})
    assert found.startswith(name)
    assert ":x@" not in found


def test_a_host_that_libpq_would_take_from_its_own_setting_counts_too() -> None:
    nowhere = {"DATABASE_URL": f"{DATABASE}/teduh"}
    assert problems(**nowhere) == []
    (found,) = problems(**nowhere, PGHOST="db.contoh.example")
    assert "sslmode=verify-full" in found
