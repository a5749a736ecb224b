"""A referral from its receipt to a result that was read; asked back, taken over, cut off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import time_machine

from app.cases import service as cases
from app.referrals.models import Referral, ReferralStep
from app.referrals.steps import receipt
from tenants import clock
from tenants.confidential import FieldClass
from tenants.database import db
from tests.referrals.filing import NAME, File, consent, open_case, send
from tests.world import World

QUESTION, ANSWER = "Apakah ia dapat datang pagi?", "Ya, bersama pendamping"
PROGRESS, RESULT = "Sesi pertama selesai", "Tiga sesi selesai"


def opened(world: World, *classes: FieldClass) -> tuple[File, UUID]:
    file = open_case(world)
    consent(world, file, *classes)
    return file, send(world, file)


def stored(world: World, referral_id: UUID) -> Referral:
    with world.as_system() as _:
        return db.session.query(Referral).filter_by(id=referral_id).one()


def events(world: World, tag: str) -> list[dict[str, Any]]:
    return [one for one in world.events() if one["tag"] == tag and one["outcome"] == "allowed"]


def test_a_referral_goes_from_receipt_over_question_and_progress_to_a_result_that_is_read(
    world: World,
) -> None:
    file, referral_id = opened(world)
    officer, team = world.client("hospital-officer"), world.client("companion")
    path, ours = f"/referrals/{referral_id}", f"{file.path}/referrals/{referral_id}"

    assert officer.get(f"{path}/receipt").status_code == 302  # the password is asked first
    assert stored(world, referral_id).received_at is None
    officer.confirm()
    assert officer.post(f"{path}/receipt").status_code == 303
    row = stored(world, referral_id)
    assert row.received_by == world.account("hospital-officer")
    (event,) = events(world, "case:referral:received")
    assert event["details"] == {"receipt": receipt(row)}
    row.received_by = world.account("police-officer")
    assert event["details"] != {"receipt": receipt(row)}
    assert officer.post(f"{path}/receipt").status_code == 409

    due = stored(world, referral_id).due_at
    assert officer.post(f"{path}/question", {"text": QUESTION}).status_code == 303
    assert stored(world, referral_id).state == "asked-back"
    assert QUESTION in team.get(ours).text
    with time_machine.travel(clock.now() + timedelta(hours=60)):
        again = world.client("companion")
        assert ours in world.client("case-officer").get("/").text
        assert again.post(f"{ours}/reply").status_code == 422
        assert again.post(f"{ours}/reply", {"text": ANSWER}).status_code == 303
        later = stored(world, referral_id)
        assert later.state == "requested"
        assert timedelta(hours=59) < later.due_at - due < timedelta(hours=61)
        assert ANSWER in world.client("hospital-officer").get(path).text
    assert events(world, "case:clock:paused")[-1]["details"]["reason"] == "asked-back"

    assert officer.post(f"{path}/progress", {"text": PROGRESS}).status_code == 409
    assert officer.post(f"{path}/accept").status_code == 303
    assert officer.post(f"{path}/progress", {"text": PROGRESS}).status_code == 303
    row = stored(world, referral_id)
    assert (row.state, row.result_due_at is not None) == ("in-progress", True)
    assert PROGRESS in officer.get(path).text
    assert events(world, "case:referral:viewed")[-1]["fields"].count("referral_step.text") == 1

    assert team.post(f"{ours}/acknowledge").status_code == 409
    faulty = officer.post(f"{path}/done", {"text": RESULT})
    assert faulty.status_code == 422
    assert RESULT in faulty.text
    done = officer.post(f"{path}/done", {"outcome": "partly", "text": RESULT})
    assert done.status_code == 303
    ended = officer.get(path).text
    assert [secret for secret in (NAME, PROGRESS, RESULT, ANSWER) if secret in ended] == []
    assert RESULT in team.get(ours).text
    assert team.post(f"{ours}/acknowledge").status_code == 303
    assert stored(world, referral_id).state == "acknowledged"
    assert events(world, "case:referral:acknowledged")[-1]["details"] == {"outcome": "partly"}
    figures = officer.get("/referrals/punctuality")
    assert figures.status_code == 200
    assert file.case_id.hex[:6].upper() not in figures.text


def test_messages_lie_sealed_and_open_to_the_team_by_class_and_to_the_partner_by_consent(
    world: World,
) -> None:
    file, referral_id = opened(world, FieldClass.IDENTITY)
    path, ours = f"/referrals/{referral_id}", f"{file.path}/referrals/{referral_id}"
    officer = world.client("hospital-officer")
    officer.post(f"{path}/accept")
    assert officer.post(f"{path}/progress", {"text": PROGRESS}).status_code == 303
    assert PROGRESS not in officer.get(path).text  # no consent for what is of her health
    with world.as_system():
        step = db.session.query(ReferralStep).one()
    assert PROGRESS.encode() not in (step.text_sealed or b"")
    team = world.client("case-officer")
    assert PROGRESS not in team.get(ours).text
    opening = {"field": "referral_step.text", "purpose": "handling"}
    assert PROGRESS in team.post(f"{ours}/messages/{step.id}/reveal", opening).text
    missing = team.post(f"{ours}/messages/{file.need_id}/reveal", opening)
    assert missing.status_code == 404
    for text in ("x" * 2001, "a\x07b", "  "):
        assert officer.post(f"{path}/progress", {"text": text}).status_code == 422


def test_what_the_office_takes_over_is_counted_with_its_reason_and_shut_to_the_partner(
    world: World,
) -> None:
    file, referral_id = opened(world)
    ours = f"{file.path}/referrals/{referral_id}"
    team = world.client("case-officer")
    assert team.get(f"{ours}/take-over").status_code == 200
    assert team.post(f"{ours}/take-over").status_code == 422
    assert world.client("supervisor").post(f"{ours}/take-over").status_code == 403
    assert team.post(f"{ours}/take-over", {"reason": "no-answer"}).status_code == 303
    (event,) = events(world, "case:referral:taken-over")
    row = stored(world, referral_id)
    assert event["details"] == {
        "reason": "no-answer",
        "organisation": str(row.organisation_id),
        "service": "psychology",
    }
    assert NAME not in world.client("hospital-officer").get(f"/referrals/{referral_id}").text
    assert team.post(f"{ours}/take-over", {"reason": "no-answer"}).status_code == 409

    second, declined_id = opened(world)
    officer = world.client("hospital-officer")
    officer.post(f"/referrals/{declined_id}/decline", {"reason": "no-capacity"})
    path = f"{second.path}/referrals/{declined_id}/take-over"
    assert team.post(path, {"reason": "declined"}).status_code == 303
    assert stored(world, declined_id).state == "taken-over"


def test_a_withdrawn_consent_cuts_an_open_page_at_the_next_click_and_ends_the_referral(
    world: World,
) -> None:
    file = open_case(world)
    given = consent(world, file)
    referral_id = send(world, file)
    officer, path = world.client("hospital-officer"), f"/referrals/{referral_id}"
    officer.post(f"{path}/accept")
    assert NAME in officer.get(path).text
    with world.acting("companion"):
        cases.revoke_consent(cases.load_case(file.case_id), given)
    after = officer.get(path)
    assert NAME not in after.text
    assert officer.post(f"{path}/progress", {"text": PROGRESS}).status_code == 409
    row = stored(world, referral_id)
    assert (row.state, row.end_reason) == ("withdrawn", "consent-withdrawn")
    assert events(world, "case:referral:withdrawn")[-1]["details"] == {
        "reason": "consent-withdrawn"
    }


def test_a_narrower_consent_in_place_of_a_wider_one_leaves_the_referral_alive(
    world: World,
) -> None:
    file, referral_id = opened(world)
    with world.acting("companion"):
        subject = cases.load_case(file.case_id)
        cases.record_consent(
            subject,
            organisation_id=stored_organisation(referral_id),
            classes=[FieldClass.IDENTITY],
            given_by="survivor",
            method="oral",
            given_on=cases.today(),
            expires_on=cases.today() + timedelta(days=5),
        )
    assert stored(world, referral_id).state == "requested"


def stored_organisation(referral_id: UUID) -> UUID:
    """The organisation of a referral, asked within the present transaction."""
    found: Referral = db.session.query(Referral).filter_by(id=referral_id).one()
    return found.organisation_id
