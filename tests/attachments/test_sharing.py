"""A partner sees an attachment only with a referral that takes it along and a consent for it."""

from __future__ import annotations

from uuid import UUID

from app.referrals.models import Referral
from tenants.clock import now
from tests.attachments.desk_of_pictures import added, prepare
from tests.attachments.pictures import paper
from tests.documents.desk import CLASSES, Desk
from tests.world import Client


def referral_to(desk: Desk, kind: str) -> UUID:
    with desk.rows_of(Referral) as rows:
        return next(row.id for row in rows if row.organisation_id == desk.places[kind])


def shown(client: Client, referral_id: UUID, attachment_id: UUID, how: str = "show") -> int:
    path = f"/referrals/{referral_id}/attachments/{attachment_id}/{how}"
    return client.post(path).status_code


def test_an_organisation_sees_what_its_referral_takes_along_while_consent_covers_it(
    desk: Desk,
) -> None:
    injury, told = added(desk), added(desk, data=paper(), kind="other")
    prepare(desk, injury)
    referral_id = referral_to(desk, "hospital")
    hospital, police = desk.client("hospital-officer"), desk.client("police-officer")
    companion = desk.client("companion")
    listed = f"/referrals/{referral_id}/attachments"
    assert "Foto luka" not in hospital.get(listed).text
    assert shown(hospital, referral_id, injury) == 404  # nothing was handed over
    hand = f"/attachments/{injury}/handovers"
    # The consent covers what is clinical and not what is told of what happened.
    uncovered = f"/attachments/{told}/handovers"
    assert companion.post(uncovered, {"referral": str(referral_id)}).status_code == 409
    assert companion.post(hand, {"referral": str(injury)}).status_code == 422
    assert companion.post(hand, {"referral": str(referral_id)}).status_code == 303
    assert companion.post(hand, {"referral": str(referral_id)}).status_code == 409
    assert "Foto luka" in hospital.get(listed).text
    since = now()
    answer = hospital.post(f"{listed}/{injury}/show")
    assert answer.status_code == 200
    assert "data:image/jpeg" in answer.text
    (event,) = desk.world.events(since=since)
    assert (event["tag"], event["purpose"]) == ("case:field:revealed", "referral")
    assert event["fields"] == ["attachment.content"]
    assert hospital.post(f"{listed}/{injury}/copy").headers["Content-Type"] == "image/jpeg"
    assert hospital.post(f"/attachments/{injury}/original").status_code in {302, 403}
    # Another organisation, and another attachment, by the same addresses.
    assert shown(police, referral_id, injury) == 404
    assert shown(police, referral_to(desk, "police"), injury) == 404
    assert shown(hospital, referral_id, told) == 404
    # The page is open; she takes the consent for it back; the next click shows nothing.
    desk.consent("hospital", ["identity", "contact"])
    assert shown(hospital, referral_id, injury) == 403
    assert shown(hospital, referral_id, injury, "copy") == 403
    assert "Foto luka" not in hospital.get(listed).text
    desk.consent("hospital", CLASSES)
    assert shown(hospital, referral_id, injury) == 200
    page = companion.get(f"/attachments/{injury}").text
    handover = page.split(f"/attachments/{injury}/handovers/")[1].split("/end")[0]
    end = f"{hand}/{handover}/end"
    assert companion.post(end).status_code == 303
    assert companion.post(end).status_code == 409
    assert shown(hospital, referral_id, injury) == 404
    taken = [one for one in desk.events("case:attachment:taken-back") if one["details"]]
    assert [one["details"]["organisation"] for one in taken] == [str(desk.places["hospital"])]


def test_with_the_end_of_the_referral_nothing_is_seen_any_more(desk: Desk) -> None:
    injury, referral_id = added(desk), referral_to(desk, "hospital")
    hand = {"referral": str(referral_id)}
    assert (
        desk.client("companion").post(f"/attachments/{injury}/handovers", hand).status_code == 303
    )
    hospital = desk.client("hospital-officer")
    assert shown(hospital, referral_id, injury) == 200
    assert hospital.post(f"/referrals/{referral_id}/done", {"outcome": "given"}).status_code == 303
    assert shown(hospital, referral_id, injury) == 403
    assert "Foto luka" not in hospital.get(f"/referrals/{referral_id}/attachments").text
    assert (
        desk.client("companion").post(f"/attachments/{injury}/handovers", hand).status_code == 422
    )
