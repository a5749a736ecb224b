"""Exploring the log with the keyboard alone, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from tenants.vocabulary import Outcome, Tag
from tests.audit.history import History, last_monday
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_accounts import fits, reach, sign_in
from tests.world import World

Serve = Callable[[Flask], str]
Shoot = Callable[[Page, str], None]


def walk_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until the focus stands on what `selector` names; it must be seen there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            shown = "getComputedStyle(document.activeElement)"
            assert page.evaluate(f"{shown}.outlineStyle != 'none' || {shown}.boxShadow != 'none'")
            return
    raise AssertionError(f"Tab never came to {selector}")


def test_an_auditor_filters_keeps_a_view_and_opens_an_event_without_a_mouse(
    desktop: Page, serve: Serve, shoot: Shoot, world: World
) -> None:
    history = History(world)
    history.add("companion", Tag.CASE_VIEWED, last_monday(), outcome=Outcome.REFUSED, times=3)
    address = reach(serve, world)
    sign_in(desktop, address, "auditor")
    desktop.goto(address + "/audit")
    keys = desktop.keyboard
    walk_to(desktop, ".t-filters summary")
    keys.press("Enter")
    walk_to(desktop, "#outcome")
    keys.type("Ditolak")
    walk_to(desktop, "#days")
    keys.type("30")
    walk_to(desktop, ".t-filters button[type=submit]")
    keys.press("Enter")
    desktop.wait_for_url("**outcome=refused**")
    expect(desktop.get_by_role("rowheader")).to_have_count(3)
    shoot(desktop, "explore-filtered")
    walk_to(desktop, "#name")
    keys.type("Ditolak bulan ini")
    keys.press("Enter")
    mine = desktop.get_by_role("navigation", name="Tampilan Anda").get_by_role("link")
    expect(mine).to_have_attribute("aria-current", "page")
    for language in ("English", "Bahasa Indonesia"):
        desktop.get_by_role("button", name=language).first.click()
        shoot(desktop, f"explore-view-{language[:2].lower()}")
        fits(desktop, DESKTOP["width"])
    desktop.goto(address + "/audit")
    walk_to(desktop, "nav[aria-label='Tampilan Anda'] a")
    keys.press("Enter")
    desktop.wait_for_url("**outcome=refused**")
    walk_to(desktop, "tbody th a")
    keys.press("Enter")
    expect(desktop.get_by_role("heading", name="Membuka kasus")).to_be_visible()


def test_saved_views_fit_a_telephone(phone: Page, serve: Serve, shoot: Shoot, world: World) -> None:
    address = reach(serve, world)
    sign_in(phone, address, "auditor")
    phone.goto(address + "/audit?outcome=refused&days=7")
    phone.get_by_label("Nama tampilan").fill("Ditolak minggu ini, semua orang di kantor")
    phone.get_by_role("button", name="Simpan tampilan").click()
    expect(phone.get_by_text("Ditolak minggu ini").first).to_be_visible()
    shoot(phone, "explore-phone")
    fits(phone, PHONE["width"])
    phone.get_by_role("button", name="Hapus").click()
    expect(phone.get_by_text("Ditolak minggu ini")).to_have_count(0)
