"""What a partner organisation sees, and that it is nothing more than was consented to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from app.cases.models import Incident, Survivor
from tenants import clock, vault
from tenants.confidential import FieldClass
from tenants.context import acting_person
from tenants.database import db
from tests.referrals.filing import (
    BIRTH_SHOWN,
    FORBIDDEN,
    HEALTH,
    HOME,
    NAME,
    NEED,
    NOTE,
    PERPETRATOR,
    PHONE,
    REPORT,
    SAFE,
    SECRETS,
    STORY,
    WHEN,
    consent,
    open_case,
    revoke,
    send,
)
from tests.world import CONTOH, World

SHOWN = {
    FieldClass.IDENTITY: {
        "survivor.full_name": NAME,
        "survivor.birth_date": BIRTH_SHOWN,
    },
    FieldClass.CONTACT: {
        "survivor.phone": PHONE,
        "survivor.safe_contact": SAFE,
        "survivor.contact_when": WHEN,
        "survivor.forbidden_phone": FORBIDDEN,
    },
    FieldClass.CLINICAL: {
        "survivor.health": HEALTH,
        "need.description": NEED,
        "referral.request_note": NOTE,
    },
    FieldClass.LEGAL: {"legal_process.report_number": REPORT},
    FieldClass.NARRATIVE: {"incident.narrative": STORY},
}


def look(world: World, referral_id: UUID, who: str = "hospital-officer", **where: Any) -> str:
    response = world.client(who, **where).get(f"/referrals/{referral_id}")
    assert response.status_code == 200
    return response.text


def events(world: World, tag: str, **where: Any) -> list[dict[str, Any]]:
    return [one for one in world.events(**where) if one["tag"] == tag]


def assert_nothing_of(text: str) -> None:
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize(
    "classes",
    [
        {FieldClass.IDENTITY},
        {FieldClass.IDENTITY, FieldClass.CONTACT},
        {FieldClass.IDENTITY, FieldClass.CLINICAL},
        {FieldClass.IDENTITY, FieldClass.LEGAL, FieldClass.NARRATIVE},
        set(FieldClass),
    ],
    ids=lambda classes: "-".join(sorted(classes)),
)
def test_the_partner_sees_each_consented_class_and_no_other(
    world: World, classes: set[FieldClass]
) -> None:
    file = open_case(world)
    consent(world, file, *classes)
    text = look(world, send(world, file))
    expected: list[str] = []
    for field_class, fields in SHOWN.items():
        for name, value in fields.items():
            assert (value in text) == (field_class in classes), name
            expected += [name] if field_class in classes else []
    event = events(world, "case:referral:viewed")[-1]
    assert sorted(event["fields"]) == sorted(expected)
    assert event["purpose"] == "referral"
    assert event["roles"] == ["partner_officer"]
    assert event["case"] == str(file.case_id)


def test_address_and_alleged_perpetrator_are_never_shared(world: World) -> None:
    file = open_case(world)
    consent(world, file, *FieldClass)
    text = look(world, send(world, file))
    assert NAME in text
    assert HOME not in text
    assert PERPETRATOR not in text


def test_the_inbox_opens_nothing_and_is_recorded_with_its_count(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    response = world.client("hospital-officer").get("/referrals")
    assert str(referral_id) in response.text
    assert file.case_id.hex[:6].upper() in response.text
    assert_nothing_of(response.text)
    event = events(world, "case:referral:inbox-viewed")[-1]
    assert (event["fields"], event["details"]) == ([], {"count": 1})


def test_the_inbox_holds_only_the_organisations_own_referrals(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    text = world.client("police-officer").get("/referrals").text
    assert str(referral_id) not in text
    assert file.case_id.hex[:6].upper() not in text
    assert events(world, "case:referral:inbox-viewed")[-1]["details"] == {"count": 0}


def test_an_unanswered_referral_turns_late(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    send(world, file)
    assert "t-warn" not in world.client("hospital-officer").get("/referrals").text
    with time_machine.travel(clock.now() + timedelta(hours=49)):
        assert "t-warn" in world.client("hospital-officer").get("/referrals").text


def test_after_revocation_the_next_click_shows_nothing(world: World) -> None:
    file = open_case(world)
    given = consent(world, file)
    referral_id = send(world, file)
    officer = world.client("hospital-officer")
    assert NAME in officer.get(f"/referrals/{referral_id}").text
    revoke(world, file, given)
    assert_nothing_of(officer.get(f"/referrals/{referral_id}").text)
    assert events(world, "case:referral:viewed")[-1]["fields"] == []


def test_after_expiry_the_next_click_shows_nothing(world: World) -> None:
    file = open_case(world)
    consent(world, file, days=3)
    referral_id = send(world, file)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        assert NAME in look(world, referral_id)
    with time_machine.travel(clock.now() + timedelta(days=4)):
        assert_nothing_of(look(world, referral_id))


@pytest.mark.parametrize("end", ["decline", "done", "withdraw"])
def test_an_ended_referral_shows_that_it_existed_and_no_field(world: World, end: str) -> None:
    file = open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    officer = world.client("hospital-officer")
    assert NAME in officer.get(f"/referrals/{referral_id}").text
    path = f"/referrals/{referral_id}"
    if end == "withdraw":
        agency = world.client("case-officer")
        ended = agency.post(f"{file.path}{path}/withdraw", {"reason": "survivor-asked"})
    elif end == "decline":
        ended = officer.post(f"{path}/decline", {"reason": "no-capacity"})
    else:
        assert officer.post(f"{path}/accept").status_code == 303
        assert NAME in officer.get(path).text
        ended = officer.post(f"{path}/done", {"outcome": "given"})
    assert ended.status_code == 303
    after = officer.get(path)
    assert after.status_code == 200
    assert_nothing_of(after.text)
    assert file.case_id.hex[:6].upper() in after.text
    assert events(world, "case:referral:viewed")[-1]["fields"] == []
    opening = officer.post(
        f"{path}/rows/{file.survivor_id}/reveal", {"field": "survivor.full_name"}
    )
    assert opening.status_code == 403


def test_another_organisation_and_another_tenant_get_the_answer_of_a_missing_one(
    world: World,
) -> None:
    file = open_case(world)
    consent(world, file)
    path = f"/referrals/{send(world, file)}"
    for who, where in (("police-officer", {}), ("hospital-officer", {"tenant": CONTOH})):
        client = world.client(who, **where)
        for tail in ("", "/accept", "/decline", "/done"):
            theirs, missing = client.get(path + tail), client.get(f"/referrals/{uuid4()}{tail}")
            assert theirs.status_code == missing.status_code == 404
            assert plain(theirs.text, path) == plain(missing.text, "")
        assert client.post(f"{path}/accept").status_code == 404
        assert client.post(f"{path}/decline", {"reason": "other"}).status_code == 404
    assert world.client("hospital-officer").get(path).status_code == 200


def plain(text: str, path: str) -> str:
    """A page without what the reader's own address and request put in it."""
    import re

    text = re.sub(r'(nonce|value|name="next" value)="[^"]*"', "", text)
    return re.sub(r"/referrals/[0-9a-f-]{36}", "", text)


@pytest.mark.parametrize(
    "who", ["case-officer", "companion", "supervisor", "signatory", "auditor", "administrator"]
)
def test_only_partner_officers_open_the_partners_pages(world: World, who: str) -> None:
    file = open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    client = world.client(who)
    assert client.get("/referrals").status_code == 403
    assert client.get(f"/referrals/{referral_id}").status_code == 403
    assert client.post(f"/referrals/{referral_id}/accept").status_code == 403


def test_a_partner_officer_sees_nothing_else_of_the_case(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    officer = world.client("hospital-officer")
    for path in (
        file.path,
        f"{file.path}/referrals/new",
        f"{file.path}/referrals/{referral_id}",
        f"{file.path}/mediations/new",
        "/cases",
    ):
        assert officer.get(path).status_code == 403, path
    assert officer.get("/").status_code == 200


def test_a_childs_telephone_is_opened_one_by_one_and_on_record(world: World) -> None:
    file = open_case(world, child=True)
    consent(world, file)
    referral_id = send(world, file)
    officer = world.client("hospital-officer")
    page = officer.get(f"/referrals/{referral_id}").text
    assert NAME in page
    assert PHONE not in page
    assert "survivor.phone" not in events(world, "case:referral:viewed")[-1]["fields"]
    path = f"/referrals/{referral_id}/rows/{file.survivor_id}/reveal"
    opened = officer.post(path, {"field": "survivor.phone"})
    assert PHONE in opened.text
    assert HEALTH not in opened.text
    event = events(world, "case:field:revealed")[-1]
    assert "survivor.phone" in event["fields"]
    assert "survivor.health" not in event["fields"]
    assert event["purpose"] == "referral"


@pytest.mark.parametrize(
    "field", ["survivor.address", "survivor.nik", "survivor.health", "case.code", ""]
)
def test_nothing_is_opened_that_was_not_consented_to_or_is_not_carried(
    world: World, field: str
) -> None:
    file = open_case(world, child=True)
    consent(world, file, FieldClass.IDENTITY, FieldClass.CONTACT)
    referral_id = send(world, file)
    path = f"/referrals/{referral_id}/rows/{file.survivor_id}/reveal"
    officer = world.client("hospital-officer")
    response = officer.post(path, {"field": field})
    assert response.status_code == 403
    assert_nothing_of(response.text)
    assert events(world, "case:field:revealed")[-1]["outcome"] == "refused"
    assert officer.post(path, {"field": "survivor.phone"}).status_code == 200


def test_a_row_of_another_case_is_not_opened(world: World) -> None:
    file, other = open_case(world, child=True), open_case(world, child=True)
    consent(world, file)
    referral_id = send(world, file)
    officer = world.client("hospital-officer")
    path = f"/referrals/{referral_id}/rows/{other.survivor_id}/reveal"
    assert officer.post(path, {"field": "survivor.phone"}).status_code == 403


def test_whether_and_how_many_there_are_is_not_told_without_consent(world: World) -> None:
    pages = set()
    for bare, more in ((True, 0), (False, 0), (False, 2)):
        file = open_case(world, bare=bare)
        with world.acting("case-officer"):
            for _ in range(more):
                extra = Incident(
                    case_id=file.case_id, place="household", violence=["physical"], domestic=True
                )
                extra.narrative = STORY
                db.session.add(extra)
        consent(world, file, FieldClass.IDENTITY)
        text = look(world, send(world, file))
        assert "Nomor laporan polisi" in text
        pages.add(times_out(plain(text, "").replace(file.case_id.hex[:6].upper(), "")))
    assert len(pages) == 1


def times_out(text: str) -> str:
    import re

    text = re.sub(r"<time.*?</time>", "", text, flags=re.DOTALL)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", text)


def test_several_survivors_are_told_apart(world: World) -> None:
    file = open_case(world)
    with world.acting("case-officer"):
        second = Survivor(case_id=file.case_id, age_group="6-12", disability="none", is_child=True)
        second.full_name = "Kenanga Contoh"
        db.session.add(second)
    consent(world, file)
    text = look(world, send(world, file))
    assert NAME in text
    assert "Kenanga Contoh" in text
    assert text.count("<h3>") == 2


def test_a_destroyed_key_shows_nothing_and_says_so(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    with world.acting("case-officer"):
        vault.destroy_data_key(file.case_id, acting_person().id)
    response = world.client("hospital-officer").get(f"/referrals/{referral_id}")
    assert response.status_code == 409
    assert_nothing_of(response.text)
