"""The page of the report that the law asks for, on a telephone and a desk, in both languages."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from app.local.postgres import Postgres
from tenants.clock import today
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_accounts import fits, reach, sign_in
from tests.documents.desk import open_desk
from tests.world import World


def test_the_report_reads_on_a_telephone_and_a_desk(
    phone: Page,
    desktop: Page,
    serve: Callable[[Flask], str],
    shoot: Callable[[Page, str], None],
    world: World,
    postgres: Postgres,
) -> None:
    with open_desk(world, postgres, violence="sexual") as desk:
        address = reach(serve, world)
        path = f"{address}/cases/{desk.case_id}/statutory"
        sign_in(phone, address, "case-officer")
        phone.goto(path)
        shoot(phone, "statutory-id-phone")
        fits(phone, PHONE["width"])
        phone.get_by_label("Kapan ia diberi tahu?").fill(today().isoformat())
        phone.get_by_label("Bertatap muka").check()
        phone.get_by_role("button", name="Ia sudah diberi tahu").click()
        expect(phone.get_by_role("link", name="Tulis laporan")).to_be_visible()
        sign_in(desktop, address, "case-officer")
        desktop.get_by_role("button", name="English").last.click()
        desktop.goto(path)
        shoot(desktop, "statutory-en-desk")
        fits(desktop, DESKTOP["width"])
