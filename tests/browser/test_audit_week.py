"""An auditor's week in a real browser: findings, answers, a signed period, and who else reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.audit import service
from app.local.postgres import Postgres
from tenants.vocabulary import Outcome, Tag
from tests.audit.history import History, last_monday
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_accounts import fits, prove, reach, sign_in
from tests.browser.test_audit_desk import look
from tests.documents.desk import Desk, open_desk
from tests.world import World

Serve = Callable[[Flask], str]
Shoot = Callable[[Page, str], None]
MORNING = last_monday()


@pytest.fixture
def week(world: World, postgres: Postgres) -> Iterator[Desk]:
    """A week that holds something unusual, a finding of it, and a log that is signed."""
    with open_desk(world, postgres) as desk:
        history = History(world)
        history.add("companion", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED, times=7)
        for hour in (1, 2, 5):
            history.add("case-officer", Tag.CASE_VIEWED, MORNING + timedelta(hours=hour),
                        case_id=desk.case_id, times=4 * hour)  # fmt: skip
        owner, companion = history.account("supervisor"), history.account("companion")
        with world.acting("auditor"):
            signs = {one.sign.person: one.sign for one in service.news().notable}
            service.raise_finding(signs[companion], service.Severity.MEDIUM, owner)
        desk.seal_log()
        yield desk


def test_a_finding_is_answered_and_the_week_is_signed_off(
    desktop: Page, phone: Page, serve: Serve, shoot: Shoot, week: Desk
) -> None:
    address = reach(serve, week.world)
    sign_in(phone, address, "supervisor")
    phone.get_by_role("link", name="Baca dan jawab").click()
    look(phone, shoot, "week-owner", PHONE["width"])
    phone.get_by_label("Apa yang Anda lakukan?").fill("Tautan lama di grup sudah dihapus.")
    phone.get_by_role("button", name="Kirim yang sudah dilakukan").click()
    expect(phone.get_by_text("Tautan lama di grup")).to_be_visible()

    sign_in(desktop, address, "auditor")
    expect(desktop.get_by_text("1 temuan sudah dijawab")).to_be_visible()
    desktop.get_by_role("link", name="Temuan").click()
    desktop.get_by_role("link", name="Ditolak 7 kali").click()
    expect(desktop.get_by_text("Tautan lama di grup")).to_be_visible()
    look(desktop, shoot, "week-finding", DESKTOP["width"])

    desktop.goto(address + "/audit/periods")
    desktop.get_by_role("link", name="Sahkan satu masa").click()
    prove(desktop, week.world, "auditor")
    desktop.get_by_role("button", name="Lanjutkan").click()
    desktop.get_by_label("Hari pertama").fill(MORNING.date().isoformat())
    desktop.get_by_label("Hari terakhir").fill(MORNING.date().isoformat())
    desktop.get_by_role("button", name="Lihat isinya").click()
    expect(desktop.get_by_text("Masih terbuka", exact=True)).to_be_visible()
    look(desktop, shoot, "week-period-read", DESKTOP["width"])
    desktop.get_by_label("Apa kesimpulan Anda?").select_option("with-findings")
    desktop.get_by_label("Catatan auditor").fill("Satu temuan dijawab dan ditutup minggu depan.")
    desktop.get_by_role("button", name="Sahkan masa ini").click()
    expect(desktop.get_by_text("sedang dibuat").first).to_be_visible()
    shoot(desktop, "week-period-waits")
    period = UUID(desktop.url.rsplit("/", 1)[-1])
    with week.acting("auditor"):
        letter_id = service.load_period(period).row.letter_id
    with ThreadPoolExecutor(1) as worker:  # a signature begins a loop of its own
        worker.submit(week.run, letter_id).result()
    desktop.reload()
    with desktop.expect_download() as download:
        desktop.get_by_role("link", name="Unduh laporan bertanda tangan").click()
    assert download.value.suggested_filename.endswith(".pdf")
    look(desktop, shoot, "week-period", DESKTOP["width"])
    desktop.goto(address + "/audit/periods")
    look(desktop, shoot, "week-periods", DESKTOP["width"])


def test_the_head_and_an_external_auditor_read_on_a_telephone(
    open_page: Callable[..., Page], serve: Serve, shoot: Shoot, week: Desk
) -> None:
    week.world.client("auditor").get(f"/audit/cases/{week.case_id}")
    address = reach(serve, week.world)
    head = open_page(PHONE)
    sign_in(head, address, "signatory")
    shoot(head, "week-head-home")
    head.get_by_role("link", name="Lihat apa yang dibaca auditor").click()
    expect(head.get_by_text("Ida Contoh").first).to_be_visible()
    look(head, shoot, "week-head", PHONE["width"])
    guest = open_page(PHONE)
    sign_in(guest, address, "external-auditor")
    guest.goto(address + "/audit/start")
    look(guest, shoot, "week-guest", PHONE["width"])
    guest.get_by_role("link", name="Ditolak 7 kali").click()
    expect(guest.get_by_role("button", name="Minta penjelasan")).to_have_count(0)
    guest.goto(address + "/audit/checkpoints")
    look(guest, shoot, "week-checkpoints", PHONE["width"])


def test_the_survivors_list_is_made_and_printed(
    phone: Page, desktop: Page, serve: Serve, shoot: Shoot, week: Desk
) -> None:
    address = reach(serve, week.world)
    sign_in(phone, address, "companion")
    phone.goto(f"{address}/cases/{week.case_id}/access")
    phone.get_by_role("link", name="Daftar untuk penyintas").click()
    expect(phone.get_by_text("petugas yang menangani kasus (B.C.)").first).to_be_visible()
    shoot(phone, "survivor-phone")
    fits(phone, PHONE["width"])
    sign_in(desktop, address, "supervisor")
    desktop.goto(f"{address}/cases/{week.case_id}/access/survivor")
    shoot(desktop, "survivor-desk")
    desktop.emulate_media(media="print")
    expect(desktop.get_by_text("Untuk petugas:")).to_be_hidden()
    shoot(desktop, "survivor-print")
    desktop.emulate_media(media="screen")
    desktop.get_by_role("link", name="Unduh sebagai berkas").click()
    prove(desktop, week.world, "supervisor")
    with desktop.expect_download() as download:
        desktop.get_by_role("button", name="Lanjutkan").click()
    assert download.value.suggested_filename.endswith("-jejak.zip")
