"""Tasks of a case, the list that office and partner share, work lists, and handing it all over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import time_machine

from app.accounts import service as accounts
from app.cases import service as cases
from app.tasks import service as tasks
from app.tasks.models import Task
from tenants import clock
from tenants.context import Role
from tenants.database import db
from tests.cases import intake
from tests.referrals.filing import consent, open_case, send
from tests.world import PASSWORD, World

TEXT = "Telepon sebelum pukul empat"


def only(world: World) -> Task:
    with world.as_system():
        return db.session.query(Task).order_by(Task.created_at.desc()).first()  # type: ignore[return-value]


def events(world: World, tag: str) -> list[dict[str, Any]]:
    return [one for one in world.events() if one["tag"] == tag and one["outcome"] == "allowed"]


def test_a_task_is_added_given_to_somebody_and_done_and_its_text_lies_sealed(
    world: World,
) -> None:
    case_id = intake.open_case(world)
    path, team = f"/cases/{case_id}/tasks", world.client("companion")
    companion, stranger = world.account("companion"), world.account("case-officer-2")
    day = clock.today() + timedelta(days=2)
    for wrong in (
        {"kind": "nonsense"},
        {"kind": "contact", "text": "x" * 1001},
        {"kind": "contact", "owner": str(stranger)},
        {"kind": "contact", "due_on": (clock.today() - timedelta(days=1)).isoformat()},
    ):
        answer = team.post(f"{path}/new", {"text": TEXT, "owner": "", **wrong})
        assert answer.status_code == 422, wrong
        assert "text" in wrong or TEXT in answer.text
    sent = {"kind": "contact", "text": TEXT, "owner": "", "due_on": day.isoformat()}
    assert team.post(f"{path}/new", sent).status_code == 303
    row = only(world)
    assert (row.owner_id, row.text_sealed is not None) == (None, True)
    assert TEXT.encode() not in (row.text_sealed or b"")
    assert TEXT in team.get(f"/cases/{case_id}").text
    supervisor = world.client("supervisor")
    assert TEXT not in supervisor.get(path).text
    opening = {"field": "task.text", "purpose": "supervision"}
    assert TEXT in supervisor.post(f"{path}/{row.id}/reveal", opening).text
    assert events(world, "case:field:revealed")[-1]["fields"] == ["task.text"]
    assert (
        team.post(
            f"{path}/{row.id}/owner", {"owner": str(companion), "due_on": day.isoformat()}
        ).status_code
        == 303
    )
    assert only(world).owner_id == companion
    assert "/work" in team.get("/").text
    with time_machine.travel(clock.now() + timedelta(days=3)):
        late = world.client("companion")
        assert intake.code(1) in late.get("/work?show=overdue").text
        assert intake.code(1) in late.get("/").text
    assert team.post(f"{path}/{row.id}/done").status_code == 303
    assert team.post(f"{path}/{row.id}/done").status_code == 409
    told = {"kind": "contact", "side": "office", "about": "case"}
    assert [one["details"] for one in events(world, "case:task:done")] == [told]
    assert intake.code(1) not in team.get("/work?show=all").text


def test_office_and_partner_share_a_list_without_a_word_of_her_while_the_referral_lives(
    world: World,
) -> None:
    file = open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    theirs, ours = f"/referrals/{referral_id}", f"{file.path}/referrals/{referral_id}"
    officer, team = world.client("hospital-officer"), world.client("case-officer")
    assert (
        officer.post(f"{theirs}/tasks/new", {"kind": "decision", "side": "office"}).status_code
        == 422
    )
    assert (
        officer.post(f"{theirs}/tasks/new", {"kind": "papers", "side": "office"}).status_code == 303
    )
    first = only(world)
    assert f"/tasks/{first.id}/done" in team.get(ours).text
    assert team.post(f"{ours}/tasks/{first.id}/done").status_code == 303
    assert team.post(f"{ours}/tasks/{first.id}/done").status_code == 409
    assert (
        team.post(f"{ours}/tasks/new", {"kind": "transport", "side": "partner"}).status_code == 303
    )
    second = only(world)
    assert file.case_id.hex[:6].upper() in team.get("/work?show=partner").text
    assert (
        world.client("police-officer").post(f"{theirs}/tasks/{second.id}/done").status_code == 404
    )
    officer.post(f"{theirs}/decline", {"reason": "no-capacity"})
    assert only(world).ended_at is not None
    assert (
        officer.post(f"{theirs}/tasks/new", {"kind": "papers", "side": "office"}).status_code == 409
    )


def test_all_work_of_a_leaver_goes_to_another_at_once_or_not_at_all(world: World) -> None:
    first, second = intake.open_case(world), intake.open_case(world)
    leaver, successor = world.account("case-officer"), world.account("case-officer-2")
    with intake.working(world, first) as subject:
        tasks.add(subject, "visit", owner_id=leaver)
    supervisor = world.client("supervisor")
    assert supervisor.get("/work/hand-over").status_code == 302
    supervisor.confirm()
    page = supervisor.get("/work/hand-over")
    assert "Bela Contoh" in page.text
    with world.as_system():
        plain = accounts.create_account(
            username="companion-2",
            name="Lestari Contoh",
            password=PASSWORD,
            roles=frozenset({Role.COMPANION}),
        )
    refused = supervisor.post("/work/hand-over", {"leaver": str(leaver), "successor": str(plain)})
    assert refused.status_code == 422
    assert members(world, first) == {leaver, world.account("companion")}
    same = {"leaver": str(leaver), "successor": str(leaver)}
    assert supervisor.post("/work/hand-over", same).status_code == 422
    sent = {"leaver": str(leaver), "successor": str(successor)}
    assert supervisor.post("/work/hand-over", sent).status_code == 303
    for case_id in (first, second):
        assert members(world, case_id) == {successor, world.account("companion")}
    assert only(world).owner_id == successor
    assert world.client("case-officer").get(f"/cases/{first}").status_code == 403
    (event,) = events(world, "case:work:handed-over")
    assert event["details"] == {"to": str(successor), "cases": 2, "tasks": 1}
    assert supervisor.post("/work/hand-over", sent).status_code == 422
    load = supervisor.get("/work/load")
    assert "Cita Contoh" in load.text


def members(world: World, case_id: UUID) -> set[UUID]:
    with world.as_system():
        return {one.card.id for one in cases.members(case_id)}


def test_a_filter_is_kept_by_its_codes_and_is_its_owners_alone(world: World) -> None:
    officer, other = world.client("case-officer"), world.client("companion")
    for _ in range(2):
        assert officer.post("/work", {"show": "overdue", "kind": "visit"}).status_code == 303
    assert officer.post("/work", {"show": "nothing", "kind": ""}).status_code == 422
    with world.acting("case-officer"):
        (kept,) = tasks.kept()
    assert other.post(f"/work/filters/{kept.id}/remove").status_code == 404
    assert officer.post(f"/work/filters/{kept.id}/remove").status_code == 303
    with world.acting("case-officer"):
        assert tasks.kept() == []
        for kind in list(tasks.TaskKind)[:12]:
            tasks.keep("all", kind)
    assert officer.post("/work", {"show": "mine", "kind": ""}).status_code == 409
