"""Odd values on every route, as everybody: no answer is an error of ours, each is on record.

The same seed gives the same requests. The pages' own forms are filled in, so that most values
get past the first check and reach the services.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

import pytest

from app.local.postgres import Postgres
from app.web.blueprint import DECLARATIONS
from tenants.clock import now
from tests.documents.desk import NAME, open_desk
from tests.security.matrix import GROUPS, MATRIX, PUBLIC, SIGNED_IN, method
from tests.security.scene import Scene, ids_of
from tests.world import PEOPLE, Client, World

SEED = 20261124
ROUNDS = 2
"""How often each route is asked; more would lock accounts by wrong passwords."""

BLIND = {None, "administrator", "auditor", "external-auditor", "intake-officer"}
"""Who may see nothing confidential of the case, whatever they send."""

NASTY = (
    "",
    " ",
    "\t\n",
    "a\x00b",
    "\x00",
    "\x07\x1b[2J",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "\u202eabc\u2066",
    "e\u0301" * 40,
    "\ufdfa" * 30,
    "\U0010ffff",
    "a" * 121,
    "a" * 2001,
    "a" * 20_001,
    "0",
    "-1",
    "1e9",
    "9" * 30,
    "2147483648",
    "9223372036854775808",
    "NaN",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "23:59",
    "24:00",
    "00:00:00.0000001",
    "' OR 1=1 --",
    "'; SELECT pg_sleep(9); --",
    "%s%d%(a)s",
    "{{ 7 * 7 }}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "a/b/c",
    "a/b",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-fffffffffffg",
    "survivor.full_name",
    "survivor.",
    ".",
    "handling",
    "true",
    "null",
    "[]",
)
NAMES = (
    "field",
    "purpose",
    "back",
    "next",
    "page",
    "before",
    "after",
    "term",
    "reason",
    "note",
    "seen",
    "case",
    "person",
    "since",
    "until",
    "address",
    "state",
    "risk",
    "show",
    "key",
    "csrf_token",
)
"""Names that views read, besides those in the forms of their pages."""


class Forms(HTMLParser):
    """The fields of a page's forms that are sent to it, with what could be chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "select":
            self._select = given.get("name", "")
            self.fields.setdefault(self._select, [])
        elif tag == "option":
            self.fields.setdefault(self._select, []).append(given.get("value", ""))
        elif tag in {"input", "textarea"} and given.get("name"):
            self.fields.setdefault(given["name"], []).append(given.get("value", ""))


@dataclass
class Attacker:
    """One person's browser that sends what it likes."""

    scene: Scene
    username: str | None
    chance: random.Random
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.enter()

    def enter(self) -> None:
        """Sign in, and give the password once more so that what asks for it opens."""
        if self.username is None:
            self.client = self.scene.world.anonymous()
        else:
            self.client = self.scene.world.client(self.username)
            assert self.client.confirm().status_code == 303

    def routes(self) -> list[str]:
        """What this person may use, everything public, and a few that are closed to them."""
        if self.username is None:
            return sorted(PUBLIC) * ROUNDS
        open_to = [name for name, group in MATRIX.items() if self.username in GROUPS[group]]
        closed = self.chance.sample(sorted(set(MATRIX) - set(open_to)), 5)
        routes = (sorted(open_to) + sorted(SIGNED_IN)) * ROUNDS + closed
        self.chance.shuffle(routes)
        return routes

    def send(self, endpoint: str) -> tuple[str, Any]:
        """Send one odd request; returns what was sent, to be said on failure, and the answer."""
        where = self.path(endpoint)
        if method(endpoint) == "GET":
            where += self.query()
            return where, self.client.get(where)
        body = self.body(where)
        return f"{where} {body!r:.500}", self.client.post(where, body)

    def path(self, endpoint: str) -> str:
        """The path, mostly with true ids."""
        app = self.scene.world.app
        rule = next(one for one in app.url_map.iter_rules() if one.endpoint == endpoint)
        ids, where = self.scene.ids, rule.rule
        for name in rule.arguments:
            value = ids.get(f"{endpoint} {name}", ids.get(name))
            kind = type(rule._converters[name]).__name__
            if kind == "UUIDConverter" and (value is None or self.chance.random() < 0.15):
                value = str(UUID(int=self.chance.getrandbits(128)))
            elif kind == "IntegerConverter" and self.chance.random() < 0.7:
                value = self.chance.choice(("0", "9" * 30, "9223372036854775808", "1"))
            elif kind == "UnicodeConverter":
                value = quote(self.chance.choice(NASTY), safe="") or "x"
                if self.chance.random() < 0.6:
                    value = self.chance.choice(("surat_rujukan", "survivor", "need", "incident"))
            where = where.replace(f"<uuid:{name}>", str(value)).replace(f"<{name}>", str(value))
            where = where.replace(f"<int:{name}>", str(value))
        return where

    def query(self) -> str:
        """Nothing, or some names with odd values."""
        if self.chance.random() < 0.4:
            return ""
        names = self.chance.sample(NAMES, 5)
        return "?" + urlencode([(name, self.chance.choice(NASTY)) for name in names])

    def body(self, where: str) -> dict[str, Any]:
        """The form of the page at the same address, some of its fields with odd values."""
        page = self.client.get(where)
        forms = Forms()
        if page.status_code < 400:
            forms.feed(page.text)
        fields = forms.fields or {name: [] for name in self.chance.sample(NAMES, 8)}
        spoilt = self.chance.choice((0.1, 0.3, 1.0))
        body: dict[str, Any] = {}
        for name, choices in fields.items():
            if name == "csrf_token":
                continue
            if choices and self.chance.random() > spoilt:
                usual = choices if len(choices) > 1 else [choices[0] or "Contoh"]
                body[name] = self.chance.choice(usual)
            else:
                body[name] = self.chance.choice(NASTY)
            if self.chance.random() < 0.05:
                body[name] = [body[name], self.chance.choice(NASTY)]
        return body


@pytest.fixture
def attacked(world: World, postgres: Postgres) -> Iterator[Scene]:
    """A case of its own: what is tried here may change everything."""
    with open_desk(world, postgres) as desk:
        yield Scene(desk, ids_of(desk) | {"token": str(uuid4())})


def test_no_value_on_any_route_is_our_error_and_every_answer_is_on_record(
    attacked: Scene,
) -> None:
    chance = random.Random(SEED)
    # case-officer-2 is the one whose account the administrator's requests change.
    people = [None, *(one for one in sorted(PEOPLE) if one != "case-officer-2")]
    asked, faults = set(), []
    for username in people:
        attacker = Attacker(attacked, username, chance)
        for endpoint in attacker.routes():
            since = now()
            sent, response = attacker.send(endpoint)
            said = f"{username}: {endpoint} {sent:.400} answered {response.status_code}"
            tags = {event["tag"] for event in attacked.world.events(since=since)}
            if response.status_code >= 500:
                faults.append(said)
            elif username in BLIND and NAME.encode() in response.data:
                faults.append(f"{said}, and shows the survivor's name")
            elif not tags & codes(endpoint) and not is_no_address(response):
                faults.append(f"{said}, and recorded {tags}")
            asked.add(endpoint)
            if endpoint == "accounts.sign_out":
                attacker.enter()
    assert faults == []
    assert asked == set(DECLARATIONS)


def codes(endpoint: str) -> set[str]:
    """The events of which every use of a route leaves one."""
    declared = DECLARATIONS[endpoint]
    return {tag.code for tag in (declared.records, *declared.instead)}


def is_no_address(response: Any) -> bool:
    """Tell whether a path came out as one that no route has (an empty or split part)."""
    return bool(response.status_code in {404, 405, 308})
