"""A case conference from its agenda to decisions that are tasks, and the letters it fills."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.conferences import service as conferences
from app.conferences.models import Conference
from app.tasks.models import Task
from tenants import clock
from tenants.database import db
from tests.cases import intake
from tests.world import Client, World

AGENDA, PROGRESS = "Layanan berjalan", "Dua layanan selesai"
ROOM, DECISION = "Ruang rapat lantai dua", "Mendampingi ke rumah sakit"


def events(world: World, tag: str) -> list[dict[str, Any]]:
    return [one for one in world.events() if one["tag"] == tag and one["outcome"] == "allowed"]


def invited(world: World, case_id: UUID) -> dict[str, str]:
    with world.acting("companion"):
        return {name: value for value, name in conferences.invited(case_id)}


def plan(world: World, client: Client, case_id: UUID, **changes: Any) -> tuple[int, str]:
    people = invited(world, case_id)
    sent = {
        "day": clock.today().isoformat(),
        "time": "09:00",
        "venue": ROOM,
        "chair": str(world.account("companion")),
        "members": [people["Dewi Contoh"], people["RSUD Bangil"], people["Polres Pasuruan"]],
        "agenda": AGENDA,
        **changes,
    }
    response = client.post(f"/cases/{case_id}/conferences/new", sent)
    return response.status_code, response.text


def stored(world: World) -> Conference:
    with world.as_system():
        return db.session.query(Conference).one()


def test_a_conference_goes_from_its_agenda_to_decisions_that_are_tasks(world: World) -> None:
    case_id = intake.open_case(world)
    team = world.client("case-officer")
    past = (clock.today() - timedelta(days=1)).isoformat()
    for wrong in ({"day": past}, {"agenda": " "}, {"members": []}, {"venue": "x" * 201}):
        status, text = plan(world, team, case_id, **wrong)
        assert (status, "agenda" in wrong or AGENDA in text) == (422, True), wrong
    assert plan(world, team, case_id)[0] == 303
    assert plan(world, team, case_id)[0] == 409
    row = stored(world)
    assert AGENDA.encode() not in (row.agenda_sealed or b"")
    path = f"/cases/{case_id}/conferences/{row.id}"
    assert AGENDA in world.client("companion").get(path).text
    supervisor = world.client("supervisor")
    assert AGENDA not in supervisor.get(path).text
    opening = {"field": "conference.agenda", "purpose": "supervision"}
    assert AGENDA in supervisor.post(f"{path}/reveal", opening).text

    invitation = team.get(f"/cases/{case_id}/letters/new/undangan_konferensi_kasus").text
    assert (ROOM in invitation, AGENDA in invitation, "09.00" in invitation) == (True,) * 3

    decision = {"text": DECISION, "who": invited(world, case_id)["Dewi Contoh"]}
    decision["due_on"] = (clock.today() + timedelta(days=3)).isoformat()
    assert team.post(f"{path}/decisions/new", decision).status_code == 409
    ids = dict.fromkeys(
        re.findall(r'name="attended"[^>]*value="([^"]+)"', team.get(f"{path}/held").text)
    )
    assert len(ids) == 3
    with world.as_system():
        came = [str(one.id) for one in conferences.members(row.id) if "Polres" not in one.name]
    held = {"day": clock.today().isoformat(), "time": "09:00", "progress": PROGRESS}
    assert team.post(f"{path}/held", held).status_code == 422
    assert team.post(f"{path}/held", {**held, "attended": came}).status_code == 303
    (event,) = events(world, "case:conference:held")
    assert (len(event["details"]["came"]), len(event["details"]["absent"])) == (1, 1)

    assert team.post(f"{path}/decisions/new", {**decision, "text": " "}).status_code == 422
    assert team.post(f"{path}/decisions/new", decision).status_code == 303
    partner = {**decision, "who": invited(world, case_id)["RSUD Bangil"]}
    assert team.post(f"{path}/decisions/new", partner).status_code == 303
    with world.as_system():
        rows = db.session.query(Task).order_by(Task.created_at).all()
    assert [(one.kind, one.about, one.about_id, one.side) for one in rows] == [
        ("decision", "conference", row.id, "office"),
        ("decision", "conference", row.id, "partner"),
    ]
    assert DECISION in world.client("companion").get(path).text
    assert intake.code(1) in world.client("companion").get("/work").text
    minutes = team.get(f"/cases/{case_id}/letters/new/notulen_konferensi_kasus").text
    for text in (DECISION, PROGRESS, "RSUD Bangil", "Dewi Contoh"):
        assert text in minutes
    assert "Polres Pasuruan" not in re.sub(r"<option.*?</option>", "", minutes)


def test_a_conference_is_given_up_with_a_reason_and_is_its_teams_alone(world: World) -> None:
    case_id = intake.open_case(world)
    team = world.client("companion")
    plan(world, team, case_id)
    path = f"/cases/{case_id}/conferences/{stored(world).id}"
    assert team.post(f"{path}/cancel").status_code == 422
    for username in ("supervisor", "case-officer-2", "hospital-officer"):
        client = world.client(username)
        assert client.post(f"{path}/cancel", {"reason": "not-safe"}).status_code == 403
    assert team.post(f"{path}/cancel", {"reason": "not-safe"}).status_code == 303
    assert stored(world).state == "cancelled"
    assert events(world, "case:conference:cancelled")[-1]["details"] == {"reason": "not-safe"}
    assert team.post(f"{path}/cancel", {"reason": "not-safe"}).status_code == 409
    assert plan(world, team, case_id)[0] == 303
