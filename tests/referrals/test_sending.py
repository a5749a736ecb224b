"""The agency's side: sending, refusing to send, withdrawing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.cases import service as cases
from app.cases.models import Case
from app.referrals import service
from app.referrals.codes import ReferralState, WithdrawReason
from app.referrals.models import Referral
from tenants import clock
from tenants.confidential import FieldClass
from tenants.context import Purpose
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing, Refused
from tests.referrals.filing import NOTE, File, consent, open_case, organisation, revoke, send
from tests.world import CONTOH, World


def attempt(world: World, file: File, **changes: Any) -> UUID:
    to = organisation(world, "hospital", file.tenant)
    with world.acting("case-officer", file.tenant):
        asked = {
            "organisation_id": to,
            "service": "psychology",
            "need_id": file.need_id,
            "note": NOTE,
        }
        return service.create(cases.load_case(file.case_id), **(asked | changes))


def test_a_referral_is_refused_without_consent_and_sent_with_it(world: World) -> None:
    file = open_case(world)
    with pytest.raises(Refused, match="referral-no-consent"):
        attempt(world, file)
    consent(world, file, FieldClass.IDENTITY)
    assert attempt(world, file)


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "police"},
        {"purpose": Purpose.STATUTORY_REPORT},
        {"classes": (FieldClass.CLINICAL, FieldClass.CONTACT)},
        {"days": -1},
    ],
    ids=["another organisation", "another purpose", "not identity", "expired"],
)
def test_a_consent_that_does_not_cover_the_referral_does_not_count(
    world: World, given: dict[str, Any]
) -> None:
    file = open_case(world)
    given = dict(given)
    consent(world, file, *given.pop("classes", ()), **given)
    with pytest.raises(Refused, match="referral-no-consent"):
        attempt(world, file)


def test_a_revoked_consent_does_not_count(world: World) -> None:
    file = open_case(world)
    given = consent(world, file)
    revoke(world, file, given)
    with pytest.raises(Refused, match="referral-no-consent"):
        attempt(world, file)


def test_the_event_of_a_referral_names_the_sealed_note_and_nothing_of_it(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    to = organisation(world, "hospital")
    referral_id = send(world, file)
    event = [one for one in world.events() if one["tag"] == "case:referral:created"][-1]
    assert event["fields"] == ["referral.request_note"]
    assert event["details"] == {"organisation": str(to), "service": "psychology"}
    assert (event["object_id"], event["case"]) == (str(referral_id), str(file.case_id))
    assert NOTE not in str(world.events())


def test_an_answer_is_due_after_the_hours_of_the_profile(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    send(world, file)
    with world.as_system():
        referral = service.for_case(file.case_id)[0]
        assert referral.due_at - referral.requested_at == timedelta(hours=48)


def test_an_organisation_is_asked_only_for_what_it_offers(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    with pytest.raises(Invalid) as fault:
        attempt(world, file, service="safe_house", need_id=None)
    assert fault.value.reason == "service-not-offered"
    assert attempt(world, file, service="health", need_id=None)


def test_a_need_of_another_case_or_service_is_not_referred(world: World) -> None:
    file, other = open_case(world), open_case(world)
    consent(world, file)
    for changes in ({"need_id": other.need_id}, {"service": "health"}, {"need_id": uuid4()}):
        with pytest.raises(Invalid) as fault:
            attempt(world, file, **changes)
        assert fault.value.reason == "not-a-need"
    assert attempt(world, file)


def test_an_organisation_of_another_tenant_is_unknown(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    foreign = organisation(world, "hospital", CONTOH)
    for unknown in (foreign, uuid4()):
        with pytest.raises(Invalid) as fault:
            attempt(world, file, organisation_id=unknown)
        assert (fault.value.field, fault.value.reason) == ("destination", "unknown")


def test_one_organisation_is_asked_once_for_a_service_until_that_has_ended(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    first = attempt(world, file)
    with pytest.raises(Conflict, match="referral-exists"):
        attempt(world, file)
    assert attempt(world, file, service="health", need_id=None)
    with world.acting("case-officer"):
        service.withdraw(service.load_sent(file.case_id, first), WithdrawReason.MISTAKE)
    assert attempt(world, file)


def test_nothing_is_referred_from_a_closed_case(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    with world.acting("case-officer") as context:
        found = db.session.get(Case, (context.tenant_id, file.case_id))
        assert found is not None
        found.closed_at = clock.now()
    with pytest.raises(Conflict, match="case-closed"):
        attempt(world, file)


def test_a_referral_is_loaded_only_through_its_own_case(world: World) -> None:
    file, other = open_case(world), open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    with world.acting("case-officer"):
        assert service.load_sent(file.case_id, referral_id).id == referral_id
        with pytest.raises(Missing):
            service.load_sent(other.case_id, referral_id)


def test_living_tells_whether_an_organisation_is_asked_or_at_work(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    hospital, police = organisation(world, "hospital"), organisation(world, "police")
    referral_id = send(world, file)
    with world.acting("case-officer"):
        assert service.living(file.case_id, hospital)
        assert not service.living(file.case_id, police)
        service.withdraw(
            service.load_sent(file.case_id, referral_id), WithdrawReason.SURVIVOR_ASKED
        )
        assert not service.living(file.case_id, hospital)


def test_an_ended_referral_is_not_withdrawn_again(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    path = f"{file.path}/referrals/{referral_id}/withdraw"
    officer = world.client("case-officer")
    assert officer.post(path, {"reason": "served-elsewhere"}).status_code == 303
    assert officer.post(path, {"reason": "mistake"}).status_code == 409
    event = next(one for one in world.events() if one["tag"] == "case:referral:withdrawn")
    assert event["details"] == {"reason": "served-elsewhere"}
    with world.as_system():
        found = db.session.query(Referral).one()
        assert (found.state, found.end_reason) == (ReferralState.WITHDRAWN, "served-elsewhere")


def test_the_note_is_sealed_at_rest(world: World) -> None:
    file = open_case(world)
    consent(world, file)
    send(world, file)
    with world.as_system():
        sealed = db.session.query(Referral).one().request_note_sealed
    assert sealed is not None
    assert NOTE.encode() not in sealed
