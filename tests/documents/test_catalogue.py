"""A document type that could show more than it lists must not load."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.documents.catalogue import Catalogue, load_catalogue
from app.documents.errors import TemplateError
from tests.documents.offices import TEMPLATES


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    copy = tmp_path / "doc_templates"
    shutil.copytree(TEMPLATES, copy)
    return copy


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def refuse(templates: Path) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        load_catalogue(templates)
    return caught.value


# What each letter may say of the people in a case, and to whom: the domain reference, section 3.
# A letter that is not named here fails, so that nobody adds a field without being asked about it.
SAYS: dict[str, tuple[str, set[str]]] = {
    "berita_acara_serah_terima": ("file", {"draft.dependants", "draft.care"}),
    "berita_acara_terminasi": ("file", {
        "draft.services", "draft.reason", "draft.outcome", "draft.monitoring",
    }),
    "kesepakatan_mediasi": ("file", {
        "mediation.held_on", "mediation.venue", "mediation.first_party_name",
        "mediation.second_party_name", "draft.subject_matter", "draft.terms",
    }),
    "laporan_agregat": ("file", set()),
    "laporan_audit": ("file", set()),
    "laporan_kewajiban": ("file", set()),
    "laporan_tpks": ("police", {
        "survivor.full_name", "survivor.birth_date", "draft.facts",
    }),
    "notulen_konferensi_kasus": ("file", {"draft.progress", "draft.decisions"}),
    "notulen_mediasi": ("file", {
        "mediation.held_on", "mediation.venue", "mediation.first_party", "mediation.second_party",
        "draft.subject_matter", "draft.terms", "draft.follow_up",
    }),
    "pelimpahan": ("protection_agency", {
        "survivor.full_name", "survivor.birth_date", "draft.reason", "draft.summary",
        "draft.safe_contact",
    }),
    "permohonan_keterangan_medis": ("hospital", {
        "survivor.full_name", "survivor.birth_date", "draft.examination",
    }),
    "permohonan_perintah_perlindungan": ("court", {
        "survivor.full_name", "draft.threat", "draft.measures",
    }),
    "permohonan_perlindungan": ("police", {
        "survivor.full_name", "draft.threat", "draft.measures",
    }),
    "permohonan_perlindungan_tpks": ("police", {
        "survivor.full_name", "draft.threat", "draft.measures",
    }),
    "permohonan_rumah_aman": ("social_services", {
        "case.risk", "draft.dependants", "draft.health_needs",
    }),
    "permohonan_visum": ("police", {"survivor.full_name", "police.report_number"}),
    "rujukan_bantuan_hukum": ("legal_aid", {
        "survivor.full_name", "draft.legal_issue", "draft.deadline",
    }),
    "rujukan_kementerian_agama": ("religious_affairs", {
        "survivor.full_name", "need.description", "need.urgency",
    }),
    "rujukan_rehabilitasi_sosial": ("social_services", {
        "survivor.full_name", "survivor.birth_date", "need.description", "need.urgency",
    }),
    "persetujuan_berbagi": ("file", {"survivor.full_name"}),
    "persetujuan_layanan": ("file", {"survivor.full_name"}),
    "surat_keterangan_pemusnahan": ("file", set()),
    "surat_kewajiban": ("file", set()),
    "surat_keterangan_pendampingan": ("survivor", {"survivor.full_name"}),
    "surat_rujukan": ("hospital", {
        "survivor.full_name", "survivor.birth_date", "need.description", "need.urgency",
    }),
    "surat_tugas_pendamping": ("officer", set()),
    "tanda_terima_aduan": ("survivor", set()),
    "undangan_konferensi_kasus": ("partner", set()),
    "undangan_mediasi": ("party", {
        "mediation.scheduled_on", "mediation.scheduled_time", "mediation.venue",
        "draft.invitee", "draft.subject_matter",
    }),
}  # fmt: skip


def test_each_letter_says_what_its_addressee_needs_and_no_more(catalogue: Catalogue) -> None:
    assert {
        key: (kind.addressee, {field.name for field in kind.fields if field.field_class})
        for key, kind in catalogue.types.items()
    } == SAYS


@pytest.mark.parametrize("key", SAYS)
def test_no_letter_builds_that_reads_a_field_outside_of_its_list(templates: Path, key: str) -> None:
    spoil(
        templates / key / "template.html", "{% block body %}", "{% block body %}{{ survivor.nik }}"
    )
    problem = refuse(templates)
    assert (problem.file, problem.field) == (f"{key}/template.html", "survivor.nik")


def test_a_document_of_the_office_takes_nothing_from_a_case(catalogue: Catalogue) -> None:
    kinds = {kind.key: kind for kind in catalogue.types.values() if kind.of_office}
    assert kinds.keys() >= {
        "laporan_agregat",
        "laporan_audit",
        "laporan_kewajiban",
        "surat_kewajiban",
        "surat_keterangan_pemusnahan",
    }
    for kind in kinds.values():
        assert not kind.case_fields
        assert not kind.draft_fields
        assert not kind.classes


def test_a_visum_letter_needs_the_number_of_the_police_report(catalogue: Catalogue) -> None:
    assert catalogue["permohonan_visum"].conditions == ("police_report_number",)
    assert catalogue["surat_rujukan"].classes == {"identity", "clinical"}


def test_minutes_name_parties_by_initials_and_refuse_sexual_violence(catalogue: Catalogue) -> None:
    kind = catalogue["notulen_mediasi"]
    assert kind.conditions == ("no_sexual_violence",)
    assert {field.name.split(".")[0] for field in kind.fields} == {"case", "mediation", "draft"}
    assert kind.field("mediation.first_party").max_length == 20


def test_case_letters_are_secret_but_for_those_that_are_carried_openly(
    catalogue: Catalogue,
) -> None:
    assert {
        key: kind.sifat for key, kind in catalogue.types.items() if kind.sifat != "Rahasia"
    } == {
        "laporan_agregat": "Terbatas",  # about no case, as the three after it
        "laporan_audit": "Terbatas",
        "laporan_kewajiban": "Terbatas",
        "surat_kewajiban": "Terbatas",
        "surat_keterangan_pemusnahan": "Terbatas",  # its code alone
        "surat_keterangan_pendampingan": "Terbatas",
        "surat_tugas_pendamping": "Terbatas",
        "tanda_terima_aduan": "Biasa",
    }


def test_only_the_report_that_the_law_asks_for_goes_without_consent(catalogue: Catalogue) -> None:
    assert {
        kind.key: kind.conditions for kind in catalogue.types.values() if kind.statutory_basis
    } == {"laporan_tpks": ("sexual_violence",)}


def test_an_address_is_in_no_letter(catalogue: Catalogue) -> None:
    for kind in catalogue.types.values():
        located = {field.name for field in kind.fields if field.field_class == "location"}
        assert located <= {"mediation.venue"}, kind.key


def test_what_the_survivor_carries_prints_no_basis_whose_title_tells_why(
    catalogue: Catalogue,
) -> None:
    for kind in catalogue.types.values():
        if kind.addressee == "survivor":
            assert kind.printed_bases == (), kind.key


@pytest.mark.parametrize(
    "expression",
    [
        "{{ survivor.address }}",
        "{{ perpetrator.full_name }}",
        "{{ survivor }}",
        "{{ values }}",
        "{{ office.emblem }}",
        "{{ survivor['full_name'] }}",
        "{{ survivor.full_name.__class__ }}",
        "{{ survivor.full_name.upper() }}",
        "{% set s = survivor %}{{ s.address }}",
        "{% for s in survivor %}{{ s }}{% endfor %}",
        "{% for survivor in letter.copies %}{{ survivor.address }}{% endfor %}",
        "{% with x = letter %}{{ x.number }}{% endwith %}",
        "{% macro m(survivor) %}{{ survivor.address }}{% endmacro %}",
        "{{ survivor.full_name | attr('x') }}",
        "{{ need.description | safe }}",
        "{% autoescape false %}{{ need.description }}{% endautoescape %}",
        "{{ self.body() }}",
        "{{ range(9) }}",
        "{% include 'permohonan_visum/template.html' %}",
        "{% include letter.hal %}",
        "{% import '_letterhead/kop.html' as kop %}",
        "{{ lipsum() }}",
        "{{ (letter.number, letter.place) }}",
        "{% for letter, x in office.mandates | rows %}{{ letter.addressee }}{% endfor %}",
        "{{ survivor.full_name",
    ],
)
def test_a_template_that_reaches_beyond_its_list_does_not_load(
    templates: Path, expression: str
) -> None:
    template = templates / "surat_rujukan" / "template.html"
    spoil(template, "{% block closing %}", "{% block closing %}" + expression)
    assert refuse(templates).file == "surat_rujukan/template.html"


def test_the_unlisted_field_is_named(templates: Path) -> None:
    template = templates / "surat_rujukan" / "template.html"
    spoil(template, "{{ survivor.full_name }}", "{{ survivor.full_name }} {{ survivor.address }}")
    assert refuse(templates).field == "survivor.address"


def test_the_shared_letterhead_reads_no_case_field(templates: Path) -> None:
    spoil(templates / "_letterhead" / "kop.html", "<div", "{{ survivor.full_name }}<div")
    problem = refuse(templates)
    assert (problem.file, problem.field) == ("_letterhead/kop.html", "survivor.full_name")


def test_a_listed_field_that_is_never_read_is_too_much(templates: Path) -> None:
    template = templates / "surat_rujukan" / "template.html"
    spoil(template, "{{ survivor.birth_date | long_date }}", "-")
    assert refuse(templates).field == "survivor.birth_date"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("version = 1", "version = 1\ncolour = 'red'", "colour"),
        ("version = 1", "version = '1'", "version"),
        ("version = 1\n", "", "version"),
        ('"SIGNATORY"', "", "signers"),
        ('addressee = "hospital"', 'addressee = "press"', "addressee"),
        ('subject = "referral"', 'subject = "visum_request"', "conditions"),
        ('subject = "referral"', 'subject = "mediation"', "conditions"),
        ('["health", "psychology"]', '["massage"]', "massage"),
        ("version = 1", 'version = 1\nstatutory_basis = "tpks_pelaporan"', "conditions"),
        ("conditions = []", 'conditions = ["full_moon"]', "full_moon"),
        ('class = "identity"', 'class = "secret"', "survivor.full_name"),
        ('"layanan_uptd_ppa"', '"pasal_karet"', "pasal_karet"),
        ('name = "survivor.full_name"', 'name = "letter.full_name"', "letter.full_name"),
        ('name = "survivor.full_name"', 'name = "survivor.birth_date"', "survivor.birth_date"),
        ("max_length = 200", "max_length = 0", "survivor.full_name"),
        ("max_length = 200", "max_length = 200\nsize = 3", "survivor.full_name: size"),
        ('label = { id = "Nama", en = "Name" }', 'label = { id = "Nama" }', "survivor.full_name"),
        ('key = "surat_rujukan"', 'key = "surat_lain"', "key"),
    ],
)
def test_a_mistake_in_the_description_is_named(
    templates: Path, old: str, new: str, field: str
) -> None:
    spoil(templates / "surat_rujukan" / "document.toml", old, new)
    problem = refuse(templates)
    assert (problem.file, problem.field) == ("surat_rujukan/document.toml", field)


def test_a_typed_field_needs_help_in_both_languages(templates: Path) -> None:
    file = templates / "surat_rujukan" / "document.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: text.rindex("help = ")], encoding="utf-8")
    assert refuse(templates).field == "draft.service_unit"


def test_a_missing_sample_is_refused(templates: Path) -> None:
    (templates / "surat_rujukan" / "sample.json").unlink()
    assert refuse(templates).file == "surat_rujukan/sample.json"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("longest"),
        lambda data: data["longest"]["values"]["survivor"].update(address="Jalan Contoh"),
        lambda data: data["longest"]["values"]["survivor"].pop("full_name"),
    ],
)
def test_a_sample_that_does_not_fit_the_list_is_refused(
    templates: Path, change: Callable[[dict[str, object]], None]
) -> None:
    file = templates / "surat_rujukan" / "sample.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    change(data)
    file.write_text(json.dumps(data), encoding="utf-8")
    assert refuse(templates).file == "surat_rujukan/sample.json"


@pytest.mark.parametrize(
    "listed", ["survivor.password", "[draft.need]", "draft.need | upper", "secret", "1 + 1"]
)
def test_a_template_lists_only_texts_and_fields_of_its_own(templates: Path, listed: str) -> None:
    """A loop goes through what a template lists itself: it says a thing once, and reads no more."""
    loop = f"{{% for one, two in [('Satu', {listed})] %}}{{{{ one }}}}{{% endfor %}}"
    file = templates / "surat_rujukan" / "template.html"
    file.write_text(file.read_text().replace("{% block body %}", "{% block body %}" + loop, 1))
    assert refuse(templates).file == "surat_rujukan/template.html"


def test_the_digest_follows_every_part_of_a_template(templates: Path, catalogue: Catalogue) -> None:
    assert load_catalogue(templates)["surat_rujukan"].digest == catalogue["surat_rujukan"].digest
    spoil(templates / "_letterhead" / "letter.css", "25mm", "26mm")
    changed = load_catalogue(templates)
    assert changed["surat_rujukan"].digest != catalogue["surat_rujukan"].digest


def test_the_law_of_criminal_procedure_follows_the_date_of_the_letter(catalogue: Catalogue) -> None:
    kind = catalogue["permohonan_visum"]
    before = catalogue.legal_bases(kind, date(2026, 1, 1))
    after = catalogue.legal_bases(kind, date(2026, 1, 2))
    assert before[0].startswith("Pasal 133 Undang-Undang Nomor 8 Tahun 1981")
    assert after[0].startswith("Undang-Undang Nomor 20 Tahun 2025")
    assert "Pasal" not in after[0]


def test_an_unconfirmed_basis_is_printed_only_when_the_tenant_confirmed_it(
    catalogue: Catalogue,
) -> None:
    kind, day = catalogue["notulen_mediasi"], date(2026, 11, 24)
    assert catalogue.legal_bases(kind, day) == ()
    assert len(catalogue.legal_bases(kind, day, ("standar_layanan",))) == 1


def test_a_basis_that_tells_the_kind_of_violence_is_never_printed(catalogue: Catalogue) -> None:
    kind = catalogue["surat_rujukan"]
    everything = (*kind.printed_bases, *kind.recorded_bases)
    printed = " ".join(catalogue.legal_bases(kind, date(2026, 11, 24), everything))
    assert "Kekerasan" not in printed


def test_two_wordings_on_one_day_are_refused(templates: Path) -> None:
    spoil(templates / "_legal" / "bases.toml", "until = 2026-01-01", "until = 2026-01-02")
    assert refuse(templates).field == "hukum_acara_pidana"
