"""What no template, style sheet or script of any room may contain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
TEMPLATES = sorted(
    path for path in APP.glob("*/templates/**/*") if path.suffix in (".html", ".txt")
)
STATIC = APP / "ui" / "static"

FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an inline style": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "another host": re.compile(
        r"""(?:src|href|action|srcset)\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE
    ),
    "a value taken as markup": re.compile(r"\|\s*safe\b"),
    "escaping switched off": re.compile(r"autoescape\s+false"),
    "a style given to a field": re.compile(r"""[(,]\s*style\s*=\s*["'][^"']*:"""),
    "an event given to a field": re.compile(r"[(,]\s*on(?:click|change|input|submit|load)\s*="),
}


def faults(text: str) -> list[str]:
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(APP)))
def test_template_has_nothing_inline_and_names_no_other_host(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        '<p class="a" style="color:red">',
        "<a onclick='x()'>",
        "<style>p{}</style>",
        "<script>x()</script>",
        '<a href="javascript:x()">',
        '<img src="https://example.org/a.png">',
        "<link href=//example.org/a.css>",
        "{{ value | safe }}",
        "{% autoescape false %}",
        "{{ field(form.name, style='width:1px') }}",
        "{{ field(form.name, onclick='x()') }}",
    ],
)
def test_the_scan_itself_sees_each_fault(text: str) -> None:
    assert faults(text)


def test_every_script_of_a_template_carries_the_nonce() -> None:
    for path in TEMPLATES:
        for tag in re.findall(r"<script\b[^>]*>", path.read_text(encoding="utf-8")):
            assert 'nonce="{{ csp_nonce() }}"' in tag, path


def test_static_files_name_no_address_outside_this_host() -> None:
    for path in STATIC.iterdir():
        text = path.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?:|url\(|@import|data:", text), path.name


def test_the_script_writes_text_only() -> None:
    script = (STATIC / "teduh.js").read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|"
        r"\.srcdoc|\.src\s*=|localStorage|sessionStorage|document\.cookie",
        script,
    )


def test_every_form_of_a_template_that_changes_something_carries_the_token() -> None:
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for form in re.findall(r"(?is)<form\b[^>]*method=.post.*?</form>", text):
            assert "csrf" in form or "hidden_tag" in form, f"{path}: {form[:80]}"


def test_every_form_class_speaks_the_readers_language() -> None:
    outside = [
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        if path != APP / "ui" / "forms.py" and "FlaskForm" in path.read_text(encoding="utf-8")
    ]
    assert outside == [], "build on app.ui.forms.Form"
