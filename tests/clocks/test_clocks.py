"""Clocks begin and end by what happens, rest with a reason, and are heard when they run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import time_machine

from app.cases import service as cases
from app.cases.models import Incident
from app.clocks import service as clocks
from app.clocks.models import Deadline
from tenants import clock
from tenants.database import db
from tests.cases import intake
from tests.referrals.filing import consent, open_case, send
from tests.world import World

SEXUAL = replace(intake.REPORT, incident=replace(intake.INCIDENT, violence=("sexual",)))


def stored(world: World, case_id: UUID, kind: str) -> Deadline:
    with world.as_system():
        rows = db.session.query(Deadline).filter_by(case_id=case_id, kind=kind).all()
        return max(rows, key=lambda one: one.started_at)


def running(world: World, case_id: UUID) -> set[str]:
    with world.as_system():
        rows = db.session.query(Deadline).filter_by(case_id=case_id, stopped_at=None)
        return {one.kind for one in rows}


def told(world: World) -> int:
    with world.as_system():
        return clocks.remind()


def events(world: World, tag: str) -> list[dict[str, Any]]:
    return [one for one in world.events() if one["tag"] == tag]


def test_what_happens_starts_and_ends_clocks(world: World) -> None:
    case_id = intake.open_case(world)
    assert running(world, case_id) == {"first-response"}
    row = stored(world, case_id, "first-response")
    assert row.due_at - row.started_at == timedelta(hours=72)
    with intake.working(world, case_id) as subject:
        cases.add_note(subject, "Menghubungi lewat pesan")
    assert running(world, case_id) == set()
    assert stored(world, case_id, "first-response").stopped_how == "event"

    file = open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    assert running(world, file.case_id) == {"referral-answer"}
    officer = world.client("hospital-officer")
    assert officer.post(f"/referrals/{referral_id}/accept").status_code == 303
    assert running(world, file.case_id) == {"referral-result"}
    assert officer.post(f"/referrals/{referral_id}/done", {"outcome": "given"}).status_code == 303
    assert running(world, file.case_id) == set()


def test_sexual_violence_starts_the_clock_of_the_police_report_and_only_a_reason_ends_it(
    world: World,
) -> None:
    case_id = intake.open_case(world, SEXUAL)
    row = stored(world, case_id, "tpks-report")
    assert (row.due_at - row.started_at, row.fixed) == (timedelta(hours=72), True)
    assert row.basis == "UU 12/2022 (TPKS) Pasal 41"
    officer = world.client("case-officer")
    path = f"/cases/{case_id}/deadlines/{row.id}"
    assert "UU 12/2022 (TPKS) Pasal 41" in officer.get(f"/cases/{case_id}").text
    assert officer.post(f"{path}/pause", {"reason": "force-majeure"}).status_code == 409
    assert officer.post(f"{path}/end", {"how": "mistake"}).status_code == 422
    assert running(world, case_id) == {"tpks-report", "first-response"}
    assert officer.post(f"{path}/end", {"how": "legal-review"}).status_code == 303
    assert running(world, case_id) == {"first-response"}
    (event,) = [one for one in events(world, "case:clock:stopped") if one["outcome"] == "allowed"]
    assert event["details"] == {"kind": "tpks-report", "how": "legal-review"}
    assert officer.post(f"{path}/end", {"how": "done"}).status_code == 409

    other = intake.open_case(world)
    incident = intake.row(world, other, Incident)
    with intake.working(world, other) as subject:
        changed = replace(intake.INCIDENT, violence=("sexual",))
        cases.edit_incident(subject, incident.id, changed, {})
    assert "tpks-report" in running(world, other)
    with intake.working(world, other) as subject:
        cases.edit_incident(subject, incident.id, intake.INCIDENT, {})
    assert "tpks-report" not in running(world, other)
    assert stored(world, other, "tpks-report").stopped_how == "reclassified"


def test_a_clock_rests_with_a_reason_and_what_it_rested_is_added(world: World) -> None:
    case_id = intake.open_case(world)
    row = stored(world, case_id, "first-response")
    officer, path = world.client("case-officer"), f"/cases/{case_id}/deadlines/{row.id}"
    assert officer.post(f"{path}/pause").status_code == 422
    assert officer.post(f"{path}/resume").status_code == 409
    assert officer.post(f"{path}/pause", {"reason": "waits-for-survivor"}).status_code == 303
    with time_machine.travel(clock.now() + timedelta(hours=200)):
        assert told(world) == 0
        again = world.client("case-officer")
        assert again.post(f"{path}/resume").status_code == 303
        after = stored(world, case_id, "first-response")
        assert timedelta(hours=199) < after.due_at - row.due_at < timedelta(hours=201)
    assert events(world, "case:clock:paused")[-1]["details"] == {
        "kind": "first-response",
        "reason": "waits-for-survivor",
    }
    assert events(world, "case:clock:resumed")[-1]["outcome"] == "allowed"


def test_a_clock_that_runs_out_is_told_to_team_supervisor_and_chair_once_each(
    world: World,
) -> None:
    case_id = intake.open_case(world)
    code = intake.code(1)
    begun = stored(world, case_id, "first-response").started_at
    assert told(world) == 0
    for hours, tag, to in (
        (55, "case:clock:reminded", None),
        (73, "case:clock:escalated", "supervisor"),
        (97, "case:clock:escalated", "chair"),
    ):
        with time_machine.travel(begun + timedelta(hours=hours)):
            head = world.client("signatory").get("/deadlines")
            assert code not in head.text
            assert (told(world), told(world)) == (1, 0)
            assert events(world, tag)[-1]["details"].get("to") == to
            assert code in world.client("companion").get("/deadlines").text
    with time_machine.travel(begun + timedelta(hours=98)):
        head = world.client("signatory").get("/deadlines").text
        assert code in head
        assert str(case_id) not in head
        assert code in world.client("supervisor").get("/deadlines").text
        assert code not in world.client("case-officer-2").get("/deadlines").text


def test_protection_by_the_police_begins_two_more_clocks(world: World) -> None:
    case_id = intake.open_case(world)
    with world.acting("case-officer"):
        clocks.start(clocks.Kind.POLICE_PROTECTION, case_id, case_id)
    row = stored(world, case_id, "police-protection")
    assert row.due_at - row.started_at == timedelta(hours=24)
    path = f"/cases/{case_id}/deadlines/{row.id}/end"
    companion = world.client("companion")
    assert "Pasal 42" in companion.get(path).text
    assert companion.post(path, {"how": "given"}).status_code == 303
    assert running(world, case_id) >= {"court-order", "protection-ends"}
    ends = stored(world, case_id, "protection-ends")
    assert ends.due_at - ends.started_at == timedelta(days=7)


def test_the_worker_may_tell_of_a_clock_and_a_closed_case_has_none(world: World) -> None:
    case_id = intake.open_case(world)
    with world.acting("supervisor"):
        from tenants import audit
        from tenants.vocabulary import Tag

        audit.record(Tag.CASE_CLOSED, subject=("case", case_id), case_id=case_id)
    assert running(world, case_id) == set()
    assert stored(world, case_id, "first-response").stopped_how == "case-closed"
