"""Catalogues: complete, compiled when stale, refreshed without losing a translation."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from app.ui import catalogue

PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


@pytest.fixture
def app_folder(tmp_path: Path) -> Path:
    """An application with a shared look and one room that says four things."""
    room = tmp_path / "gardens"
    (room / "templates" / "gardens").mkdir(parents=True)
    (room / "views.py").write_text('title = _("Gardens")\nother = lazy_gettext("Cancel")\n')
    (room / "templates" / "gardens" / "list.html").write_text(
        '{{ _("Rows of %(plant)s", plant=1) }}{{ ngettext("%(num)s tree", "%(num)s trees", 2) }}'
    )
    write(tmp_path, "ui", 'msgid "Cancel"\nmsgstr "Batal"\n')
    (tmp_path / "ui" / "words.py").write_text('_("Cancel")\n')
    return tmp_path


def write(folder: Path, room: str, entries: str) -> Path:
    path = folder / room / "translations" / "id" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PO + entries, encoding="utf-8")
    return path


def test_every_sentence_of_every_room_is_translated() -> None:
    assert catalogue.missing() == []


def test_no_sentence_hides_in_an_f_string_where_the_catalogue_cannot_find_it() -> None:
    hidden = [
        f"{path.relative_to(catalogue.APP)}:{call.lineno}"
        for path in catalogue.APP.rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("_", "_l", "_lp")
    ]
    assert hidden == []


def test_missing_names_what_has_no_translation(app_folder: Path) -> None:
    found = catalogue.missing("id", app_folder)
    assert [room for room, _ in found] == ["gardens"] * 3
    assert not any("Cancel" in problem for _, problem in found)


def test_missing_sees_a_translation_with_another_placeholder(app_folder: Path) -> None:
    write(app_folder, "gardens", '#, python-format\nmsgid "Rows of %(plant)s"\nmsgstr "%(x)s"\n')
    assert any("Rows of" in problem for _, problem in catalogue.missing("id", app_folder))


def test_missing_sees_two_rooms_that_disagree(app_folder: Path) -> None:
    write(app_folder, "gardens", 'msgid "Cancel"\nmsgstr "Urungkan"\n')
    assert ("gardens", "differs from ui: 'Cancel'") in catalogue.missing("id", app_folder)


def test_update_adds_new_sentences_keeps_translations_and_drops_the_unused(
    app_folder: Path,
) -> None:
    path = write(
        app_folder,
        "gardens",
        'msgid "Gardens"\nmsgstr "Taman"\n\nmsgid "Long gone"\nmsgstr "Sudah tiada"\n',
    )
    assert catalogue.update("id", app_folder) == {"gardens": 2}
    text = path.read_text(encoding="utf-8")
    assert 'msgstr "Taman"' in text
    assert "Rows of %(plant)s" in text
    assert "Long gone" not in text
    assert "Cancel" not in text
    assert "nplurals=1" in text
    before = path.read_bytes()
    catalogue.update("id", app_folder)
    assert path.read_bytes() == before


def test_compile_writes_only_what_is_stale(app_folder: Path) -> None:
    assert len(catalogue.compile_stale(app_folder)) == 1
    assert catalogue.compile_stale(app_folder) == []
    source = write(app_folder, "ui", 'msgid "Cancel"\nmsgstr "Urungkan"\n')
    os.utime(source, (source.stat().st_atime, source.stat().st_mtime + 5))
    (target,) = catalogue.compile_stale(app_folder)
    assert b"Urungkan" in target.read_bytes()
    assert [path.name for path in target.parent.iterdir() if path.suffix == ".mo"] == [target.name]


@pytest.mark.parametrize(("command", "status"), [(["compile"], 0), (["x"], 2)])
def test_the_command_line_answers_with_a_status(command: list[str], status: int) -> None:
    assert catalogue.main(command) == status
