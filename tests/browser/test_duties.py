"""Duties, figures and reports in a real browser, on a telephone and at a desk."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Watch
from tests.browser.test_accounts import reach, sign_in
from tests.browser.test_audit_desk import look
from tests.figures.test_publishing import Q1, publish, write_cases
from tests.network.year_2021 import SINCE, UNTIL, write_year
from tests.world import World

Serve = Callable[[Flask], str]
Shoot = Callable[[Page, str], None]
SPAN = f"since={SINCE}&until={UNTIL}"


def test_a_supervisor_reads_who_did_what_and_records_a_meeting(
    phone: Page, desktop: Page, serve: Serve, shoot: Shoot, world: World, watch: Watch
) -> None:
    watch.expect(422)
    write_year(world)
    write_cases(world)
    published = publish(world, Q1)
    address = reach(serve, world)
    for page, size in ((phone, PHONE), (desktop, DESKTOP)):
        sign_in(page, address, "supervisor")
        for path, name in (
            (f"/duties?{SPAN}", "duties"),
            (f"/duties/polres-forensik?{SPAN}", "duty"),
            ("/figures", "figures"),
            (f"/figures/{published}", "figures-published"),
            ("/figures/exact?since=2024-01-01&until=2024-12-31", "figures-exact"),
            ("/reports", "reports"),
        ):
            page.goto(address + path)
            look(page, shoot, name, size["width"])
    phone.goto(address + "/duties/evidence/new")
    look(phone, shoot, "duty-enter", PHONE["width"])
    phone.get_by_label("Kewajiban", exact=True).select_option("polres-pendataan")
    phone.get_by_label("Hari").fill("2999-01-01")
    phone.get_by_label("Lembaga hadir").check()
    phone.get_by_role("button", name="Catat").click()
    expect(phone.get_by_text("Hari ini belum tiba.").first).to_be_visible()
    phone.get_by_label("Hari").fill("2021-03-01")
    phone.get_by_role("button", name="Catat").click()
    expect(phone.get_by_text("Sudah dicatat dan mulai dihitung.")).to_be_visible()


def test_the_head_publishes_a_quarter(
    phone: Page, serve: Serve, shoot: Shoot, world: World
) -> None:
    write_cases(world)
    address = reach(serve, world)
    sign_in(phone, address, "signatory")
    phone.goto(address + "/figures/publish?since=2024-01-01&until=2024-03-31")
    look(phone, shoot, "figures-publish", PHONE["width"])
    phone.get_by_role("button", name="Terbitkan secara tetap").click()
    expect(phone.get_by_text("Angka sudah diterbitkan.")).to_be_visible()
    expect(phone.get_by_role("button", name="Tanda tangani angka ini")).to_be_visible()
