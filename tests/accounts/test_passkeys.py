"""Passkeys: bound to host, holder and one challenge, and refused alike whatever is wrong."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sqlalchemy import select, update

from app.accounts import sign_in
from app.accounts.models import Account, Passkey
from tenants.database import db
from tests.authenticator import PRESENT, Authenticator, data, text
from tests.world import CONTOH, PASSWORD, PASUR, Client, World, host_of

ORIGIN = f"http://{host_of(PASUR)}:8000"
JSON = {"Accept": "application/json"}


def asked(client: Client, path: str = "/sign-in/passkey/options") -> dict[str, Any]:
    answer = client.post(path, headers=JSON)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def device(username: str = "case-officer", **more: Any) -> Authenticator:
    return Authenticator(host_of(PASUR), username, **more)


def send(client: Client, credential: str) -> Any:
    return client.post("/sign-in/passkey", {"credential": credential})


def is_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def test_a_passkey_alone_signs_in_once_for_each_challenge(world: World) -> None:
    client = world.anonymous()
    options = asked(client)
    assert (options["rpId"], options["userVerification"]) == (host_of(PASUR), "required")
    assert options["allowCredentials"] == []  # the device says who it is: no name is asked
    answer = device().use(options, ORIGIN)
    done = client.post("/sign-in/passkey", {"credential": answer, "next": "/account"})
    assert (done.status_code, done.location) == (303, "/account")
    assert is_in(client)
    again = world.anonymous()
    assert send(again, answer).status_code == 422
    assert not is_in(again)
    (opened,) = [one for one in world.events() if one["outcome"] == "allowed"][-2:-1] or [None]
    assert opened is not None
    assert opened["actor"] == str(world.account("case-officer"))


def broken(kind: str, client: Client, world: World) -> str:
    """An answer that is right but for one thing."""
    options = asked(client)
    if kind == "origin":
        return device().use(options, "http://jahat.example")
    if kind == "port":
        return device().use(options, ORIGIN.replace("8000", "8001"))
    if kind == "host":
        other = device()
        other.host = host_of(CONTOH)
        return other.use(options, ORIGIN)
    if kind == "not verified":
        return device(flags=PRESENT).use(options, ORIGIN)
    if kind == "unknown":
        return Authenticator(host_of(PASUR), "siapa-saja").use(options, ORIGIN)
    if kind == "another holder":
        other = device()
        other.handle = world.account("companion").bytes
        return other.use(options, ORIGIN)
    if kind == "challenge of another agency":
        return device().use(asked(world.anonymous(CONTOH)), ORIGIN)
    if kind == "challenge of the second step":
        half = world.anonymous()
        half.post("/sign-in", {"username": "case-officer", "password": PASSWORD})
        return device().use(asked(half, "/sign-in/second/options"), ORIGIN)
    if kind == "made up challenge":
        return device().use({"challenge": text(b"x" * 43)}, ORIGIN)
    answer = json.loads(device().use(options, ORIGIN))
    signed = bytearray(data(answer["response"]["signature"]))
    signed[-1] ^= 1
    answer["response"]["signature"] = text(bytes(signed))
    return json.dumps(answer)


KINDS = (
    *("origin", "port", "host", "not verified", "unknown", "another holder", "signature"),
    *("challenge of another agency", "challenge of the second step", "made up challenge"),
)
RUBBISH = ("", "{}", "[]", "null", "x", '{"id": 1}', "\x00", "[" * 5000, "9" * 50_000, '"' * 99)


def test_whatever_is_wrong_with_an_answer_the_page_is_the_same(world: World) -> None:
    pages = set()
    for kind in KINDS:
        client = world.anonymous()
        answer = send(client, broken(kind, client, world))
        assert answer.status_code == 422, kind
        assert not is_in(client), kind
        pages.add(re.sub(r'(nonce="|csrf_token" [^>]*value=")[^"]*', "", answer.text))
    for rubbish in RUBBISH:
        answer = send(world.anonymous(), rubbish)
        assert answer.status_code in {422, 429}, rubbish[:9]
        pages.add(re.sub(r'(nonce="|csrf_token" [^>]*value=")[^"]*', "", answer.text))
    assert len(pages) == 1
    assert {one["reason"] for one in world.events() if one["outcome"] == "invalid"} == {
        "wrong-passkey"
    }


def test_a_lock_does_not_hold_up_a_passkey_and_a_disabled_account_does(world: World) -> None:
    for _ in range(sign_in.FAILURES_TO_LOCK):
        world.anonymous().sign_in("case-officer", "bukan kata sandinya sama sekali")
    assert is_in(world.client("case-officer"))
    with world.as_system():
        db.session.execute(
            update(Account).where(Account.username == "case-officer").values(active=False)
        )
    client = world.anonymous()
    answer = send(client, device().use(asked(client), ORIGIN))
    assert answer.status_code == 422
    assert not is_in(client)


def test_a_copied_device_is_noticed_by_its_counter(world: World) -> None:
    real, copy = device(), device()
    real.count = copy.count = 5
    client = world.anonymous()
    assert send(client, real.use(asked(client), ORIGIN)).status_code == 303
    other = world.anonymous()
    assert send(other, copy.use(asked(other), ORIGIN)).status_code == 422


def test_the_second_step_takes_only_the_accounts_own_passkey(world: World) -> None:
    client = world.anonymous()
    client.post("/sign-in", {"username": "case-officer", "password": PASSWORD})
    options = asked(client, "/sign-in/second/options")
    assert [one["id"] for one in options["allowCredentials"]] == [text(device().name)]
    foreign = device("companion").use(options, ORIGIN)
    assert client.post("/sign-in/second/passkey", {"credential": foreign}).status_code == 422
    own = device().use(asked(client, "/sign-in/second/options"), ORIGIN)
    assert client.post("/sign-in/second/passkey", {"credential": own}).status_code == 303
    assert is_in(client)
    late = world.anonymous().post("/sign-in/second/options", headers=JSON)
    assert late.status_code == 422


@pytest.fixture
def proven(world: World) -> Client:
    """A person who has just proved who it is."""
    client = world.client("case-officer")
    client.confirm()
    return client


def test_a_new_passkey_is_made_here_verified_and_nobody_elses(world: World, proven: Client) -> None:
    where = "/account/passkeys/options"
    options = asked(proven, where)
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    assert [one["id"] for one in options["excludeCredentials"]] == [text(device().name)]
    assert data(options["user"]["id"]) == world.account("case-officer").bytes
    new = Authenticator(host_of(PASUR), "second telephone")
    other = world.client("companion")
    other.confirm()
    faulty = (
        (proven, new.make(options, "http://jahat.example")),
        (proven, Authenticator(host_of(PASUR), "x", flags=PRESENT).make(options, ORIGIN)),
        (proven, device().make(options, ORIGIN)),
        (proven, new.make(asked(other, where), ORIGIN)),
        (proven, new.use(options, ORIGIN)),
        *((proven, rubbish) for rubbish in RUBBISH),
    )
    for client, answer in faulty:
        sent = client.post("/account/passkeys", {"credential": answer})
        assert sent.status_code == 422, answer[:40]
    made = new.make(asked(proven, where), ORIGIN)
    assert proven.post("/account/passkeys", {"credential": made}).location == "/account"
    assert proven.post("/account/passkeys", {"credential": made}).status_code == 422
    client = world.anonymous()
    assert send(client, new.use(asked(client), ORIGIN)).status_code == 303
    with world.as_system():
        mine = Passkey.account_id == world_account(world)
        assert len(db.session.scalars(select(Passkey.id).where(mine)).all()) == 2


def world_account(world: World) -> Any:
    return db.session.scalars(select(Account.id).where(Account.username == "case-officer")).one()


def test_a_passkey_proves_anew_only_its_holder(world: World) -> None:
    client = world.client("administrator")
    foreign = Authenticator(host_of(PASUR), "case-officer")
    answer = foreign.use(asked(client, "/confirm/options"), ORIGIN)
    assert client.post("/confirm/passkey", {"credential": answer}).status_code == 422
    assert client.get("/people/invite").status_code == 302
    assert client.confirm("/people/invite").location == "/people/invite"
    assert client.get("/people/invite").status_code == 200
