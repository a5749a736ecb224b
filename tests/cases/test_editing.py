"""Changing a case: only what was really changed, by whoever may, while the case is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.cases import service as cases
from app.cases.entries import IncidentEntry, NeedEntry
from app.cases.models import AllegedPerpetrator, Case, Incident, LegalProcess, Need, Note, Survivor
from app.web.access import Subject
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing, Refused
from tests.cases.intake import (
    BARE,
    BIRTH,
    CHILD_REPORT,
    HEALTH,
    INCIDENT,
    NAME,
    NIK,
    PERPETRATOR,
    PHONE,
    SAFE,
    STORY,
    WANTED,
    case_row,
    close,
    events,
    open_case,
    reopen,
    row,
    take,
    values,
    working,
)
from tests.world import World

OTHER_NIK = "3514000000000099"
EDITED = "case:case:edited"
HAPPENED = replace(INCIDENT, narrative=None, location=None)
ASKED = replace(WANTED, description=None)
Edit = Callable[[Subject, dict[type[Any], UUID]], object]


def edit_survivor(
    subject: Subject, row_id: UUID, typed: dict[str, str | None], age_group: str = "25-44"
) -> None:
    cases.edit_survivor(
        subject, row_id, age_group=age_group, disability="none", district="Bangil", typed=typed
    )


def edit_perpetrator(
    subject: Subject, row_id: UUID | None, typed: dict[str, str | None], age_group: str = "25-44"
) -> UUID:
    return cases.edit_perpetrator(
        subject, row_id, relation="spouse", age_group=age_group, typed=typed
    )


def edit_legal(subject: Subject, typed: dict[str, str | None]) -> None:
    cases.edit_legal(subject, complaint_offence=False, diversion=False, typed=typed)


def ids(world: World, case_id: UUID) -> dict[type[Any], UUID]:
    return {
        table: row(world, case_id, table).id
        for table in (Survivor, AllegedPerpetrator, Incident, Need)
    }


def last_fields(world: World) -> list[str]:
    fields: list[str] = events(world, EDITED)[-1]["fields"]
    return fields


EDITS: dict[str, Edit] = {
    "survivor": lambda s, of: edit_survivor(s, of[Survivor], {"full_name": "Lain Contoh"}),
    "perpetrator": lambda s, of: edit_perpetrator(
        s, of[AllegedPerpetrator], {"full_name": "Lain Contoh"}
    ),
    "another perpetrator": lambda s, of: edit_perpetrator(s, None, {"full_name": "Lain Contoh"}),
    "incident": lambda s, of: cases.edit_incident(s, of[Incident], HAPPENED, {"narrative": "Lain"}),
    "another incident": lambda s, of: cases.edit_incident(s, None, HAPPENED, {"narrative": "Lain"}),
    "need": lambda s, of: cases.edit_need(s, of[Need], ASKED, {"description": "Lain"}),
    "another need": lambda s, of: cases.edit_need(s, None, ASKED, {"description": "Lain"}),
    "legal": lambda s, of: edit_legal(s, {"report_number": "LP/B/1"}),
    "note": lambda s, of: cases.add_note(s, "Catatan contoh"),
}
"""Every way to write a confidential value into a case that exists."""


def test_blank_text_clears_what_was_shown_and_leaves_what_was_hidden(world: World) -> None:
    """A case officer sees a name and not a NIK (hidden until asked for)."""
    case_id = open_case(world)
    typed = {"full_name": NAME, "birth_date": "", "nik": "", "phone": " ", "safe_contact": None}
    with working(world, case_id) as subject:
        seen = cases.look(subject).survivors[0].fields
        shown = {name for name in typed if seen[name].shown}
        edit_survivor(subject, row(world, case_id, Survivor).id, typed)
    assert shown == {"full_name", "birth_date", "safe_contact"}
    names = ("full_name", "birth_date", "nik", "phone", "safe_contact", "health")
    assert values(world, row(world, case_id, Survivor), *names) == {
        "full_name": NAME,
        "birth_date": None,
        "nik": NIK,
        "phone": PHONE,
        "safe_contact": None,
        "health": HEALTH,
    }
    assert last_fields(world) == ["survivor.birth_date", "survivor.safe_contact"]


def test_typed_text_takes_the_place_of_what_was_hidden(world: World) -> None:
    case_id = open_case(world)
    with working(world, case_id) as subject:
        edit_survivor(subject, row(world, case_id, Survivor).id, {"nik": OTHER_NIK, "phone": ""})
    kept = values(world, row(world, case_id, Survivor), "nik", "phone", "full_name")
    assert kept == {"nik": OTHER_NIK, "phone": PHONE, "full_name": NAME}
    assert last_fields(world) == ["survivor.nik"]


def test_only_fields_that_really_change_are_written_and_named(world: World) -> None:
    case_id = open_case(world)
    before = row(world, case_id, Survivor)
    typed = {"full_name": f"  {NAME} ", "birth_date": BIRTH, "safe_contact": SAFE, "nik": ""}
    with working(world, case_id) as subject:
        edit_survivor(subject, before.id, typed)
    after = row(world, case_id, Survivor)
    for name in ("full_name", "birth_date", "safe_contact", "nik"):
        assert getattr(after, f"{name}_sealed") == getattr(before, f"{name}_sealed"), name
    (event,) = events(world, EDITED)
    assert (event["fields"], event["details"]) == ([], {"part": "survivor"})
    assert event["case"] == event["object_id"] == str(case_id)


def test_each_part_can_be_changed_and_its_event_names_part_and_fields(world: World) -> None:
    case_id = open_case(world)
    of = ids(world, case_id)
    for edit in EDITS.values():
        with working(world, case_id) as subject:
            edit(subject, of)
    assert [(one["details"]["part"], one["fields"]) for one in events(world, EDITED)] == [
        ("survivor", ["survivor.full_name"]),
        ("perpetrator", ["alleged_perpetrator.full_name"]),
        ("perpetrator", ["alleged_perpetrator.full_name"]),
        ("incident", ["incident.narrative"]),
        ("incident", ["incident.narrative"]),
        ("need", ["need.description"]),
        ("need", ["need.description"]),
        ("legal", ["legal_process.report_number"]),
        ("note", ["note.text"]),
    ]
    with world.as_system():
        found = cases.rows(case_id)
    assert [len(one) for one in (found.perpetrators, found.incidents, found.needs)] == [2, 2, 2]


def test_what_is_not_confidential_changes_too(world: World) -> None:
    case_id = open_case(world)
    of = ids(world, case_id)
    with working(world, case_id) as subject:
        cases.edit_survivor(
            subject,
            of[Survivor],
            age_group="13-17",
            disability="sensory",
            district=" Kraton ",
            typed={},
        )
        edit_perpetrator(subject, of[AllegedPerpetrator], {}, "6-12")
        happened = IncidentEntry(("sexual", "physical", "sexual"), "school", None, domestic=False)
        cases.edit_incident(subject, of[Incident], happened, {})
        met = NeedEntry("safe_house", "now", state="met")
        cases.edit_need(subject, of[Need], met, {})
    survivor, incident = row(world, case_id, Survivor), row(world, case_id, Incident)
    assert (survivor.age_group, survivor.is_child) == ("13-17", True)
    assert (survivor.disability, survivor.district) == ("sensory", "Kraton")
    assert row(world, case_id, AllegedPerpetrator).is_child
    assert (incident.violence, incident.is_sexual) == (["physical", "sexual"], True)
    assert (incident.place, incident.occurred_on, incident.domestic) == ("school", None, False)
    need = row(world, case_id, Need)
    assert (need.urgency, need.state) == ("now", "met")
    assert need.service == "psychology"  # of a recorded need the service stays


def test_who_becomes_a_child_is_hidden_like_one_at_once(world: World) -> None:
    case_id = open_case(world)
    with working(world, case_id) as subject:
        edit_survivor(subject, row(world, case_id, Survivor).id, {}, "13-17")
        assert not cases.look(subject).survivors[0].fields["full_name"].shown


def test_a_closed_case_is_not_changed(world: World) -> None:
    """Neither when it was closed before, nor when it is closed after it was loaded."""
    case_id = open_case(world)
    of = ids(world, case_id)
    for edit in EDITS.values():
        reopen(world, case_id)
        with working(world, case_id) as subject:
            close(world, case_id)
            with pytest.raises(Conflict, match="case-closed"):
                edit(subject, of)
        with working(world, case_id) as subject, pytest.raises(Conflict, match="case-closed"):
            edit(subject, of)
    assert events(world, EDITED) == []


OUTSIDERS = (
    "supervisor",
    "signatory",
    "auditor",
    "administrator",
    "hospital-officer",
    "case-officer-2",
)


def test_who_may_not_write_is_refused_in_every_part_and_nothing_changes(world: World) -> None:
    case_id = open_case(world)
    of = ids(world, case_id)
    for username in OUTSIDERS:
        for part, edit in EDITS.items():
            with pytest.raises(Refused, match="field-not-writable"):  # noqa: SIM117
                with working(world, case_id, username) as subject:
                    edit(subject, of)
            assert events(world, EDITED) == [], (username, part)
    assert values(world, row(world, case_id, Survivor), "full_name") == {"full_name": NAME}
    assert values(world, row(world, case_id, Incident), "narrative") == {"narrative": STORY}
    perpetrator = row(world, case_id, AllegedPerpetrator)
    assert values(world, perpetrator, "full_name") == {"full_name": PERPETRATOR}
    with working(world, case_id) as subject:
        EDITS["survivor"](subject, of)  # whoever may is let in
    assert last_fields(world) == ["survivor.full_name"]


def test_the_highest_level_is_written_by_the_case_officer_and_not_by_the_companion(
    world: World,
) -> None:
    """A child's NIK is of level 4; a companion writes identities up to level 3."""
    case_id = open_case(world, CHILD_REPORT)
    survivor_id = row(world, case_id, Survivor).id
    for typed, allowed in (({"full_name": "Lain Contoh"}, True), ({"nik": OTHER_NIK}, False)):
        with working(world, case_id, "companion") as subject:
            if allowed:
                edit_survivor(subject, survivor_id, typed, "13-17")
            else:
                with pytest.raises(Refused):
                    edit_survivor(subject, survivor_id, typed, "13-17")
    with working(world, case_id) as subject:
        edit_survivor(subject, survivor_id, {"nik": OTHER_NIK}, "13-17")
    assert values(world, row(world, case_id, Survivor), "full_name") == {"full_name": "Lain Contoh"}
    assert last_fields(world) == ["survivor.nik"]


def test_an_entry_is_reached_through_its_own_case_only(world: World) -> None:
    case_id, other = open_case(world), open_case(world)
    of, unknown = ids(world, other), uuid4()
    for part in ("survivor", "perpetrator", "incident", "need"):
        with working(world, case_id) as subject:
            with pytest.raises(Missing):
                EDITS[part](subject, of)
            with pytest.raises(Missing):
                EDITS[part](subject, dict.fromkeys(of, unknown))
    assert events(world, EDITED) == []


INVALID: dict[str, tuple[Edit, str, str]] = {
    "a long name": (
        lambda s, of: edit_survivor(s, of[Survivor], {"full_name": "x" * 201}),
        "full_name",
        "too-long",
    ),
    "a control character": (
        lambda s, of: edit_survivor(s, of[Survivor], {"safe_contact": "a\x1bb"}),
        "safe_contact",
        "control-character",
    ),
    "a short NIK": (lambda s, of: edit_survivor(s, of[Survivor], {"nik": "1"}), "nik", "format"),
    "an unknown age": (
        lambda s, of: edit_perpetrator(s, of[AllegedPerpetrator], {}, "old"),
        "age_group",
        "unknown-code",
    ),
    "no violence": (
        lambda s, of: cases.edit_incident(s, of[Incident], replace(HAPPENED, violence=()), {}),
        "violence",
        "none",
    ),
    "a long story": (
        lambda s, of: cases.edit_incident(s, of[Incident], HAPPENED, {"narrative": "x" * 20_001}),
        "narrative",
        "too-long",
    ),
    "an unknown need": (
        lambda s, of: cases.edit_need(s, None, replace(ASKED, service="massage"), {}),
        "service",
        "unknown-code",
    ),
    "an empty note": (lambda s, of: cases.add_note(s, " \n "), "text", "missing"),
    "a long note": (lambda s, of: cases.add_note(s, "x" * 20_001), "text", "too-long"),
    "an unknown state": (
        lambda s, of: cases.edit_status(s, state="lost", risk="low"),
        "state",
        "unknown-code",
    ),
    "a state of its own act": (
        lambda s, of: cases.edit_status(s, state="terminated", risk="low"),
        "state",
        "unknown-code",
    ),
    "an unknown risk": (
        lambda s, of: cases.edit_status(s, state="assessment", risk="none"),
        "risk",
        "unknown-code",
    ),
}


def test_what_cannot_be_recorded_changes_nothing(world: World) -> None:
    case_id = open_case(world)
    of = ids(world, case_id)
    for name, (edit, field, reason) in INVALID.items():
        with pytest.raises(Invalid) as fault, working(world, case_id) as subject:
            edit(subject, of)
        assert (fault.value.field, fault.value.reason) == (field, reason), name
    assert events(world, EDITED) == []
    with world.as_system():
        found = cases.rows(case_id)
        assert db.session.query(Note).count() == 0
    assert found.incidents[0].violence == ["physical", "psychological"]
    assert (found.case.state, len(found.needs)) == ("received", 1)


def test_the_first_act_of_the_team_answers_the_report(world: World) -> None:
    """What the one who took the report adds to it does not."""
    case_id = take(world, BARE)
    with working(world, case_id, "intake-officer") as subject:
        cases.edit_status(subject, state="received", risk="high")
    assert (case_row(world, case_id).state, case_row(world, case_id).risk) == ("received", "high")
    other = open_case(world, BARE)
    with working(world, other) as subject:
        cases.add_note(subject, "Sudah dihubungi")
    assert case_row(world, other).state == "assessment"


def test_state_and_risk_are_set_by_the_team_and_a_set_state_is_left_alone(world: World) -> None:
    case_id = open_case(world, BARE)
    for state in ("intervention", "referred", "monitoring", "assessment", "intervention"):
        with working(world, case_id) as subject:
            cases.edit_status(subject, state=state, risk="high")
        found: Case = case_row(world, case_id)
        assert (found.state, found.risk) == (state, "high")
    with working(world, case_id) as subject:
        cases.add_note(subject, "Kunjungan rumah")
    assert case_row(world, case_id).state == "intervention"
    close(world, case_id)
    with working(world, case_id) as subject, pytest.raises(Conflict, match="case-closed"):
        cases.edit_status(subject, state="monitoring", risk="low")


def test_there_is_one_legal_process_in_a_case(world: World) -> None:
    case_id = open_case(world, BARE)
    for number in ("LP/B/1", "LP/B/2"):
        with working(world, case_id) as subject:
            edit_legal(subject, {"report_number": number, "examination_request": ""})
    legal = row(world, case_id, LegalProcess)
    assert values(world, legal, "report_number", "examination_request") == {
        "report_number": "LP/B/2",
        "examination_request": None,
    }


def test_what_the_form_of_an_addition_leaves_blank_is_left_out(world: World) -> None:
    case_id = open_case(world, BARE)
    with working(world, case_id) as subject:
        edit_perpetrator(subject, None, {"full_name": " ", "particulars": None})
        cases.edit_incident(subject, None, HAPPENED, {"narrative": "Lain", "location": ""})
    assert row(world, case_id, AllegedPerpetrator).full_name_sealed is None
    assert [one["fields"] for one in events(world, EDITED)] == [[], ["incident.narrative"]]
