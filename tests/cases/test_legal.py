"""Findings of a legal officer, diversion, and who hears of a reclassification (invariant 22)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from app.cases import service as cases
from app.cases.entries import PerpetratorEntry
from app.cases.models import AllegedPerpetrator, Incident, LegalProcess
from app.mediation import service as mediation
from app.mediation.models import Mediation
from app.mediation.service import Conditions
from app.web.access import Subject
from tenants.database import db
from tenants.errors import Invalid, Refused
from tests.cases.intake import (
    ALLEGED,
    INCIDENT,
    REPORT,
    events,
    open_case,
    row,
    staff,
    take,
    values,
    working,
)
from tests.world import World

YOUNG = replace(ALLEGED, age_group="13-17")
SEXUAL = replace(INCIDENT, violence=("sexual",), narrative=None, location=None)
NOT_SEXUAL = replace(SEXUAL, violence=("physical",))
EDITED = "case:case:edited"


def reported(*perpetrators: PerpetratorEntry) -> Any:
    return replace(REPORT, perpetrators=perpetrators)


def record(
    world: World,
    case_id: UUID,
    username: str = "case-officer",
    *,
    complaint: bool = False,
    diversion: bool = False,
    **typed: str,
) -> None:
    with working(world, case_id, username) as subject:
        cases.edit_legal(subject, complaint_offence=complaint, diversion=diversion, typed=typed)


def prepare(world: World, case_id: UUID) -> UUID:
    mediator = world.account("companion")
    with working(world, case_id) as subject:
        return mediation.create(
            subject,
            matter="maintenance",
            mediator_id=mediator,
            conditions=Conditions(True, True, True, True, True),
        )


def diverted(world: World, case_id: UUID) -> bool:
    with world.as_system():
        return cases.child_diversion(case_id)


def test_only_a_legal_officer_records_findings(world: World) -> None:
    """For now a case officer of the team; not a companion, not who only took the report."""
    case_id = take(world, reported(YOUNG), by="case-officer")
    with working(world, case_id) as subject:
        assert not cases.is_legal_officer(subject)
    for findings in ({"complaint": True}, {"diversion": True}):
        with pytest.raises(Refused, match="not-legal-officer"):
            record(world, case_id, **findings)
    staff(world, case_id, "case-officer-2", "companion")
    for findings in ({"complaint": True}, {"diversion": True}):
        with pytest.raises(Refused, match="not-legal-officer"):
            record(world, case_id, "companion", **findings)
    assert events(world, EDITED) == []
    record(world, case_id, "case-officer-2", complaint=True, diversion=True)
    legal = row(world, case_id, LegalProcess)
    assert legal.complaint_offence
    assert legal.diversion_confirmed_by == world.account("case-officer-2")
    assert legal.diversion_confirmed_at is not None
    with pytest.raises(Refused, match="not-legal-officer"):
        record(world, case_id, "companion")  # nor does anybody else take findings back


def test_others_of_the_team_write_the_numbers_beside_the_findings(world: World) -> None:
    case_id = open_case(world)
    record(world, case_id, complaint=True)
    record(world, case_id, "companion", complaint=True, report_number="LP/B/1/CONTOH")
    legal = row(world, case_id, LegalProcess)
    assert legal.complaint_offence
    assert values(world, legal, "report_number") == {"report_number": "LP/B/1/CONTOH"}
    last = events(world, EDITED)[-1]
    assert (last["fields"], last["details"]) == (
        ["legal_process.report_number"],
        {"part": "legal"},
    )


NO_CHILDREN = {
    "nobody": (),
    "an adult": (ALLEGED,),
    "an adult beside a child": (YOUNG, ALLEGED),
    "age unknown": (PerpetratorEntry("other", "unknown"),),
}


def test_diversion_is_for_children_only(world: World) -> None:
    for name, perpetrators in NO_CHILDREN.items():
        case_id = open_case(world, reported(*perpetrators))
        with pytest.raises(Invalid) as fault:
            record(world, case_id, diversion=True)
        assert (fault.value.field, fault.value.reason) == ("diversion", "no-child"), name
        assert not diverted(world, case_id), name


def test_diversion_of_a_child_holds_until_it_is_withdrawn_or_an_adult_is_reported(
    world: World,
) -> None:
    case_id = open_case(world, reported(YOUNG))
    assert not diverted(world, case_id)
    record(world, case_id, diversion=True)
    assert diverted(world, case_id)
    confirmed = row(world, case_id, LegalProcess).diversion_confirmed_at
    record(world, case_id, diversion=True, report_number="LP/B/1")
    assert row(world, case_id, LegalProcess).diversion_confirmed_at == confirmed
    with working(world, case_id) as subject:
        cases.edit_perpetrator(subject, None, relation="parent", age_group="25-44", typed={})
    assert not diverted(world, case_id)
    other = open_case(world, reported(YOUNG))
    record(world, other, diversion=True)
    record(world, other)
    legal = row(world, other, LegalProcess)
    assert (legal.diversion_confirmed_at, legal.diversion_confirmed_by) == (None, None)
    assert not diverted(world, other)


def becomes_sexual(subject: Subject) -> None:
    (incident,) = cases.rows(subject.id).incidents
    cases.edit_incident(subject, incident.id, SEXUAL, {})


def has_a_sexual_incident_more(subject: Subject) -> None:
    cases.edit_incident(subject, None, SEXUAL, {})


def state_of(world: World, mediation_id: UUID) -> str:
    with world.as_system():
        return db.session.query(Mediation).filter_by(id=mediation_id).one().state


def test_a_reclassification_stops_the_mediation_in_the_same_transaction(world: World) -> None:
    other = open_case(world)
    untouched = prepare(world, other)
    for change in (becomes_sexual, has_a_sexual_incident_more):
        case_id = open_case(world)
        stopped = prepare(world, case_id)
        with working(world, case_id) as subject:
            change(subject)
            with pytest.raises(Refused, match="mediation-sexual-violence"):
                mediation.gate(case_id)
        assert state_of(world, stopped) == "stopped", change
        assert state_of(world, untouched) == "prepared"
        with world.as_system():
            assert cases.has_sexual_violence(case_id)
            assert not cases.has_sexual_violence(other)


def an_adult_is_reported_too(subject: Subject) -> None:
    cases.edit_perpetrator(subject, None, relation="parent", age_group="25-44", typed={})


def the_child_turns_out_to_be_grown_up(subject: Subject) -> None:
    (child,) = cases.rows(subject.id).perpetrators
    cases.edit_perpetrator(subject, child.id, relation="other", age_group="18-24", typed={})


def diversion_is_withdrawn(subject: Subject) -> None:
    cases.edit_legal(subject, complaint_offence=False, diversion=False, typed={})


UNDONE = (an_adult_is_reported_too, the_child_turns_out_to_be_grown_up, diversion_is_withdrawn)


def test_whatever_undoes_the_exception_for_children_stops_the_mediation(world: World) -> None:
    for change in UNDONE:
        case_id = open_case(world, replace(reported(YOUNG), incident=SEXUAL))
        record(world, case_id, diversion=True)
        mediation_id = prepare(world, case_id)
        with working(world, case_id) as subject:
            change(subject)
        assert state_of(world, mediation_id) == "stopped", change
        with world.as_system(), pytest.raises(Refused, match="mediation-sexual-violence"):
            mediation.gate(case_id)


def test_what_leaves_the_law_as_it_was_leaves_the_mediation_too(world: World) -> None:
    case_id = open_case(world)
    mediation_id = prepare(world, case_id)
    record(world, case_id, complaint=True)
    with working(world, case_id) as subject:
        incident = row(world, case_id, Incident)
        cases.edit_incident(subject, incident.id, NOT_SEXUAL, {})
        perpetrator = row(world, case_id, AllegedPerpetrator)
        cases.edit_perpetrator(
            subject, perpetrator.id, relation="spouse", age_group="45-59", typed={}
        )
    assert state_of(world, mediation_id) == "prepared"
