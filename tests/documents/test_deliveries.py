"""The partner's inbox: delivered when issued, opened, acknowledged; by consent, or by law."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.documents import service
from app.documents.values import Entry
from app.local.postgres import Postgres
from app.referrals.models import Referral
from tenants.database import db
from tests.documents.desk import NAME, Desk, open_desk
from tests.world import World


def test_a_letter_arrives_when_it_is_issued_is_opened_and_acknowledged(desk: Desk) -> None:
    waiting = desk.approved()
    hospital, police = desk.client("hospital-officer"), desk.client("police-officer")
    assert str(waiting) not in hospital.get("/inbox/letters").text
    desk.run(waiting)
    letter = desk.letter(waiting)
    path = f"/inbox/letters/{waiting}"
    assert str(letter.number) in hospital.get("/").text
    inbox = hospital.get("/inbox/letters").text
    assert str(letter.number) in inbox
    assert NAME not in inbox
    assert str(letter.number) not in police.get("/inbox/letters").text
    for answer in (police.get(f"{path}/file"), police.post(f"{path}/acknowledgement")):
        assert answer.status_code == 404

    assert hospital.post(f"{path}/acknowledgement").status_code == 409  # nobody has read it
    assert hospital.get(f"{path}/file").data == desk.pdf(waiting)
    hospital.get(f"{path}/file")
    assert hospital.post(f"{path}/acknowledgement").status_code == 303
    assert hospital.post(f"{path}/acknowledgement").status_code == 409
    assert str(letter.number) not in hospital.get("/").text
    page = desk.client("case-officer").get(f"/letters/{waiting}").text
    assert page.count("Gita Contoh") == 2
    (event,) = [e for e in desk.events("letter:letter:acknowledged") if e["outcome"] == "allowed"]
    assert event["object_id"] == str(waiting)
    change = text("UPDATE letter_delivery SET organisation_id = organisation_id")
    with pytest.raises(Exception, match="permission denied"), desk.world.as_system():
        db.session.execute(change)


def test_what_is_withdrawn_replaced_or_no_longer_consented_to_cannot_be_opened(
    desk: Desk,
) -> None:
    first, second = desk.issued(), desk.issued(service_unit="Poli Psikologi")
    hospital = desk.client("hospital-officer")
    with desk.acting("signatory"):
        service.withdraw(service.find(first), service.WithdrawReason.CONTENT)
    page = hospital.get("/inbox/letters").text
    assert "Jangan" in page
    assert hospital.get(f"/inbox/letters/{first}/file").status_code == 404
    assert hospital.get(f"/inbox/letters/{second}/file").status_code == 200
    with desk.rows_of(Referral) as referrals:
        (hospitals,) = [one for one in referrals if one.organisation_id == desk.places["hospital"]]
        hospitals.state = "withdrawn"
    assert hospital.get(f"/inbox/letters/{second}/file").status_code == 404
    with desk.rows_of(Referral) as referrals:
        for one in referrals:
            one.state = "accepted"
    assert hospital.get(f"/inbox/letters/{second}/file").status_code == 200
    desk.consent("hospital", [])
    page = hospital.get("/inbox/letters").text
    assert str(desk.letter(second).number) not in page
    assert hospital.get(f"/inbox/letters/{second}/file").status_code == 404


def test_what_the_law_has_the_police_told_is_opened_without_consent_or_referral(
    world: World, postgres: Postgres
) -> None:
    report = {"draft.facts": "Uraian contoh", "draft.informed_on": "2026-11-24"}
    with open_desk(world, postgres, violence="sexual") as desk:
        desk.consent("police", [])
        with desk.rows_of(Referral) as referrals:
            for one in referrals:
                one.state = "withdrawn"
        entry = Entry(desk.places["police"], companion_id=desk.account("companion"), typed=report)
        with desk.acting("case-officer"):
            letter_id = service.create(desk.case_id, "laporan_tpks", entry).id
            assert service.submit(service.find(letter_id), desk.account("signatory")) == ()
        desk.approve(letter_id)
        desk.run(letter_id)
        police = desk.client("police-officer")
        assert str(desk.letter(letter_id).number) in police.get("/inbox/letters").text
        answer = police.get(f"/inbox/letters/{letter_id}/file")
        assert (answer.status_code, answer.data) == (200, desk.pdf(letter_id))
        event = desk.events("letter:file:downloaded", letter_id)[0]
        assert "survivor.full_name" in event["fields"]
        hospital = desk.client("hospital-officer")
        assert hospital.get(f"/inbox/letters/{letter_id}/file").status_code == 404
