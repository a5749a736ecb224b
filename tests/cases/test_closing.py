"""Closing a case: refused while something is open, by two all the same, opened again after."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from app.assessments import service as assessments
from app.cases import service as cases
from app.cases.models import Closure, FollowUp
from app.services import service as services
from tenants.database import db
from tenants.errors import Conflict, Invalid, Refused
from tests.cases.intake import case_row, events, open_case, working
from tests.world import World

STATEMENT = "Ia tidur, bekerja dan tidak takut lagi"
ENTRY = cases.ClosureEntry(
    outcome="recovered",
    physical="recovered",
    psychological="better",
    no_retrauma=True,
    comparison="Dari keluhan sedang menjadi ringan",
    statement=STATEMENT,
)
TYPED = {
    "outcome": "recovered",
    "physical": "recovered",
    "psychological": "better",
    "no_retrauma": "y",
    "comparison": ENTRY.comparison,
    "statement": STATEMENT,
}


def ready(world: World) -> UUID:
    """A case whose needs are met and that was assessed twice."""
    case_id = open_case(world)
    with working(world, case_id, "companion") as case:
        rows = cases.rows(case_id)
        for _ in range(2):
            begun = assessments.begin(
                case, instrument="psychosocial", survivor_id=rows.survivors[0].id
            )
            one = assessments.load_assessment(case_id, begun)
            assessments.finish(one, {"sleep": "1"}, "Membaik")
        services.offer(case, survivor_id=rows.survivors[0].id, kind="counselling", accepted=False)
        need = rows.needs[0]
        met = cases.NeedEntry(need.service, need.urgency, state="met")
        cases.edit_need(case, need.id, met, {})
    return case_id


def close(world: World, case_id: UUID, **changed: object) -> None:
    with working(world, case_id) as case:
        cases.close(case, replace(ENTRY, **changed))  # type: ignore[arg-type]


def test_what_is_open_is_named_one_by_one_with_its_link_and_nothing_is_lost(world: World) -> None:
    case_id = open_case(world)
    client = world.client("case-officer")
    answer = client.post(f"/cases/{case_id}/closure", TYPED)
    assert answer.status_code == 403
    assert STATEMENT in answer.text
    for said in ("Psikolog", "Asesmen kedua belum ada", "Konseling belum ditawarkan"):
        assert said in answer.text
    for link in (f"/cases/{case_id}/entries/need/", f"/cases/{case_id}/assessments"):
        assert f'href="{link}' in answer.text
    (refused,) = events(world, "case:case:closed")
    assert (refused["outcome"], refused["reason"]) == ("refused", "closure-open")
    with working(world, case_id) as case:
        assert case.row.closed_at is None
        assert len(cases.open_duties(case_id)) == 3


@pytest.mark.parametrize(
    "lacking",
    [
        {"comparison": " "},
        {"statement": None},
        {"physical": "unknown"},
        {"psychological": "unchanged"},
        {"no_retrauma": False},
    ],
)
def test_a_closure_needs_comparison_and_statement_of_recovery(lacking: dict[str, object]) -> None:
    assert cases.lacks(ENTRY) == []
    assert len(cases.lacks(replace(ENTRY, **lacking))) == 1  # type: ignore[arg-type]


def test_a_case_that_is_ready_is_closed_followed_up_and_opened_again(world: World) -> None:
    case_id = ready(world)
    with pytest.raises(Refused):
        close(world, case_id, statement=None)
    with pytest.raises(Invalid):
        close(world, case_id, outcome="moon")
    client = world.client("case-officer")
    assert client.post(f"/cases/{case_id}/closure", TYPED).status_code == 303
    assert case_row(world, case_id).state == "terminated"
    assert [one["outcome"] for one in events(world, "case:case:closed")][-1] == "allowed"
    page = client.get(f"/cases/{case_id}/closure").text
    assert STATEMENT not in page  # closed: opened only for a purpose
    with world.as_system():
        asked = [one.id for one in cases.follow_ups(case_id)]
        row = db.session.query(Closure).one()
        assert STATEMENT.encode() not in (row.statement_sealed or b"")
    assert len(asked) == 3
    said = {"field": "closure.statement", "purpose": "handling"}
    reveal = f"/cases/{case_id}/closure/values/{row.id}/reveal"
    refused = world.client("supervisor").post(reveal, said | {"purpose": "supervision"})
    assert refused.status_code == 403
    companion = world.client("companion")
    assert STATEMENT in companion.post(reveal, said).text
    after = f"/cases/{case_id}/closure/follow-up"
    said = {"follow_up": str(asked[0]), "result": "needs_help"}
    assert companion.post(after, said).status_code == 303
    assert companion.post(after, said).status_code == 409
    assert companion.post(after, said | {"result": "moon"}).status_code == 422
    again = f"/cases/{case_id}/closure/reopen"
    assert companion.post(again, {"reason": "moon"}).status_code == 422
    assert companion.post(again, {"reason": "needs_help"}).status_code == 303
    assert companion.post(again, {"reason": "needs_help"}).status_code == 409
    reopened = case_row(world, case_id)
    assert (reopened.state, reopened.closed_at) == ("reopened", None)
    with world.as_system():
        assert db.session.query(Closure).one().state == "reopened"
        assert db.session.query(FollowUp).filter(FollowUp.done_at.is_not(None)).count() == 1
    close(world, case_id)
    assert case_row(world, case_id).state == "terminated"


def test_an_exception_takes_a_reason_and_a_second_person(world: World) -> None:
    case_id = open_case(world)
    reason = "Pindah ke luar pulau, tidak dapat dihubungi"
    close(world, case_id, outcome="unreachable", physical="unknown", exception=reason)
    assert case_row(world, case_id).closed_at is None
    with pytest.raises(Conflict):
        close(world, case_id, exception=reason)
    officer, boss = world.client("case-officer"), world.client("supervisor")
    where = f"/cases/{case_id}/closure"
    assert officer.post(f"{where}/confirm", {"agreed": "yes"}).status_code == 403
    assert "Baca dan putuskan" in boss.get(f"/cases/{case_id}").text
    assert reason in boss.get(where).text
    assert boss.post(f"{where}/confirm", {"agreed": "no"}).status_code == 401  # a fresh proof first
    boss.confirm(where)
    assert boss.post(f"{where}/confirm", {"agreed": "no"}).status_code == 303
    assert case_row(world, case_id).closed_at is None
    close(world, case_id, outcome="unreachable", exception=reason)
    assert boss.post(f"{where}/confirm", {"agreed": "yes"}).status_code == 303
    assert case_row(world, case_id).state == "terminated"
    assert boss.post(f"{where}/confirm", {"agreed": "yes"}).status_code in {404, 409}


def test_nobody_agrees_to_their_own_exception(world: World) -> None:
    case_id = open_case(world)
    close(world, case_id, exception="Tidak dapat dihubungi")
    boss = world.account("supervisor")
    with world.as_system():
        db.session.query(Closure).one().proposed_by = boss
    with working(world, case_id, "supervisor") as case, pytest.raises(Refused):
        cases.confirm(case, agreed=True)
