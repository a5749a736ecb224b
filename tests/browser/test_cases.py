"""A case in a real browser: taken on a telephone, given a team, looked at, changed, shared."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from app.cases import service as cases
from app.local.postgres import Postgres
from app.tasks import service as tasks
from tenants import clock
from tests.browser.conftest import DESKTOP, PHONE, Watch
from tests.browser.test_accounts import fits, prove, reach, sign_in
from tests.documents.desk import NAME as DESK_NAME
from tests.documents.desk import open_desk
from tests.referrals.filing import HOME, consent, open_case, send
from tests.world import World

Serve = Callable[[Flask], str]
Shoot = Callable[[Page, str], None]


def test_a_report_is_taken_on_a_telephone_and_nothing_typed_is_lost(
    phone: Page, desktop: Page, serve: Serve, shoot: Shoot, world: World, watch: Watch
) -> None:
    watch.expect(422)
    address = reach(serve, world)
    sign_in(phone, address, "intake-officer")
    shoot(phone, "home-intake-phone")
    phone.get_by_role("link", name="Terima laporan").first.click()
    shoot(phone, "register-phone")
    fits(phone, PHONE["width"])
    phone.get_by_label("Cara aman menghubunginya").fill("Lewat kakaknya pada pagi hari")
    phone.locator("#full_name").fill("Melati Contoh")
    phone.get_by_role("button", name="Daftarkan kasus").click()
    expect(phone.get_by_role("alert").first).to_be_visible()
    shoot(phone, "register-refused-phone")
    assert phone.locator("#full_name").input_value() == "Melati Contoh"
    phone.get_by_label("Dalam bahaya sekarang").check()
    phone.get_by_label("Bagaimana laporan masuk").select_option("direct")
    phone.locator("#age_group").select_option("25-44")
    phone.get_by_label("Fisik").check()
    phone.get_by_label("Di tempat seperti apa").select_option("household")
    phone.locator("#need1_service").select_option("health")
    phone.locator("#need1_urgency").select_option("now")
    phone.get_by_role("button", name="Daftarkan kasus").click()
    expect(phone.get_by_text("Kasus sudah terdaftar").first).to_be_visible()
    expect(phone.get_by_text("Melati Contoh")).to_be_visible()
    shoot(phone, "registered-phone")
    fits(phone, PHONE["width"])

    sign_in(desktop, address, "supervisor")
    shoot(desktop, "home-supervisor-desk")
    desktop.locator("tbody th a").first.click()
    shoot(desktop, "case-supervisor-desk")
    desktop.get_by_role("link", name="Ubah tim").click()
    desktop.get_by_label("Orang").select_option(label="Bela Contoh")
    desktop.get_by_role("button", name="Tugaskan").click()
    expect(desktop.get_by_role("rowheader", name="Bela Contoh")).to_be_visible()
    shoot(desktop, "team-desk")


def test_a_hidden_value_is_opened_and_hides_again_on_a_telephone(
    phone: Page, serve: Serve, shoot: Shoot, world: World
) -> None:
    file = open_case(world)
    address = reach(serve, world)
    sign_in(phone, address, "case-officer")
    shoot(phone, "home-officer-phone")
    phone.goto(address + file.path)
    shoot(phone, "case-phone")
    fits(phone, PHONE["width"])
    field = phone.locator("[id$='-survivor-address']").first
    field.get_by_text("Tampilkan").first.click()
    field.get_by_role("combobox").select_option("safety")
    field.get_by_role("button", name="Tampilkan sekarang").click()
    expect(phone.get_by_text(HOME)).to_be_visible()
    assert phone.locator("[id$='-survivor-address']").first.is_visible()
    expect(phone.locator("[id$='-survivor-address']").first).to_be_in_viewport()
    shoot(phone, "case-revealed-phone")


def test_every_page_of_a_case_fits_a_telephone_and_a_desk_in_both_languages(
    phone: Page, desktop: Page, serve: Serve, shoot: Shoot, world: World
) -> None:
    file = open_case(world)
    consent(world, file)
    referral_id = send(world, file)
    with world.acting("case-officer"):
        subject, today = cases.load_case(file.case_id), clock.today()
        tasks.add(subject, "visit", owner_id=world.account("case-officer"), due_on=today)
    address = reach(serve, world)
    pages = {
        "case": file.path,
        "cases": "/cases",
        "survivor": f"{file.path}/entries/survivor/{file.survivor_id}",
        "incident-new": f"{file.path}/entries/incident/new",
        "need": f"{file.path}/entries/need/{file.need_id}",
        "person-new": f"{file.path}/entries/alleged_perpetrator/new",
        "legal": f"{file.path}/legal",
        "status": f"{file.path}/status",
        "notes": f"{file.path}/notes",
        "consent": f"{file.path}/consents/new",
        "access": f"{file.path}/access",
        "referral-new": f"{file.path}/referrals/new",
        "letter-new": f"{file.path}/letters/new",
        "task-new": f"{file.path}/tasks/new",
        "stay-new": f"{file.path}/stays/new",
        "conference-new": f"{file.path}/conferences/new",
        "mediation-new": f"{file.path}/mediations/new",
        "take-over": f"{file.path}/referrals/{referral_id}/take-over",
        "referral": f"{file.path}/referrals/{referral_id}",
        "work": "/work",
        "deadlines": "/deadlines",
        "home": "/",
    }
    for page, size, name in ((phone, PHONE, "phone"), (desktop, DESKTOP, "desk")):
        sign_in(page, address, "case-officer")
        for language in ("id", "en"):
            if language == "en":
                page.get_by_role("button", name="English").last.click()
            for kind, path in pages.items():
                page.goto(address + path)
                assert page.locator("html").get_attribute("lang") == language
                shoot(page, f"case-{kind}-{language}-{name}")
                fits(page, size["width"])
        page.get_by_role("button", name="Bahasa Indonesia").last.click()
    phone.context.clear_cookies()
    sign_in(phone, address, "supervisor")
    for kind, path in (("load", "/work/load"), ("houses", "/safe-houses")):
        phone.goto(address + path)
        shoot(phone, f"supervisor-{kind}-id-phone")
        fits(phone, PHONE["width"])


def test_the_end_of_a_case_takes_two_people_and_shows_nothing_afterwards(
    phone: Page,
    desktop: Page,
    serve: Serve,
    shoot: Shoot,
    world: World,
    postgres: Postgres,
) -> None:
    with open_desk(world, postgres) as desk:
        path = f"/cases/{desk.case_id}"
        address = reach(serve, world)
        sign_in(phone, address, "supervisor")
        phone.goto(address + path)
        code = (phone.locator("h1").text_content() or "").split()[-1]
        phone.get_by_role("link", name="Jadikan tidak terbaca selamanya").click()
        prove(phone, world, "supervisor")
        phone.get_by_role("button", name="Lanjutkan").click()
        phone.get_by_label("Diminta oleh korban").or_(
            phone.get_by_label("Atas permintaan korban")
        ).check()
        phone.get_by_label("Ketik kode kasus").fill(code)
        shoot(phone, "destroy-phone")
        fits(phone, PHONE["width"])
        phone.get_by_role("button", name="Putuskan").click()
        expect(phone.get_by_text("Menunggu konfirmasi").first).to_be_visible()
        shoot(phone, "destroy-decided-phone")

        sign_in(desktop, address, "signatory")
        shoot(desktop, "destroy-home-desk")
        desktop.get_by_role("link", name="Lihat", exact=True).click()
        desktop.get_by_role("link", name=code).click()
        desktop.get_by_role("link", name="Konfirmasi").click()
        prove(desktop, world, "signatory")
        desktop.get_by_role("button", name="Lanjutkan").click()
        desktop.get_by_label("Saya sudah memeriksa").check()
        desktop.get_by_label("Ketik kode kasus").fill(code)
        shoot(desktop, "destroy-confirm-desk")
        fits(desktop, DESKTOP["width"])
        desktop.get_by_role("button", name="Musnahkan kunci").click()
        expect(desktop.get_by_text("Surat keterangan pemusnahan").first).to_be_visible()
        shoot(desktop, "destroyed-desk")
        phone.goto(address + path)
        expect(phone.get_by_text("Kunci kasus ini telah dimusnahkan")).to_be_visible()
        expect(phone.get_by_text(DESK_NAME)).to_have_count(0)
        shoot(phone, "destroyed-phone")


def test_a_case_is_opened_in_an_emergency_and_judged(
    phone: Page, desktop: Page, serve: Serve, shoot: Shoot, world: World, watch: Watch
) -> None:
    watch.expect(403)
    file = open_case(world)
    with world.as_system():
        code = cases.find(file.case_id).code
    address = reach(serve, world)
    sign_in(phone, address, "case-officer-2")
    phone.goto(address + "/emergencies/open")
    prove(phone, world, "case-officer-2")
    phone.get_by_role("button", name="Lanjutkan").click()
    phone.wait_for_url("**/emergencies/open")
    phone.wait_for_load_state()  # what the page's script does to a form is done before it is filled
    phone.get_by_label("Kode kasus").fill(code)
    phone.get_by_label("Ia sedang dalam bahaya").check()
    phone.get_by_label("Apa yang terjadi?").fill("Ia menelepon dan minta dijemput sekarang")
    shoot(phone, "emergency-open-phone")
    fits(phone, PHONE["width"])
    phone.get_by_role("button", name="Buka kasus ini").click()
    expect(phone.get_by_text("Anda membaca kasus ini dalam keadaan darurat")).to_be_visible()
    shoot(phone, "emergency-case-phone")
    fits(phone, PHONE["width"])

    sign_in(desktop, address, "supervisor")
    expect(desktop.get_by_text("Akses darurat yang perlu dinilai").first).to_be_visible()
    shoot(desktop, "emergency-home-desk")
    desktop.get_by_role("link", name=code).first.click()
    expect(desktop.get_by_text("Ia menelepon dan minta dijemput sekarang")).to_be_visible()
    shoot(desktop, "emergency-review-desk")
    desktop.get_by_label("Tidak tepat dibuka").check()
    desktop.get_by_label("Catatan").fill("Timnya ada di kantor")
    desktop.get_by_role("button", name="Simpan penilaian").click()
    expect(desktop.get_by_text("Tidak tepat dibuka").first).to_be_visible()
    shoot(desktop, "emergency-list-desk")
    phone.reload()
    expect(phone.get_by_text("Anda membaca kasus ini dalam keadaan darurat")).to_have_count(0)


def test_the_policy_can_be_read_on_a_telephone_and_a_desk(
    phone: Page, desktop: Page, serve: Serve, shoot: Shoot, world: World
) -> None:
    address = reach(serve, world)
    for page, size, name in ((phone, PHONE, "phone"), (desktop, DESKTOP, "desk")):
        sign_in(page, address, "auditor")
        page.goto(f"{address}/policy")
        expect(page.get_by_role("heading", name="Siapa melihat apa")).to_be_visible()
        shoot(page, f"policy-{name}")
        fits(page, size["width"])
