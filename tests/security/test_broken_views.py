"""A view that breaks half way shows nothing of what it had opened, and is on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Response, render_template_string
from sqlalchemy import text

from app.local.postgres import Postgres
from app.web import GuardedBlueprint, SignedIn
from app.web.blueprint import DECLARATIONS
from tenants.database import db
from tenants.vocabulary import Tag
from tests.world import World

SECRET = "Bunga Contoh di Jalan Contoh"
Ask = Callable[[Callable[[], Any]], Response]


@pytest.fixture
def ask(world: World) -> Iterator[Ask]:
    """Declares a view as rooms do and opens it as a case officer."""
    blueprint = GuardedBlueprint("broken", __name__)

    def declare(view: Callable[[], Any]) -> Response:
        @blueprint.route("/broken", access=SignedIn(), records=Tag.HOME_VIEWED)
        def page() -> Any:
            return view()

        world.app.register_blueprint(blueprint)
        return world.client("case-officer").get("/broken")

    yield declare
    DECLARATIONS.pop("broken.page")


def test_a_template_that_fails_shows_nothing_of_what_came_before(world: World, ask: Ask) -> None:
    response = ask(lambda: render_template_string(SECRET + "{{ 1 / 0 }}"))
    assert response.status_code == 500
    assert SECRET not in response.get_data(as_text=True)
    event = world.events()[-1]
    assert (event["outcome"], event["reason"]) == ("failed", "ZeroDivisionError")


def test_an_error_that_quotes_a_value_is_not_repeated(
    world: World, ask: Ask, capfd: pytest.CaptureFixture[str]
) -> None:
    def view() -> None:
        raise ValueError(SECRET)

    response = ask(view)
    assert response.status_code == 500
    printed = capfd.readouterr()
    for place in (response.get_data(as_text=True), str(world.events()), *printed):
        assert SECRET not in place


def test_what_was_written_before_the_failure_is_undone(world: World, ask: Ask) -> None:
    def view() -> None:
        db.session.execute(text("UPDATE account SET name = 'Diubah'"))
        raise KeyError("x")

    assert ask(view).status_code == 500
    with world.as_system():
        names = db.session.scalars(text("SELECT name FROM account")).all()
    assert "Diubah" not in names


def test_a_database_that_goes_away_is_said_as_such_and_still_recorded(
    world: World, ask: Ask, postgres: Postgres
) -> None:
    def view() -> None:
        pid = db.session.scalar(text("SELECT pg_backend_pid()"))
        with postgres.connect() as superuser:
            superuser.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        db.session.execute(text("SELECT 1"))

    assert ask(view).status_code == 503
    event = world.events()[-1]
    assert (event["outcome"], event["tag"]) == ("failed", Tag.HOME_VIEWED.code)
    assert event["actor"] == str(world.account("case-officer"))


def test_an_event_without_its_details_is_our_failure_and_nothing_is_done(
    world: World, ask: Ask
) -> None:
    """A room that forgets to record what it did does nothing."""
    from tenants import audit

    response = ask(lambda: str(audit.record(Tag.CASES_LISTED, details={})))
    assert response.status_code == 500
    assert world.events()[-1]["outcome"] == "failed"
