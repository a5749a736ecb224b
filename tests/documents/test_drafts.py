"""Drafts: what may be written, what is refused and why, and what is kept of it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from app.accounts.models import Account
from app.cases import models as case_models
from app.documents import service, workshop
from app.documents.catalogue import Catalogue
from app.documents.values import Entry, classes, gather, known, read, unfit
from app.local.postgres import Postgres
from tenants.database import db
from tenants.disclosure import fields_seen
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.policy import Relation, Standing
from tests.documents.desk import Desk, open_desk
from tests.documents.offices import TEMPLATES
from tests.world import CONTOH, World


def submit(desk: Desk, letter_id: UUID) -> list[tuple[str, str | None]]:
    signatory = desk.account("signatory")
    with desk.acting("case-officer"):
        letter = service.find(letter_id)
        others = [desk.account("companion") for _ in service.document_type(letter.type).cosigners]
        found = service.submit(letter, signatory, cosigners=others)
        return [(line.field.name, line.problem) for line in found]


def test_a_complete_draft_goes_to_the_signatory_and_asks_for_its_preview(desk: Desk) -> None:
    letter_id = desk.draft(service_unit="Poli Psikologi")
    assert submit(desk, letter_id) == []
    assert desk.letter(letter_id).state == "submitted"
    assert len(desk.rows()) == 1
    tags = [event["tag"] for event in desk.world.events() if event["object_id"] == str(letter_id)]
    assert tags == ["letter:letter:drafted", "letter:preview:requested", "letter:letter:submitted"]


def test_what_is_typed_is_sealed_at_rest(desk: Desk) -> None:
    marker = "Poli Penanda Contoh"
    letter_id = desk.draft(service_unit=marker)
    with desk.world.as_system():
        row = db.session.execute(
            text("SELECT draft, l::text FROM letter l WHERE id = :id"), {"id": letter_id}
        ).one()
    assert marker.encode() not in bytes(row[0])
    assert marker not in row[1]
    with desk.acting("case-officer"):
        assert service.entry(service.find(letter_id)).typed["draft.service_unit"] == marker


def test_minutes_are_refused_for_sexual_violence(world: World, postgres: Postgres) -> None:
    with open_desk(world, postgres, violence="sexual") as desk:
        with pytest.raises(Refused, match="mediation-sexual-violence"):
            desk.draft("notulen_mediasi")
        assert desk.draft("surat_rujukan")


def test_minutes_may_be_written_where_the_law_leaves_mediation_open(desk: Desk) -> None:
    letter_id = desk.draft("notulen_mediasi")
    assert submit(desk, letter_id) == []


def test_minutes_need_a_mediation(world: World, postgres: Postgres) -> None:
    with open_desk(world, postgres) as desk:
        with desk.acting("case-officer"):
            db.session.execute(text("UPDATE mediation SET state = 'stopped'"))
        with pytest.raises(Refused, match="no-mediation"):
            desk.draft("notulen_mediasi")


def test_a_reclassified_case_stops_minutes_at_submission(desk: Desk) -> None:
    letter_id = desk.draft("notulen_mediasi")
    with desk.rows_of(case_models.Incident) as incidents:
        incidents[0].violence = ["sexual"]
    with pytest.raises(Refused, match="mediation-sexual-violence"):
        submit(desk, letter_id)
    assert desk.letter(letter_id).state == "draft"


def test_a_request_for_a_visum_goes_to_the_police_only(desk: Desk) -> None:
    entry = replace(desk.entry("permohonan_visum"), organisation_id=desk.places["hospital"])
    with pytest.raises(Refused, match="wrong-addressee"), desk.acting("case-officer"):
        service.create(desk.case_id, "permohonan_visum", entry)
    assert desk.draft("permohonan_visum")


def test_a_request_for_a_visum_needs_the_police_report_number(desk: Desk) -> None:
    with desk.rows_of(case_models.LegalProcess) as rows:
        rows[0].report_number = None
    with pytest.raises(Refused, match="no-police-report"):
        desk.draft("permohonan_visum")


@pytest.fixture
def hospital_visum(desk: Desk, tmp_path: Path) -> Desk:
    """An office with a document type that asks a hospital for a visum."""
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    shutil.copytree(folder / "permohonan_visum", folder / "visum_rumah_sakit")
    file = folder / "visum_rumah_sakit" / "document.toml"
    source = file.read_text()
    for old, new in (
        ('key = "permohonan_visum"', 'key = "visum_rumah_sakit"'),
        ('addressee = "police"', 'addressee = "hospital"'),
        ('["police_report_number"]', '["police_request_number"]'),
    ):
        assert old in source
        source = source.replace(old, new)
    file.write_text(source)
    workshop.equip(desk.world.app, folder)
    return desk


def test_a_hospital_gets_no_visum_request_without_the_investigators_number(
    hospital_visum: Desk,
) -> None:
    desk = hospital_visum
    entry = replace(desk.entry("permohonan_visum"), organisation_id=desk.places["hospital"])
    with pytest.raises(Refused, match="no-examination-request"), desk.acting("case-officer"):
        service.create(desk.case_id, "visum_rumah_sakit", entry)
    with desk.rows_of(case_models.LegalProcess) as rows:
        rows[0].examination_request = "B/000/XI/2026/CONTOH"
    with desk.acting("case-officer"):
        assert service.create(desk.case_id, "visum_rumah_sakit", entry).state == "draft"


def test_an_unknown_kind_of_letter_is_missing(desk: Desk) -> None:
    with pytest.raises(Missing), desk.acting("case-officer"):
        service.create(desk.case_id, "surat_sakti", desk.entry())


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("x" * 121, "too-long"),
        ("Poli\x07", "control-character"),
        ("Poli\u202eigolokisP", "control-character"),
        ("Poli\nPsikologi", "control-character"),
    ],
)
def test_unfit_text_is_refused_at_its_field(desk: Desk, typed: str, reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        desk.draft(service_unit=typed)
    assert (refusal.value.field, refusal.value.reason) == ("draft.service_unit", reason)


def test_text_of_exactly_the_greatest_length_is_taken(desk: Desk) -> None:
    assert desk.draft(service_unit="x" * 120)


def test_a_field_that_is_not_typed_cannot_be_given(desk: Desk) -> None:
    entry = replace(desk.entry(), typed={"survivor.full_name": "Orang Lain"})
    with pytest.raises(Invalid, match="unknown"), desk.acting("case-officer"):
        service.create(desk.case_id, "surat_rujukan", entry)


def test_an_empty_required_field_keeps_the_draft_and_is_named(desk: Desk) -> None:
    letter_id = desk.draft("notulen_mediasi", terms=None)
    assert submit(desk, letter_id) == [("draft.terms", "empty")]
    assert desk.letter(letter_id).state == "draft"


def test_an_empty_field_of_the_case_is_named(desk: Desk) -> None:
    with desk.rows_of(case_models.Survivor) as rows:
        rows[0].birth_date = None
    assert submit(desk, desk.draft()) == [("survivor.birth_date", "empty")]


def test_a_companion_without_office_telephone_is_named(desk: Desk) -> None:
    with desk.world.as_system():
        companion = db.session.scalar(select(Account).where(Account.username == "companion"))
        assert companion is not None
        companion.phone = None
    assert submit(desk, desk.draft()) == [("companion.phone", "empty")]


def test_every_field_outside_consent_is_named(desk: Desk) -> None:
    letter_id = desk.draft()
    desk.consent("hospital", ["identity"])
    assert submit(desk, letter_id) == [
        ("need.description", "no-consent"),
        ("need.urgency", "no-consent"),
    ]
    desk.consent("hospital", [])
    assert len(submit(desk, letter_id)) == 4
    desk.consent("hospital", ["identity", "clinical"])
    assert submit(desk, letter_id) == []


def test_consent_for_one_organisation_does_not_serve_another(desk: Desk) -> None:
    desk.consent("hospital", [])
    assert ("survivor.full_name", "no-consent") in submit(desk, desk.draft())
    assert submit(desk, desk.draft("permohonan_visum")) == []


def test_an_author_who_left_the_team_cannot_bring_its_secrets_into_a_letter(desk: Desk) -> None:
    letter_id = desk.draft()
    officer = desk.account("case-officer")
    with desk.acting("companion"):
        db.session.execute(
            text("UPDATE team_member SET released_at = now() WHERE account_id = :id"),
            {"id": officer},
        )
        # It was this officer who took the report: the survivor's health is not theirs to tell.
        found = service.obstacles(service.find(letter_id))
    named = {(line.field.name, line.problem) for line in found}
    assert ("need.description", "hidden") in named


def test_what_an_emergency_opens_goes_into_no_letter(desk: Desk) -> None:
    letter_id = desk.draft(service_unit="Poli Psikologi")
    with desk.acting("case-officer"):
        letter = service.find(letter_id)
        kind = workshop.document_type(letter.type)
        material = gather(letter.case, kind, service.entry(letter))
        lines = read(kind, material, Standing(frozenset({Relation.EMERGENCY})), opened=False)
    of_case = [one for one in lines if one.field in kind.case_fields and classes(one.field)]
    assert of_case
    assert {one.problem for one in of_case} == {"hidden"}


def test_a_need_of_another_case_is_refused(desk: Desk, postgres: Postgres) -> None:
    with open_desk(desk.world, postgres) as other:
        entry = replace(desk.entry(), subject_id=other.need_id)
        with pytest.raises(Invalid, match="subject"), desk.acting("case-officer"):
            service.create(desk.case_id, "surat_rujukan", entry)


def test_an_organisation_of_another_agency_is_refused_like_an_invented_one(
    desk: Desk, postgres: Postgres
) -> None:
    with open_desk(desk.world, postgres, CONTOH) as other:
        for organisation_id in (other.places["hospital"], uuid4()):
            entry = replace(desk.entry(), organisation_id=organisation_id)
            with pytest.raises(Invalid) as refusal, desk.acting("case-officer"):
                service.create(desk.case_id, "surat_rujukan", entry)
            assert (refusal.value.field, refusal.value.reason) == ("organisation", "unknown")


def test_no_letter_is_begun_about_a_closed_case(desk: Desk) -> None:
    with desk.acting("case-officer"):
        db.session.execute(text('UPDATE "case" SET closed_at = now()'))
    with pytest.raises(Refused, match="case-closed"):
        desk.draft()


def test_no_letter_about_a_closed_case_is_submitted_or_approved(desk: Desk) -> None:
    draft, submitted, approved = desk.draft(), desk.submitted(), desk.approved()
    with desk.world.as_system():
        db.session.execute(text('UPDATE "case" SET closed_at = now()'))
    with pytest.raises(Refused, match="case-closed"):
        submit(desk, draft)
    with pytest.raises(Refused, match="case-closed"):
        desk.approve(submitted)
    desk.run(approved)  # what was approved while it was open is issued
    assert [desk.letter(one).state for one in (draft, submitted, approved)] == [
        "draft",
        "submitted",
        "issued",
    ]


def test_a_submitted_letter_cannot_be_changed(desk: Desk) -> None:
    letter_id = desk.submitted()
    with pytest.raises(Conflict, match="letter-state"), desk.acting("case-officer"):
        service.save(service.find(letter_id), desk.entry(service_unit="Lain"))


def test_a_returned_letter_can_be_changed_and_submitted_again(desk: Desk) -> None:
    letter_id = desk.submitted()
    with desk.acting("signatory"):
        service.give_back(service.find(letter_id), service.ReturnReason.CONTENT)
    with desk.acting("companion"):
        service.save(service.find(letter_id), desk.entry(service_unit="Poli Anak"))
    assert desk.letter(letter_id).drafted_by == desk.account("companion")
    assert submit(desk, letter_id) == []


def test_a_discarded_draft_keeps_nothing_that_was_typed(desk: Desk) -> None:
    letter_id = desk.draft(service_unit="Poli Psikologi")
    with desk.acting("case-officer"):
        service.discard(service.find(letter_id))
    letter = desk.letter(letter_id)
    assert (letter.state, letter.draft) == ("discarded", None)
    with pytest.raises(Conflict), desk.acting("case-officer"):
        service.discard(service.find(letter_id))


def test_somebody_who_is_no_signatory_is_refused(desk: Desk) -> None:
    letter_id = desk.draft()
    supervisor = desk.account("supervisor")
    with pytest.raises(Invalid, match="signatory"), desk.acting("case-officer"):
        service.submit(service.find(letter_id), supervisor)


def test_judging_a_draft_opens_nothing(desk: Desk) -> None:
    letter_id = desk.draft()
    with desk.acting("case-officer"):
        assert service.obstacles(service.find(letter_id)) == ()
        assert fields_seen() == ()


def test_every_field_of_a_document_type_has_a_source_and_names_its_class(
    catalogue: Catalogue,
) -> None:
    for kind in catalogue.types.values():
        for one in kind.case_fields:
            assert one.name in known(), f"{kind.key}: {one.name} has no source"
            listed = {one.field_class} - {None}
            assert classes(one) == listed, f"{kind.key}: {one.name} hides its class"


def test_a_value_longer_than_its_field_does_not_fit(catalogue: Catalogue) -> None:
    field = catalogue["surat_rujukan"].field("need.description")
    assert unfit(field, "x" * field.max_length, "Arimo") is None
    assert unfit(field, "x" * (field.max_length + 1), "Arimo") == "too-long"


def test_an_entry_reads_back_what_was_frozen() -> None:
    entry = Entry(uuid4(), uuid4(), uuid4(), None, uuid4(), {"draft.terms": "a\nb"})
    assert Entry.read(entry.frozen(), entry.organisation_id, entry.subject_id) == entry
