"""Signing in, being refused, and what is and is not recorded of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import select, update

from app.accounts import passwords, sign_in
from app.accounts.models import Account, SignInFailure
from tenants.database import db
from tests.world import CONTOH, PASSWORD, PASUR, Client, World

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
WRONG = "bukan kata sandi yang benar"
LOCKED_WORDS = "Nama pengguna atau kata sandi tidak benar"


def fail(client: Client, username: str, times: int = 1) -> None:
    for _ in range(times):
        assert client.sign_in(username, WRONG).status_code == 422


def elsewhere(address: str) -> dict[str, Any]:
    """Options of a request from another network address."""
    return {"environ_overrides": {"REMOTE_ADDR": address}}


def account(world: World, username: str) -> Account:
    with world.as_system():
        found = db.session.scalar(select(Account).where(Account.username == username))
        assert found is not None
        return found


def opened_events(world: World) -> list[dict[str, object]]:
    return [one for one in world.events() if one["tag"] == "account:session:opened"]


def test_right_password_opens_a_session_and_leads_where_the_person_wanted_to_go(
    world: World,
) -> None:
    client = world.anonymous()
    typed = {"username": " Case-Officer ", "password": PASSWORD, "next": "/account?x=1"}
    first = client.post("/sign-in", typed)
    assert (first.status_code, first.location) == (303, "/sign-in/second?next=/account?x%3D1")
    page = client.get(first.location).text
    assert 'value="/account?x=1"' in page
    code = {"code": client.code("case-officer"), "next": "/account?x=1"}
    answer = client.post("/sign-in/second", code)
    assert (answer.status_code, answer.location) == (303, "/account?x=1")
    assert client.get("/account").status_code == 200
    event = opened_events(world)[-1]
    assert event["outcome"] == "allowed"
    assert event["actor"] == str(world.account("case-officer"))


def test_page_behind_the_sign_in_leads_to_it_and_back(world: World) -> None:
    client = world.anonymous()
    answer = client.get("/account")
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/account")
    page = client.get(answer.location).text
    assert 'name="next" type="hidden" value="/account"' in page


def test_wrong_password_unknown_name_locked_and_disabled_answer_with_the_same_page(
    world: World,
) -> None:
    with world.as_system():
        db.session.scalar(select(Account).where(Account.username == "companion")).active = False  # type: ignore[union-attr]
    fail(world.anonymous(), "supervisor", sign_in.FAILURES_TO_LOCK)
    answers = [
        world.anonymous().sign_in(username, password)
        for username, password in (
            ("case-officer", WRONG),
            ("tidak-ada", WRONG),
            ("supervisor", PASSWORD),
            ("companion", PASSWORD),
        )
    ]
    assert [one.status_code for one in answers] == [422] * 4
    changing = r'(nonce="|name="csrf_token" [^>]*value="|name="username" [^>]*value=")[^"]*'
    pages = {re.sub(changing, "", one.text) for one in answers}
    assert len(pages) == 1
    assert LOCKED_WORDS in answers[0].text
    assert world.anonymous().sign_in("case-officer").status_code == 303


def test_unknown_name_costs_one_computation_like_a_known_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[str] = []
    real = passwords._turn

    def counted() -> object:
        computed.append("turn")
        return real()

    monkeypatch.setattr(passwords, "_turn", counted)
    for username in ("case-officer", "tidak-ada"):
        before = len(computed)
        fail(world.anonymous(), username)
        assert len(computed) == before + 1


def test_typed_name_and_password_are_kept_nowhere(world: World) -> None:
    typed = "rahasia-yang-salah-tempat"
    fail(world.anonymous(), typed)
    event = opened_events(world)[-1]
    assert (event["outcome"], event["reason"]) == ("invalid", "wrong-credentials")
    assert event["object_id"] is None
    assert not any(typed in str(one) or WRONG in str(one) for one in world.events())
    with world.as_system():
        kept = db.session.scalars(select(SignInFailure)).all()
        assert [set(vars(one)) - {"_sa_instance_state"} for one in kept] == [
            {"tenant_id", "id", "address", "at"}
        ]


def test_failure_at_a_known_account_names_the_account_to_the_auditor(world: World) -> None:
    fail(world.anonymous(), "case-officer")
    event = opened_events(world)[-1]
    assert (event["object_kind"], event["object_id"]) == (
        "account",
        str(world.account("case-officer")),
    )


def test_six_failures_lock_the_account_for_half_an_hour(world: World) -> None:
    with time_machine.travel(START, tick=False) as clock:
        fail(world.anonymous(), "case-officer", sign_in.FAILURES_TO_LOCK - 1)
        assert world.anonymous().sign_in("case-officer").status_code == 303
        fail(world.anonymous(), "case-officer", sign_in.FAILURES_TO_LOCK)
        assert world.anonymous().sign_in("case-officer").status_code == 422
        assert [one["reason"] for one in opened_events(world)].count("locked") == 1
        clock.move_to(START + sign_in.LOCKED_FOR - timedelta(seconds=1))
        assert world.anonymous().sign_in("case-officer").status_code == 422
        clock.move_to(START + sign_in.LOCKED_FOR)
        assert world.anonymous().sign_in("case-officer").status_code == 303
    assert [one["tag"] for one in world.events()].count("account:person:locked") == 1


def test_lock_of_one_account_leaves_others_open(world: World) -> None:
    fail(world.anonymous(), "case-officer", sign_in.FAILURES_TO_LOCK)
    assert world.anonymous().sign_in("case-officer-2").status_code == 303
    assert world.anonymous(CONTOH).sign_in("case-officer").status_code == 303


def test_stranger_cannot_lock_a_person_out_of_the_place_they_work_from(world: World) -> None:
    """Who knows a user name could otherwise keep a whole office from its cases."""
    office = world.client("case-officer")
    form = {"username": "case-officer", "password": WRONG}
    for number in range(12):
        answer = world.anonymous().post("/sign-in", form, **elsewhere(f"192.0.2.{number % 2}"))
        assert answer.status_code == 422
    assert account(world, "case-officer").locked_until is not None
    right = {"username": "case-officer", "password": PASSWORD}
    assert world.anonymous().post("/sign-in", right, **elsewhere("192.0.2.7")).status_code == 422
    assert office.confirm().status_code == 303
    assert world.anonymous().sign_in("case-officer").status_code == 303
    # Their success opens nothing to the stranger.
    assert world.anonymous().post("/sign-in", right, **elsewhere("192.0.2.7")).status_code == 422
    assert world.anonymous(CONTOH).post("/sign-in", right).status_code == 303


def test_guessing_where_a_person_works_locks_there_too(world: World) -> None:
    world.client("case-officer")
    fail(world.anonymous(), "case-officer", sign_in.FAILURES_TO_LOCK)
    assert world.anonymous().sign_in("case-officer").status_code == 422
    assert opened_events(world)[-1]["reason"] == "locked"


def test_place_of_work_is_known_for_a_month(world: World) -> None:
    right = {"username": "case-officer", "password": PASSWORD}
    with time_machine.travel(START, tick=False) as clock:
        world.client("case-officer")
        clock.move_to(START + sign_in.KNOWN_FOR)
        for _ in range(sign_in.FAILURES_TO_LOCK):
            wrong = {**right, "password": WRONG}
            world.anonymous().post("/sign-in", wrong, **elsewhere("192.0.2.1"))
        assert world.anonymous().post("/sign-in", right).status_code == 422


def test_addresses_of_one_ipv6_network_count_as_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has one such address has as many of them as there are guesses."""
    monkeypatch.setattr(sign_in, "ADDRESS_FAILURES", 3)
    form = {"username": "tidak-ada", "password": WRONG}
    for number in range(3):
        answer = world.anonymous().post("/sign-in", form, **elsewhere(f"2001:db8:0:1::{number}"))
        assert answer.status_code == 422
    right = {"username": "case-officer", "password": PASSWORD}
    within, outside = elsewhere("2001:db8:0:1:ffff::9"), elsewhere("2001:db8:0:2::9")
    assert world.anonymous().post("/sign-in", right, **within).status_code == 429
    assert world.anonymous().post("/sign-in", right, **outside).status_code == 303


def test_right_password_forgets_earlier_failures(world: World) -> None:
    fail(world.anonymous(), "case-officer", sign_in.FAILURES_TO_LOCK - 1)
    assert account(world, "case-officer").failures == sign_in.FAILURES_TO_LOCK - 1
    world.client("case-officer")
    assert account(world, "case-officer").failures == 0


def test_hash_of_older_parameters_is_renewed_at_sign_in(world: World) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with world.as_system():
        db.session.execute(
            update(Account).where(Account.username == "case-officer").values(password_hash=old)
        )
    world.anonymous().sign_in("case-officer")
    assert not passwords.is_outdated(account(world, "case-officer").password_hash)
    assert world.anonymous().sign_in("case-officer").status_code == 303


def test_password_holds_until_it_is_changed(world: World) -> None:
    """Whoever must choose a new one by the calendar chooses worse ones."""
    with time_machine.travel(START + timedelta(days=5 * 365), tick=False):
        assert world.client("case-officer").get("/").status_code == 200


def test_too_many_failures_from_one_address_stop_it_for_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "ADDRESS_FAILURES", 3)
    with time_machine.travel(START, tick=False) as clock:
        for number in range(3):
            fail(world.anonymous(), f"tidak-ada-{number}")
        stopped = world.anonymous().sign_in("case-officer")
        assert stopped.status_code == 429
        assert "dari jaringan Anda" in stopped.text
        right = {"username": "case-officer", "password": PASSWORD}
        there = elsewhere("192.0.2.9")
        assert world.anonymous().post("/sign-in", right, **there).location.startswith("/sign-in/s")
        clock.move_to(START + sign_in.ADDRESS_WINDOW + timedelta(seconds=1))
        assert world.anonymous().sign_in("case-officer").status_code == 303
    assert "too-many-from-address" in [one["reason"] for one in opened_events(world)]


def test_storm_of_sign_ins_is_told_to_wait_and_pages_are_still_served(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client("case-officer")
    places = 3
    for _ in range(places):
        assert passwords._PLACES.acquire(blocking=False)
    try:
        answer = world.anonymous().sign_in("case-officer")
        assert answer.status_code == 503
        assert "banyak yang sedang masuk" in answer.text
        assert client.get("/account").status_code == 200
    finally:
        for _ in range(places):
            passwords._PLACES.release()
    assert world.anonymous().sign_in("case-officer").status_code == 303
    assert account(world, "case-officer").failures == 0


@pytest.mark.parametrize(
    "target",
    [
        "https://contoh.example/",
        "//contoh.example/",
        "/\\contoh.example/",
        "javascript:alert(1)",
        "\t//contoh.example",
        "/a\nb",
        "",
    ],
)
def test_next_leads_nowhere_but_to_a_page_of_this_host(world: World, target: str) -> None:
    client = world.anonymous()
    answer = client.sign_in("case-officer", following=target)
    assert (answer.status_code, answer.location) == (303, "/")
    shown = client.get("/sign-in", query_string={"next": target})
    assert (shown.status_code, shown.location) == (302, "/")


def test_sign_in_without_the_form_token_is_refused_and_recorded(world: World) -> None:
    client = world.anonymous()
    form = {"username": "case-officer", "password": PASSWORD}
    assert client.post("/sign-in", form, csrf=False).status_code == 400
    assert client.get("/account").status_code == 302
    event = opened_events(world)[-1]
    assert (event["outcome"], event["reason"]) == ("refused", "csrf")


def test_empty_and_over_long_fields_are_answered_in_words(world: World) -> None:
    empty = world.anonymous().sign_in("", "")
    assert empty.status_code == 422
    assert "Wajib diisi." in empty.text
    assert world.anonymous().sign_in("x" * 5000, "y" * 5000).status_code == 422
    assert world.anonymous().sign_in("case\x00officer", "\x00" * 20).status_code == 422


def test_another_agencys_person_cannot_sign_in_here(world: World) -> None:
    with world.acting("administrator", CONTOH):
        from app.accounts import service
        from tenants.context import Role

        service.create_account(
            username="hanya-di-kota",
            name="Lima Contoh",
            password=PASSWORD,
            roles={Role.CASE_OFFICER},
        )
    assert world.anonymous(PASUR).sign_in("hanya-di-kota").status_code == 422
    there = world.anonymous(CONTOH)
    assert there.sign_in("hanya-di-kota").status_code == 200
    assert there.get("/account").status_code == 200


def test_password_fields_work_with_password_managers(world: World) -> None:
    page = world.anonymous().get("/sign-in").text
    fields = re.findall(r"<input[^>]*>", page)
    by_name = {re.search(r'name="(\w+)"', one)[1]: one for one in fields if 'name="' in one}  # type: ignore[index]
    assert 'autocomplete="username"' in by_name["username"]
    assert 'autocomplete="current-password"' in by_name["password"]
    assert "maxlength" not in by_name["password"]
    assert 'type="password"' in by_name["password"]
