"""Requests that no browser sends: odd hosts, methods, paths, bodies and cookies."""

from __future__ import annotations

import io
from typing import Any

import pytest

from app import create_app
from app.config import from_environment
from tests.world import CONTOH, PASUR, Client, World, host_of

OWN = host_of(PASUR)


def ask(client: Client, path: str, **options: Any) -> Any:
    """Send a request as it stands: nothing is added to it but the host."""
    return client.flask.open(path, base_url=client.base, **options)


def test_only_the_exact_host_is_an_agencys(world: World) -> None:
    client = world.anonymous()
    odd = [
        f"{OWN}.",
        f"{OWN}:",
        f"{OWN}:evil.example",
        f"{OWN}:-1",
        f"{OWN}:1:2",
        f"{OWN}:999999",
        f"user@{OWN}",
        f"{OWN}/x",
        f"{OWN}\x00",
        f" {OWN}",
        f"{OWN} ",
        f"{OWN},{host_of(CONTOH)}",
        f"x.{OWN}",
        OWN.replace(".", "%2e"),
        OWN.replace("k", "\uff4b"),
        "[::1]",
        "[::1]:8000",
        "127.0.0.1",
        "x" * 300,
        ".".join(["x" * 63] * 6),
        "",
    ]
    for host in odd:
        response = client.flask.get("/sign-in", headers={"Host": host})
        assert response.status_code in {400, 404}, host
        assert b"Pasuruan" not in response.data, host
    for host in (OWN, OWN.upper(), f"{OWN}:8000"):
        assert client.flask.get("/sign-in", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("proxies", [0, 1])
def test_no_other_header_chooses_the_agency(world: World, proxies: int) -> None:
    """The proxy passes Host; a client's own X-Forwarded-Host is not believed behind it either."""
    app = create_app(from_environment({**world.settings, "TRUSTED_PROXIES": str(proxies)}))
    client = Client(app, PASUR)
    for name in ("X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "X-Original-Host"):
        response = client.get("/sign-in", headers={name: host_of(CONTOH)})
        assert b"Pasuruan" in response.data, name
    response = client.get("/sign-in", headers={"Forwarded": f"host={host_of(CONTOH)}"})
    assert b"Pasuruan" in response.data


def test_an_address_is_believed_from_the_proxy_alone(world: World) -> None:
    world.anonymous().get("/sign-in", headers={"X-Forwarded-For": "192.0.2.1"})
    assert world.events()[-1]["address"] == "127.0.0.1"
    app = create_app(from_environment({**world.settings, "TRUSTED_PROXIES": "1"}))
    client = Client(app, PASUR)
    client.get("/sign-in", headers={"X-Forwarded-For": "198.51.100.9, 192.0.2.1"})
    assert world.events()[-1]["address"] == "192.0.2.1"


def test_a_route_answers_to_its_one_method(world: World) -> None:
    client = world.client("administrator")
    before = len(world.events())
    for method in ("OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "PROPFIND", "POST"):
        response = ask(client, "/people", method=method)
        assert response.status_code == 405, method
        assert b"Contoh" not in response.data, method
    for method in ("GET", "HEAD", "OPTIONS"):
        assert ask(client, "/sign-out", method=method).status_code == 405, method
    override = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}
    assert ask(client, "/sign-out?_method=POST", headers=override).status_code == 405
    assert len(world.events()) == before
    assert client.get("/").status_code == 200


def test_a_head_request_is_decided_and_recorded_like_the_page(world: World) -> None:
    client = world.client("administrator")
    before = len(world.events())
    response = ask(client, "/people", method="HEAD")
    assert (response.status_code, response.data) == (200, b"")
    assert [event["tag"] for event in world.events()[before:]] == ["account:person:listed"]
    assert ask(world.client("auditor"), "/people", method="HEAD").status_code == 403


def test_a_path_is_taken_as_it_stands(world: World) -> None:
    client = world.client("administrator")
    for path in (
        "/./people",
        "/people/../people",
        "/%2e/people",
        "/people/",
        "/people%2f",
        "/people%00",
        "/people;a=b",
        "/PEOPLE",
        "/\\people",
        "/ui/../config.py",
        "/ui/%2e%2e/config.py",
        "/ui/..%2fconfig.py",
        "/ui/%5c..%5cconfig.py",
        "/ui/....//config.py",
        "/ui/teduh.css%00.html",
        "/ui/.",
        "/bootstrap/static/..%2f..%2f..%2fapp.py",
        "/static/teduh.css",
        "/console",
        "/.git/config",
    ):
        response = ask(client, path)
        assert response.status_code == 404, path
        assert b"import " not in response.data, path


def test_a_foreign_cookie_does_not_sign_anybody_out(world: World) -> None:
    client = world.client("case-officer")
    for name in ("remember_token", "_user_id", "user_id", "__Host-session"):
        client.flask.set_cookie(name, "x", domain=client.host)
    assert client.get("/account").status_code == 200


def test_a_broken_cookie_is_no_cookie(world: World) -> None:
    client = world.anonymous()
    for cookie in (
        'session="',
        "session=\xff",
        "csrf=..",
        "csrf=" + "a" * 4000,
        "; =; ;;",
        "lang=\0",
    ):
        response = ask(client, "/sign-in", headers={"Cookie": cookie})
        assert response.status_code == 200, cookie


PATHS = ("/sign-in", "/language", "/confirm", "/account/password", "/people/invite")
FIELDS = (
    "username",
    "password",
    "present",
    "again",
    "language",
    "next",
    "name",
    "roles",
    "organisation",
)


def bodies(token: str) -> dict[str, dict[str, Any]]:
    """Bodies that are not what a form sends, each with a token that is right if it is read."""
    header = {"X-CSRFToken": token}
    urlencoded = "application/x-www-form-urlencoded"
    multipart = "multipart/form-data; boundary=x"
    every = "".join(f"&{name}=%s" for name in FIELDS)
    typed: list[tuple[str, Any]] = [(name, (io.BytesIO(b"x"), "x.txt")) for name in FIELDS]
    return {
        "NUL": {
            "data": f"csrf_token={token}" + every.replace("%s", "a%00b"),
            "content_type": urlencoded,
        },
        "invalid UTF-8": {
            "data": f"csrf_token={token}" + every.replace("%s", "%ff%fe"),
            "content_type": urlencoded,
        },
        "surrogates": {
            "data": f"csrf_token={token}" + every.replace("%s", "%ed%a0%80"),
            "content_type": urlencoded,
        },
        "control characters": {
            "data": f"csrf_token={token}" + every.replace("%s", "a%08%1b%0d%0ab"),
            "content_type": urlencoded,
        },
        "twice": {
            "data": f"csrf_token={token}&csrf_token=x" + every.replace("%s", "a") * 2,
            "content_type": urlencoded,
        },
        "long values": {
            "data": f"csrf_token={token}" + every.replace("%s", "a" * 90_000),
            "content_type": urlencoded,
        },
        "many fields": {
            "data": f"csrf_token={token}" + "&a=1" * 50_000,
            "content_type": urlencoded,
        },
        "files": {"data": {"csrf_token": token, **dict(typed)}},
        "JSON of numbers": {"json": dict.fromkeys(FIELDS, 5), "headers": header},
        "JSON of lists": {"json": {name: [None, {}] for name in FIELDS}, "headers": header},
        "a JSON list": {"json": [1], "headers": header},
        "a JSON number": {"json": 1, "headers": header},
        "broken JSON": {"data": "{", "content_type": "application/json", "headers": header},
        "no boundary": {"data": "x", "content_type": "multipart/form-data", "headers": header},
        "a broken part": {"data": "--x\r\nx", "content_type": multipart, "headers": header},
        "a part without a name": {
            "data": "--x\r\n\r\nv\r\n--x--\r\n",
            "content_type": multipart,
            "headers": header,
        },
        "too many parts": {
            "data": b"".join(
                b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nv\r\n' % number
                for number in range(1500)
            )
            + b"--x--\r\n",
            "content_type": multipart,
        },
        "too much": {
            "data": f"csrf_token={token}&next=" + "a" * 1_100_000,
            "content_type": urlencoded,
        },
        "another character set": {
            "data": f"csrf_token={token}",
            "content_type": f"{urlencoded}; charset=utf-16",
        },
        "no type": {"data": "x", "headers": {**header, "Content-Type": ""}},
        "a length that is no number": {"data": "x", "headers": {"Content-Length": "abc"}},
    }


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_no_form_sends_is_an_error_of_the_sender_and_on_record(
    world: World, path: str
) -> None:
    client = world.client("administrator")
    for what, options in bodies(client.csrf_token()).items():
        before = len(world.events())
        response = ask(client, path, method="POST", **options)
        assert 300 <= response.status_code < 500, f"{what}: {response.status_code}"
        assert len(world.events()) > before, what


@pytest.mark.parametrize(
    "number", ["9223372036854775808", "9" * 40, "-1", "0", "%00", "1e9", "\u0663"]
)
def test_a_number_that_nothing_can_hold_is_an_error_of_the_sender(
    world: World, number: str
) -> None:
    """Counted pages and sizes go into statements as they come."""
    auditor, officer = world.client("auditor"), world.client("case-officer")
    for client, path in (
        (auditor, f"/audit/checkpoints/{number}/file"),
        (auditor, f"/audit/checkpoints?before={number}"),
        (auditor, f"/audit?before={number}&after={number}&since={number}"),
        (auditor, "/audit?since=0001-01-01&until=9999-12-31"),
        (officer, f"/cases?page={number}"),
    ):
        status = client.get(path).status_code
        assert 200 <= status < 500, f"{path}: {status}"
