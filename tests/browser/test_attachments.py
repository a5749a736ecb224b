"""A photograph is added on a telephone and looked at; nothing chosen is lost when it goes wrong."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, Route, expect

from app.local.postgres import Postgres
from tests.attachments.desk_of_pictures import prepare
from tests.attachments.pictures import photograph
from tests.browser.conftest import DESKTOP, PHONE, Watch
from tests.browser.test_accounts import fits, reach, sign_in
from tests.documents.desk import open_desk
from tests.world import World

Serve = Callable[[Flask], str]
Shoot = Callable[[Page, str], None]


def test_a_photograph_is_added_on_a_telephone_and_nothing_is_lost_on_the_way(
    phone: Page,
    desktop: Page,
    serve: Serve,
    shoot: Shoot,
    world: World,
    postgres: Postgres,
    watch: Watch,
) -> None:
    watch.expect(422)
    with open_desk(world, postgres) as desk:
        address = reach(serve, world)
        sign_in(phone, address, "companion")
        phone.goto(f"{address}/cases/{desk.case_id}#attachments")
        phone.get_by_role("link", name="Tambah foto atau berkas").click()
        expect(phone.get_by_label("Ambil foto sekarang")).to_be_visible()
        shoot(phone, "attachment-new-phone")
        fits(phone, PHONE["width"])
        phone.get_by_label("Foto luka").check()
        phone.get_by_label("Apa yang terlihat").fill("Memar di lengan")
        chosen = phone.get_by_label("Pilih foto atau PDF")
        wrong = {"name": "catatan.jpg", "mimeType": "image/jpeg", "buffer": b"MZ no picture"}
        chosen.set_input_files(wrong)  # type: ignore[arg-type]
        keep = phone.get_by_role("button", name="Simpan berkas")
        keep.click()
        expect(phone.get_by_role("link", name="bukan PDF")).to_be_visible()
        shoot(phone, "attachment-refused-phone")
        assert phone.get_by_label("Apa yang terlihat").input_value() == "Memar di lengan"
        right = {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
        chosen.set_input_files(right)  # type: ignore[arg-type]

        def lose(route: Route) -> None:
            route.abort("connectionreset")

        phone.context.route("**/attachments/new", lose)
        keep.click()
        expect(phone.get_by_text("Sambungan terputus")).to_be_visible()
        shoot(phone, "attachment-lost-phone")
        phone.context.unroute("**/attachments/new", lose)
        watch.faults.clear()  # the lost connection itself is told on the console
        keep.click()
        expect(phone.get_by_text("Tersimpan.")).to_be_visible()
        attachment_id = phone.url.rsplit("/", 1)[-1].split("#")[0]
        prepare(desk, attachment_id)  # type: ignore[arg-type]
        phone.get_by_label("Untuk keperluan apa?").first.select_option("handling")
        shoot(phone, "attachment-phone")
        phone.get_by_role("button", name="Tampilkan gambar").click()
        picture = phone.get_by_role("img", name="Foto luka")
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.naturalWidth") == 480
        shoot(phone, "attachment-shown-phone")
        fits(phone, PHONE["width"])
        for page, size, name in ((phone, PHONE, "phone"), (desktop, DESKTOP, "desk")):
            if page is desktop:
                sign_in(page, address, "companion")
            for language in ("id", "en"):
                if language == "en":
                    page.get_by_role("button", name="English").last.click()
                for kind, path in (
                    ("new", f"/cases/{desk.case_id}/attachments/new"),
                    ("view", f"/attachments/{attachment_id}"),
                ):
                    page.goto(address + path)
                    shoot(page, f"attachment-{kind}-{language}-{name}")
                    fits(page, size["width"])
            page.get_by_role("button", name="Bahasa Indonesia").last.click()


def test_consent_is_gone_through_with_her_one_question_on_a_screen(
    phone: Page, desktop: Page, serve: Serve, shoot: Shoot, world: World, postgres: Postgres
) -> None:
    with open_desk(world, postgres) as desk:
        address = reach(serve, world)
        case = f"{address}/cases/{desk.case_id}"
        sign_in(phone, address, "companion")
        phone.goto(f"{case}/consents/talk")
        expect(phone.get_by_role("heading", name="Sebelum mulai")).to_be_visible()
        expect(phone.get_by_text("Siapa yang akan membantu Anda?")).to_be_hidden()
        shoot(phone, "consent-talk-begin-phone")
        fits(phone, PHONE["width"])
        following = phone.get_by_role("button", name="Berikutnya")
        following.click()
        following.click()
        expect(phone.get_by_text("Tanyakan kepadanya, lalu pilih")).to_be_visible()
        phone.get_by_label("RSUD Bangil").check()
        shoot(phone, "consent-talk-whom-phone")
        for answer in ("Ya", "Tidak", "Ya", "Tidak", "Tidak"):
            following.click()
            phone.get_by_label(answer, exact=True).locator("visible=true").check()
        shoot(phone, "consent-talk-question-phone")
        following.click()
        following.click()
        phone.get_by_label("Korban", exact=True).check()
        following.click()
        phone.get_by_label("Secara lisan").check()
        following.click()
        phone.get_by_label("Ia sudah mengatakan").check()
        shoot(phone, "consent-talk-end-phone")
        fits(phone, PHONE["width"])
        phone.get_by_role("button", name="Simpan jawabannya").click()
        expect(phone.get_by_text("Persetujuan sudah dicatat").first).to_be_visible()
        sign_in(desktop, address, "companion")
        desktop.get_by_role("button", name="English").last.click()
        desktop.goto(f"{case}/consents/talk")
        shoot(desktop, "consent-talk-en-desk")
        desktop.goto(case)
        shoot(desktop, "consent-case-en-desk")
        fits(desktop, DESKTOP["width"])
