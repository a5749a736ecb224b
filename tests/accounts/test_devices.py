"""Signing in from somewhere new is told to its owner: at once elsewhere, and the next time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine

from app.accounts.devices import KNOWN_FOR
from tests.world import Client, World

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SAID = "dari perangkat atau jaringan yang baru"
OFFICE: dict[str, Any] = {"headers": {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/145.0"}}
TELEPHONE: dict[str, Any] = {
    "headers": {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/142.0"},
    "environ_overrides": {"REMOTE_ADDR": "192.0.2.9"},
}


def came_in(world: World, **options: Any) -> Client:
    client = world.anonymous()
    assert client.come_in("case-officer", **options).status_code == 303
    return client


def new_ones(world: World) -> int:
    return [one["tag"] for one in world.events()].count("account:session:new-device")


def test_a_new_device_is_told_where_one_is_signed_in_and_at_the_next_sign_in(world: World) -> None:
    with time_machine.travel(START, tick=False) as clock:
        office = came_in(world, **OFFICE)
        assert SAID not in office.get("/account").text  # the first of all is nobody's surprise
        assert SAID not in came_in(world, **OFFICE).get("/account").text
        assert new_ones(world) == 0
        stranger = came_in(world, **TELEPHONE)
        assert SAID not in stranger.get("/account").text  # whoever it is, they know
        told = office.get("/account").text
        assert SAID in told
        assert "Chrome, Android" in told
        assert "192.0.2.9" in told
        assert SAID not in office.get("/account").text
        clock.shift(timedelta(days=1))
        later = came_in(world, **OFFICE).get("/account").text
        assert SAID in later
        assert SAID not in came_in(world, **OFFICE).get("/account").text
        assert new_ones(world) == 1
        clock.shift(KNOWN_FOR)
        came_in(world, **OFFICE)
        assert new_ones(world) == 2  # not seen here for a month


def test_a_stranger_who_comes_twice_does_not_use_up_what_the_owner_is_told(world: World) -> None:
    with time_machine.travel(START, tick=False) as clock:
        came_in(world, **OFFICE)
        clock.shift(timedelta(hours=13))
        for _ in range(2):
            assert SAID not in came_in(world, **TELEPHONE).get("/account").text
        assert SAID in came_in(world, **OFFICE).get("/account").text


def test_another_address_of_the_same_network_is_not_new(world: World) -> None:
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"):
        came_in(world, environ_overrides={"REMOTE_ADDR": address})
    assert new_ones(world) == 0
    came_in(world, environ_overrides={"REMOTE_ADDR": "2001:db8:1:3::1"})
    assert new_ones(world) == 1
