"""What every answer tells the browser over TLS: headers, cookies, and forms from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from werkzeug.routing import UUIDConverter

from app import create_app
from app.config import from_environment
from app.web.blueprint import DECLARATIONS
from tenants.database import db
from tests.security.matrix import method, path
from tests.world import PASSWORD, PASUR, Client, World


@pytest.fixture
def over_tls(world: World) -> Iterator[Client]:
    """A browser that reaches Teduh over TLS, of nobody yet."""
    app = create_app(from_environment({**world.settings, "PUBLIC_SCHEME": "https"}))
    client = Client(app, PASUR)
    client.base = client.base.replace("http:", "https:")
    yield client
    with app.app_context():
        db.engine.dispose()


def test_every_answer_over_tls_carries_the_rules_whatever_it_is(over_tls: Client) -> None:
    from_elsewhere = {"Origin": "https://evil.example"}
    for where, status in (
        ("/sign-in", 200),
        ("/nothing-here", 404),
        ("/cases", 302),
        ("/ui/teduh.css", 200),
        ("/ui/teduh.js", 200),
    ):
        response = over_tls.get(where, headers=from_elsewhere)
        assert response.status_code == status, where
        given = response.headers
        name, _, rest = given["Strict-Transport-Security"].partition("max-age=")
        age, *others = (part.strip() for part in rest.split(";"))
        assert (name, int(age) >= 31_536_000, others) == ("", True, ["includeSubDomains"]), where
        rules = given["Content-Security-Policy"].split("; ")
        for rule in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert rule in rules, where
        assert given["X-Content-Type-Options"] == "nosniff", where
        assert given["Referrer-Policy"] == "no-referrer", where
        assert given["Cross-Origin-Resource-Policy"] == "same-origin", where
        assert not [each for each, _ in given if each.startswith("Access-Control-")], where
        assert given["Content-Type"].endswith("; charset=utf-8"), where


def test_every_cookie_over_tls_is_secure_and_for_this_site_alone(over_tls: Client) -> None:
    sent = []
    over_tls.flask.delete_cookie("session")
    for response in (
        over_tls.get("/sign-in"),
        over_tls.post("/sign-in", {"username": "case-officer", "password": PASSWORD}),
        over_tls.sign_in("case-officer"),
        over_tls.post("/language", {"language": "en"}),
    ):
        sent += response.headers.getlist("Set-Cookie")
    names = {cookie.split("=")[0] for cookie in sent}
    assert names == {"__Host-session", "__Host-step", "__Host-csrf", "__Host-lang"}
    for cookie in sent:
        rules = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "SameSite=Strict", "Path=/"} <= rules, cookie
        assert not [one for one in rules if one.startswith("Domain")], cookie
        assert "HttpOnly" in rules, cookie


def test_no_form_of_any_page_is_taken_without_its_token(world: World) -> None:
    client = world.client("case-officer")
    ids = {
        name: str(uuid4())
        for rule in world.app.url_map.iter_rules()
        for name in rule.arguments
        if isinstance(rule._converters[name], UUIDConverter)
    }
    sent = 0
    for endpoint in DECLARATIONS:
        if method(endpoint) == "POST":
            where = path(world.app, endpoint, ids)
            assert client.post(where, csrf=False).status_code == 400, endpoint
            sent += 1
    assert sent > 40
    refused = [one for one in world.events() if one["reason"] == "csrf"]
    assert len(refused) == sent
    assert client.get("/").status_code == 200  # also of those that sign out
