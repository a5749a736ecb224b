"""What the layouts and macros put on a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from lxml import html

from app.ui.errors import STATUSES, render_error
from app.ui.fields import FieldView
from tests.ui.sample import SECRET_ADDRESS

PAGES = ["/", "/cases", "/form", "/confirm", "/progress", "/audit", "/verify", "/sign-in"]


def read(visitor: FlaskClient, path: str, language: str = "id") -> html.HtmlElement:
    visitor.set_cookie("lang", language)
    return html.fromstring(visitor.get(path).text)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_both_languages(visitor: FlaskClient, path: str) -> None:
    indonesian, english = read(visitor, path), read(visitor, path, "en")
    assert indonesian.get("lang") == "id"
    assert english.get("lang") == "en"
    assert "Keluar cepat" in indonesian.text_content()
    assert "Quick exit" in english.text_content()
    assert "Quick exit" not in indonesian.text_content()


def test_an_unknown_language_falls_back_to_indonesian(visitor: FlaskClient) -> None:
    assert read(visitor, "/", "xx").get("lang") == "id"


def test_a_number_written_in_a_template_follows_each_reader(visitor: FlaskClient) -> None:
    assert "1,234" in read(visitor, "/audit", "en").text_content()
    assert "1.234" in read(visitor, "/audit", "id").text_content()


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique_and_every_reference_finds_its_target(
    visitor: FlaskClient, path: str
) -> None:
    page = read(visitor, path)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    named = [
        one
        for value in page.xpath("//@aria-describedby | //@aria-labelledby | //label/@for")
        for one in value.split()
    ]
    assert set(named) <= set(ids)


@pytest.mark.parametrize("path", PAGES)
def test_every_address_that_a_page_loads_is_its_own(visitor: FlaskClient, path: str) -> None:
    loaded = read(visitor, path).xpath("//link/@href | //script/@src | //img/@src | //use/@href")
    assert loaded
    assert all(re.match(r"/(ui|bootstrap)/.*\?v=\w", address) for address in loaded)


@pytest.mark.parametrize("path", PAGES)
def test_every_control_has_a_name_that_can_be_read_aloud(visitor: FlaskClient, path: str) -> None:
    page = read(visitor, path)
    labelled = set(page.xpath("//label/@for"))
    for control in page.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert control.get("id") in labelled
    for button in page.xpath("//button | //a | //summary"):
        assert button.text_content().strip()


def test_static_files_may_be_kept_only_when_their_version_is_named(visitor: FlaskClient) -> None:
    address = read(visitor, "/").xpath("//link[contains(@href,'teduh.css')]/@href")[0]
    assert "immutable" in visitor.get(address).headers["Cache-Control"]
    assert "immutable" not in visitor.get("/ui/teduh.css").headers.get("Cache-Control", "")
    assert visitor.get("/").headers["Cache-Control"] == "no-store"


def test_errors_are_listed_at_the_top_and_tied_to_their_fields(visitor: FlaskClient) -> None:
    token = read(visitor, "/form").xpath("//input[@name='csrf_token']/@value")[0]
    page = html.fromstring(
        visitor.post(
            "/form",
            data={"csrf_token": token, "name": "x" * 61, "channel": "", "story": "a"},
        ).text
    )
    targets = [link.lstrip("#") for link in page.xpath("//*[@data-focus]//a/@href")]
    assert targets == ["name", "received", "story", "risk-0", "password"]
    for target in targets:
        assert page.xpath(f"//*[@id='{target}']")
    story = page.get_element_by_id("story")
    assert story.get("aria-invalid") == "true"
    described = page.get_element_by_id(story.get("aria-describedby"))
    assert "Paling sedikit 10 karakter." in described.text_content()
    assert "Paling banyak 60 karakter." in page.text_content()


def test_a_form_without_its_token_keeps_what_was_typed_out_of_a_dead_end(
    visitor: FlaskClient,
) -> None:
    answer = visitor.post("/form", data={"name": "Bunga Contoh"})
    assert answer.status_code == 400
    assert "Tidak ada data yang berubah." in answer.text


def test_a_masked_value_is_nowhere_in_the_page_and_says_why(visitor: FlaskClient) -> None:
    answer = visitor.get("/")
    page = html.fromstring(answer.text)
    field = page.get_element_by_id("field-address")
    assert SECRET_ADDRESS not in answer.text
    assert "••••••" in field.text_content()
    assert "Alamat hanya dibuka" in field.text_content()
    assert field.xpath(".//select[@name='purpose' and @required]")
    assert page.get_element_by_id("field-diagnosis").xpath(".//form") == []


def test_a_revealed_value_is_marked_to_be_hidden_again(visitor: FlaskClient) -> None:
    token = read(visitor, "/").xpath("//input[@name='csrf_token']/@value")[0]
    page = html.fromstring(visitor.post("/", data={"csrf_token": token}).text)
    shown = page.xpath("//*[@data-reveal-seconds]")
    assert [one.text_content() for one in shown] == [SECRET_ADDRESS]


def test_a_hidden_field_cannot_be_built_with_its_value() -> None:
    with pytest.raises(ValueError, match="must not carry"):
        FieldView("address", "Alamat", disclosed=False, value=SECRET_ADDRESS)


def test_the_progress_page_refreshes_itself_without_script(visitor: FlaskClient) -> None:
    answer = visitor.get("/progress").text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in answer


def test_a_table_carries_its_column_names_for_the_telephone(visitor: FlaskClient) -> None:
    cells = read(visitor, "/audit").xpath("//tbody/tr[1]/*/@data-label")
    assert cells == ["Waktu", "Siapa", "Peran", "Tindakan", "Keperluan", "Hasil"]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_each_error_says_what_happened_what_to_do_and_a_reference(
    visitor: FlaskClient, status: int, language: str
) -> None:
    visitor.set_cookie("lang", language)
    answer = visitor.get(f"/error/{status}")
    page = html.fromstring(answer.text)
    assert answer.status_code == status
    assert len(page.xpath("//article//p")) == 4
    assert page.xpath("//article//code/text()") == ["c0ffee00c0ffee00"]
    article = page.xpath("//article")[0].text_content()
    assert str(status) not in article
    assert not re.search(r"error|exception|server|sql|http", article, re.IGNORECASE)


def test_an_error_without_a_reference_does_not_promise_one(sample: Flask) -> None:
    with sample.test_request_context():
        article = html.fromstring(render_error(404, "")).xpath("//article")[0]
    assert "Kode gangguan" not in article.text_content()
    assert not article.xpath(".//code")


def test_a_label_that_asks_needs_no_colon_before_its_error(visitor: FlaskClient) -> None:
    page = read(visitor, "/form")
    token = page.xpath("//input[@name='csrf_token']/@value")[0]
    answer = html.fromstring(visitor.post("/form", data={"csrf_token": token}).text)
    assert "?:" not in answer.xpath("//*[@data-focus]")[0].text_content()


def test_the_errors_of_two_statuses_never_read_alike(visitor: FlaskClient) -> None:
    titles = {
        html.fromstring(visitor.get(f"/error/{status}").text).xpath("string(//h1)")
        for status in STATUSES
    }
    assert len(titles) == len(STATUSES)


def test_whatever_a_macro_is_given_is_escaped(sample: Flask) -> None:
    evil = '"><script>x</script>'
    source = """{% import "ui/macros.html" as ui %}{{ ui.page_head(x, x, [(x, x)], x) }}
        {{ ui.status('good', x) }}{{ ui.notice(x, 'warn', x) }}{{ ui.empty(x, x, x, x) }}
        {{ ui.verdict('good', x, x) }}{{ ui.fact(x, x) }}{{ ui.confidential(seen, x, [(x, x)]) }}
        {{ ui.confidential(masked, x, [(x, x)], key=x) }}{{ ui.confidential_cell(seen) }}
        {{ ui.table(x, [x, x], [{'url': x, 'cells': [x, x]}, [x, x]]) }}
        {{ ui.timeline([{'at': now, 'title': x, 'actor': x, 'text': x, 'kind': 'good'}]) }}
        {{ ui.hash_value(x, x) }}{{ ui.code(x) }}{{ ui.post_button(x, x, values={x: x}) }}
        {{ ui.progress(x, x, x, [(x, x)], x, next_url=x, next_text=x, done=true) }}
        {{ ui.button_link(x, x) }}{{ ui.confirm_link(x, x) }}"""
    with sample.test_request_context():
        drawn = render_template_string(
            source,
            x=evil,
            now=datetime(2026, 11, 24, tzinfo=UTC),
            seen=FieldView(evil, evil, True, evil, revealed=True),
            masked=FieldView(evil, evil, False, why=evil, on_demand=True),
        )
    assert drawn.count("&lt;script&gt;") > 40
    assert "<script" not in drawn
