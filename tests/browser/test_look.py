"""The shared look in a real browser: its script, its policy, its sizes."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Watch
from tests.ui.sample import SECRET_ADDRESS, create_sample

PAGES = ["/", "/cases", "/form", "/confirm", "/progress", "/audit", "/verify", "/sign-in"]
# A link inside a sentence is as tall as its line; a box and its label are one target (WCAG 2.5.8).
TARGET_HEIGHTS = """() =>
  [...document.querySelectorAll("a[href], button, input, select, textarea, summary, .t-choice")]
    .filter(one => one.checkVisibility())
    .filter(one => !one.matches("p > a:not(.btn), .t-summary a, .t-skip, .t-choice *"))
    .map(one => [one.getBoundingClientRect().height, one.outerHTML.slice(0, 120)])"""

Serve = Callable[[Flask], str]
Shoot = Callable[[Page, str], None]


def test_pages_fit_a_telephone_and_a_desk(
    phone: Page, desktop: Page, serve: Serve, shoot: Shoot
) -> None:
    address = serve(create_sample())
    for page, size, name in ((phone, PHONE, "phone"), (desktop, DESKTOP, "desk")):
        for path in PAGES:
            page.goto(address + path)
            shoot(page, f"{path.strip('/') or 'case'}-{name}")
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
            expect(page.get_by_role("link", name="Keluar cepat")).to_be_in_viewport()


def test_targets_are_large_enough_for_a_thumb(phone: Page, serve: Serve) -> None:
    address = serve(create_sample())
    for path in PAGES:
        phone.goto(address + path)
        heights = phone.evaluate(TARGET_HEIGHTS)
        assert heights
        assert [target for target in heights if target[0] < 44] == [], path


def test_nothing_moves_by_itself_when_a_link_leads_within_the_page(
    phone: Page, serve: Serve
) -> None:
    phone.goto(serve(create_sample()))
    behaviour = phone.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
    assert behaviour == "auto"


def test_a_cell_that_holds_nothing_shows_no_label_on_a_telephone(
    phone: Page, desktop: Page, serve: Serve
) -> None:
    address = serve(create_sample())
    empty = """() => {
      const cell = document.querySelector(".t-table td");
      cell.querySelector("div").replaceChildren();
      return getComputedStyle(cell).display;
    }"""
    for page, shown in ((phone, "none"), (desktop, "table-cell")):
        page.goto(address + "/cases")
        assert page.evaluate(empty) == shown


def test_a_revealed_value_goes_back_behind_the_mask(desktop: Page, serve: Serve) -> None:
    desktop.goto(serve(create_sample(reveal_seconds=1)))
    desktop.locator(".t-reveal summary").click()
    desktop.get_by_label("Untuk keperluan apa?").select_option("assist")
    desktop.get_by_role("button", name="Tampilkan sekarang").click()
    expect(desktop.get_by_text("Sudah disembunyikan kembali")).to_be_visible()
    assert SECRET_ADDRESS not in desktop.content()


def test_a_revealed_value_is_hidden_when_the_page_is_left(desktop: Page, serve: Serve) -> None:
    desktop.goto(serve(create_sample(reveal_seconds=3600)))
    desktop.locator(".t-reveal summary").click()
    desktop.get_by_label("Untuk keperluan apa?").select_option("assist")
    desktop.get_by_role("button", name="Tampilkan sekarang").click()
    expect(desktop.get_by_text(SECRET_ADDRESS)).to_be_visible()
    desktop.evaluate("window.dispatchEvent(new Event('pagehide'))")
    assert SECRET_ADDRESS not in desktop.content()


def test_a_purpose_must_be_chosen_before_a_value_opens(desktop: Page, serve: Serve) -> None:
    desktop.goto(serve(create_sample()))
    desktop.locator(".t-reveal summary").click()
    desktop.get_by_role("button", name="Tampilkan sekarang").click()
    assert desktop.locator("select:invalid").count() == 1
    expect(desktop.get_by_text(SECRET_ADDRESS)).to_have_count(0)


def test_progress_is_followed_until_the_letter_is_ready(phone: Page, serve: Serve) -> None:
    app = create_sample()
    phone.goto(serve(app) + "/progress")
    expect(phone.locator("[data-poll-next]")).to_be_hidden()
    expect(phone.get_by_role("heading", name="Surat sudah terbit")).to_be_visible()
    expect(phone.locator(".t-step-past")).to_have_count(4)
    phone.get_by_role("link", name="Buka surat").click()
    expect(phone).to_have_url(re.compile("/verify$"))
    assert app.extensions["sample_progress"]["asked"] == 3


def test_progress_goes_on_after_the_connection_was_lost(desktop: Page, serve: Serve) -> None:
    address = serve(create_sample())
    lost = {"times": 1}

    def lose_once(route: object) -> None:
        lost["times"] -= 1
        if lost["times"] < 0:
            route.fallback()  # type: ignore[attr-defined]
        else:
            route.fulfill(status=200, body="not what was asked for")  # type: ignore[attr-defined]

    desktop.route("**/progress.json", lose_once)
    desktop.goto(address + "/progress")
    expect(desktop.get_by_text("Sambungan terputus.")).to_be_visible()
    expect(desktop.get_by_role("heading", name="Surat sudah terbit")).to_be_visible()
    expect(desktop.get_by_text("Sambungan terputus.")).to_have_count(0)


def test_progress_stops_asking_when_the_person_was_signed_out(
    desktop: Page, serve: Serve, watch: Watch
) -> None:
    watch.expect(403)
    address = serve(create_sample())
    asked: list[str] = []
    desktop.on("request", lambda one: asked.append(one.url))
    desktop.route("**/progress.json", lambda route: route.fulfill(status=403))
    desktop.goto(address + "/progress")
    expect(desktop.get_by_text("Mohon muat ulang.")).to_be_visible()
    desktop.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert len([url for url in asked if url.endswith(".json")]) == 1


def test_quick_exit_leaves_no_way_back_to_the_page(phone: Page, serve: Serve) -> None:
    address = serve(create_sample())
    phone.goto(address + "/cases")
    phone.goto(address + "/")
    phone.get_by_role("link", name="Keluar cepat").click()
    expect(phone).to_have_url(address + "/neutral")
    phone.go_back()
    expect(phone).to_have_url(address + "/cases")


def test_escape_three_times_leaves_too_and_twice_does_not(desktop: Page, serve: Serve) -> None:
    address = serve(create_sample())
    desktop.goto(address + "/")
    desktop.keyboard.press("Escape")
    desktop.keyboard.press("Escape")
    desktop.keyboard.press("a")
    desktop.keyboard.press("Escape")
    expect(desktop).to_have_url(address + "/")
    desktop.keyboard.press("Escape")
    desktop.keyboard.press("Escape")
    expect(desktop).to_have_url(address + "/neutral")


def test_the_error_summary_is_read_first_and_leads_to_the_field(phone: Page, serve: Serve) -> None:
    phone.goto(serve(create_sample()) + "/form")
    phone.get_by_role("button", name="Simpan laporan").click()
    expect(phone.locator(".t-summary")).to_be_focused()
    phone.get_by_role("link", name="Tingkat risiko").click()
    expect(phone.locator("#risk-0")).to_be_in_viewport()


def test_leaving_a_changed_form_asks_first_and_an_untouched_one_does_not(
    desktop: Page, serve: Serve
) -> None:
    address = serve(create_sample())
    asked: list[str] = []

    def answer(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    desktop.on("dialog", answer)
    desktop.goto(address + "/form")
    desktop.get_by_label("Uraian singkat").click()
    desktop.goto(address + "/cases")
    assert asked == []
    desktop.goto(address + "/form")
    desktop.get_by_label("Uraian singkat").fill("Contoh uraian")
    desktop.goto(address + "/cases")
    assert asked == ["beforeunload"]


def test_pressing_twice_sends_a_form_once(desktop: Page, serve: Serve) -> None:
    desktop.goto(serve(create_sample()) + "/form")
    let_through = desktop.evaluate(
        """() => {
          const through = [];
          window.addEventListener("submit", event => through.push(!event.defaultPrevented));
          const button = document.querySelector("form[data-once] button[type=submit]");
          button.click();
          button.click();
          return through;
        }"""
    )
    assert let_through == [True, False]
    expect(desktop.locator(".t-summary")).to_be_visible()


def test_the_menu_of_a_telephone_opens_closes_and_marks_where_one_is(
    phone: Page, serve: Serve
) -> None:
    phone.goto(serve(create_sample()) + "/cases")
    here = phone.get_by_role("navigation").get_by_role("link", name="Daftar kasus")
    expect(here).to_be_hidden()
    phone.locator(".t-menu summary").click()
    expect(here).to_have_attribute("aria-current", "page")
    phone.keyboard.press("Escape")
    expect(here).to_be_hidden()


def test_the_language_is_switched_by_a_button_and_stays(phone: Page, serve: Serve) -> None:
    address = serve(create_sample())
    phone.goto(address + "/verify")
    phone.get_by_role("button", name="English").click()
    expect(phone).to_have_url(address + "/verify")
    expect(phone.get_by_role("link", name="Quick exit")).to_be_visible()
    phone.goto(address + "/sign-in")
    expect(phone.locator("html")).to_have_attribute("lang", "en")


def test_a_typed_password_can_be_looked_at(phone: Page, serve: Serve) -> None:
    phone.goto(serve(create_sample()) + "/sign-in")
    phone.get_by_label("Kata sandi").fill("rahasia contoh")
    phone.get_by_role("button", name="Tampilkan kata sandi").click()
    expect(phone.get_by_label("Kata sandi")).to_have_attribute("type", "text")
    phone.get_by_role("button", name="Sembunyikan kata sandi").click()
    expect(phone.get_by_label("Kata sandi")).to_have_attribute("type", "password")


def test_everything_works_without_script(
    open_page: Callable[..., Page], serve: Serve, watch: Watch
) -> None:
    address = serve(create_sample())
    page = open_page(PHONE, java_script_enabled=False)
    page.goto(address + "/")
    page.locator(".t-reveal summary").click()
    page.get_by_label("Untuk keperluan apa?").select_option("assist")
    page.get_by_role("button", name="Tampilkan sekarang").click()
    expect(page.get_by_text(SECRET_ADDRESS)).to_be_visible()
    page.get_by_role("link", name="Keluar cepat").click()
    expect(page).to_have_url(address + "/neutral")


def test_the_watch_hears_a_broken_policy_and_a_request_to_another_host(
    desktop: Page, serve: Serve, watch: Watch
) -> None:
    desktop.goto(serve(create_sample()) + "/")
    desktop.evaluate(
        "() => { const image = new Image(); image.src = 'https://other.example/a.png';"
        " document.body.append(image); }"
    )
    expect(desktop.locator("img")).to_have_count(1)
    desktop.wait_for_function("() => document.querySelector('img').complete")
    assert any("policy: img-src" in fault for fault in watch.faults)
    watch.faults.clear()
