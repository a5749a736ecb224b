"""What a letter looks like, and that it is archival PDF."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from app.documents import fonts
from app.documents.catalogue import Catalogue, load_catalogue
from app.documents.letter import DRAFT_WATERMARK, PRINTABLE, Office
from app.documents.render import Renderer
from tests.documents.offices import TEMPLATES, font_names, page_texts

Snapshot = dict[str, Any]
SnapshotOf = Callable[..., Snapshot]
CATALOGUE = load_catalogue(TEMPLATES)
KEYS = tuple(sorted(CATALOGUE.types))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("sample", "paper", "points"),
    [("shortest", "A4", (595.3, 841.9)), ("longest", "F4", (609.4, 935.4))],
)
def test_every_sample_renders_on_its_paper_and_a_short_letter_fits_one_page(
    key: str, sample: str, paper: str, points: tuple[float, float],
    renderer: Renderer, catalogue: Catalogue, letter_office: Office, snapshot_of: SnapshotOf,
) -> None:  # fmt: skip
    office = replace(letter_office, paper=paper)
    pdf = renderer.render(catalogue[key], snapshot_of(key, sample), office)
    box = PdfFileReader(BytesIO(pdf)).root["/Pages"]["/Kids"][0]["/MediaBox"]
    assert [round(float(box[side]), 1) for side in (2, 3)] == list(points)
    texts = page_texts(pdf)
    assert f"Halaman {len(texts)} dari {len(texts)}" in texts[-1]
    if sample == "shortest" and not catalogue[key].of_office:  # a report has charts
        assert len(texts) == 1


@pytest.mark.parametrize("key", ["tanda_terima_aduan", "surat_keterangan_pendampingan"])
def test_a_paper_found_at_home_or_work_does_not_tell_why_it_was_written(
    key: str, renderer: Renderer, catalogue: Catalogue, letter_office: Office,
    snapshot_of: SnapshotOf,
) -> None:  # fmt: skip
    pdf = renderer.render(catalogue[key], snapshot_of(key, "longest"), letter_office)
    said = " ".join(page_texts(pdf)).lower() + catalogue[key].title["id"].lower()
    for word in ("kekerasan", "korban", "penyintas", "terlapor", "aduan", "260/000/2026"):
        assert word not in said, word


def test_the_words_of_verification_never_stand_alone_on_a_page(
    renderer: Renderer, catalogue: Catalogue, letter_office: Office, snapshot_of: SnapshotOf
) -> None:
    kind, office = catalogue["permohonan_perlindungan"], replace(letter_office, paper="A4")
    for lines in range(1, 9):
        snapshot = snapshot_of("permohonan_perlindungan")
        snapshot["values"]["draft"]["measures"] = "\n".join(["Tindakan contoh"] * lines)
        (noted,) = [
            text
            for text in page_texts(renderer.render(kind, snapshot, office))
            if "Keaslian dapat diperiksa" in text
        ]
        assert "NIP 19700101" in noted


@pytest.mark.parametrize("terms", range(1, 40, 3))
def test_the_signature_block_never_stands_alone(
    terms: int, renderer: Renderer, catalogue: Catalogue, letter_office: Office,
    snapshot_of: SnapshotOf,
) -> None:  # fmt: skip
    snapshot = snapshot_of("notulen_mediasi")
    snapshot["values"]["draft"]["terms"] = "\n".join(["Butir kesepakatan contoh."] * terms)
    pdf = renderer.render(catalogue["notulen_mediasi"], snapshot, letter_office)
    (signed,) = [text for text in page_texts(pdf) if "NIP 19700101" in text]
    assert "Notulen ini dibuat untuk berkas" in signed


def test_the_head_of_a_table_repeats_on_each_page(
    renderer: Renderer, catalogue: Catalogue, letter_office: Office, snapshot_of: SnapshotOf
) -> None:
    snapshot = snapshot_of("notulen_mediasi", "longest")
    pdf = renderer.render(catalogue["notulen_mediasi"], snapshot, letter_office)
    pages = [
        text for text in page_texts(pdf) if "pembagian barang" in text or "nafkah anak" in text
    ]
    assert len(pages) > 1
    assert all("Kesepakatan" in text for text in pages)


def test_the_letterhead_stands_on_the_first_page_only(
    renderer: Renderer, catalogue: Catalogue, letter_office: Office, snapshot_of: SnapshotOf
) -> None:
    snapshot = snapshot_of("notulen_mediasi", "longest")
    pdf = renderer.render(catalogue["notulen_mediasi"], snapshot, letter_office)
    found = ["PEMERINTAH KABUPATEN" in text for text in page_texts(pdf)]
    assert found == [True] + [False] * (len(found) - 1)


def test_a_letter_prints_all_that_its_snapshot_says(
    renderer: Renderer, catalogue: Catalogue, letter_office: Office, snapshot_of: SnapshotOf
) -> None:
    snapshot = snapshot_of("surat_rujukan")
    snapshot["letter"]["signer"]["prefix"] = "Plt."
    snapshot["letter"]["copies"] = ["Kepala Bidang Contoh"]
    pdf = renderer.render(catalogue["surat_rujukan"], snapshot, letter_office)
    text = " ".join(page_texts(pdf)[0].split())
    for words in (
        "Contoh, 24 November 2026", "Nomor : 400.2/0001/XX/2026", "Sifat : Rahasia",
        "Hal : Rujukan Layanan Kesehatan", "Yth. Direktur Rumah Sakit", "Bunga Contoh",
        "12 April 1998", "Pemeriksaan psikologi", "Plt. Kepala Dinas,", "Tembusan: 1. Kepala",
        "Keputusan Bupati Contoh Nomor 260/000/2026",
        "ditandatangani secara elektronik. Keaslian dapat diperiksa di "
        "https://contoh.example/periksa/7QK2-M9XD-4HTP",
        "Catatan audit: 18 / 3f1c3f1c",
    ):  # fmt: skip
        assert words in text
    assert "BSrE" not in text


def test_equal_input_gives_equal_bytes(
    catalogue: Catalogue, renderer: Renderer, letter_office: Office, snapshot_of: SnapshotOf
) -> None:
    kind, snapshot = catalogue["notulen_mediasi"], snapshot_of("notulen_mediasi", "longest")
    again = Renderer(load_catalogue(TEMPLATES)).render(kind, snapshot, letter_office)
    assert renderer.render(kind, snapshot, letter_office) == again


def test_a_preview_is_marked_on_each_page_and_shows_no_sign_of_a_signature(
    renderer: Renderer, catalogue: Catalogue, letter_office: Office, snapshot_of: SnapshotOf
) -> None:
    snapshot = snapshot_of("notulen_mediasi", "longest")
    snapshot["letter"].update(number=None, verification_url=None, checkpoint=None)
    pdf = renderer.render(
        catalogue["notulen_mediasi"], snapshot, letter_office, draft_watermark=DRAFT_WATERMARK
    )
    texts = page_texts(pdf)
    assert len(texts) > 1
    assert all(len(set("BELUM DITANDATANGANI") - set(text)) == 0 for text in texts)
    assert pdf.count(b"/Subtype /Image") == 0
    assert not any("ditandatangani secara elektronik" in text for text in texts)


# Archival form


def test_a_letter_is_tagged_pdf_a_3a_with_embedded_fonts(unsigned_letter: bytes) -> None:
    reader = PdfFileReader(BytesIO(unsigned_letter))
    root = reader.root
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/StructTreeRoot"]["/K"]
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert root["/Lang"] == "id"
    metadata = root["/Metadata"].data.decode()
    assert 'pdfaid:part="3"' in metadata
    assert 'pdfaid:conformance="A"' in metadata
    assert "Surat Rujukan Layanan Kesehatan" in metadata
    descriptors = [
        found
        for number in range(1, int(reader.trailer["/Size"]))
        if isinstance(found := reader.get_object(generic.Reference(number, 0, reader)), dict)
        and found.get("/Type") == "/FontDescriptor"
    ]
    assert len(descriptors) == 2
    assert all("/FontFile2" in descriptor for descriptor in descriptors)
    assert all("Arimo" in descriptor["/FontName"] for descriptor in descriptors)


def test_dates_in_the_file_come_from_the_letter(unsigned_letter: bytes) -> None:
    information = PdfFileReader(BytesIO(unsigned_letter)).trailer["/Info"]
    assert str(information["/CreationDate"]).startswith("D:20261124")


def test_every_picture_has_words_for_those_who_cannot_see_it(unsigned_letter: bytes) -> None:
    reader = PdfFileReader(BytesIO(unsigned_letter))
    figures = [
        found
        for number in range(1, int(reader.trailer["/Size"]))
        if isinstance(found := reader.get_object(generic.Reference(number, 0, reader)), dict)
        and found.get("/S") == "/Figure"
    ]
    assert len(figures) == 2
    assert all(figure.get("/Alt") for figure in figures)


@pytest.mark.parametrize("family", fonts.FAMILIES)
def test_what_a_typeface_prints_is_known_without_loading_it(family: str) -> None:
    assert fonts.characters(family) == PRINTABLE[family]


def test_no_font_of_the_machine_is_in_reach(
    tmp_path: Path, letter_office: Office, snapshot_of: SnapshotOf
) -> None:
    """A style sheet that asks for the machine's fonts still gets the pinned ones."""
    shutil.copytree(TEMPLATES, tmp_path / "t")
    file = tmp_path / "t" / "_letterhead" / "letter.css"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("'$FONT$'", "'DejaVu Sans', sans-serif"), encoding="utf-8")
    changed = load_catalogue(tmp_path / "t")
    pdf = Renderer(changed).render(
        changed["surat_rujukan"], snapshot_of("surat_rujukan"), letter_office
    )
    assert font_names(pdf) == {"Arimo", "Arimo-Bold"}
