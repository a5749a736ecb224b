"""The local Valkey: a password, nothing evicted, and coming back after a crash."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from app.local.place import Place
from app.local.valkey import Valkey


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Valkey]:
    """A running server of this test's own."""
    place = Place(tmp_path / "stack")
    place.prepare()
    valkey = Valkey(place, "known-password")
    valkey.start()
    yield valkey
    valkey.stop()


def server_pid(tmp_path: Path) -> int:
    return int((tmp_path / "stack" / "valkey" / "valkey.pid").read_text())


def test_server_refuses_who_has_no_password(fresh: Valkey) -> None:
    with Redis(unix_socket_path=str(fresh.socket)) as client, pytest.raises(AuthenticationError):
        client.ping()


def test_nothing_is_evicted_and_no_port_is_open(fresh: Valkey) -> None:
    with Redis.from_url(fresh.url()) as client:
        found = {**client.config_get("maxmemory-policy"), **client.config_get("port")}
    assert found == {"maxmemory-policy": "noeviction", "port": "0"}


def test_written_keys_survive_a_killed_server(fresh: Valkey, tmp_path: Path) -> None:
    with Redis.from_url(fresh.url()) as client:
        client.config_set("appendfsync", "always")
        client.set("job", "kept")
    os.kill(server_pid(tmp_path), signal.SIGKILL)
    fresh.stop()
    assert fresh.socket.exists()
    fresh.start()
    with Redis.from_url(fresh.url()) as client:
        assert client.get("job") == b"kept"


def test_settings_file_with_the_password_is_private(fresh: Valkey, tmp_path: Path) -> None:
    settings = tmp_path / "stack" / "valkey" / "valkey.conf"
    assert settings.stat().st_mode & 0o777 == 0o600
    command_line = Path(f"/proc/{server_pid(tmp_path)}/cmdline").read_bytes()
    assert b"known-password" not in command_line
