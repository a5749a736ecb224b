"""What needs to be sure of who it is: asked first, and nothing that was typed is lost."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine

from app.accounts.sessions import FRESH
from app.web import Needs, SignedIn
from app.web.blueprint import DECLARATIONS
from tenants.policy import Permission
from tests.security.matrix import MATRIX
from tests.world import PASSWORD, Client, World

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
FORM = {
    "name": "Mira Contoh, S.H. <&\"'>",
    "roles": ["case_officer", "companion"],
    "organisation": "",
}
WEIGHTY = {
    *("accounts.ask_for_reset", "accounts.confirm_request", "accounts.disable", "accounts.edit"),
    *("accounts.enable", "accounts.end_other_sessions", "accounts.end_session"),
    *("accounts.end_sessions", "accounts.invite", "accounts.keep_passkey"),
    *("accounts.refuse_request", "accounts.remove_passkey", "accounts.renew_recovery_codes"),
    *("accounts.set_up_app", "accounts.unlock", "audit.export", "audit.export_sheet"),
    *("audit.export_trail", "destruction.confirm", "destruction.decide", "cases.open_emergency"),
    *("documents.approve", "documents.withdraw", "documents.export_agenda"),
    *("simfoni.ask", "simfoni.confirm", "simfoni.file"),
}
"""Approval, export, ending sessions, emergencies, keys, roles, and what signs in."""


def fields(page: str) -> dict[str, list[str]]:
    """The hidden fields of a page's last form but those of the layout."""
    form = re.findall(r"<form[^>]*data-(?:resume|once)[^>]*>(.*?)</form>", page, re.DOTALL)
    found: dict[str, list[str]] = {}
    for form_part in form:
        for name, value in re.findall(r'name="([\w-]+)"[^>]*value="([^"]*)"', form_part):
            found.setdefault(name, []).append(html.unescape(value))
    return found


def carried(page: str) -> str:
    found = re.search(r'name="carried"[^>]*value="([^"]*)"', page)
    assert found is not None
    return html.unescape(found[1])


def test_every_weighty_act_declares_that_it_needs_to_be_sure() -> None:
    for endpoint in WEIGHTY:
        access = DECLARATIONS[endpoint].access
        assert isinstance(access, Needs | SignedIn), endpoint
        assert access.fresh, endpoint
    manages = {
        name
        for name, made in DECLARATIONS.items()
        if isinstance(made.access, Needs)
        and made.access.permission in {Permission.PEOPLE_MANAGE, Permission.PEOPLE_CONFIRM}
        and made.method == "POST"
    }
    assert manages <= WEIGHTY | {"accounts.revoke"}  # taking a link back is never too easy
    assert manages <= set(MATRIX)


def test_a_form_that_came_too_late_is_sent_once_it_is_known_who_it_is(world: World) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = world.client("administrator")
        client.confirm()
        clock.shift(FRESH + timedelta(seconds=1))
        asked = client.post("/people/invite", FORM)
        assert asked.status_code == 401
        assert "Mira" not in re.sub(r'value="[^"]*"', "", asked.text)
        kept = {"next": "/people/invite", "carried": carried(asked.text)}
        wrong = client.post("/confirm", {"password": PASSWORD, "code": "000000", **kept})
        assert wrong.status_code == 422
        assert carried(wrong.text) == kept["carried"]
        code = client.code("administrator")
        known = client.post("/confirm", {"password": PASSWORD, "code": code, **kept})
        assert known.status_code == 200
        assert 'action="/people/invite"' in known.text
        sent = fields(known.text)
        assert sent["name"] == [FORM["name"]]
        assert sent["roles"] == FORM["roles"]
        assert "password" not in sent
        form: dict[str, Any] = {name: sent[name] for name in FORM}
        made = client.post("/people/invite", form)
        assert made.status_code == 200
        assert "/invitation/" in made.text
    refused = [one for one in world.events() if one["reason"] == "NotFresh"]
    assert [one["tag"] for one in refused] == ["account:invitation:created"]


def test_what_is_carried_leads_nowhere_else_and_rubbish_is_let_go(world: World) -> None:
    client = world.client("administrator")

    def confirm(**more: str) -> Any:
        answer = client.use_passkey("administrator", "/confirm/options")
        return client.post("/confirm/passkey", {"credential": answer, **more})

    led = confirm(next="https://jahat.example/x", carried='[["a", "b"]]')
    assert led.status_code == 200
    assert 'action="/"' in led.text
    for rubbish in ("{}", "[1]", "x", '[["a"]]', "[" * 9000, "null", '[["a", "b", "c"]]'):
        assert confirm(next="/account", carried=rubbish).status_code in {200, 303}, rubbish[:9]
    assert client.post("/confirm", {"carried": "[]"}, csrf=False).status_code == 400


def test_a_script_that_asks_too_late_is_told_so(world: World) -> None:
    client: Client = world.client("case-officer")
    answer = client.post("/account/passkeys/options", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.get_json() == {"error": "401"}
