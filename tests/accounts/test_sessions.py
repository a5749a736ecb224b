"""Sessions: their cookie, their limits, their end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
import time_machine
from sqlalchemy import create_engine, event, func, select, text, update

from app import create_app
from app.accounts import service
from app.accounts.models import Account, RoleGrant, SignInSession
from app.accounts.sessions import ABSOLUTE, FRESH, IDLE
from app.config import from_environment
from tenants.database import db
from tenants.errors import Missing
from tests.world import CONTOH, PASSWORD, Client, World

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def token_of(client: Client) -> str:
    cookie = client.flask.get_cookie("session", domain=client.host)
    assert cookie is not None
    return cookie.value


def with_token(world: World, token: str, tenant: str = "kabupaten-pasuruan") -> Client:
    client = world.anonymous(tenant)
    client.flask.set_cookie("session", token, domain=client.host)
    return client


def is_in(client: Client) -> bool:
    answer = client.get("/account")
    assert answer.status_code in (200, 302)
    return answer.status_code == 200


def session_rows(world: World) -> list[SignInSession]:
    with world.as_system():
        return list(db.session.scalars(select(SignInSession).order_by(SignInSession.created_at)))


def test_cookie_is_host_only_unreadable_to_scripts_and_for_this_site_alone(world: World) -> None:
    answer = world.anonymous().sign_in("case-officer")
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie


def test_cookie_over_tls_has_the_host_prefix_and_is_secure(world: World) -> None:
    settings = from_environment({**world.settings, "PUBLIC_SCHEME": "https"})
    client = Client(create_app(settings), "kabupaten-pasuruan")
    client.base = client.base.replace("http:", "https:")
    answer = client.sign_in("case-officer")
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "session=" in c)
    assert cookie.startswith("__Host-session=")
    assert "; Secure" in cookie
    assert client.get("/account").status_code == 200
    with client.app.app_context():
        db.engine.dispose()


def test_database_keeps_only_the_hash_of_the_token(world: World) -> None:
    token = token_of(world.client("case-officer"))
    assert len(token) == 43  # 256 bits in base64url
    (row,) = session_rows(world)
    assert row.token_hash == sha256(token.encode()).digest()


def test_signing_in_again_makes_a_new_token_and_ends_the_old_session(world: World) -> None:
    client = world.client("case-officer")
    first = token_of(client)
    assert client.sign_in("supervisor").status_code == 303
    assert token_of(client) != first
    assert is_in(client)
    assert not is_in(with_token(world, first))


def test_token_chosen_by_someone_else_is_not_taken_over_at_sign_in(world: World) -> None:
    client = with_token(world, "A" * 43)
    assert client.sign_in("case-officer").status_code == 303
    assert token_of(client) != "A" * 43
    assert not is_in(with_token(world, "A" * 43))


@pytest.mark.parametrize("forged", ["", "A" * 43, "x", "A" * 3000, "%00", "ü" * 43])
def test_forged_cookie_is_nobody(world: World, forged: str) -> None:
    assert not is_in(with_token(world, forged))


def test_session_of_another_agency_is_nobody_here(world: World) -> None:
    token = token_of(world.client("case-officer"))
    assert is_in(with_token(world, token))
    assert not is_in(with_token(world, token, CONTOH))


def test_flask_logins_own_cookies_let_nobody_in(world: World) -> None:
    account = str(world.account("case-officer"))
    client = world.anonymous()
    with client.flask.session_transaction(base_url=client.base) as kept:
        kept["_user_id"] = account
        kept["_fresh"] = True
    client.flask.set_cookie("remember_token", f"{account}|forged", domain=client.host)
    assert not is_in(client)


def test_cookie_of_the_form_token_holds_nothing_else(world: World) -> None:
    client = world.client("case-officer")
    client.get("/account")
    with client.flask.session_transaction(base_url=client.base) as kept:
        assert set(kept) <= {"csrf_token"}


def test_session_ends_after_half_an_hour_without_use(world: World) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = world.client("case-officer")
        clock.move_to(START + IDLE - MINUTE)
        assert is_in(client)
        clock.move_to(START + 2 * IDLE - 2 * MINUTE)
        assert is_in(client)
        clock.shift(IDLE)
        assert not is_in(client)
        assert "Sesi Anda sudah berakhir" in client.get("/sign-in").text


def test_session_ends_after_twelve_hours_however_much_it_is_used(world: World) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = world.client("case-officer")
        while datetime.now(UTC) + IDLE / 2 < START + ABSOLUTE:
            clock.shift(IDLE / 2)
            assert is_in(client)
        clock.move_to(START + ABSOLUTE)
        assert not is_in(client)


def test_use_is_noted_at_most_once_a_minute(world: World) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = world.client("case-officer")
        clock.shift(timedelta(seconds=59))
        is_in(client)
        assert session_rows(world)[0].seen_at == START
        clock.shift(timedelta(seconds=1))
        is_in(client)
        assert session_rows(world)[0].seen_at == START + MINUTE


def test_script_that_asks_by_itself_keeps_no_session_alive(world: World) -> None:
    """An open page asks how a letter is doing; nobody need sit before it."""
    with time_machine.travel(START, tick=False) as clock:
        client = world.client("case-officer")
        for _ in range(int(IDLE / timedelta(minutes=5)) - 1):
            clock.shift(timedelta(minutes=5))
            asked = client.get("/account", headers={"Accept": "application/json"})
            assert asked.status_code == 200
        assert session_rows(world)[0].seen_at == START
        clock.move_to(START + IDLE)
        assert not is_in(client)


def test_officer_of_an_organisation_that_is_a_partner_no_more_is_out_at_once(world: World) -> None:
    officer, other = world.client("hospital-officer"), world.client("police-officer")
    assert officer.get("/referrals").status_code == 200
    url = world.settings["MIGRATION_DATABASE_URL"]
    owner = create_engine(url)
    with owner.begin() as connection:
        connection.execute(text("UPDATE organisation SET active = (kind <> 'hospital')"))
    owner.dispose()
    assert officer.get("/referrals").status_code == 302
    assert other.get("/referrals").status_code == 200
    assert world.anonymous().sign_in("hospital-officer").status_code == 422
    assert world.events()[-1]["reason"] == "disabled"
    account_id = world.account("hospital-officer")
    with world.as_system(), pytest.raises(Missing):
        service.person_of(account_id)


def test_session_person_and_roles_are_read_in_one_statement(world: World) -> None:
    client = world.client("case-officer")
    client.get("/account")
    statements: list[str] = []
    with world.app.app_context():
        engine = db.engine

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "sign_in_session" in statement or "role_grant" in statement:
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get("/").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) == 1
    assert "sign_in_session" in statements[0]
    assert "role_grant" in statements[0]


def test_changed_role_counts_from_the_next_request(world: World) -> None:
    client, account_id = world.client("case-officer"), world.account("case-officer")
    assert client.get("/people").status_code == 403
    with world.as_system():
        grant = db.session.scalar(select(RoleGrant).where(RoleGrant.account_id == account_id))
        assert grant is not None
        grant.role = "administrator"
    assert client.get("/people").status_code == 200


def test_session_left_open_by_a_disabled_account_is_nobody(world: World) -> None:
    client = world.client("case-officer")
    with world.as_system():
        db.session.execute(
            update(Account).where(Account.username == "case-officer").values(active=False)
        )
    assert not is_in(client)


def test_signing_out_ends_the_session_and_clears_the_browser(world: World) -> None:
    client = world.client("case-officer")
    token = token_of(client)
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in?signed-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.flask.get_cookie("session", domain=client.host) is None
    assert not is_in(with_token(world, token))
    assert "Anda sudah keluar" in client.get("/sign-in?signed-out").text
    closed = [one for one in world.events() if one["tag"] == "account:session:closed"]
    assert [one["actor"] for one in closed] == [str(world.account("case-officer"))]


def test_person_sees_own_sessions_and_ends_one_at_once(world: World) -> None:
    telephone = {"headers": {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/142.0"}}
    here, there = world.client("case-officer"), world.anonymous()
    assert there.come_in("case-officer", **telephone).status_code == 303
    other = {"headers": {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/145.0"}}
    world.anonymous().come_in("supervisor", **other)
    page = here.get("/account").text
    assert "Chrome, Android" in page
    assert "Firefox, Windows" not in page
    assert "127.0.0.1" in page
    row = next(one for one in session_rows(world) if one.device == "Chrome, Android")
    assert here.post(f"/account/sessions/{row.id}/end").status_code == 401
    here.confirm()
    assert here.post(f"/account/sessions/{row.id}/end").status_code == 303
    assert not is_in(there)
    assert "Sesi itu sudah diakhiri." in here.get("/account").text
    assert "Sesi itu sudah diakhiri." not in here.get("/account").text
    ended = [one for one in world.events() if one["tag"] == "account:session:ended"]
    assert [one["outcome"] for one in ended] == ["refused", "allowed"]
    assert ended[1]["details"]["session"] == str(row.id)


def test_every_page_behind_the_sign_in_offers_the_way_out(world: World) -> None:
    client = world.client("case-officer")
    for path, status in (("/", 200), ("/account", 200), ("/cases", 200), ("/people", 403)):
        page = client.get(path)
        assert page.status_code == status
        assert 'action="/sign-out"' in page.text, path


def test_person_cannot_end_somebody_elses_session(world: World) -> None:
    other = world.client("supervisor")
    (row,) = session_rows(world)
    mine = world.client("case-officer")
    mine.confirm()
    assert mine.post(f"/account/sessions/{row.id}/end").status_code == 404
    assert is_in(other)


def test_person_signs_out_everywhere_else_at_once(world: World) -> None:
    elsewhere = [world.client("case-officer") for _ in range(2)]
    other, here = world.client("supervisor"), world.client("case-officer")
    assert here.post("/account/sessions/end").status_code == 401
    here.confirm()
    assert here.post("/account/sessions/end").status_code == 303
    assert is_in(here)
    assert is_in(other)
    assert not any(is_in(one) for one in elsewhere)


def test_fresh_password_lasts_five_minutes_and_changes_the_token(world: World) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = world.client("administrator")
        asked = client.get("/people/invite")
        assert (asked.status_code, asked.location) == (302, "/confirm?next=/people/invite")
        assert 'value="/people/invite"' in client.get(asked.location).text
        before = token_of(client)
        given = client.confirm("/people/invite")
        assert (given.status_code, given.location) == (303, "/people/invite")
        assert token_of(client) != before
        assert not is_in(with_token(world, before))
        assert client.get("/people/invite").status_code == 200
        clock.shift(FRESH - timedelta(seconds=1))
        assert client.get("/people/invite").status_code == 200
        clock.shift(timedelta(seconds=1))
        assert client.get("/people/invite").status_code == 302


def test_wrong_fresh_password_counts_towards_the_lock(world: World) -> None:
    client = world.client("administrator")
    wrong = {"password": "salah sekali pokoknya", "code": client.code("administrator")}
    for _ in range(6):
        assert client.post("/confirm", wrong).status_code == 422
    assert client.post("/confirm", {**wrong, "password": PASSWORD}).status_code == 422
    assert client.get("/people/invite").status_code == 302
    reasons = [
        one["reason"] for one in world.events() if one["tag"] == "account:password:confirmed"
    ]
    assert reasons == ["wrong-credentials"] * 6 + ["locked"]


@pytest.mark.parametrize("target", ["https://contoh.example/", "//contoh.example", "/\\x"])
def test_fresh_password_leads_only_to_pages_of_this_host(world: World, target: str) -> None:
    client = world.client("administrator")
    answer = client.confirm(target)
    assert (answer.status_code, answer.location) == (303, "/")


def test_message_for_the_next_page_survives_a_refused_request(world: World) -> None:
    here = world.client("case-officer")
    world.client("case-officer")
    here.confirm()
    here.post("/account/sessions/end")
    assert here.get("/people").status_code == 403
    assert "dikeluarkan dari semua perangkat lain" in here.get("/account").text


def test_every_open_session_has_its_own_row_and_ended_ones_stay_on_record(world: World) -> None:
    client = world.client("case-officer")
    client.post("/sign-out")
    with world.as_system():
        count = db.session.scalar(select(func.count()).select_from(SignInSession))
    assert count == 1
    assert session_rows(world)[0].ended_at is not None
