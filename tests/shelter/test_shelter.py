"""The safe house: room, admission, limit, leaving; and where it is, seen by the fewest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.cases import service as cases
from app.clocks.models import Deadline
from app.shelter import service as shelter
from app.shelter.models import ShelterPlace, ShelterStay
from app.tasks.models import Task
from tenants.database import db
from tenants.errors import Conflict
from tenants.policy import Relation, Standing
from tests.cases import intake
from tests.world import CONTOH, World

ADDRESS, NEEDS = "Jalan Tersembunyi Contoh 7", "Susu untuk bayi"
TEMPLATES = Path(__file__).resolve().parents[2] / "doc_templates"


def house(world: World, capacity: int = 3) -> UUID:
    with world.acting("supervisor"):
        return shelter.add_place(capacity, ADDRESS)


def admitted(world: World, case_id: UUID, place_id: UUID, dependants: int = 1) -> UUID:
    with world.acting("companion"):
        return shelter.admit(cases.load_case(case_id), place_id, dependants, NEEDS)


def events(world: World, tag: str) -> list[dict[str, Any]]:
    return [one for one in world.events() if one["tag"] == tag and one["outcome"] == "allowed"]


def test_the_address_is_written_once_and_opens_to_the_team_of_who_stays_there_alone(
    world: World,
) -> None:
    supervisor = world.client("supervisor")
    assert supervisor.get("/safe-houses/new").status_code == 302
    supervisor.confirm()
    faulty = supervisor.post("/safe-houses/new", {"capacity": "0", "address": ADDRESS})
    assert faulty.status_code == 422
    sent = {"capacity": "3", "address": ADDRESS}
    assert supervisor.post("/safe-houses/new", sent).status_code == 303
    with world.as_system():
        place = db.session.query(ShelterPlace).one()
    assert ADDRESS.encode() not in place.address
    for path in ("/safe-houses", f"/safe-houses/{place.id}"):
        assert ADDRESS not in supervisor.get(path).text

    case_id = intake.open_case(world)
    stay_id = admitted(world, case_id, place.id)
    path = f"/cases/{case_id}/stays/{stay_id}"
    opening = {"field": shelter.ADDRESS, "purpose": "safety"}
    for username in ("companion", "case-officer"):
        client = world.client(username)
        assert ADDRESS not in client.get(path).text
        assert ADDRESS not in client.get(f"/cases/{case_id}").text
        shown = client.post(f"{path}/reveal", opening)
        assert (shown.status_code, ADDRESS in shown.text) == (200, True)
        event = events(world, "case:field:revealed")[-1]
        assert (event["fields"], event["purpose"]) == ([shelter.ADDRESS], "safety")
        assert (event["case"], ADDRESS in str(event)) == (str(case_id), False)
    refused = supervisor.post(f"{path}/reveal", {**opening, "purpose": "safety"})
    assert (refused.status_code, ADDRESS in refused.text) == (403, False)
    for username in ("case-officer-2", "intake-officer", "signatory", "hospital-officer"):
        assert world.client(username).post(f"{path}/reveal", opening).status_code in {403, 404}
    assert world.client("companion", CONTOH).post(f"{path}/reveal", opening).status_code == 404

    night = world.client("case-officer-2")
    with world.acting("case-officer-2"):
        cases.open_emergency(
            intake.code(1), "danger", "Ia menelepon tengah malam dan minta dijemput"
        )
    assert night.get(path).status_code == 200
    assert ADDRESS not in night.get(path).text
    assert night.post(f"{path}/reveal", opening).status_code == 403

    companion = world.client("companion")
    gone = {"reason": "safe-now", "goes": "family"}
    assert companion.post(f"{path}/leave", gone).status_code == 303
    assert companion.post(f"{path}/reveal", opening).status_code == 403
    assert companion.post(f"{path}/reveal", {**opening, "purpose": "x"}).status_code == 422


def test_no_letter_can_hold_where_a_safe_house_is() -> None:
    """No template lists a field of the safe house, and none can read what it does not list."""
    documents = sorted(TEMPLATES.glob("*/document.toml"))
    assert len(documents) > 15
    named = [path.parent.name for path in documents if "shelter" in path.read_text()]
    assert named == []


def test_a_house_takes_no_more_people_than_it_has_room_for(world: World) -> None:
    place_id = house(world, 3)
    first, second = intake.open_case(world), intake.open_case(world)
    admitted(world, first, place_id, dependants=1)
    with pytest.raises(Conflict, match="shelter-full"):
        admitted(world, second, place_id, dependants=1)
    admitted(world, second, place_id, dependants=0)
    with pytest.raises(Conflict, match="stays-already"):
        admitted(world, first, place_id, dependants=0)
    third = intake.open_case(world)
    page = world.client("companion").get(f"/cases/{third}/stays/new")
    assert str(place_id) not in page.text
    supervisor = world.client("supervisor")
    supervisor.confirm()
    given_up = supervisor.post(f"/safe-houses/{place_id}", {"capacity": "3"})
    assert given_up.status_code == 409


def test_a_stay_has_a_limit_is_made_longer_for_a_reason_and_ends_with_a_look_at_her_safety(
    world: World,
) -> None:
    case_id, place_id = intake.open_case(world), house(world)
    stay_id = admitted(world, case_id, place_id)
    path, companion = f"/cases/{case_id}/stays/{stay_id}", world.client("companion")
    assert NEEDS in companion.get(path).text
    assert NEEDS not in world.client("case-officer").get(path).text
    limit = clock_of(world, stay_id)
    assert limit.due_at - limit.started_at == timedelta(days=7)
    assert companion.post(f"{path}/receive").status_code == 303
    assert companion.post(f"{path}/receive").status_code == 409
    assert companion.post(f"{path}/extend", {"days": "5"}).status_code == 422
    assert (
        companion.post(f"{path}/extend", {"days": "99", "reason": "proceedings"}).status_code == 422
    )
    assert (
        companion.post(f"{path}/extend", {"days": "5", "reason": "proceedings"}).status_code == 303
    )
    assert clock_of(world, stay_id).due_at - limit.due_at == timedelta(days=5)
    assert events(world, "case:shelter:extended")[-1]["details"] == {
        "days": 5,
        "reason": "proceedings",
    }
    left = {"reason": "she-wishes", "goes": "back"}
    assert companion.post(f"{path}/leave", left).status_code == 303
    assert companion.post(f"{path}/leave", left).status_code == 409
    assert clock_of(world, stay_id).stopped_at is not None
    with world.as_system():
        task = db.session.query(Task).one()
        assert (task.kind, task.about, task.about_id) == ("contact", "stay", stay_id)
        row = db.session.query(ShelterStay).one()
        assert (row.left_reason, row.left_to) == ("she-wishes", "back")


def test_a_stay_does_not_outlive_its_case(world: World) -> None:
    closed, gone, place_id = intake.open_case(world), intake.open_case(world), house(world, 2)
    stay_id = admitted(world, closed, place_id, dependants=0)
    lost_id = admitted(world, gone, place_id, dependants=0)
    with world.acting("companion"):
        steps = [one.endpoint for one in cases.open_duties(closed)]
        assert steps.count("shelter.stay") == 1
    intake.close(world, closed)
    with world.acting("companion"):
        stay = shelter.load_stay(closed, stay_id)
        assert not shelter.may_ask(stay)
        with pytest.raises(Conflict, match="case-closed"):
            shelter.receive(stay)
    path, left = f"/cases/{closed}/stays/{stay_id}", {"reason": "she-wishes", "goes": "back"}
    companion = world.client("companion")
    shown = companion.get(path).text
    assert (f"{path}/leave" in shown, f"{path}/extend" in shown) == (True, False)
    assert companion.post(f"{path}/leave", left).status_code == 303
    with intake.working(world, gone, "supervisor") as case:
        cases.destroy_key(case, reason="court-order", code=case.row.code)
    assert clock_of(world, lost_id).stopped_at is not None
    with world.acting("supervisor"):
        assert [one.free for one in shelter.places()] == [2]
    lost = companion.get(f"/cases/{gone}/stays/{lost_id}")
    assert lost.status_code in {200, 404, 410}, lost.status_code


def test_an_emergency_adds_nothing_to_what_the_team_may_open_of_a_house(world: World) -> None:
    case_id, place_id = intake.open_case(world), house(world)
    stay_id = admitted(world, case_id, place_id)
    both = Standing(frozenset({Relation.TEAM, Relation.EMERGENCY}))
    for username, opens in (("companion", True), ("intake-officer", False)):
        with world.acting(username):
            stay = replace(shelter.load_stay(case_id, stay_id), standing=both)
            assert shelter.may_ask(stay) == opens, username


def clock_of(world: World, stay_id: UUID) -> Deadline:
    with world.as_system():
        return db.session.query(Deadline).filter_by(object_id=stay_id).one()
