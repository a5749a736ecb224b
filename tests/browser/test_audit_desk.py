"""An auditor's morning in a real browser, and the colleague who is asked."""

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
MORNING = last_monday()


def look(page: Page, shoot: Shoot, name: str, width: int) -> None:
    """A picture in each language, and that nothing sticks out."""
    for language in ("English", "Bahasa Indonesia"):
        page.get_by_role("button", name=language).first.click()
        shoot(page, f"{name}-{width}-{language[:2].lower()}")
        fits(page, width)


def test_an_auditor_asks_a_colleague_answers_and_a_finding_is_closed(
    desktop: Page, phone: Page, serve: Serve, shoot: Shoot, world: World
) -> None:
    history = History(world)
    history.add("companion", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED, times=7)
    night = MORNING.replace(hour=22)
    case_id = history.case(MORNING)
    history.add("case-officer", Tag.CASE_VIEWED, night, case_id=case_id, times=8)
    address = reach(serve, world)
    sign_in(desktop, address, "auditor")
    desktop.goto(address + "/audit/start")
    look(desktop, shoot, "audit-start", DESKTOP["width"])
    desktop.get_by_role("link", name="Ditolak 7 kali").click()
    look(desktop, shoot, "audit-sign", DESKTOP["width"])
    desktop.get_by_role("button", name="Minta penjelasan").click()
    expect(desktop.get_by_text("Belum dijawab")).to_be_visible()

    sign_in(phone, address, "companion")
    phone.get_by_role("link", name="Baca dan jawab").click()
    look(phone, shoot, "audit-explanations", PHONE["width"])
    phone.get_by_label("Penjelasan Anda").fill("Tautan lama dari surel, sudah saya hapus")
    phone.get_by_role("button", name="Kirim penjelasan").click()
    expect(phone.get_by_text("Tautan lama dari surel")).to_be_visible()

    desktop.reload()
    expect(desktop.get_by_text("Tautan lama dari surel")).to_be_visible()
    desktop.get_by_label("Seberapa berat?").select_option("medium")
    desktop.get_by_label("Siapa yang harus membereskannya?").select_option(label="Eka Contoh")
    desktop.get_by_role("button", name="Catat temuan ini").click()
    look(desktop, shoot, "audit-finding", DESKTOP["width"])
    desktop.get_by_label("Bagaimana hasilnya?").select_option("instructed")
    desktop.get_by_role("button", name="Tutup temuan").click()
    look(desktop, shoot, "audit-findings", DESKTOP["width"])
    for path in ("/audit/checkpoints", "/audit/figures", f"/audit/cases/{case_id}"):
        desktop.goto(address + path)
        look(desktop, shoot, path[1:18].replace("/", "-"), DESKTOP["width"])


def test_the_desk_fits_a_telephone(phone: Page, serve: Serve, shoot: Shoot, world: World) -> None:
    history = History(world)
    history.add("companion", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED, times=7)
    address = reach(serve, world)
    sign_in(phone, address, "auditor")
    phone.goto(address + "/audit/start")
    look(phone, shoot, "audit-start", PHONE["width"])
    phone.get_by_role("link", name="Ditolak 7 kali").click()
    look(phone, shoot, "audit-sign", PHONE["width"])
    phone.get_by_label("Mengapa tidak perlu ditindaklanjuti?").select_option("duty")
    phone.get_by_role("button", name="Sudah ditinjau, cukup").click()
    expect(phone.get_by_text("Sudah ditinjau").first).to_be_visible()
    case_id = history.case(MORNING)
    history.add("case-officer", Tag.CASE_VIEWED, MORNING, case_id=case_id, times=8)
    person = f"/audit/people/{history.account('companion')}"
    for path in ("/audit/checkpoints", "/audit/findings", "/audit/figures", person):
        phone.goto(address + path)
        look(phone, shoot, path[1:18].replace("/", "-"), PHONE["width"])
