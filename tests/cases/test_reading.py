"""Finding a case, how one stands to it, and what other rooms ask of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from app.cases import service as cases
from app.cases.entries import IncidentEntry
from tenants.errors import Missing
from tenants.policy import Relation
from tests.cases.intake import (
    BARE,
    PERPETRATOR,
    REPORT,
    close,
    open_case,
    take,
    working,
)
from tests.world import CONTOH, PEOPLE, World

STANDS: dict[str, set[Relation]] = {
    "intake-officer": {Relation.INTAKE},
    "case-officer": {Relation.TEAM},
    "companion": {Relation.TEAM},
    "supervisor": {Relation.OVERSIGHT},
}


def test_everyone_stands_to_a_case_as_they_took_work_on_or_oversee_it(world: World) -> None:
    case_id = open_case(world)
    for username in PEOPLE:
        with working(world, case_id, username) as subject:
            expected = STANDS.get(username, set())
            assert subject.standing.relations == expected, username
            assert cases.standing(cases.find(case_id)) == subject.standing, username
            assert not subject.standing.closed
    close(world, case_id)
    with working(world, case_id) as subject:
        assert subject.standing.closed
        assert (subject.kind, subject.id, subject.case_id) == ("case", case_id, case_id)


def test_one_who_took_the_report_and_works_on_it_stands_to_it_in_both_ways(world: World) -> None:
    case_id = open_case(world, BARE, by="case-officer", team=("case-officer",))
    with working(world, case_id) as subject:
        assert subject.standing.relations == {Relation.INTAKE, Relation.TEAM}


def test_a_case_of_another_agency_is_missing_like_one_that_does_not_exist(world: World) -> None:
    elsewhere = take(world, tenant=CONTOH)
    for unknown in (elsewhere, uuid4()):
        with world.acting("supervisor"):
            for ask in (cases.load_case, cases.find, cases.rows):
                with pytest.raises(Missing, match="case"):
                    ask(unknown)
            assert cases.team(unknown) == []
            assert not cases.has_sexual_violence(unknown)
            assert not cases.child_diversion(unknown)
            assert cases.destroyed(unknown) is None


def add_incidents(world: World, case_id: UUID, *days: date | None) -> None:
    for day in days:
        with working(world, case_id) as subject:
            cases.edit_incident(subject, None, IncidentEntry(("physical",), "other", day), {})


def test_entries_come_in_a_lasting_order_and_nothing_of_another_case_is_among_them(
    world: World,
) -> None:
    """Incidents by day, those without a day last."""
    days = (date(2025, 3, 1), None, date(2024, 1, 1), date(2025, 1, 1))
    undated = replace(REPORT, incident=replace(REPORT.incident, occurred_on=days[0]))
    case_id = open_case(world, undated)
    open_case(world)
    add_incidents(world, case_id, *days[1:])
    with world.as_system():
        found = cases.rows(case_id)
        again = cases.rows(case_id)
    assert [one.occurred_on for one in found.incidents] == [days[2], days[3], days[0], None]
    assert [one.id for one in found.incidents] == [one.id for one in again.incidents]
    assert (len(found.survivors), len(found.perpetrators), len(found.needs)) == (1, 1, 1)
    assert found.case.id == case_id
    assert PERPETRATOR not in repr(found)


def test_one_sexual_incident_among_many_counts(world: World) -> None:
    case_id = open_case(world, BARE)
    add_incidents(world, case_id, None, None)
    with world.as_system():
        assert not cases.has_sexual_violence(case_id)
    with working(world, case_id) as subject:
        sexual = IncidentEntry(("other", "sexual"), "school")
        cases.edit_incident(subject, None, sexual, {})
    with world.as_system():
        assert cases.has_sexual_violence(case_id)


def test_other_rooms_get_words_for_services_and_urgencies(world: World) -> None:
    with world.app.test_request_context():
        assert str(cases.service_name("psychology")) != "psychology"
        assert str(cases.urgency_name("now")) != "now"
    assert cases.service_name("unheard-of") == "unheard-of"
