"""Every route x everyone: nobody, each role, a colleague off the case, and another agency.

``MATRIX`` says who may; everyone else is refused, and each refusal is on record. A route
without a row here fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from app.local.place import Place
from app.local.postgres import Postgres
from app.local.valkey import Valkey
from app.web import Needs, Public, SignedIn
from app.web.blueprint import DECLARATIONS
from tenants import audit
from tenants.clock import now
from tenants.database import db
from tests.conftest import Databases, complete
from tests.documents.desk import Desk, open_desk
from tests.security.matrix import GROUPS, MATRIX, PUBLIC, SIGNED_IN, method, path
from tests.world import CONTOH, PASUR, PEOPLE, Client, World, build

EVERYONE = tuple(PEOPLE)
NEEDS = sorted(name for name, made in DECLARATIONS.items() if isinstance(made.access, Needs))
ENDINGS = {"cases.release", "cases.revoke", "referrals.done"}
"""Actions that need no input and take a right away from somebody: asked last."""

INPUT = {"referrals.reveal": {"field": "survivor.full_name"}}
"""What an action needs to be told so that the right alone decides."""


@dataclass
class Scene:
    """One case with everything on it, and the ids for the paths."""

    desk: Desk
    ids: dict[str, str]

    @property
    def world(self) -> World:
        return self.desk.world


@pytest.fixture(scope="module")
def scene(
    databases: Databases,
    populated: str,
    postgres: Postgres,
    valkey: Valkey,
    place: Place,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scene]:
    """A case of the first agency; shared, for what is asked here changes nothing of it."""
    objects: Path = tmp_path_factory.mktemp("objects")
    with databases.fresh(populated) as made:
        world = build(complete(made, valkey.url(), objects, place.keyring))
        with open_desk(world, postgres) as desk:
            yield Scene(desk, ids_of(desk))
        with world.app.app_context():
            db.engine.dispose()


def ids_of(desk: Desk) -> dict[str, str]:
    """The true ids of one case and what belongs to it."""
    from app.accounts import service as accounts
    from app.cases import service as cases
    from app.documents import service as documents
    from app.mediation import service as mediation
    from app.referrals.models import Referral

    issued, letter = desk.issued(), desk.submitted()
    desk.seal_log()
    with desk.rows_of(Referral) as referrals:
        referral = next(
            str(one.id) for one in referrals if one.organisation_id == desk.places["hospital"]
        )
    with desk.acting("case-officer"):
        preview = documents.request_preview(documents.find(letter))
        mediation_id = mediation.newest(desk.case_id).id
        survivor = cases.rows(desk.case_id).survivors[0].id
        consent = next(
            one.id
            for one in cases.consents(desk.case_id)
            if one.organisation_id == desk.places["police"]
        )
        member = cases.members(desk.case_id)[-1].id
        invitation = accounts.open_invitations()[0].id
        newest = audit.newest_checkpoint()
        assert newest is not None
    return {
        "case_id": str(desk.case_id),
        "letter_id": str(letter),
        "preview_id": str(preview),
        "referral_id": referral,
        "mediation_id": str(mediation_id),
        "row_id": str(survivor),
        "consent_id": str(consent),
        "member_id": str(member),
        "invitation_id": str(invitation),
        "session_id": str(uuid4()),
        "size": str(newest.size),
        "documents.partner_download letter_id": str(issued),
        "account_id": str(desk.account("case-officer-2")),
        "event_id": str(desk.world.events()[0]["id"]),
    }


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
def test_whoever_may_is_let_in_by_every_page(scene: Scene, username: str) -> None:
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
        tags = {event["tag"] for event in scene.world.events(since=since)}
        assert DECLARATIONS[endpoint].records.code in tags, endpoint


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
            assert status in {200, 302, 303, 400, 409, 422}, said
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
    for value in ids.values():
        body = body.replace(f"/{value}", "/")
    body = re.sub(r'nonce="[^"]*"', "", body)
    return re.sub(r'name="csrf_token"[^>]*', "", body)
