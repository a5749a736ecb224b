"""Every route x everyone: nobody, each role, a colleague off the case, and another agency.

``MATRIX`` says who may; everyone else is refused, and each refusal is on record. A route
without a row here fails.
"""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from app.local.postgres import Postgres
from app.web import Needs, Public, SignedIn
from app.web.blueprint import DECLARATIONS
from tenants.clock import now
from tests.documents.desk import open_desk
from tests.security.matrix import FIELDS, GROUPS, MATRIX, PUBLIC, SIGNED_IN, method, path
from tests.security.scene import Scene, ids_of
from tests.world import CONTOH, PASUR, PEOPLE, Client, World

EVERYONE = tuple(PEOPLE)
NEEDS = sorted(name for name, made in DECLARATIONS.items() if isinstance(made.access, Needs))
ENDINGS = {"cases.release", "cases.revoke", "referrals.done"}
"""Actions that need no input and take a right away from somebody: asked last."""

INPUT = {"referrals.reveal": {"field": "survivor.full_name"}}
"""What an action needs to be told so that the right alone decides."""


def ask(client: Client, endpoint: str, where: str) -> int:
    """Send the route's own method, without any input but what ``INPUT`` has."""
    if method(endpoint) == "POST":
        return client.post(where, INPUT.get(endpoint)).status_code
    return client.get(where).status_code


def test_every_route_has_its_row() -> None:
    rows = set(MATRIX) | PUBLIC | SIGNED_IN
    assert rows == set(DECLARATIONS), rows ^ set(DECLARATIONS)
    assert {name for name, one in DECLARATIONS.items() if isinstance(one.access, Public)} == PUBLIC
    signed_in = {name for name, one in DECLARATIONS.items() if isinstance(one.access, SignedIn)}
    assert signed_in == SIGNED_IN
    assert set(MATRIX.values()) <= set(GROUPS)


def test_nobody_is_let_in_anywhere(scene: Scene) -> None:
    client = scene.world.anonymous()
    for endpoint in [*MATRIX, *SIGNED_IN]:
        where = path(scene.world.app, endpoint, scene.ids)
        response = client.post(where) if method(endpoint) == "POST" else client.get(where)
        assert response.status_code == 302, endpoint
        assert response.headers["Location"].startswith("/sign-in"), endpoint


@pytest.mark.parametrize("username", EVERYONE)
def test_everyone_else_is_refused_on_every_route_and_it_is_recorded(
    scene: Scene, username: str
) -> None:
    client = scene.world.client(username)
    actor = str(scene.desk.account(username))
    refused = [name for name, group in MATRIX.items() if username not in GROUPS[group]]
    assert refused
    for endpoint in refused:
        since = now()
        status = ask(client, endpoint, path(scene.world.app, endpoint, scene.ids))
        assert status in {403, 404}, f"{endpoint} answered {status} to {username}"
        (event,) = scene.world.events(since=since)
        assert event["tag"] == DECLARATIONS[endpoint].records.code, endpoint
        assert event["outcome"] in {"refused", "missing"}, endpoint
        assert (event["actor"], event["fields"]) == (actor, []), endpoint


@pytest.mark.parametrize("username", EVERYONE)
def test_whoever_may_is_let_in_by_every_page_and_its_event_names_what_it_shows(
    scene: Scene, username: str
) -> None:
    client = scene.world.client(username)
    allowed = [
        name
        for name, group in MATRIX.items()
        if username in GROUPS[group] and method(name) == "GET"
    ]
    for endpoint in allowed:
        since = now()
        status = ask(client, endpoint, path(scene.world.app, endpoint, scene.ids))
        # 302: a fresh password is asked first; 303 and 409: it is not in the state for it.
        assert status in {200, 302, 303, 409}, f"{endpoint} answered {status} to {username}"
        events = scene.world.events(since=since)
        assert DECLARATIONS[endpoint].records.code in {event["tag"] for event in events}, endpoint
        named = {name for event in events for name in event["fields"]}
        assert named == FIELDS.get((endpoint, username), set()), f"{endpoint} for {username}"


def test_whoever_may_is_let_in_by_every_action(world: World, postgres: Postgres) -> None:
    with open_desk(world, postgres) as desk:
        ids = ids_of(desk)
        actions = [name for name in MATRIX if method(name) == "POST"]
        for endpoint in sorted(actions, key=lambda name: (name in ENDINGS, name)):
            username = min(GROUPS[MATRIX[endpoint]])
            client = world.client(username)
            since = now()
            status = ask(client, endpoint, path(world.app, endpoint, ids))
            said = f"{endpoint} answered {status} to {username}"
            # 401: it asks once more who it is, before it looks at the form
            assert status in {200, 302, 303, 400, 401, 409, 422}, said
            tags = {event["tag"] for event in world.events(since=since)}
            assert DECLARATIONS[endpoint].records.code in tags, endpoint


@pytest.mark.parametrize("username", EVERYONE)
def test_an_id_of_another_agency_answers_like_one_that_does_not_exist(
    scene: Scene, username: str
) -> None:
    """Same status, same body, and both on record (invariant 4)."""
    client = scene.world.client(username, CONTOH)
    nothing = {name: str(uuid4()) for name in scene.ids} | {"size": "999999"}
    checked = 0
    for endpoint in NEEDS:
        foreign = path(scene.world.app, endpoint, scene.ids)
        missing = path(scene.world.app, endpoint, nothing)
        if foreign == missing:
            continue
        since = now()
        send = client.post if method(endpoint) == "POST" else client.get
        one, other = send(foreign), send(missing)
        assert one.status_code == other.status_code, endpoint
        assert same(one.text, scene.ids) == same(other.text, nothing), endpoint
        assert one.status_code in {302, 403, 404}, endpoint
        events = scene.world.events(CONTOH, since=since)
        assert len(events) == 2, endpoint
        assert {event["outcome"] for event in events} <= {"missing", "refused"}, endpoint
        checked += 1
    assert checked > 40
    stranger = str(scene.world.account(username, CONTOH))
    assert all(event["actor"] != stranger for event in scene.world.events(PASUR))


def same(body: str, ids: dict[str, str]) -> str:
    """A page without what differs each time it is sent: nonce, token, and the asked address."""
    for value in sorted(ids.values(), key=len, reverse=True):  # an id may begin like a size
        body = body.replace(f"/{value}", "/")
    body = re.sub(r'nonce="[^"]*"', "", body)
    return re.sub(r'name="csrf_token"[^>]*', "", body)
