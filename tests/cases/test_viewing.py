"""The page of a case: what is shown, what is masked, what is opened and for what purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.cases import service as cases
from app.cases.models import Consent, Incident, Need, Note, Survivor
from app.cases.viewing import NOTES, Reference
from tenants import clock, registry
from tenants.confidential import DECLARED, Confidential
from tenants.context import Purpose, acting_person
from tenants.database import db
from tenants.disclosure import fields_seen, write
from tenants.errors import Invalid, LimitReached, Missing, Refused
from tenants.policy import Access, Relation, Standing, purposes
from tests.cases.intake import (
    CHILD_REPORT,
    NAME,
    NIK,
    REPORT,
    SECRETS,
    STORY,
    case_row,
    close,
    events,
    open_case,
    organisation,
    row,
    take,
    working,
)
from tests.world import CONTOH, World

SHOWN = {
    "case-officer": {
        "survivor.full_name",
        "survivor.birth_date",
        "survivor.safe_contact",
        "survivor.contact_when",
        "survivor.forbidden_phone",
        "incident.narrative",
        "alleged_perpetrator.full_name",
        "need.description",
    },
    "companion": {
        "survivor.full_name",
        "survivor.birth_date",
        "survivor.safe_contact",
        "survivor.contact_when",
        "survivor.forbidden_phone",
        "survivor.phone",
        "incident.narrative",
        "alleged_perpetrator.full_name",
        "need.description",
    },
    "intake-officer": {
        "survivor.full_name",
        "survivor.birth_date",
        "survivor.safe_contact",
        "survivor.contact_when",
        "survivor.forbidden_phone",
        "alleged_perpetrator.full_name",
    },
    "supervisor": set(),
    "case-officer-2": set(),
    "auditor": set(),
    "hospital-officer": set(),
}
MASKED = {
    "case-officer": set(SECRETS) - SHOWN["case-officer"],
    "companion": set(SECRETS) - SHOWN["companion"],
    "intake-officer": {
        "survivor.nik",
        "survivor.phone",
        "survivor.address",
        "incident.narrative",
        "incident.location",
        "alleged_perpetrator.particulars",
    },
    "supervisor": {
        "survivor.full_name",
        "survivor.birth_date",
        "survivor.nik",
        "survivor.phone",
        "survivor.safe_contact",
        "survivor.contact_when",
        "survivor.forbidden_phone",
        "incident.narrative",
        "incident.location",
        "alleged_perpetrator.full_name",
        "alleged_perpetrator.particulars",
    },
    "case-officer-2": set(),
    "auditor": set(),
    "hospital-officer": set(),
}


def fields_of(dossier: cases.Dossier) -> dict[str, Any]:
    """Every field on the page of a case with one entry of each kind."""
    lists = (dossier.survivors, dossier.perpetrators, dossier.incidents, dossier.needs)
    return {one.name: one for (entry,) in lists for one in entry.fields.values()}


def nik_of(world: World, case_id: UUID) -> Reference:
    return Reference("survivor", row(world, case_id, Survivor).id, "nik")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the values that are really decrypted."""
    names: list[str] = []
    original = Confidential.open

    def spy(field: Confidential, entry: Any) -> str | None:
        names.append(f"{field.table}.{field.name}")
        return original(field, entry)

    monkeypatch.setattr(Confidential, "open", spy)
    return names


def test_each_role_is_shown_its_fields_and_the_others_are_not_decrypted(
    world: World, opened: list[str]
) -> None:
    case_id = open_case(world)
    for username in SHOWN:
        opened.clear()
        with working(world, case_id, username) as subject:
            found = fields_of(cases.look(subject))
            recorded = set(fields_seen())
        assert set(found) == set(SECRETS), username
        shown = {name: one.value for name, one in found.items() if one.shown}
        assert shown == {name: SECRETS[name] for name in SHOWN[username]}, username
        masked = {name for name, one in found.items() if one.on_demand}
        assert masked == MASKED[username], username
        assert set(opened) == recorded == SHOWN[username], username
        for name in set(SECRETS) - SHOWN[username]:
            assert found[name].value is None, (username, name)
            assert found[name].present == (name in MASKED[username]), (username, name)


def test_a_childs_page_hides_what_a_womans_shows(world: World, opened: list[str]) -> None:
    case_id = open_case(world, CHILD_REPORT)
    with working(world, case_id) as subject:
        (survivor,) = cases.look(subject).survivors
    assert not any(one.shown for one in survivor.fields.values())
    assert survivor.fields["full_name"].on_demand
    assert survivor.fields["health"].access is Access.DENIED  # level 4; a case officer opens 3
    assert not [name for name in opened if name.startswith("survivor.")]


def test_a_closed_case_shows_nothing_unasked(world: World, opened: list[str]) -> None:
    case_id = open_case(world)
    close(world, case_id)
    with working(world, case_id) as subject:
        found = fields_of(cases.look(subject))
    assert {one.access for one in found.values()} == {Access.ON_DEMAND}
    assert opened == []


def test_opening_shows_exactly_that_value_and_records_field_and_purpose(
    world: World, opened: list[str]
) -> None:
    case_id = open_case(world)
    meant = nik_of(world, case_id)
    with working(world, case_id, "supervisor") as subject:
        dossier = cases.reveal(subject, meant, Purpose.SUPERVISION)
    assert dossier.opened == meant
    found = fields_of(dossier)
    assert {name: one.value for name, one in found.items() if one.shown} == {"survivor.nik": NIK}
    assert opened == ["survivor.nik"]
    revealed = events(world, "case:field:revealed")[-1]
    assert (revealed["fields"], revealed["purpose"]) == (["survivor.nik"], "supervision")
    assert (revealed["object_kind"], revealed["object_id"]) == ("survivor", str(meant.row_id))
    assert revealed["case"] == str(case_id)
    assert revealed["actor"] == str(world.account("supervisor"))
    viewed = events(world, "case:case:viewed")[-1]
    assert (viewed["fields"], viewed["purpose"]) == ([], "handling")


def test_the_rest_of_the_page_is_recorded_as_a_look_of_its_own(world: World) -> None:
    case_id = open_case(world)
    with working(world, case_id) as subject:
        cases.reveal(subject, nik_of(world, case_id), Purpose.IDENTIFICATION)
    assert events(world, "case:field:revealed")[-1]["fields"] == ["survivor.nik"]
    assert set(events(world, "case:case:viewed")[-1]["fields"]) == SHOWN["case-officer"]
    with working(world, case_id) as subject:
        assert not fields_of(cases.look(subject))["survivor.nik"].shown  # closed again


REFUSED = [
    ("supervisor", "address", "level"),
    ("supervisor", "health", "role"),
    ("case-officer-2", "nik", "no-relation"),
    ("hospital-officer", "nik", "no-relation"),
]


def test_a_refused_opening_decrypts_nothing_and_leaves_the_field_for_the_record(
    world: World, opened: list[str]
) -> None:
    """The guard writes what is left here into the event of the refusal."""
    case_id = open_case(world)
    survivor_id = row(world, case_id, Survivor).id
    for username, name, reason in REFUSED:
        meant = Reference("survivor", survivor_id, name)
        with working(world, case_id, username) as subject:
            with pytest.raises(Refused) as refusal:
                cases.reveal(subject, meant, purposes(acting_person())[0])
            assert fields_seen() == (f"survivor.{name}",)
        assert refusal.value.reason == reason, username
    assert opened == []
    assert events(world, "case:field:revealed") == []


def test_a_refused_opening_is_on_record_with_the_field_and_the_purpose_that_was_named(
    world: World,
) -> None:
    case_id = open_case(world)
    survivor_id = row(world, case_id, Survivor).id
    answer = world.client("supervisor").post(
        f"/cases/{case_id}/entries/survivor/{survivor_id}/reveal",
        {"field": "survivor.address", "purpose": "safety"},
    )
    assert answer.status_code == 403
    assert SECRETS["survivor.address"] not in answer.text
    (event,) = events(world, "case:field:revealed")
    assert (event["outcome"], event["reason"]) == ("refused", "level")
    assert (event["fields"], event["purpose"]) == (["survivor.address"], "safety")
    assert (event["case"], event["actor"]) == (str(case_id), str(world.account("supervisor")))


def test_only_a_purpose_that_is_offered_opens_anything(world: World, opened: list[str]) -> None:
    case_id = open_case(world)
    meant = nik_of(world, case_id)
    offered = {
        "case-officer": set(Purpose) - {Purpose.SUPERVISION, Purpose.LETTER},
        "supervisor": {Purpose.SUPERVISION, Purpose.SAFETY, Purpose.IDENTIFICATION},
    }
    for username, allowed in offered.items():
        for purpose in Purpose:
            with working(world, case_id, username) as subject:
                if purpose in allowed:
                    cases.reveal(subject, meant, purpose)
                else:
                    with pytest.raises(Invalid, match="purpose: unknown"):
                        cases.reveal(subject, meant, purpose)
    asked = [one["purpose"] for one in events(world, "case:field:revealed")]
    assert len(asked) == len(set(Purpose) - {Purpose.SUPERVISION, Purpose.LETTER}) + 3
    assert opened.count("survivor.nik") == len(asked)


def test_an_opening_reaches_only_declared_fields_of_the_case_itself(world: World) -> None:
    case_id, other = open_case(world), open_case(world)
    survivor_id = row(world, case_id, Survivor).id
    foreign = nik_of(world, other)
    elsewhere = take(world, tenant=CONTOH)
    with world.as_system(CONTOH):
        theirs = cases.rows(elsewhere).survivors[0].id
    for meant in (
        Reference("survivor", survivor_id, "district"),
        Reference("survivor", survivor_id, "nik_sealed"),
        Reference("incident", survivor_id, "nik"),
        Reference("consent", survivor_id, "classes"),
        Reference("account", world.account("companion"), "password_hash"),
    ):
        with working(world, case_id) as subject, pytest.raises(Invalid, match="field: unknown"):
            cases.reveal(subject, meant, Purpose.HANDLING)
    for meant in (
        foreign,
        replace(foreign, row_id=theirs),
        replace(foreign, row_id=uuid4()),
        Reference("incident", survivor_id, "narrative"),
    ):
        with working(world, case_id) as subject, pytest.raises(Missing):
            cases.reveal(subject, meant, Purpose.HANDLING)
    assert events(world, "case:field:revealed") == []


def fill(world: World, case_id: UUID, count: int) -> None:
    """Write ``count`` more of everything into a case."""
    to, writer = organisation(world), world.account("companion")
    standing = Standing(frozenset({Relation.TEAM}))
    with world.acting("companion"):
        for number in range(count):
            own, moment = {"case_id": case_id}, clock.now() + timedelta(seconds=number)
            note = Note(**own, author_id=writer, written_at=moment)
            write(note, standing, text=f"Catatan {number}")
            incident = Incident(**own, place="other", violence=["physical"], domestic=False)
            write(incident, standing, narrative=STORY)
            need = Need(**own, service="health", urgency="soon", state="open", created_at=moment)
            survivor = Survivor(**own, age_group="25-44", disability="none", is_child=False)
            write(survivor, standing, full_name=NAME)
            given = Consent(
                **own,
                organisation_id=to,
                purpose="referral",
                classes=["identity"],
                given_by="survivor",
                method="oral",
                given_on=clock.today(),
                expires_on=clock.today(),
                recorded_by=writer,
                recorded_at=moment,
            )
            db.session.add_all([note, incident, need, survivor, given])


def statements(world: World, case_id: UUID) -> int:
    """How many statements the page of a case takes, from its loading on."""
    counted: list[str] = []

    def count(*_args: Any) -> None:
        counted.append("statement")

    with world.acting("case-officer"):
        db.event.listen(db.engine, "before_cursor_execute", count)
        cases.look(cases.load_case(case_id))
        db.event.remove(db.engine, "before_cursor_execute", count)
    return len(counted)


def test_a_page_takes_the_same_few_statements_for_1_entry_and_for_200(world: World) -> None:
    case_id = open_case(world)
    fill(world, case_id, 1)
    few = statements(world, case_id)
    fill(world, case_id, 199)
    assert statements(world, case_id) == few
    assert few <= 8
    with working(world, case_id) as subject:
        dossier = cases.look(subject)
        notes, _people, _draft = cases.all_notes(subject)
    lists = (dossier.survivors, dossier.incidents, dossier.needs)
    assert [len(one) for one in lists] == [201, 201, 201]
    assert (len(dossier.consents), len(dossier.notes), len(notes)) == (200, NOTES, 200)


def test_a_page_names_the_people_and_kinds_of_its_case(world: World) -> None:
    case_id = open_case(world)
    with working(world, case_id) as subject:
        cases.edit_incident(subject, None, replace(REPORT.incident, violence=("neglect",)), {})
        dossier = cases.look(subject)
    assert dossier.violence == {"psychological", "physical", "neglect"}
    assert [one.card.name for one in dossier.team] == ["Bela Contoh", "Dewi Contoh"]
    assert dossier.people[case_row(world, case_id).registered_by].name == "Ani Contoh"
    assert (dossier.legal, dossier.opened, list(dossier.consents)) == (None, None, [])
    for printed in (repr(dossier), str(dossier), repr(dossier.survivors[0])):
        assert NAME not in printed


def test_a_form_gets_what_is_shown_unasked_and_offers_what_may_be_written(world: World) -> None:
    case_id, child = open_case(world), open_case(world, CHILD_REPORT)
    survivor_id = row(world, case_id, Survivor).id
    with working(world, case_id, "companion") as subject:
        entry = cases.editable(subject, "survivor", survivor_id)
        assert entry.fields["full_name"].value == NAME
        assert entry.fields["nik"].value is None
        with pytest.raises(Missing):
            cases.editable(subject, "survivor", row(world, child, Survivor).id)
        assert cases.legal_entry(subject) is None
        person = acting_person()
        names = [name.split(".")[1] for name in DECLARED if name.startswith("survivor.")]
        assert cases.writable(person, subject, "survivor") == names
        raised = cases.writable(person, subject, "survivor", raised=True)
        assert set(names) - set(raised) == {"nik"}
    with working(world, case_id, "supervisor") as subject:
        assert cases.writable(acting_person(), subject, "survivor") == []
    assert cases.declared("survivor", "nik").limit == 20


def test_whoever_has_opened_enough_for_today_decrypts_nothing_more(
    world: World, opened: list[str]
) -> None:
    case_id = open_case(world)
    meant = nik_of(world, case_id)
    for allowed in (True, False):
        with working(world, case_id) as subject:
            stricter = replace(registry.profile(), limits={"reveals_a_day": 1})
            db.session().info["profile"] = stricter
            if allowed:
                cases.reveal(subject, meant, Purpose.SAFETY)
            else:
                with pytest.raises(LimitReached):
                    cases.reveal(subject, meant, Purpose.SAFETY)
                assert fields_seen() == ("survivor.nik",)
    assert opened.count("survivor.nik") == 1
