"""A busy port is a sentence, not a traceback."""

from __future__ import annotations

import socket

import pytest

from app.local import port as web_port
from app.local.fault import StackFault
from app.local.port import free_addresses


def test_busy_port_is_named_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_port, "PORT_SECONDS", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(StackFault, match=f"port {number} is in use.*PORT={number + 1}"):
            free_addresses(number)


def test_free_port_is_offered_on_loopback_only() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
    addresses = free_addresses(number)
    assert addresses[0] == f"127.0.0.1:{number}"
    assert set(addresses) <= {f"127.0.0.1:{number}", f"[::1]:{number}"}
