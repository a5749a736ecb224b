"""Accepting, declining, finishing; and who comes too late."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest

from app.accounts import service as accounts
from app.referrals import service
from app.referrals.models import Referral
from tenants.confidential import FieldClass
from tenants.context import Role
from tenants.database import db
from tests.referrals.filing import NAME, File, consent, open_case, organisation, send
from tests.world import PASSWORD, Client, World

ANSWER = "Senin pukul sembilan, loket tiga"


@pytest.fixture
def sent(world: World) -> tuple[File, UUID]:
    file = open_case(world)
    consent(world, file, FieldClass.IDENTITY)
    return file, send(world, file)


def stored(world: World) -> Referral:
    with world.as_system():
        return db.session.query(Referral).one()


def events(world: World, tag: str) -> list[dict[str, Any]]:
    return [one for one in world.events() if one["tag"] == tag]


def colleague(world: World) -> Client:
    """A second officer of the hospital."""
    hospital = organisation(world, "hospital")
    with world.as_system():
        accounts.create_account(
            username="hospital-officer-2",
            name="Kirana Contoh",
            password=PASSWORD,
            roles=frozenset({Role.PARTNER_OFFICER}),
            organisation_id=hospital,
        )
    return world.client("hospital-officer-2")


def test_an_acceptance_is_kept_with_its_sealed_note(world: World, sent: tuple[File, UUID]) -> None:
    file, referral_id = sent
    officer = world.client("hospital-officer")
    response = officer.post(f"/referrals/{referral_id}/accept", {"note": ANSWER})
    assert response.status_code == 303
    found = stored(world)
    assert found.state == "accepted"
    assert found.answered_by == world.account("hospital-officer")
    assert found.answer_note_sealed is not None
    assert ANSWER.encode() not in found.answer_note_sealed
    event = events(world, "case:referral:accepted")[-1]
    assert event["fields"] == ["referral.answer_note"]
    assert (event["outcome"], event["details"]) == ("allowed", {})
    companion = world.client("companion").get(f"{file.path}/referrals/{referral_id}")
    assert ANSWER in companion.text
    assert "referral.answer_note" in events(world, "case:referral:viewed")[-1]["fields"]


def test_a_decline_needs_a_reason_and_keeps_what_was_typed(
    world: World, sent: tuple[File, UUID]
) -> None:
    _, referral_id = sent
    officer = world.client("hospital-officer")
    path = f"/referrals/{referral_id}/decline"
    faulty = officer.post(path, {"note": ANSWER})
    assert faulty.status_code == 422
    assert ANSWER in faulty.text
    assert officer.post(path, {"reason": "because", "note": ANSWER}).status_code == 422
    assert stored(world).state == "requested"
    assert officer.post(path, {"reason": "no-capacity", "note": ANSWER}).status_code == 303
    event = events(world, "case:referral:declined")[-1]
    assert event["details"] == {"reason": "no-capacity"}
    assert event["fields"] == ["referral.answer_note"]
    assert stored(world).decline_reason == "no-capacity"


@pytest.mark.parametrize("note", ["x" * 2001, "a\x00b", "a\x1bb"], ids=["long", "nul", "escape"])
def test_a_note_that_cannot_be_kept_changes_nothing(
    world: World, sent: tuple[File, UUID], note: str
) -> None:
    _, referral_id = sent
    officer = world.client("hospital-officer")
    response = officer.post(f"/referrals/{referral_id}/accept", {"note": note})
    assert response.status_code == 422
    assert stored(world).state == "requested"
    assert events(world, "case:referral:accepted")[-1]["outcome"] == "invalid"
    assert officer.post(f"/referrals/{referral_id}/accept", {"note": "ok"}).status_code == 303


def test_only_an_accepted_referral_is_marked_as_done(world: World, sent: tuple[File, UUID]) -> None:
    _, referral_id = sent
    officer = world.client("hospital-officer")
    assert officer.post(f"/referrals/{referral_id}/done", {"outcome": "given"}).status_code == 409
    assert officer.post(f"/referrals/{referral_id}/accept").status_code == 303
    assert officer.post(f"/referrals/{referral_id}/done", {"outcome": "given"}).status_code == 303
    assert stored(world).state == "done"
    assert events(world, "case:referral:completed")[-1]["outcome"] == "allowed"


def test_who_answers_second_is_told_so_and_keeps_the_words(
    world: World, sent: tuple[File, UUID]
) -> None:
    _, referral_id = sent
    first, second = world.client("hospital-officer"), colleague(world)
    assert first.post(f"/referrals/{referral_id}/accept").status_code == 303
    late = second.post(
        f"/referrals/{referral_id}/decline", {"reason": "no-capacity", "note": ANSWER}
    )
    assert late.status_code == 409
    assert ANSWER in late.text
    assert NAME not in late.text
    found = stored(world)
    assert (found.state, found.decline_reason, found.answer_note_sealed) == ("accepted", None, None)
    event = events(world, "case:referral:declined")[-1]
    assert (event["outcome"], event["reason"]) == ("invalid", "referral-answered")


def test_an_answer_to_a_referral_withdrawn_meanwhile_is_told_so(
    world: World, sent: tuple[File, UUID]
) -> None:
    file, referral_id = sent
    officer = world.client("hospital-officer")
    world.client("case-officer").post(
        f"{file.path}/referrals/{referral_id}/withdraw", {"reason": "mistake"}
    )
    late = officer.post(f"/referrals/{referral_id}/accept", {"note": ANSWER})
    assert late.status_code == 409
    assert ANSWER in late.text
    assert officer.get(f"/referrals/{referral_id}/accept").status_code == 303
    assert stored(world).state == "withdrawn"


def test_of_two_officers_at_once_one_wins_and_the_other_loses_nothing(
    world: World, sent: tuple[File, UUID]
) -> None:
    _, referral_id = sent
    clients = {"accept": world.client("hospital-officer"), "decline": colleague(world)}
    gate = threading.Barrier(len(clients))
    answers: dict[str, Any] = {}

    def answer(kind: str) -> None:
        client = clients[kind]
        values = {"note": f"{kind} {ANSWER}", "reason": "other"}
        values["csrf_token"] = client.csrf_token()
        gate.wait()
        answers[kind] = client.post(f"/referrals/{referral_id}/{kind}", values)

    threads = [threading.Thread(target=answer, args=(kind,)) for kind in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.status_code for one in answers.values()) == [303, 409]
    won = next(kind for kind, one in answers.items() if one.status_code == 303)
    lost = next(kind for kind in answers if kind != won)
    assert f"{lost} {ANSWER}" in answers[lost].text
    assert stored(world).state == {"accept": "accepted", "decline": "declined"}[won]
    outcomes = {
        one["tag"]: one["outcome"]
        for one in world.events()
        if one["tag"] in {"case:referral:accepted", "case:referral:declined"}
    }
    tags = {"accept": "case:referral:accepted", "decline": "case:referral:declined"}
    assert outcomes == {tags[won]: "allowed", tags[lost]: "invalid"}


def test_the_second_waits_for_the_first_to_finish(world: World, sent: tuple[File, UUID]) -> None:
    """The order is forced: the second answers while the first has locked but not committed."""
    _, referral_id = sent
    second = world.client("hospital-officer")
    answers: list[int] = []
    values = {"csrf_token": second.csrf_token(), "reason": "other"}
    other = threading.Thread(
        target=lambda: answers.append(
            second.post(f"/referrals/{referral_id}/decline", values).status_code
        )
    )
    with world.acting("hospital-officer"):
        service.accept(service.load_referral(referral_id))
        other.start()
        waiting = db.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while not db.session.scalar(waiting):
            assert other.is_alive()
    other.join()
    assert answers == [409]
    assert stored(world).state == "accepted"
