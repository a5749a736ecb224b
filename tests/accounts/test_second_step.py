"""The second step of signing in: what opens a session, what does not, and what is kept of it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import time_machine
from sqlalchemy import delete, select

from app.accounts import one_time_codes, recovery, service, sign_in, tickets
from app.accounts.models import Account, OneTimeCode, Passkey, RecoveryCode, SignInSession
from tenants.clock import now
from tenants.database import db
from tests.world import CONTOH, PASSWORD, PASUR, Client, World

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
WRONG = "bukan kata sandi yang benar"
CODES = re.compile(r"<code>((?:[A-Z2-9]{5}-){4}[A-Z2-9]{5})</code>")


def halfway(world: World, username: str = "case-officer", tenant: str = PASUR) -> Client:
    """A browser in which the password was given and nothing else."""
    client = world.anonymous(tenant)
    answer = client.post("/sign-in", {"username": username, "password": PASSWORD})
    assert answer.status_code == 303
    return client


def bare(world: World, username: str) -> None:
    """Leave a person nothing but the password, as on the first day."""
    with world.as_system():
        account = db.session.scalars(select(Account.id).where(Account.username == username)).one()
        for table in (OneTimeCode, Passkey, RecoveryCode):
            db.session.execute(delete(table).where(table.account_id == account))


def is_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def wrong(client: Client) -> str:
    """A code that is not right at this moment, nor soon."""
    return next(one for one in ("000000", "111111", "222222") if one != client.code("case-officer"))


def test_a_password_alone_opens_nothing(world: World) -> None:
    client = halfway(world)
    step = client.flask.get_cookie("step", domain=client.host)
    assert step is not None
    assert client.flask.get_cookie("session", domain=client.host) is None
    for path in ("/", "/account", "/cases", "/people"):
        assert client.get(path).headers["Location"].startswith("/sign-in?"), path
    forged = world.anonymous()
    forged.flask.set_cookie("session", step.value, domain=forged.host)
    assert not is_in(forged)
    with world.as_system():
        assert db.session.scalars(select(SignInSession.id)).all() == []
    tags = [one["tag"] for one in world.events()]
    assert tags.count("account:session:password-accepted") == 1
    assert "account:session:opened" not in tags


def test_the_second_step_is_bound_to_browser_agency_and_ten_minutes(world: World) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = halfway(world)
        step = client.flask.get_cookie("step", domain=client.host)
        assert step is not None
        for tenant, value in ((CONTOH, step.value), (PASUR, "A" * 43), (PASUR, "")):
            other = world.anonymous(tenant)
            other.flask.set_cookie("step", value, domain=other.host)
            assert other.get("/sign-in/second").location == "/sign-in"
            sent = other.post("/sign-in/second", {"code": client.code("case-officer")})
            assert sent.location == "/sign-in?too-late"
            assert not is_in(other)
        clock.shift(tickets.GOOD_FOR)
        late = client.post("/sign-in/second", {"code": client.code("case-officer")})
        assert late.location == "/sign-in?too-late"
        assert "Waktunya habis" in client.get(late.location).text
        assert not is_in(client)


def test_of_two_who_send_one_code_at_once_one_comes_in_and_nobody_later(world: World) -> None:
    clients = [halfway(world) for _ in range(2)]
    code, together = clients[0].code("case-officer"), Barrier(2)

    def send(client: Client) -> int:
        together.wait()
        return client.post("/sign-in/second", {"code": code}).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, clients)) == [303, 422]
    again = halfway(world)
    answer = again.post("/sign-in/second", {"code": code})
    assert answer.status_code == 422
    assert "sudah pernah dipakai" in answer.text
    assert not is_in(again)


def test_of_two_who_end_one_second_step_at_once_one_gets_a_session(world: World) -> None:
    first, second = halfway(world), world.anonymous()
    step = first.flask.get_cookie("step", domain=first.host)
    assert step is not None
    second.flask.set_cookie("step", step.value, domain=second.host)
    secret_code = first.code("case-officer")
    with world.as_system():
        row = db.session.scalars(
            select(OneTimeCode)
            .join(Account, Account.id == OneTimeCode.account_id)
            .where(Account.username == "case-officer")
        ).one()
        from tenants.vault import open_for_tenant

        secret = open_for_tenant(row.secret, "one-time-code", str(row.id))
    later = one_time_codes.code_at(secret, one_time_codes.step_at(now()) + 1)
    assert first.post("/sign-in/second", {"code": secret_code}).status_code == 303
    assert second.post("/sign-in/second", {"code": later}).location == "/sign-in?too-late"
    assert not is_in(second)


def test_wrong_codes_lock_and_the_right_password_in_between_forgives_none(world: World) -> None:
    for _ in range(sign_in.FAILURES_TO_LOCK):
        client = halfway(world)
        answer = client.post("/sign-in/second", {"code": wrong(client)})
        assert answer.status_code == 422
    right = world.anonymous()
    refused = right.post("/sign-in", {"username": "case-officer", "password": PASSWORD})
    assert refused.status_code == 422
    unknown = right.post("/sign-in", {"username": "tidak-ada", "password": WRONG})
    same = re.compile(r'(nonce="|csrf_token" [^>]*value="|name="username" [^>]*value=")[^"]*')
    assert same.sub("", refused.text) == same.sub("", unknown.text)
    reasons = [one["reason"] for one in world.events() if one["outcome"] == "invalid"]
    assert reasons.count("wrong-code") == sign_in.FAILURES_TO_LOCK
    assert "account:person:locked" in [one["tag"] for one in world.events()]


def test_a_locked_account_takes_no_code_and_an_address_only_so_many(world: World) -> None:
    client = halfway(world)
    with world.as_system():
        account = db.session.scalars(
            select(Account).where(Account.username == "case-officer")
        ).one()
        account.locked_until = now() + timedelta(minutes=5)
    answer = client.post("/sign-in/second", {"code": client.code("case-officer")})
    assert answer.status_code == 422
    assert not is_in(client)
    other = halfway(world, "companion")
    for _ in range(sign_in.ADDRESS_FAILURES):
        world.anonymous().post("/sign-in/second/recovery", {"recovery": "x"})
        world.anonymous().sign_in("tidak-ada", WRONG)
    stopped = other.post("/sign-in/second", {"code": other.code("companion")})
    assert stopped.status_code == 429
    assert not is_in(other)


def test_the_first_sign_in_sets_up_the_second_step_before_anything_opens(world: World) -> None:
    bare(world, "case-officer")
    client = world.anonymous()
    typed = {"username": "case-officer", "password": PASSWORD, "next": "/account"}
    first = client.post("/sign-in", typed)
    assert first.location == "/sign-in/enrol?next=/account"
    assert not is_in(client)
    page = client.get(first.location).text
    key = re.search(r'data-code="([A-Z2-7 ]+)"', page)
    assert key is not None
    assert key[1] in client.get("/sign-in/enrol").text  # looked at again: the same secret
    assert client.get("/sign-in/second").location.startswith("/sign-in/enrol")
    secret = one_time_codes.read(key[1].replace(" ", ""))
    with world.as_system():
        (kept,) = db.session.scalars(
            select(OneTimeCode.secret).where(OneTimeCode.confirmed_at.is_(None))
        )
    assert secret not in kept
    step = one_time_codes.step_at(now())
    refused = client.post("/sign-in/enrol", {"code": one_time_codes.code_at(secret, step + 9)})
    assert refused.status_code == 422
    assert key[1] in refused.text
    assert not is_in(client)
    code = {"code": one_time_codes.code_at(secret, step), "next": "/account"}
    done = client.post("/sign-in/enrol", code)
    assert done.status_code == 200
    assert len(CODES.findall(done.text)) == recovery.COUNT
    assert 'href="/account"' in done.text
    assert "Akun Anda sudah siap" in client.get("/account").text
    assert world.anonymous().post("/sign-in/enrol", code).location == "/sign-in?too-late"
    later = halfway(world)
    assert later.get("/sign-in/enrol").location.startswith("/sign-in/second")
    assert later.post("/sign-in/enrol", code).location == "/sign-in?too-late"
    said = [(one["tag"], one["details"]) for one in world.events()]
    assert ("account:factor:enrolled", {"kind": "code"}) in said
    assert not any(key[1] in str(one) for one in world.events())


def test_what_an_app_needs_is_shown_where_it_was_begun_and_counts_nowhere_else(
    world: World,
) -> None:
    bare(world, "case-officer")
    holder, thief = halfway(world), halfway(world)
    shown = [
        re.findall(r'data-code="([A-Z2-7 ]+)"', one.get("/sign-in/enrol").text)[0]
        for one in (holder, thief, holder)
    ]
    assert shown[0] == shown[2] != shown[1]
    secret = one_time_codes.read(shown[1].replace(" ", ""))
    code = one_time_codes.code_at(secret, one_time_codes.step_at(now()))
    assert holder.post("/sign-in/enrol", {"code": code}).status_code == 422
    assert holder.enrol().status_code == 200
    assert thief.post("/sign-in/enrol", {"code": code}).location == "/sign-in?too-late"
    account = world.account("case-officer")
    with world.as_system():
        service.begin_code(account, "elsewhere")
    chosen = "sebelas payung biru muda"
    form = {"present": PASSWORD, "password": chosen, "again": chosen}
    assert holder.post("/account/password", form).status_code == 303
    with world.as_system():
        waiting = select(OneTimeCode).where(OneTimeCode.confirmed_at.is_(None))
        assert db.session.scalars(waiting).all() == []


def test_recovery_codes_are_shown_once_count_once_and_end_when_renewed(world: World) -> None:
    client = world.client("case-officer")
    assert client.post("/account/recovery").status_code == 401
    client.confirm()
    codes = CODES.findall(client.post("/account/recovery").text)
    assert len(set(codes)) == recovery.COUNT
    assert not CODES.findall(client.get("/account").text)
    with world.as_system():
        kept = db.session.scalars(select(RecoveryCode.digest)).all()
    assert len(kept) == recovery.COUNT
    assert {len(one) for one in kept} == {32}
    lost = halfway(world)
    typed = codes[0].replace("-", " ").lower()
    come = lost.post("/sign-in/second/recovery", {"recovery": typed, "next": "/account"})
    assert (come.status_code, come.location) == (303, "/account")
    assert "Kata sandi dan kode pemulihan" in lost.get("/account").text
    used = [one for one in world.events() if one["tag"] == "account:recovery:used"]
    assert [one["details"] for one in used] == [{"left": 9}]
    again = halfway(world)
    assert again.post("/sign-in/second/recovery", {"recovery": codes[0]}).status_code == 422
    stranger = halfway(world, "companion")
    assert stranger.post("/sign-in/second/recovery", {"recovery": codes[1]}).status_code == 422
    client.confirm()
    client.post("/account/recovery")
    assert again.post("/sign-in/second/recovery", {"recovery": codes[1]}).status_code == 422
    assert not is_in(again)
    assert not any(code in str(one) for one in world.events() for code in codes)


def test_a_password_alone_proves_nobody_anew(world: World) -> None:
    client = world.client("administrator")
    assert client.post("/confirm", {"password": PASSWORD}).status_code == 422
    assert client.post("/confirm", {"password": PASSWORD, "code": "000000"}).status_code == 422
    code = client.code("administrator")
    assert client.post("/confirm", {"password": WRONG, "code": code}).status_code == 422
    assert client.get("/people/invite").status_code == 302
    given = client.post("/confirm", {"password": PASSWORD, "code": code, "next": "/people/invite"})
    assert (given.status_code, given.location) == (303, "/people/invite")
    assert client.get("/people/invite").status_code == 200
    assert client.post("/confirm", {"password": PASSWORD, "code": code}).status_code == 422


def test_own_things_for_the_second_step_change_for_whoever_is_proven_anew(world: World) -> None:
    client = world.client("case-officer")
    for path in ("/account/app", "/account/passkeys/new"):
        assert client.get(path).location.startswith("/confirm?next=" + path)
    client.confirm()
    page = client.get("/account/app").text
    key = re.search(r'data-code="([A-Z2-7 ]+)"', page)
    assert key is not None
    secret = one_time_codes.read(key[1].replace(" ", ""))
    old = client.code("case-officer")
    assert client.post("/account/app", {"code": "000000"}).status_code == 422
    code = one_time_codes.code_at(secret, one_time_codes.step_at(now()) - 1)
    assert client.post("/account/app", {"code": code}).location == "/account"
    assert halfway(world).post("/sign-in/second", {"code": old}).status_code == 422
    removal = re.search(r"/account/passkeys/[0-9a-f-]{36}/remove", client.get("/account").text)
    assert removal is not None
    assert world.client("companion").post(removal[0]).status_code == 401
    other = world.client("companion")
    other.confirm()
    assert other.post(removal[0]).status_code == 404
    assert client.post(removal[0]).location == "/account"
    assert client.post(removal[0]).status_code == 404
    with world.as_system():
        db.session.execute(delete(OneTimeCode))
    last = re.search(r"/account/passkeys/[0-9a-f-]{36}/remove", other.get("/account").text)
    assert last is not None
    assert other.post(last[0]).status_code == 409


def test_a_locked_account_uses_no_recovery_code_up_and_proof_anew_by_one_is_on_record(
    world: World,
) -> None:
    lost = halfway(world)
    found = select(Account).where(Account.username == "case-officer")
    with world.as_system():
        codes = recovery.renew(db.session.scalars(found).one().id)
        db.session.scalars(found).one().locked_until = now() + timedelta(minutes=5)
    assert lost.post("/sign-in/second/recovery", {"recovery": codes[0]}).status_code == 422
    with world.as_system():
        used = select(RecoveryCode.id).where(RecoveryCode.used_at.is_not(None))
        assert db.session.scalars(used).all() == []
        db.session.scalars(found).one().locked_until = None
    typed = {"password": PASSWORD, "code": codes[0], "next": "/"}
    assert world.client("case-officer").post("/confirm", typed).status_code == 303
    noted = [one for one in world.events() if one["tag"] == "account:recovery:used"]
    assert [one["details"] for one in noted] == [{"left": recovery.COUNT - 1}]
