"""The pages of referrals as people meet them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from tenants import clock, registry
from tenants.confidential import FieldClass
from tests.referrals.filing import (
    BIRTH,
    BIRTH_SHOWN,
    NOTE,
    File,
    consent,
    open_case,
    organisation,
    send,
)
from tests.world import CONTOH, World


def destination(world: World, file: File, service: str = "psychology", need: bool = True) -> str:
    to = organisation(world, "hospital", file.tenant)
    return f"{to}/{service}/{file.need_id if need else ''}"


def refer(world: World, file: File, who: str = "case-officer", **values: str) -> tuple[int, str]:
    values.setdefault("destination", destination(world, file))
    response = world.client(who, tenant=file.tenant).post(f"{file.path}/referrals/new", values)
    return response.status_code, response.text


def test_the_refusal_says_why_and_where_to_record_a_consent(world: World) -> None:
    file = open_case(world)
    status, text = refer(world, file, note=NOTE)
    assert status == 403
    assert f"{file.path}/consents/new" in text
    assert "RSUD Bangil" in text
    assert NOTE in text
    event = [one for one in world.events() if one["tag"] == "case:referral:created"][-1]
    assert (event["outcome"], event["reason"]) == ("refused", "referral-no-consent")
    consent(world, file)
    assert refer(world, file, note=NOTE)[0] == 303


def test_a_second_referral_for_the_same_is_refused_with_a_sentence(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    assert refer(world, file)[0] == 303
    status, text = refer(world, file, note=NOTE)
    assert status == 409
    assert NOTE in text


@pytest.mark.parametrize("value", ["", "x", "a/b/c"])
def test_an_unknown_destination_is_marked_on_the_form(world: World, value: str) -> None:
    file = open_case(world)
    consent(world, file)
    status, text = refer(world, file, destination=value, note=NOTE)
    assert status == 422
    assert NOTE in text


def test_an_over_long_note_is_marked_on_the_form(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    assert refer(world, file, note="x" * 2001)[0] == 422
    assert refer(world, file, note="a\x07b")[0] == 422


@pytest.mark.parametrize(
    ("who", "status"),
    [("case-officer", 200), ("companion", 200), ("case-officer-2", 403), ("supervisor", 403)],
)
def test_only_the_team_refers(world: World, who: str, status: int) -> None:
    file = open_case(world)
    path = f"{file.path}/referrals/new"
    assert world.client(who).get(path).status_code == status


def test_a_case_of_another_tenant_is_missing(world: World) -> None:
    file = open_case(world)
    client = world.client("case-officer", tenant=CONTOH)
    assert client.get(f"{file.path}/referrals/new").status_code == 404


def test_the_case_page_shows_referrals_and_their_states(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    text = world.client("case-officer").get(file.path).text
    assert f"{file.path}/referrals/{referral_id}" in text
    assert f"{file.path}/referrals/new" in text
    supervisor = world.client("supervisor").get(file.path).text
    assert f"{file.path}/referrals/{referral_id}" in supervisor
    assert f"{file.path}/referrals/new" not in supervisor


def test_the_home_page_of_a_partner_shows_what_waits(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    officer = world.client("hospital-officer")
    assert f"/referrals/{referral_id}" in officer.get("/").text
    officer.post(f"/referrals/{referral_id}/accept")
    assert f"/referrals/{referral_id}" not in officer.get("/").text
    assert f"/referrals/{referral_id}" not in world.client("police-officer").get("/").text


def test_the_home_page_of_the_sender_shows_answers_and_late_ones(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    path = f"{file.path}/referrals/{referral_id}"
    assert path not in world.client("case-officer").get("/").text
    with time_machine.travel(clock.now() + timedelta(hours=49)):
        assert path in world.client("case-officer").get("/").text
        assert path not in world.client("case-officer-2").get("/").text
    world.client("hospital-officer").post(
        f"/referrals/{referral_id}/decline", {"reason": "no-capacity"}
    )
    assert path in world.client("case-officer").get("/").text


def test_the_agencys_page_of_a_referral_masks_by_policy(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    path = f"{file.path}/referrals/{send(world, file)}"
    assert NOTE in world.client("companion").get(path).text
    officer = world.client("case-officer")
    assert NOTE not in officer.get(path).text
    values = {"field": "referral.request_note", "purpose": "handling"}
    assert NOTE in officer.post(f"{path}/reveal", values).text
    supervisor = world.client("supervisor")
    assert NOTE not in supervisor.get(path).text
    values["purpose"] = "supervision"
    assert supervisor.post(f"{path}/reveal", values).status_code == 403
    revealed = [one for one in world.events() if one["tag"] == "case:field:revealed"]
    assert [one["outcome"] for one in revealed] == ["allowed", "refused"]
    assert revealed[0]["fields"] == ["referral.request_note"]
    assert revealed[0]["purpose"] == "handling"
    assert revealed[1]["fields"] == ["referral.request_note"]
    assert revealed[1]["purpose"] == "supervision"


@pytest.mark.parametrize(
    "values",
    [
        {"field": "referral.request_note", "purpose": "curiosity"},
        {"field": "survivor.full_name", "purpose": "handling"},
        {"field": "referral.request_note"},
    ],
)
def test_a_note_is_opened_only_by_its_name_and_for_a_known_purpose(
    world: World, values: dict[str, str]
) -> None:
    file = open_case(world)
    consent(world, file)
    path = f"{file.path}/referrals/{send(world, file)}"
    response = world.client("case-officer").post(f"{path}/reveal", values)
    assert response.status_code == 422
    assert NOTE not in response.text


def test_pages_speak_english_when_asked(world: World) -> None:
    file = open_case(world)
    consent(world, file, FieldClass.IDENTITY)
    referral_id: UUID = send(world, file)
    officer = world.client("hospital-officer")
    assert "Dapatkah Anda memberikan layanan ini?" in officer.get(f"/referrals/{referral_id}").text
    officer.post("/language", {"language": "en"})
    assert "Can you give this service?" in officer.get(f"/referrals/{referral_id}").text


def test_the_partners_page_names_the_office_and_writes_the_day_of_birth_out(world: World) -> None:
    file = open_case(world)
    consent(world, file, FieldClass.IDENTITY)
    page = world.client("hospital-officer").get(f"/referrals/{send(world, file)}").text
    with world.as_system():
        identity = registry.profile().identity
    assert f"<dd>{identity.agency}, {identity.regency}</dd>" in page
    assert BIRTH not in page
    assert BIRTH_SHOWN in page
