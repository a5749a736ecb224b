"""Taking a report: its class, danger, several survivors, cases that may be hers (invariant 12)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from app.cases import service as cases
from app.cases.intake_codes import IMMEDIATE_STEPS, Gbvims, Sign, gbvims
from app.cases.models import AllegedPerpetrator, CaseLink, StepDone, Survivor
from tenants.database import db
from tenants.errors import Conflict, Invalid
from tests.cases.intake import (
    BARE,
    BIRTH,
    FORBIDDEN,
    NAME,
    NIK,
    PERPETRATOR,
    PHONE,
    REPORT,
    SAFE,
    SURVIVOR,
    case_row,
    close,
    events,
    open_case,
    row,
    staff,
    take,
    working,
)
from tests.world import World


@pytest.mark.parametrize(
    ("violence", "signs", "found"),
    [
        (("sexual", "physical"), (Sign.PENETRATION,), Gbvims.RAPE),
        (("sexual", "physical"), (), Gbvims.SEXUAL_ASSAULT),
        (("physical", "psychological"), (Sign.FORCED_MARRIAGE,), Gbvims.PHYSICAL_ASSAULT),
        (("physical",), (Sign.PENETRATION,), Gbvims.PHYSICAL_ASSAULT),
        (("psychological",), (Sign.FORCED_MARRIAGE, Sign.DENIAL), Gbvims.FORCED_MARRIAGE),
        (("psychological",), (Sign.DENIAL,), Gbvims.DENIAL),
        (("neglect",), (), Gbvims.DENIAL),
        (("psychological",), (), Gbvims.PSYCHOLOGICAL),
        (("other",), (), Gbvims.NOT_GBV),
    ],
)
def test_an_incident_has_one_class_the_first_yes_in_the_order_of_gbvims(
    violence: tuple[str, ...], signs: tuple[str, ...], found: Gbvims
) -> None:
    assert gbvims(violence, signs) is found


def found_links(world: World, case_id: UUID, who: str = "supervisor") -> list[cases.Link]:
    with working(world, case_id, who) as subject:
        return cases.links(subject)


def test_cases_that_agree_are_found_without_telling_who_took_the_report(world: World) -> None:
    first = open_case(world)
    other_name = replace(SURVIVOR, full_name="Mawar Contoh", birth_date=None)
    by_number = take(world, replace(REPORT, survivor=replace(other_name, phone=None)))
    by_name = take(world, replace(REPORT, survivor=replace(SURVIVOR, nik=None, phone=None)))
    name_alone = replace(SURVIVOR, nik=None, phone=None, birth_date=None)
    stranger = take(world, replace(REPORT, survivor=name_alone))
    how = {one.line.id: one.matched for one in found_links(world, first)}
    assert how == {by_number: ("nik",), by_name: ("name-and-year",)}
    assert found_links(world, stranger) == []
    assert all("K-" not in str(one["details"]) for one in events(world, "case:link:found"))
    page = world.client("intake-officer").get(f"/cases/{by_name}").text
    assert "links" not in page

    # A case officer of one of the two, who may not read the other, sees nothing of it.
    staff(world, by_number, "case-officer-2")
    assert found_links(world, by_number, "case-officer-2") == []
    with working(world, by_number, "case-officer-2") as subject, pytest.raises(Invalid):
        cases.decide_link(subject, other=first, verdict="same")

    page = world.client("case-officer-2").get(f"/cases/{by_number}").text
    assert "1 kasus lain mungkin miliknya" not in page
    seen = world.client("case-officer-2").get(f"/cases/{by_number}/access").text
    assert "Kasus lain mungkin menyangkut" not in seen

    boss = world.client("supervisor")
    assert "mungkin" in boss.get(f"/cases/{first}").text
    answer = boss.post(f"/cases/{first}/links", {"other": str(by_name), "verdict": "same"})
    assert answer.status_code == 303
    assert [one.state for one in found_links(world, by_name)] == ["same"]
    assert boss.post(f"/cases/{first}/links", {"other": "x", "verdict": "moon"}).status_code == 422

    # A destroyed key takes the links with it; a decision is not found anew.
    with working(world, by_number, "supervisor") as subject:
        cases.destroy_key(subject, reason="survivor-asked", code=case_row(world, by_number).code)
    with working(world, first) as subject:
        edit(subject, row(world, first, Survivor).id, {"phone": PHONE})
    with world.as_system():
        kept = db.session.query(CaseLink).all()
    assert {(one.case_id, one.state) for one in kept} == {(first, "same"), (by_name, "same")}


def edit(
    subject: object, row_id: UUID | None, typed: dict[str, str | None], **more: object
) -> UUID:
    return cases.edit_survivor(
        subject,  # type: ignore[arg-type]
        row_id,
        age_group="25-44",
        disability="none",
        district=None,
        typed=typed,
        **more,  # type: ignore[arg-type]
    )


def test_several_survivors_and_persons_reported_are_counted_apart(world: World) -> None:
    case_id = open_case(world)
    client = world.client("case-officer")
    sent = client.post(
        f"/cases/{case_id}/entries/survivor/new",
        {"age_group": "6-12", "disability": "none", "suffered": ["neglect"]},
    )
    assert sent.status_code == 303
    with working(world, case_id) as subject:
        cases.edit_perpetrator(
            subject, None, relation="neighbour", age_group="unknown", typed={"full_name": "Budi"}
        )
        dossier = cases.look(subject)
        children = [one for one in dossier.survivors if one.row.is_child]
        assert (len(dossier.survivors), len(dossier.perpetrators)) == (2, 2)
        assert [one.row.suffered for one in children] == [["neglect"]]
        assert len(dossier.relations) == 4
        husband = next(
            one for one in dossier.perpetrators if one.fields["full_name"].value == PERPETRATOR
        )
    child = children[0].id
    said = {f"{child}/{husband.id}": "parent"}
    assert client.post(f"/cases/{case_id}/relations", said).status_code == 303
    assert (
        client.post(f"/cases/{case_id}/relations", {f"{child}/{child}": "parent"}).status_code
        == 422
    )
    assert client.get(f"/cases/{case_id}/relations").status_code == 200
    with working(world, case_id) as subject:
        # What is said anew of him for the others leaves what was said for the child.
        cases.edit_perpetrator(subject, husband.id, relation="family", age_group="25-44", typed={})
        relations = cases.look(subject).relations
    assert relations[child, husband.id] == "parent"
    assert sorted(relations.values()) == ["family", "neighbour", "neighbour", "parent"]
    assert row_count(world, AllegedPerpetrator) == 2


def row_count(world: World, table: type) -> int:
    with world.as_system():
        return db.session.query(table).count()


def test_danger_says_what_to_do_now_and_begins_anew_when_it_comes_back(world: World) -> None:
    case_id = open_case(world, replace(REPORT, risk="high"))
    client = world.client("case-officer")
    page = client.get(f"/cases/{case_id}").text
    assert "Lakukan sekarang" in page
    assert client.post(f"/cases/{case_id}/immediate", {"step": "shelter"}).status_code == 303
    assert client.post(f"/cases/{case_id}/immediate", {"step": "moon"}).status_code == 422
    with working(world, case_id) as subject:
        steps = cases.look(subject).immediate
        assert [one.step for one in steps if one.done_at] == ["shelter"]
        assert len(steps) == len(IMMEDIATE_STEPS.names)
        cases.edit_status(subject, state="assessment", risk="low")
        assert not cases.look(subject).immediate
    with working(world, case_id) as subject:
        cases.edit_status(subject, state="assessment", risk="high")
        assert [one.step for one in cases.look(subject).immediate if one.done_at] == []
    assert row_count(world, StepDone) == 1
    close(world, case_id)
    with working(world, case_id) as subject:
        assert not cases.look(subject).immediate
        with pytest.raises(Conflict):
            cases.do_step(subject, "shelter")


def test_wherever_her_number_stands_it_says_not_to_call_it(world: World) -> None:
    case_id = open_case(world)
    quiet = open_case(world, BARE)
    client = world.client("companion")
    page = client.get(f"/cases/{case_id}").text
    assert FORBIDDEN in page
    assert "Sebelum menelepon" in page
    assert "Sebelum menelepon" not in client.get(f"/cases/{quiet}").text
    form = client.get(f"/cases/{case_id}/entries/survivor/{row(world, case_id, Survivor).id}").text
    assert FORBIDDEN in form
    assert {NAME, SAFE} <= {part for part in (NAME, SAFE) if part in form}
    assert NIK not in page
    assert BIRTH[:4] in page
