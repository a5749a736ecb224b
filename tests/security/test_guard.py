"""The guard: nothing undeclared, nothing without a tenant, nothing without a record."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from app.web import GuardedBlueprint, Public
from app.web.blueprint import DECLARATIONS
from app.web.views import local_path
from tenants.vocabulary import Tag
from tests.world import CONTOH, PASUR, Client, World


def rules(app: Flask) -> list[Any]:
    open_endpoints = app.extensions["open_endpoints"]
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in open_endpoints]


def test_every_route_is_declared(world: World) -> None:
    assert len(rules(world.app)) > 30
    undeclared = [rule.endpoint for rule in rules(world.app) if rule.endpoint not in DECLARATIONS]
    assert undeclared == []


def test_only_static_files_are_open(world: World) -> None:
    assert world.app.extensions["open_endpoints"] == {"ui.static", "bootstrap.static"}


def test_a_public_route_says_why(world: World) -> None:
    public = {
        endpoint: made.access.why
        for endpoint, made in DECLARATIONS.items()
        if isinstance(made.access, Public)
    }
    assert all(len(why.split()) >= 3 for why in public.values()), public


def test_a_route_without_access_fails_when_it_is_declared() -> None:
    blueprint = GuardedBlueprint("nowhere", __name__)
    with pytest.raises(TypeError, match="access"):
        blueprint.route("/nowhere", records=Tag.HOME_VIEWED)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="records"):
        blueprint.route("/nowhere", access=Public("a test of it"))  # type: ignore[call-arg]


def test_an_endpoint_added_past_the_blueprint_does_not_exist(world: World) -> None:
    world.app.add_url_rule("/smuggled", "smuggled", lambda: "secret")
    response = world.client("case-officer").get("/smuggled")
    assert response.status_code == 404
    assert b"secret" not in response.data


@pytest.mark.parametrize(
    "host", ["unknown.localhost", "localhost", "kabupaten-pasuruan.localhost.evil.example", "x y"]
)
def test_an_unknown_host_gets_nothing(world: World, host: str) -> None:
    client = world.anonymous()
    response = client.flask.get("/", base_url="http://ignored", headers={"Host": host})
    assert response.status_code in {400, 404}
    assert b"Pasuruan" not in response.data


def test_the_host_is_taken_without_case_and_port(world: World) -> None:
    client = world.anonymous()
    response = client.flask.get("/sign-in", headers={"Host": "KABUPATEN-PASURUAN.localhost:1"})
    assert response.status_code == 200


def test_a_suspended_agency_is_closed_and_says_so(world: World) -> None:
    operator = create_engine(world.settings["OPERATOR_DATABASE_URL"])
    with operator.begin() as connection:
        connection.execute(
            text("UPDATE tenant SET state = 'suspended' WHERE slug = :slug"), {"slug": PASUR}
        )
    operator.dispose()
    assert world.anonymous(PASUR).get("/sign-in").status_code == 503
    assert world.anonymous(CONTOH).get("/sign-in").status_code == 200


def test_nobody_is_sent_to_sign_in_and_comes_back(world: World) -> None:
    response = world.anonymous().get("/cases")
    assert response.status_code == 302
    assert response.headers["Location"] == "/sign-in?next=/cases"


def test_a_refusal_is_recorded_with_who_and_why(world: World) -> None:
    auditor = world.client("auditor")
    assert auditor.get("/cases").status_code == 403
    event = world.events()[-1]
    assert event["outcome"] == "refused"
    assert event["reason"] == "no-permission"
    assert event["actor"] == str(world.account("auditor"))
    assert event["roles"] == ["auditor"]
    assert (event["tag"], event["channel"]) == ("case:case:listed", "web")
    assert event["address"] == "127.0.0.1"
    assert UUID(event["request"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", event["at"])
    allowed = world.client("case-officer")
    assert allowed.get("/cases").status_code == 200
    assert world.events()[-1]["outcome"] == "allowed"


def test_a_form_without_its_token_is_refused_and_recorded(world: World) -> None:
    client = world.client("case-officer")
    before = len(world.events())
    response = client.post("/sign-out", csrf=False)
    assert response.status_code == 400
    event = world.events()[before]
    assert (event["outcome"], event["reason"]) == ("refused", "csrf")
    assert client.get("/").status_code == 200


def test_a_session_of_one_agency_is_nobody_in_another(world: World) -> None:
    client = world.client("case-officer", PASUR)
    stolen = client.flask.get_cookie("session", domain="kabupaten-pasuruan.localhost")
    assert stolen is not None
    other = Client(world.app, CONTOH)
    other.flask.set_cookie("session", stolen.value, domain="kota-contoh.localhost")
    assert other.get("/").status_code == 302
    assert client.get("/").status_code == 200


def test_every_page_carries_the_headers(world: World) -> None:
    for response in (
        world.anonymous().get("/sign-in"),
        world.client("case-officer").get("/"),
        world.anonymous().get("/nothing-here"),
    ):
        csp = response.headers["Content-Security-Policy"]
        assert csp.startswith("default-src 'none'; ")
        assert "unsafe" not in csp
        assert "require-trusted-types-for 'script'" in csp
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "Server" not in response.headers


def test_two_pages_have_different_nonces(world: World) -> None:
    client = world.anonymous()
    nonces = {
        re.search(r"nonce-([\w-]+)", client.get("/sign-in").headers["Content-Security-Policy"])[1]  # type: ignore[index]
        for _ in range(3)
    }
    assert len(nonces) == 3


def test_no_cookie_holds_anything_but_the_token_the_csrf_secret_and_the_language(
    world: World,
) -> None:
    client = world.client("case-officer")
    client.post("/language", {"language": "en", "next": "/"})
    client.get("/")
    names = {cookie.key for cookie in client.flask._cookies.values()}
    assert names <= {"session", "csrf", "lang"}
    with client.flask.session_transaction(base_url=client.base) as kept:
        assert set(kept) <= {"csrf_token", "_permanent"}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/cases", "/cases"),
        ("/cases?page=2", "/cases?page=2"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\nb", "/"),
        (None, "/"),
    ],
)
def test_going_on_stays_on_this_host(target: str | None, expected: str) -> None:
    assert local_path(target) == expected


def test_an_unknown_language_is_refused(world: World) -> None:
    assert world.anonymous().post("/language", {"language": "xx"}).status_code == 422
    assert world.anonymous().post("/language", {"language": "en"}).status_code == 303
