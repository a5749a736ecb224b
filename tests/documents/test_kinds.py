"""What the case must be before a letter of some kind may be written, and to whom it goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.audit import words
from app.cases import models as case_models
from app.documents import content, service
from app.documents.values import Entry
from app.local.postgres import Postgres
from app.mediation.models import Mediation
from tenants.clock import now
from tenants.database import db
from tenants.errors import Invalid, Refused
from tests.documents.desk import NAME, Desk, consent_row, open_desk
from tests.world import World


def problems(desk: Desk, key: str, entry: Entry) -> list[tuple[str, str | None]]:
    """Write a draft and return what stands between it and the signatory."""
    with desk.acting("case-officer"):
        letter = service.create(desk.case_id, key, entry)
        return [(line.field.name, line.problem) for line in service.obstacles(letter)]


def need_for(desk: Desk, wanted: str) -> UUID:
    with desk.acting("case-officer"):
        need = case_models.Need(
            case_id=desk.case_id, service=wanted, urgency="soon", state="open", created_at=now()
        )
        need.description = "Kebutuhan contoh"
        db.session.add(need)
        db.session.flush()
        return need.id


def allow(desk: Desk, kind: str, *classes: str) -> None:
    officer = desk.account("case-officer")
    with desk.acting("case-officer"):
        db.session.add(consent_row(desk.case_id, desk.places[kind], list(classes), officer))


def test_a_medical_statement_is_asked_for_in_cases_of_domestic_violence_only(desk: Desk) -> None:
    entry = replace(desk.entry(examination="Pemeriksaan fisik"), subject_id=None)
    assert problems(desk, "permohonan_keterangan_medis", entry) == []
    with desk.rows_of(case_models.Incident) as incidents:
        incidents[0].domestic = False
    with pytest.raises(Refused, match="no-domestic-violence"):
        problems(desk, "permohonan_keterangan_medis", entry)


@pytest.mark.parametrize(
    ("key", "kind", "wanted"),
    [
        ("rujukan_rehabilitasi_sosial", "social_services", "social_rehabilitation"),
        ("rujukan_kementerian_agama", "religious_affairs", "religious_accompaniment"),
    ],
)
def test_a_referral_speaks_of_needs_for_its_own_service_and_only_with_consent(
    desk: Desk, key: str, kind: str, wanted: str
) -> None:
    entry = Entry(desk.places[kind], desk.need_id, companion_id=desk.account("companion"))
    with pytest.raises(Invalid) as refusal:  # the need at hand is one for a psychologist
        problems(desk, key, entry)
    assert (refusal.value.field, refusal.value.reason) == ("subject", "unknown")
    entry = replace(entry, subject_id=need_for(desk, wanted))
    assert ("need.description", "no-consent") in problems(desk, key, entry)
    allow(desk, kind, "identity", "clinical")
    assert problems(desk, key, entry) == []


def test_the_form_offers_only_needs_that_the_letter_may_speak_of(desk: Desk) -> None:
    needed = need_for(desk, "social_rehabilitation")
    form = f"/cases/{desk.case_id}/letters/new/rujukan_rehabilitasi_sosial"
    page = desk.client("case-officer").get(form).text
    assert str(needed) in page
    assert str(desk.need_id) not in page


def test_an_office_without_legal_aid_is_told_so(desk: Desk) -> None:
    desk.tamper("UPDATE organisation SET active = false WHERE kind = 'legal_aid'")
    page = desk.client("case-officer").get(
        f"/cases/{desk.case_id}/letters/new/rujukan_bantuan_hukum"
    )
    assert page.status_code == 403


REPORT = {"draft.facts": "Uraian contoh", "draft.informed_on": "2026-11-24"}


def test_a_report_that_the_law_asks_for_goes_without_consent_and_the_record_says_so(
    world: World, postgres: Postgres
) -> None:
    with open_desk(world, postgres, violence="sexual") as desk:
        desk.consent("police", [])
        companion, signatory = desk.account("companion"), desk.account("signatory")
        entry = Entry(desk.places["police"], companion_id=companion, typed=REPORT)
        with desk.acting("case-officer"):
            letter_id = service.create(desk.case_id, "laporan_tpks", entry).id
            assert service.submit(service.find(letter_id), signatory) == ()
        desk.approve(letter_id)
        (event,) = desk.events("letter:letter:approved", letter_id)
        assert event["reason"] == "tpks_pelaporan"
        assert "tpks_pelaporan" in words.REASONS  # the auditors' desk says it in a sentence
        assert desk.letter(letter_id).statutory
        protection = {"draft.threat": "Ancaman contoh", "draft.measures": "Pengamanan"}
        asked = replace(entry, typed=protection)
        assert ("survivor.full_name", "no-consent") in problems(
            desk, "permohonan_perlindungan_tpks", asked
        )


def test_what_needs_consent_is_not_recorded_as_going_without(desk: Desk) -> None:
    letter_id = desk.approved()
    (event,) = desk.events("letter:letter:approved", letter_id)
    assert event["reason"] is None


@pytest.mark.parametrize("key", ["laporan_tpks", "permohonan_perlindungan_tpks"])
def test_letters_on_the_law_of_sexual_violence_are_refused_in_other_cases(
    desk: Desk, key: str
) -> None:
    entry = Entry(desk.places["police"], companion_id=desk.account("companion"))
    with pytest.raises(Refused, match="no-sexual-violence"):
        problems(desk, key, entry)


def test_what_is_handed_over_has_no_addressee_and_asks_for_no_consent(desk: Desk) -> None:
    for place in ("hospital", "police"):
        desk.consent(place, [])
    texts = {"draft.days": "24 November 2026", "draft.purpose": "Izin contoh"}
    assert problems(desk, "surat_keterangan_pendampingan", Entry(typed=texts)) == []
    assert problems(desk, "tanda_terima_aduan", Entry()) == []
    with desk.acting("case-officer"):
        letter = service.create(desk.case_id, "tanda_terima_aduan", Entry(desk.places["police"]))
        assert letter.organisation_id is None


def test_an_invitation_may_go_to_any_organisation_of_the_office(desk: Desk) -> None:
    texts = {
        "draft.held_on": "2026-12-01",
        "draft.time": "09.00 WIB",
        "draft.venue": "Ruang rapat dinas",
        "draft.agenda": "Pembagian tugas",
    }
    companion = desk.account("companion")
    for place in desk.places.values():
        entry = Entry(place, companion_id=companion, typed=texts)
        assert problems(desk, "undangan_konferensi_kasus", entry) == []


def test_a_day_that_is_typed_is_asked_for_as_a_day(desk: Desk) -> None:
    form = f"/cases/{desk.case_id}/letters/new/undangan_konferensi_kasus"
    page = desk.client("case-officer").get(form).text
    assert 'type="date"' in page
    texts = {"draft.tasks": "Mendampingi", "draft.district": "Kecamatan Contoh"}
    entry = Entry(
        companion_id=desk.account("companion"), typed={**texts, "draft.starts_on": "besok"}
    )
    assert problems(desk, "surat_tugas_pendamping", entry) == [("draft.starts_on", "no-date")]


@pytest.mark.parametrize("key", ["undangan_mediasi", "kesepakatan_mediasi", "notulen_mediasi"])
def test_no_paper_of_a_mediation_is_written_while_the_case_holds_sexual_violence(
    desk: Desk, key: str
) -> None:
    assert problems(desk, key, Entry()) != []
    with desk.rows_of(case_models.Incident) as incidents:
        incidents[0].violence = ["sexual"]
    with pytest.raises(Refused, match="mediation-sexual-violence"):
        problems(desk, key, Entry())


def test_nobody_is_invited_to_a_mediation_without_day_and_hour(desk: Desk) -> None:
    texts = {"draft.invitee": "Saudara Anton Contoh", "draft.subject_matter": "Nafkah anak"}
    assert problems(desk, "undangan_mediasi", Entry(typed=texts)) == [
        ("mediation.scheduled_on", "empty"),
        ("mediation.scheduled_time", "empty"),
    ]
    with desk.rows_of(Mediation) as found:
        found[0].scheduled_at = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
    with desk.acting("case-officer"):
        letter = service.create(desk.case_id, "undangan_mediasi", Entry(typed=texts))
        said = {line.field.name: line.value for line in content.assemble(letter).lines}
    assert said["mediation.scheduled_on"] == "2026-12-01"
    assert said["mediation.scheduled_time"] == "09.00 WIB"
    assert said["draft.invitee"] == "Saudara Anton Contoh"


def test_an_agreement_names_those_whom_it_binds(desk: Desk) -> None:
    texts = {"draft.terms": "Nafkah anak setiap bulan", "draft.subject_matter": "Nafkah anak"}
    with desk.acting("case-officer"):
        letter = service.create(desk.case_id, "kesepakatan_mediasi", Entry(typed=texts))
        found = content.assemble(letter)
        said = {line.field.name: line.value for line in found.lines}
    assert found.problems == ()
    assert said["mediation.first_party_name"] == NAME
    assert said["mediation.second_party_name"] == "Anton Contoh"


def test_a_case_is_handed_to_another_agency_only_where_the_office_knows_one(desk: Desk) -> None:
    with pytest.raises(Refused, match="wrong-addressee"):
        problems(desk, "pelimpahan", Entry(desk.places["police"]))


def test_the_page_of_letters_says_who_gets_each_and_why_some_cannot_be_written(desk: Desk) -> None:
    client = desk.client("case-officer")
    page = client.get(f"/cases/{desk.case_id}/letters/new").text
    assert f'href="/cases/{desk.case_id}/letters/new/tanda_terima_aduan"' in page
    assert "letters/new/laporan_tpks" not in page
    shown, refused = page.split("Tidak untuk kasus ini", 1)
    assert "Diserahkan kepada penyintas atau pelapor" in shown
    assert "Surat ini hanya untuk kasus kekerasan seksual." in refused
