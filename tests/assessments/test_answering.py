"""Going through an instrument: kept from the first answer, finished once, compared, planned."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.assessments import service as assessments
from app.assessments.models import Assessment, AssessmentAnswer
from app.cases import service as cases
from app.services import service as services
from app.services.models import CareSession
from app.web.access import Subject
from tenants.clock import today
from tenants.context import Purpose
from tenants.database import db
from tenants.errors import Conflict, Invalid, Refused
from tests.cases.intake import CHILD_REPORT, close, events, open_case, working
from tests.world import World

OWN_WORDS = "Ia takut suaminya kembali malam ini"
PAIRED = "psychosocial"


def survivor(world: World, case_id: UUID) -> UUID:
    with world.as_system():
        return cases.rows(case_id).survivors[0].id


def assess(
    world: World,
    case_id: UUID,
    instrument: str,
    typed: dict[str, str | None],
    who: str = "companion",
) -> UUID:
    her = survivor(world, case_id)
    with working(world, case_id, who) as case:
        begun = assessments.begin(case, instrument=instrument, survivor_id=her)
        assessments.finish(assessments.load_assessment(case_id, begun), typed, "Lanjutkan")
        return begun


def sheet(world: World, case_id: UUID, which: UUID, who: str) -> assessments.Sheet:
    with world.acting(who):
        return assessments.look(assessments.load_assessment(case_id, which))


def test_answers_are_kept_as_one_goes_and_nothing_of_them_is_in_the_clear(world: World) -> None:
    case_id = open_case(world)
    client = world.client("companion")
    index = f"/cases/{case_id}/assessments"
    her = str(survivor(world, case_id))
    begun = client.post(index, {"instrument": "risk", "survivor": her})
    assert begun.status_code == 303
    fill = begun.headers["Location"]
    again = client.post(index, {"instrument": "risk", "survivor": her})
    assert again.headers["Location"] == fill  # one draft, gone on with
    save = fill.removesuffix("/fill") + "/save"
    kept = client.post(
        save, {"item_kill": "yes", "item_suicide": "yes", "item_own_view": OWN_WORDS}
    )
    assert kept.get_json()["kept"] is True
    # The network was away and the page sends again: only what is new is written.
    client.post(save, {"item_kill": "yes", "item_own_view": OWN_WORDS, "item_weapon": "no"})
    saved = events(world, "case:assessment:saved")
    assert saved[-1]["fields"] == ["assessment_answer.clinical"]
    assert set(saved[0]["fields"]) == {
        "assessment_answer.clinical",
        "assessment_answer.intimate",
        "assessment_answer.narrative",
    }
    page = client.get(fill).text
    assert OWN_WORDS in page
    assert "Satu jawaban tersimpan" in page  # hers about suicide: kept, and hidden
    wrong = client.post(save, {"item_kill": "perhaps"})
    assert (wrong.status_code, wrong.get_json()["kept"]) == (422, False)
    with world.as_system():
        rows = db.session.query(AssessmentAnswer).all()
        assert len(rows) == 4
        assert not any(OWN_WORDS.encode() in (row.narrative_sealed or b"") for row in rows)

    unfinished = client.post(fill, {"item_kill": "yes"})
    assert unfinished.status_code == 422  # no conclusion
    done = client.post(fill, {"item_kill": "yes", "conclusion": "Rumah aman malam ini"})
    assert done.status_code == 303
    view = done.headers["Location"]
    shown = client.get(view).text
    assert "Bahaya nyata" in shown  # 3 for the threat, 3 for what is hidden
    assert OWN_WORDS not in client.get(view).text  # the last sending left it empty: cleared
    assert client.post(save, {"item_kill": "no"}).status_code == 409
    assert client.get(fill).status_code == 303
    mine = sheet(world, case_id, UUID(view.rsplit("/", 1)[1]), "companion")
    assert mine.score == 6
    assert {one.item.code for one in mine.answers if one.hidden} == {"suicide"}


def test_each_answer_is_shown_by_its_class_and_level(world: World) -> None:
    case_id = open_case(world)
    which = assess(world, case_id, "risk", {"kill": "yes", "suicide": "no", "own_view": OWN_WORDS})

    def seen(who: str) -> set[str]:
        found = sheet(world, case_id, which, who)
        return {one.item.code for one in found.answers if one.value}

    assert seen("companion") == {"kill", "own_view"}
    assert seen("case-officer") == {"own_view"}
    assert seen("supervisor") == set()
    assert sheet(world, case_id, which, "case-officer").score == 3
    assert sheet(world, case_id, which, "supervisor").score is None
    with world.acting("case-officer"):
        subject = assessments.load_assessment(case_id, which)
        rows = assessments.look(subject).answers
        hidden = next(one for one in rows if one.item.code == "suicide")
        assert hidden.row_id is not None
        opened = assessments.reveal(
            subject, hidden.row_id, "assessment_answer.intimate", Purpose.SAFETY
        )
        assert {one.item.code: one.value for one in opened.answers}["suicide"] == "no"
    assert events(world, "case:field:revealed")[-1]["fields"] == ["assessment_answer.intimate"]


def test_a_childs_answers_are_one_level_higher(world: World) -> None:
    case_id = open_case(world, CHILD_REPORT)
    which = assess(world, case_id, "risk", {"kill": "yes", "suicide": "no"})
    found = sheet(world, case_id, which, "companion")
    assert {one.item.code for one in found.answers if one.hidden} == {"kill", "suicide"}
    with pytest.raises(Refused):
        assess(world, case_id, "risk", {"suicide": "yes"}, who="case-officer")


def test_what_she_needs_becomes_a_plan_with_who_and_by_when(world: World) -> None:
    case_id = open_case(world)
    assess(world, case_id, "needs", {"lawyer": "yes", "psychologist": "yes", "doctor": "no"})
    with working(world, case_id) as case:
        services = [one.service for one in cases.rows(case_id).needs]
        assert services == ["psychology", "legal_aid"]  # psychology was known already
        needs = {one.service: one.id for one in cases.rows(case_id).needs}
        owner = world.account("companion")
        day = today() + timedelta(days=2)

        def add(**changed: Any) -> UUID:
            usual: dict[str, Any] = {
                "need_id": needs["legal_aid"],
                "owner_id": owner,
                "due_on": day,
                "action": "Antar ke LBH",
            }
            return assessments.add_item(case, **(usual | changed))

        for wrong in (
            {"need_id": owner},
            {"owner_id": world.account("supervisor")},
            {"due_on": today() - timedelta(days=1)},
            {"due_on": today() + timedelta(days=500)},
            {"action": " "},
        ):
            with pytest.raises(Invalid):
                add(**wrong)
        item = add()
        plan = assessments.plan(case)
        assert [one.service for one in plan.lines] == ["legal_aid"]
        assert [one.service for one in plan.unplanned] == ["psychology"]
    page = world.client("companion").get(f"/cases/{case_id}").text
    assert "Dewi Contoh" in page
    client = world.client("case-officer")
    one = f"/cases/{case_id}/plan/{item}"
    assert client.get(f"/cases/{case_id}/plan").status_code == 200
    sent = client.post(f"{one}/move", {"owner": str(owner), "due_on": today().isoformat()})
    assert sent.status_code == 303
    assert client.post(f"{one}/end", {"state": "done"}).status_code == 422
    assert client.post(f"{one}/end", {"state": "done", "result": "Sudah"}).status_code == 303
    assert client.post(f"{one}/end", {"state": "done", "result": "Lagi"}).status_code == 409


def test_the_first_and_the_newest_stand_side_by_side(world: World) -> None:
    case_id = open_case(world)
    her = survivor(world, case_id)
    with world.acting("companion"):
        assert assessments.unpaired(case_id) == [PAIRED]
    assess(world, case_id, PAIRED, {"sleep": "3", "fear": "3", "harm": "2"})
    client = world.client("companion")
    where = f"/cases/{case_id}/assessments/compared/{PAIRED}/{her}"
    assert client.get(where).status_code == 404
    assess(world, case_id, PAIRED, {"sleep": "1", "fear": "0", "harm": "0"})
    with working(world, case_id, "companion") as case:
        assert assessments.unpaired(case_id) == []
        found = assessments.compare(case, her, PAIRED)
        assert (found.first.score, found.newest.score, found.change) == (8, 1, -7)
        with_both = [one for one in found.pairs if one.before and one.before.value]
        assert len(with_both) == 2  # the third is hidden from her page
    assert "berkurang 7" in client.get(where).text


def test_a_closed_case_is_not_assessed(world: World) -> None:
    case_id = open_case(world)
    her = survivor(world, case_id)
    with working(world, case_id) as case:
        begun = assessments.begin(case, instrument="risk", survivor_id=her)
    close(world, case_id)
    with working(world, case_id) as case:
        with pytest.raises(Conflict):
            assessments.begin(case, instrument="needs", survivor_id=her)
        subject: Subject = assessments.load_assessment(case_id, begun)
        with pytest.raises(Conflict):
            assessments.save(subject, {"kill": "yes"})
    with world.as_system():
        assert db.session.query(Assessment).count() == 1


def test_answers_and_sessions_rise_and_fall_with_whether_she_is_a_child(world: World) -> None:
    case_id = open_case(world)
    her = survivor(world, case_id)
    with working(world, case_id, "companion") as case:
        services.offer(case, survivor_id=her, kind="counselling", accepted=False)
    assess(world, case_id, "risk", {"kill": "yes"})
    for age_group, is_child in (("6-12", True), ("25-44", False)):
        with working(world, case_id) as case:
            cases.edit_survivor(
                case, her, age_group=age_group, disability="none", district=None, typed={}
            )
        with world.as_system():
            for table in (Assessment, AssessmentAnswer, CareSession):
                rows = db.session.query(table).filter_by(case_id=case_id).all()
                assert rows
                assert {one.raised for one in rows} == {is_child}, (table, age_group)
