"""Mediation: what the law and the conditions allow, and what stops it again."""

from __future__ import annotations

import threading
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.cases import service as cases
from app.cases.models import AllegedPerpetrator, Case, Incident, LegalProcess
from app.cases.parts import ON_RECLASSIFIED
from app.mediation import service
from app.mediation.codes import Matter, MediationState, StopReason
from app.mediation.models import Mediation
from app.mediation.service import Conditions, OnTheDay
from tenants import clock
from tenants.context import acting_person
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing, Refused
from tests.referrals.filing import File, open_case
from tests.world import World

ALL_MET = Conditions(True, True, True, True, True)
UNMET = {
    "requested_by_survivor": "mediation-not-requested",
    "companion_assessment": "mediation-no-companion-assessment",
    "psychologist_assessment": "mediation-no-psychologist-assessment",
    "separate_attendance": "mediation-not-separate",
    "free_of_coercion": "mediation-coercion",
}
VENUE, OUTCOME = "Ruang mediasi kantor dinas", "Nafkah anak setiap bulan"


def prepare(world: World, file: File, **changes: Any) -> UUID:
    mediator = world.account("companion", file.tenant)
    with world.acting("case-officer", file.tenant):
        asked = {
            "matter": "maintenance",
            "mediator_id": mediator,
            "conditions": ALL_MET,
        }
        return service.create(cases.load_case(file.case_id), **(asked | changes))


def schedule(world: World, file: File, mediation_id: UUID) -> None:
    with world.acting("case-officer", file.tenant):
        subject = service.load_mediation(file.case_id, mediation_id)
        service.schedule(subject, clock.now() + timedelta(days=3), VENUE)


def hold_it(world: World, file: File, mediation_id: UUID) -> None:
    with world.acting("case-officer", file.tenant):
        subject = service.load_mediation(file.case_id, mediation_id)
        service.record_held(subject, clock.now(), OUTCOME, OnTheDay(True, True, True))


def reclassify(world: World, file: File) -> None:
    """Record that the incident is sexual violence, as the cases room does it."""
    with world.acting("case-officer", file.tenant) as context:
        incident = db.session.get(Incident, (context.tenant_id, file.incident_id))
        assert incident is not None
        incident.violence = ["physical", "sexual"]
        for hear in ON_RECLASSIFIED:
            hear(file.case_id)


def confirm_diversion(world: World, file: File) -> None:
    with world.acting("case-officer", file.tenant):
        legal = db.session.query(LegalProcess).filter_by(case_id=file.case_id).one()
        legal.diversion_confirmed_by = acting_person().id
        legal.diversion_confirmed_at = clock.now()


def stored(world: World) -> Mediation:
    with world.as_system():
        return db.session.query(Mediation).one()


def events(world: World, tag: str) -> list[dict[str, Any]]:
    return [one for one in world.events() if one["tag"] == tag]


def test_a_mediation_is_recorded_when_law_and_conditions_allow(world: World) -> None:
    file = open_case(world)
    mediation_id = prepare(world, file)
    found = stored(world)
    assert (found.id, found.state, found.matter) == (mediation_id, "prepared", "maintenance")
    assert all(getattr(found, field.name) for field in fields(Conditions))
    event = events(world, "case:mediation:created")[-1]
    assert (event["outcome"], event["object_id"]) == ("allowed", str(mediation_id))
    assert event["case"] == str(file.case_id)


@pytest.mark.parametrize("violence", [["sexual"], ["physical", "sexual"]])
def test_sexual_violence_shuts_the_gate(world: World, violence: list[str]) -> None:
    file = open_case(world, violence=violence)
    with pytest.raises(Refused, match="mediation-sexual-violence"):
        prepare(world, file)
    with world.as_system():
        with pytest.raises(Refused, match="mediation-sexual-violence"):
            service.gate(file.case_id)
        assert db.session.query(Mediation).count() == 0


def test_one_sexual_incident_among_others_shuts_the_gate(world: World) -> None:
    file = open_case(world)
    with world.acting("case-officer"):
        more = Incident(case_id=file.case_id, place="school", violence=["sexual"], domestic=False)
        db.session.add(more)
    with pytest.raises(Refused, match="mediation-sexual-violence"):
        prepare(world, file)


def test_other_violence_leaves_the_gate_open(world: World) -> None:
    file = open_case(world, violence=["psychological", "neglect"])
    with world.as_system():
        service.gate(file.case_id)
    assert prepare(world, file)


@pytest.mark.parametrize(
    ("child", "diverted", "allowed"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_only_a_child_with_confirmed_diversion_is_the_exception(
    world: World, child: bool, diverted: bool, allowed: bool
) -> None:
    file = open_case(world, violence=["sexual"], perpetrator_child=child)
    if diverted:
        confirm_diversion(world, file)
    if allowed:
        assert prepare(world, file)
    else:
        with pytest.raises(Refused, match="mediation-sexual-violence"):
            prepare(world, file)


def test_one_adult_among_those_reported_undoes_the_exception(world: World) -> None:
    file = open_case(world, violence=["sexual"], perpetrator_child=True)
    confirm_diversion(world, file)
    with world.acting("case-officer"):
        adult = AllegedPerpetrator(
            case_id=file.case_id, relation="parent", age_group="25-44", is_child=False
        )
        db.session.add(adult)
    with pytest.raises(Refused, match="mediation-sexual-violence"):
        prepare(world, file)


@pytest.mark.parametrize("matter", [one for one in Matter if one is not Matter.COMPLAINT_OFFENCE])
def test_each_matter_of_the_narrow_list_is_allowed(world: World, matter: Matter) -> None:
    assert prepare(world, open_case(world), matter=matter.value)


@pytest.mark.parametrize("matter", ["divorce", "violence", "", "None"])
def test_another_matter_is_refused(world: World, matter: str) -> None:
    with pytest.raises(Refused, match=r"^mediation-matter$"):
        prepare(world, open_case(world), matter=matter)


def test_a_complaint_offence_must_be_on_record(world: World) -> None:
    with pytest.raises(Refused, match="mediation-no-complaint-offence"):
        prepare(world, open_case(world), matter="complaint-offence")
    assert prepare(world, open_case(world, complaint_offence=True), matter="complaint-offence")


@pytest.mark.parametrize("condition", sorted(UNMET))
def test_each_unmet_condition_refuses_with_its_own_reason(world: World, condition: str) -> None:
    file = open_case(world)
    with pytest.raises(Refused) as refusal:
        prepare(world, file, conditions=replace(ALL_MET, **{condition: False}))
    assert refusal.value.reason == UNMET[condition]
    assert prepare(world, file)


def test_all_that_is_missing_is_told_at_once(world: World) -> None:
    file = open_case(world)
    with world.acting("case-officer"):
        found = service.obstacles(file.case_id, "divorce", Conditions())
    assert [one.value for one in found] == ["mediation-matter", *UNMET.values()]


def test_the_mediator_is_somebody_who_may_lead_one(world: World) -> None:
    file = open_case(world)
    for unfit in (world.account("auditor"), world.account("hospital-officer"), uuid4()):
        with pytest.raises(Invalid):
            prepare(world, file, mediator_id=unfit)
    assert prepare(world, file)


def test_one_mediation_at_a_time_and_none_in_a_closed_case(world: World) -> None:
    file = open_case(world)
    prepare(world, file)
    with pytest.raises(Conflict, match="mediation-exists"):
        prepare(world, file)
    closed = open_case(world)
    with world.acting("case-officer") as context:
        found = db.session.get(Case, (context.tenant_id, closed.case_id))
        assert found is not None
        found.closed_at = clock.now()
    with pytest.raises(Conflict, match="case-closed"):
        prepare(world, closed)


def test_a_mediation_goes_from_prepared_to_held_and_seals_what_was_said(world: World) -> None:
    file = open_case(world)
    mediation_id = prepare(world, file)
    with pytest.raises(Conflict):
        hold_it(world, file, mediation_id)
    schedule(world, file, mediation_id)
    hold_it(world, file, mediation_id)
    found = stored(world)
    assert found.state == "held"
    assert found.held_at is not None
    assert found.outcome_sealed is not None
    assert OUTCOME.encode() not in found.outcome_sealed
    edited = events(world, "case:mediation:edited")
    assert [(one["details"], one["fields"]) for one in edited] == [
        ({"part": "schedule"}, ["mediation.venue"]),
        ({"part": "held"}, ["mediation.outcome"]),
    ]


def test_reclassification_stops_every_living_mediation(world: World) -> None:
    file, other = open_case(world), open_case(world)
    mediation_id, untouched = prepare(world, file), prepare(world, other)
    schedule(world, file, mediation_id)
    reclassify(world, file)
    with world.as_system():
        states = {one.id: one.state for one in db.session.query(Mediation)}
    assert states == {mediation_id: "stopped", untouched: "prepared"}
    event = events(world, "case:mediation:stopped")[-1]
    assert event["details"] == {"reason": StopReason.SEXUAL_VIOLENCE.value}
    assert event["object_id"] == str(mediation_id)


def test_a_held_mediation_stays_on_record_and_nothing_of_it_goes_on(world: World) -> None:
    file = open_case(world)
    mediation_id = prepare(world, file)
    schedule(world, file, mediation_id)
    hold_it(world, file, mediation_id)
    reclassify(world, file)
    assert stored(world).state == "held"
    with world.acting("case-officer"):
        subject = service.load_mediation(file.case_id, mediation_id)
        with pytest.raises(Refused, match="mediation-sexual-violence"):
            service.edit_outcome(subject, "lain")
        with pytest.raises(Refused, match="mediation-sexual-violence"):
            service.gate(file.case_id)


def test_every_step_asks_the_gate_again(world: World) -> None:
    """The incident changed past the room that would have stopped the mediation."""
    file = open_case(world)
    mediation_id = prepare(world, file)
    schedule(world, file, mediation_id)
    with world.acting("case-officer") as context:
        incident = db.session.get(Incident, (context.tenant_id, file.incident_id))
        assert incident is not None
        incident.violence = ["sexual"]
    for step in (schedule, hold_it):
        with pytest.raises(Refused, match="mediation-sexual-violence"):
            step(world, file, mediation_id)
    with world.acting("case-officer"):
        subject = service.load_mediation(file.case_id, mediation_id)
        service.stop(subject, StopReason.SURVIVOR_WITHDREW)
    assert stored(world).state == "stopped"


def test_after_diversion_a_new_mediation_is_allowed_and_the_stopped_one_stays_so(
    world: World,
) -> None:
    file = open_case(world, perpetrator_child=True)
    first = prepare(world, file)
    reclassify(world, file)
    with pytest.raises(Refused):
        prepare(world, file)
    confirm_diversion(world, file)
    second = prepare(world, file)
    with world.as_system():
        states = {one.id: one.state for one in db.session.query(Mediation)}
        assert service.newest(file.case_id).id == second
    assert states == {first: "stopped", second: "prepared"}


def test_newest_passes_over_stopped_ones(world: World) -> None:
    file = open_case(world)
    mediation_id = prepare(world, file)
    with world.acting("case-officer"):
        assert service.newest(file.case_id).id == mediation_id
        service.stop(service.load_mediation(file.case_id, mediation_id), StopReason.OTHER)
        with pytest.raises(Missing):
            service.newest(file.case_id)


def test_a_mediation_is_loaded_only_through_its_own_case(world: World) -> None:
    file, other = open_case(world), open_case(world)
    mediation_id = prepare(world, file)
    with world.acting("case-officer"):
        assert service.load_mediation(file.case_id, mediation_id).id == mediation_id
        with pytest.raises(Missing):
            service.load_mediation(other.case_id, mediation_id)


def test_no_order_of_two_transactions_leaves_a_mediation_beside_sexual_violence(
    world: World,
) -> None:
    """Reclassified but not committed while another officer prepares: the second must wait."""
    file = open_case(world)
    outcome: list[str] = []

    def other() -> None:
        try:
            prepare(world, file)
            outcome.append("made")
        except Refused as refusal:
            outcome.append(refusal.reason)

    thread = threading.Thread(target=other)
    with world.acting("case-officer") as context:
        incident = db.session.get(Incident, (context.tenant_id, file.incident_id))
        assert incident is not None
        incident.violence = ["sexual"]
        service.recheck(file.case_id)
        thread.start()
        waiting = db.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while not db.session.scalar(waiting):
            assert thread.is_alive()
    thread.join()
    assert outcome == ["mediation-sexual-violence"]


def test_a_mediation_prepared_but_not_committed_is_stopped_by_a_reclassification(
    world: World,
) -> None:
    file = open_case(world)
    mediator = world.account("companion")
    thread = threading.Thread(target=reclassify, args=(world, file))
    with world.acting("case-officer"):
        service.create(
            cases.load_case(file.case_id),
            matter="custody",
            mediator_id=mediator,
            conditions=ALL_MET,
        )
        thread.start()
        waiting = db.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while not db.session.scalar(waiting):
            assert thread.is_alive()
    thread.join()
    assert stored(world).state == MediationState.STOPPED
