"""What cannot be recorded is not shown and not done (invariant 13)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import Connection, sql

from app.web.blueprint import DECLARATIONS
from tests.documents.desk import NAME, NEED, REPORT
from tests.security.matrix import GROUPS, MATRIX, PUBLIC, SIGNED_IN, method, path
from tests.security.scene import Scene
from tests.world import Client, World

BREAKS = {
    "the event is refused": (
        "REVOKE INSERT ON audit_event FROM teduh_web",
        "GRANT INSERT ON audit_event TO teduh_web",
    ),
    "the sequencer would never hear of it": (
        "REVOKE INSERT ON audit_pending FROM teduh_web",
        "GRANT INSERT ON audit_pending TO teduh_web",
    ),
    "it fails at the very end": (
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;"
        "CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON audit_event"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()",
        "DROP TRIGGER fail ON audit_event; DROP FUNCTION fail()",
    ),
}
"""Ways in which an event cannot be kept, and how to mend them."""


@pytest.fixture(params=BREAKS)
def broken(request: pytest.FixtureRequest, scene: Scene) -> Iterator[dict[str, Client]]:
    """Signed-in people of a tenant whose events can no longer be written."""
    people = sorted(set().union(*GROUPS.values()))
    clients = {username: scene.world.client(username) for username in people}
    spoil, mend = BREAKS[request.param]
    with owner(scene.world) as database:
        database.execute(spoil)
        try:
            yield clients
        finally:
            database.execute(mend)


@contextmanager
def owner(world: World) -> Iterator[Connection]:
    """The role that owns the tables and sees every row."""
    url = world.settings["MIGRATION_DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def contents(world: World) -> dict[str, object]:
    """A digest of every table."""
    with owner(world) as database:
        tables = database.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        digest = sql.SQL("SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {} t")
        return {
            name: database.execute(digest.format(sql.Identifier(name))).fetchone()
            for (name,) in tables
        }


def test_without_its_event_no_route_shows_or_does_anything(
    scene: Scene, broken: dict[str, Client]
) -> None:
    before = contents(scene.world)
    anonymous = scene.world.anonymous()
    for endpoint in sorted(DECLARATIONS):
        if endpoint in PUBLIC:
            client = anonymous
        elif endpoint in SIGNED_IN:
            client = broken["case-officer"]
        else:
            client = broken[min(GROUPS[MATRIX[endpoint]])]
        where = path(scene.world.app, endpoint, scene.ids)
        response = client.post(where) if method(endpoint) == "POST" else client.get(where)
        assert response.status_code == 503, endpoint
        for value in (NAME, NEED, REPORT, "K-20", "Contoh"):
            assert value not in response.text, f"{endpoint} shows {value}"
        assert "session=" not in str(response.headers.getlist("Set-Cookie")), endpoint
    assert contents(scene.world) == before


def test_with_its_event_the_same_page_shows_what_it_holds(scene: Scene) -> None:
    client = scene.world.client("case-officer")
    assert NAME in client.get(path(scene.world.app, "cases.view", scene.ids)).text


def test_nobody_signs_in_unrecorded(scene: Scene, broken: dict[str, Client]) -> None:
    assert broken
    client = scene.world.anonymous()
    assert client.sign_in("case-officer").status_code == 503
    assert client.get("/account").status_code == 503
    assert client.flask.get_cookie("session", domain=client.host) is None
    assert client.sign_in("case-officer", "a wrong one").status_code == 503


def test_a_refusal_that_cannot_be_recorded_tells_nothing(
    scene: Scene, broken: dict[str, Client]
) -> None:
    case = path(scene.world.app, "cases.view", scene.ids)
    answers = {broken["auditor"].get(where).status_code for where in (case, "/people")}
    assert answers == {503}
    assert broken["case-officer"].post("/sign-out", csrf=False).status_code == 503
