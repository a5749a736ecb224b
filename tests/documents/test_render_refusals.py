"""A letter fetches nothing, leaves nothing out, and says which field is wrong."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.documents import emblem, fonts, render
from app.documents.catalogue import Catalogue, load_catalogue
from app.documents.errors import RenderError
from app.documents.letter import Margins, Office
from app.documents.render import Renderer
from tests.documents.offices import TEMPLATES, page_texts

Snapshot = dict[str, Any]
SnapshotOf = Callable[..., Snapshot]


@pytest.fixture
def refuse(
    renderer: Renderer, catalogue: Catalogue, letter_office: Office
) -> Callable[..., tuple[str, str | None]]:
    """Render what must be refused; return the error's code and field."""

    def attempt(snapshot: Snapshot, office: Office = letter_office) -> tuple[str, str | None]:
        kind = catalogue[snapshot["template"]["key"]]
        with pytest.raises(RenderError) as caught:
            renderer.render(kind, snapshot, office)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
        return caught.value.code, caught.value.field

    return attempt


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/passwd" alt="">',
        '<img src="http://contoh.example/x.png" alt="">',
        '<img src="//contoh.example/x.png" alt="">',
        '<img src="x.png" alt="">',
        '<img src="teduh:font/other" alt="">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        "<style>@import url(file:///etc/passwd);</style>",
        "<style>p { background: url(http://contoh.example/x.png) }</style>",
        "<style>@font-face { font-family: x; src: url(file:///etc/passwd) }</style>",
        '<object data="file:///etc/passwd"></object>',
        '<embed src="file:///etc/passwd">',
        '<svg><image href="file:///etc/passwd"/></svg>',
        '<img src="data:image/svg+xml,&lt;svg xmlns=%22http://www.w3.org/2000/svg%22&gt;'
        '&lt;image href=%22file:///etc/passwd%22/&gt;&lt;/svg&gt;" alt="">',
    ],
)
def test_a_template_that_asks_for_a_file_or_the_network_fails_the_letter(
    markup: str, tmp_path: Path, letter_office: Office, snapshot_of: SnapshotOf
) -> None:
    shutil.copytree(TEMPLATES, tmp_path / "t")
    file = tmp_path / "t" / "surat_rujukan" / "template.html"
    text = file.read_text(encoding="utf-8")
    spoilt = text.replace("{% block closing %}", "{% block closing %}" + markup)
    file.write_text(spoilt, encoding="utf-8")
    changed = load_catalogue(tmp_path / "t")
    with pytest.raises(RenderError) as caught:
        Renderer(changed).render(
            changed["surat_rujukan"], snapshot_of("surat_rujukan"), letter_office
        )
    assert caught.value.code in {"resource_refused", "engine"}


def test_markup_in_a_value_is_printed_and_not_obeyed(
    renderer: Renderer, catalogue: Catalogue, letter_office: Office, snapshot_of: SnapshotOf
) -> None:
    snapshot = snapshot_of("surat_rujukan")
    snapshot["values"]["need"]["description"] = '<img src="file:///etc/passwd"> {{ office }}'
    pdf = renderer.render(catalogue["surat_rujukan"], snapshot, letter_office)
    assert '<img src="file:///etc/passwd"> {{ office }}' in " ".join(page_texts(pdf)[0].split())


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (b"", "missing_emblem"),
        (b"\x89PNG\r\n\x1a\n", "bad_emblem"),
        (b"<html>", "bad_emblem"),
        (b"<svg" + b" " * emblem.MAX_EMBLEM_BYTES, "bad_emblem"),
        (b"<svg broken", "engine"),
        (b"\xff\xd8\xff broken", "engine"),
        (
            b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
            b'<image href="file:///etc/passwd" width="9" height="9"/></svg>',
            "resource_refused",
        ),
    ],
)
def test_a_letter_without_a_sound_emblem_fails(
    picture: bytes, code: str, refuse: Any, letter_office: Office, snapshot_of: SnapshotOf
) -> None:
    office = replace(letter_office, emblem=picture)
    assert refuse(snapshot_of("surat_rujukan"), office)[0] == code


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "missing_value"),
        ("", "missing_value"),
        ("   ", "missing_value"),
        (7, "wrong_type"),
        ("x" * 201, "too_long"),
        ("Bunga\x00", "control_character"),
        ("Bunga\nContoh", "control_character"),
        ("Bunga\u202eContoh", "control_character"),
        ("Bunga\u200bContoh", "unprintable_character"),
        ("Bunga \u4e2d", "unprintable_character"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_the_field_s_name(
    value: object, code: str, refuse: Any, snapshot_of: SnapshotOf
) -> None:
    snapshot = snapshot_of("surat_rujukan")
    snapshot["values"]["survivor"]["full_name"] = value
    assert refuse(snapshot) == (code, "survivor.full_name")


def test_a_value_beyond_the_list_is_refused(refuse: Any, snapshot_of: SnapshotOf) -> None:
    snapshot = snapshot_of("surat_rujukan")
    snapshot["values"]["survivor"]["address"] = "Jalan Contoh"
    assert refuse(snapshot) == ("unlisted_value", None)


def test_a_listed_field_that_is_absent_is_never_a_blank(
    refuse: Any, snapshot_of: SnapshotOf
) -> None:
    snapshot = snapshot_of("surat_rujukan")
    del snapshot["values"]["draft"]["service_unit"]
    assert refuse(snapshot) == ("missing_value", "draft.service_unit")


def test_what_is_no_date_is_refused(refuse: Any, snapshot_of: SnapshotOf) -> None:
    snapshot = snapshot_of("surat_rujukan")
    snapshot["values"]["survivor"]["birth_date"] = "31-12-99"
    assert refuse(snapshot) == ("wrong_type", "survivor.birth_date")


@pytest.mark.parametrize("missing", ["number", "verification_url", "checkpoint"])
def test_an_issued_letter_carries_number_address_and_checkpoint(
    missing: str, refuse: Any, snapshot_of: SnapshotOf
) -> None:
    snapshot = snapshot_of("surat_rujukan")
    snapshot["letter"][missing] = None
    assert refuse(snapshot) == ("not_final", None)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("hal", ""),
        ("date", "kemarin"),
        ("verification_url", "javascript:alert(1)"),
        ("checkpoint", {"size": 1, "root": "zz"}),
        ("checkpoint", {"size": "1", "root": "00" * 32}),
        ("copies", "satu"),
        ("signer", None),
        ("colour", "red"),
    ],
)
def test_a_broken_fact_of_the_letter_is_refused(
    key: str, value: object, refuse: Any, snapshot_of: SnapshotOf
) -> None:
    snapshot = snapshot_of("surat_rujukan")
    snapshot["letter"][key] = value
    assert refuse(snapshot)[0] == "bad_letter"


def test_a_control_character_in_the_subject_is_refused(
    refuse: Any, snapshot_of: SnapshotOf
) -> None:
    snapshot = snapshot_of("surat_rujukan")
    snapshot["letter"]["hal"] = "Rujukan\x07"
    assert refuse(snapshot) == ("control_character", "letter.hal")


def test_a_template_of_another_version_is_refused(refuse: Any, snapshot_of: SnapshotOf) -> None:
    snapshot = snapshot_of("surat_rujukan")
    snapshot["template"]["version"] = 99
    assert refuse(snapshot) == ("template_changed", None)


def test_a_letter_without_end_is_refused(
    refuse: Any, snapshot_of: SnapshotOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert render.MAX_PAGES == 40
    monkeypatch.setattr(render, "MAX_PAGES", 2)  # the rule is the same, and laid out in a second
    snapshot = snapshot_of("notulen_mediasi")
    snapshot["values"]["draft"]["terms"] = "\n".join(["a"] * 150)
    assert refuse(snapshot) == ("too_many_pages", None)


def test_nothing_of_a_refused_letter_reaches_the_log(
    refuse: Any, letter_office: Office, snapshot_of: SnapshotOf, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    snapshot = snapshot_of("surat_rujukan")
    snapshot["values"]["survivor"]["full_name"] = "Penanda Contoh"
    refuse(snapshot, replace(letter_office, emblem=b"<svg broken"))
    seen = caplog.text + "".join(capfd.readouterr())
    assert "Penanda" not in seen


def test_a_broken_emblem_fails_the_letter_however_quiet_the_log_is(
    refuse: Any, letter_office: Office, snapshot_of: SnapshotOf
) -> None:
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    broken = replace(letter_office, emblem=b"<svg broken")
    assert refuse(snapshot_of("surat_rujukan"), broken)[0] == "engine"


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"paper": "Letter"}, "paper"),
        ({"font_size": 30}, "font_size"),
        ({"margins": Margins(left=2)}, "margins"),
        ({"address": ()}, "address"),
    ],
)
def test_settings_the_page_cannot_honour_are_refused(
    settings: dict[str, Any], name: str, letter_office: Office
) -> None:
    with pytest.raises(RenderError) as caught:
        replace(letter_office, **settings)
    assert (caught.value.code, caught.value.field) == ("bad_office", name)


def test_an_unknown_font_is_refused(
    refuse: Any, letter_office: Office, snapshot_of: SnapshotOf
) -> None:
    office = replace(letter_office, font="Comic Sans")
    assert refuse(snapshot_of("surat_rujukan"), office) == ("bad_office", "office.font")


def test_an_office_survives_the_snapshot(letter_office: Office) -> None:
    assert Office.read(letter_office.frozen()) == letter_office


def test_an_office_with_an_unknown_setting_is_refused(letter_office: Office) -> None:
    with pytest.raises(RenderError) as caught:
        Office.read({**letter_office.frozen(), "colour": "red"})
    assert caught.value.field == "office.colour"


def test_a_font_that_differs_from_its_pin_is_refused() -> None:
    face = replace(fonts.FAMILIES["Arimo"][0], sha256="00" * 32)
    with pytest.raises(RenderError) as caught:
        face.original()
    assert caught.value.code == "fonts_missing"
