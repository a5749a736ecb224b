"""A referral and a mediation in a real browser: the hospital's officer at a telephone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from playwright.sync_api import Page, expect

from app.cases import service as cases
from tenants import clock
from tenants.confidential import FieldClass
from tests.browser.conftest import DESKTOP, PHONE, Watch
from tests.browser.test_accounts import fits, reach, sign_in
from tests.mediation.test_gate import reclassify
from tests.referrals.filing import BIRTH_SHOWN, NAME, NOTE, consent, open_case, revoke, send
from tests.referrals.filing import PHONE as TELEPHONE
from tests.world import World

Serve = Callable[[Flask], str]
Shoot = Callable[[Page, str], None]
PAGES = {"phone": PHONE, "desk": DESKTOP}


def shoot_both(page: Page, shoot: Shoot, name: str, size: str) -> None:
    """A picture in each language, and that nothing sticks out."""
    shoot(page, f"{name}-{size}-id")
    fits(page, PAGES[size]["width"])


def test_a_hospital_officer_answers_and_finishes_a_referral_by_telephone(
    phone: Page, serve: Serve, shoot: Shoot, world: World, watch: Watch
) -> None:
    watch.expect(422)
    file = open_case(world, child=True)
    classes = (FieldClass.IDENTITY, FieldClass.CONTACT, FieldClass.CLINICAL)
    given = consent(world, file, *classes)
    send(world, file)
    address = reach(serve, world)
    sign_in(phone, address, "hospital-officer")
    expect(phone.get_by_role("heading", name="Rujukan yang menunggu jawaban Anda")).to_be_visible()
    shoot_both(phone, shoot, "referral-home", "phone")
    phone.get_by_role("link", name="Semua rujukan").click()
    shoot_both(phone, shoot, "referral-inbox", "phone")
    phone.locator("#living th a").click()
    expect(phone.get_by_text(NAME)).to_be_visible()
    expect(phone.get_by_text(NOTE)).to_be_visible()
    expect(phone.get_by_text(TELEPHONE)).to_have_count(0)
    shoot_both(phone, shoot, "referral-view", "phone")
    phone.locator("#field-" + survivor_key(phone)).get_by_text("Tampilkan").first.click()
    phone.get_by_label("Untuk keperluan apa?").first.select_option("referral")
    shoot_both(phone, shoot, "referral-reveal", "phone")
    phone.get_by_role("button", name="Tampilkan sekarang").first.click()
    expect(phone.get_by_text(TELEPHONE)).to_be_visible()
    phone.get_by_role("link", name="Rujukan", exact=True).last.click()
    phone.locator("#living th a").click()
    phone.get_by_role("link", name="Tidak, tolak").click()
    phone.get_by_role("button", name="Tolak rujukan").click()
    expect(phone.get_by_role("alert")).to_be_visible()
    shoot_both(phone, shoot, "referral-decline", "phone")
    phone.go_back()
    phone.go_back()
    phone.get_by_role("link", name="Ya, terima").click()
    phone.get_by_label("Catatan untuk dinas").fill("Senin pukul sembilan, loket tiga")
    shoot_both(phone, shoot, "referral-accept", "phone")
    phone.get_by_role("button", name="Terima rujukan").click()
    expect(phone.get_by_text("Anda telah menerima rujukan ini")).to_be_visible()
    shoot_both(phone, shoot, "referral-accepted", "phone")
    phone.get_by_role("link", name="Sampaikan perkembangan").click()
    phone.get_by_label("Pesan").fill("Sesi pertama selesai")
    phone.get_by_role("button", name="Kirim ke instansi").click()
    expect(phone.get_by_text("Sesi pertama selesai")).to_be_visible()
    shoot_both(phone, shoot, "referral-progress", "phone")
    revoke(world, file, given)
    phone.reload()
    expect(phone.get_by_text("tidak ada persetujuan yang berlaku")).to_be_visible()
    expect(phone.get_by_text(NAME)).to_have_count(0)
    expect(phone.get_by_text(BIRTH_SHOWN)).to_have_count(0)
    shoot_both(phone, shoot, "referral-revoked", "phone")
    finish(phone, shoot)


def finish(phone: Page, shoot: Shoot) -> None:
    """Say what came of the service, and look at how punctual the organisation is."""
    phone.get_by_role("link", name="Sampaikan hasilnya").click()
    phone.get_by_label("Layanan sudah diberikan", exact=True).check()
    shoot_both(phone, shoot, "referral-done", "phone")
    phone.get_by_role("button", name="Kirim hasil").click()
    expect(phone.get_by_role("heading", name="Berakhir")).to_be_visible()
    shoot_both(phone, shoot, "referral-ended", "phone")
    phone.get_by_role("link", name="Ketepatan waktu kami").click()
    shoot_both(phone, shoot, "referral-punctuality", "phone")


def test_a_withdrawn_consent_cuts_an_open_page_at_the_next_click(
    phone: Page, serve: Serve, shoot: Shoot, world: World
) -> None:
    file = open_case(world)
    given = consent(world, file)
    send(world, file)
    address = reach(serve, world)
    sign_in(phone, address, "hospital-officer")
    phone.goto(f"{address}/referrals")
    phone.locator("#living th a").click()
    expect(phone.get_by_text(NAME)).to_be_visible()
    with world.acting("companion"):
        cases.revoke_consent(cases.load_case(file.case_id), given)
    phone.get_by_role("link", name="Ya, terima").click()
    expect(phone.get_by_text(NAME)).to_have_count(0)
    expect(phone.get_by_text("Rujukan ini sudah berakhir")).to_be_visible()
    shoot_both(phone, shoot, "referral-cut", "phone")


def survivor_key(page: Page) -> str:
    """The end of the id of the masked telephone number."""
    found = page.locator("[id^='field-'][id$='survivor-phone']").get_attribute("id")
    assert found is not None
    return found.removeprefix("field-")


def test_the_team_refers_and_is_told_why_not(
    desktop: Page,
    open_page: Callable[..., Page],
    serve: Serve,
    shoot: Shoot,
    world: World,
    watch: Watch,
) -> None:
    watch.expect(403)
    file = open_case(world)
    address = reach(serve, world)
    for size, page in (("desk", desktop), ("phone", open_page(PHONE))):
        sign_in(page, address, "case-officer")
        page.goto(f"{address}{file.path}/referrals/new")
        shoot_both(page, shoot, "refer", size)
        page.get_by_label("Layanan dan lembaga").select_option(
            label="RSUD Bangil (belum ada persetujuan)"
        )
        page.get_by_label("Catatan untuk lembaga").fill(NOTE)
        page.get_by_role("button", name="Kirim rujukan").click()
        expect(page.get_by_text("korban belum memberi persetujuan")).to_be_visible()
        expect(page.get_by_label("Catatan untuk lembaga")).to_have_value(NOTE)
        shoot_both(page, shoot, "refer-refused", size)
    consent(world, file)
    desktop.get_by_role("button", name="Kirim rujukan").click()
    expect(desktop.get_by_text("Menunggu jawaban")).to_be_visible()
    shoot_both(desktop, shoot, "case-with-referral", "desk")
    desktop.locator("#referrals").get_by_role("link", name="RSUD Bangil").click()
    shoot_both(desktop, shoot, "referral-sent", "desk")
    desktop.get_by_role("link", name="Tarik rujukan").click()
    shoot_both(desktop, shoot, "referral-withdraw", "desk")


def test_a_mediation_is_prepared_on_the_telephone_and_stopped_by_the_law(
    phone: Page, serve: Serve, shoot: Shoot, world: World, watch: Watch
) -> None:
    watch.expect(403)
    file = open_case(world)
    address = reach(serve, world)
    sign_in(phone, address, "case-officer")
    phone.goto(f"{address}{file.path}/mediations/new")
    phone.get_by_label("Nafkah").check()
    phone.get_by_label("Mediator").select_option(label="Dewi Contoh")
    phone.get_by_role("button", name="Catat mediasi").click()
    expect(phone.get_by_text("Asesmen psikolog belum ada.")).to_be_visible()
    shoot_both(phone, shoot, "mediation-refused", "phone")
    for box in phone.get_by_role("checkbox").all():
        box.check()
    phone.get_by_role("button", name="Catat mediasi").click()
    expect(phone.get_by_text("Siap dijadwalkan")).to_be_visible()
    phone.get_by_role("link", name="Tetapkan tanggal dan tempat").click()
    soon = (clock.now() + timedelta(days=3)).date().isoformat()
    phone.get_by_label("Tanggal mediasi").fill(soon)
    phone.get_by_label("Pukul").fill("09:30")
    phone.get_by_label("Tempat").fill("Ruang mediasi kantor dinas")
    shoot_both(phone, shoot, "mediation-schedule", "phone")
    phone.get_by_role("button", name="Simpan").click()
    expect(phone.get_by_text("Terjadwal")).to_be_visible()
    shoot_both(phone, shoot, "mediation-view", "phone")
    reclassify(world, file)
    phone.reload()
    expect(phone.get_by_text("Undang-undang melarang")).to_be_visible()
    shoot_both(phone, shoot, "mediation-stopped", "phone")
    phone.goto(f"{address}{file.path}/mediations/new")
    shoot_both(phone, shoot, "mediation-shut", "phone")
