"""The way in, in a real browser: invited, signed in, signed out, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Watch
from tests.browser.test_look import TARGET_HEIGHTS
from tests.world import PASSWORD, PASUR, World, host_of

Serve = Callable[[Flask], str]
Shoot = Callable[[Page, str], None]
CHOSEN = "kuda tenang di tepi sungai"


def reach(serve: Serve, world: World) -> str:
    """Serve the application and return the agency's address."""
    return serve(world.app).replace("localhost", host_of(PASUR))


def sign_in(page: Page, address: str, username: str, password: str = PASSWORD) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Nama pengguna").fill(username)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Masuk", exact=True).click()


def fits(page: Page, width: int) -> None:
    page.wait_for_load_state()  # a click returns once the next page's first byte has come
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    if width > PHONE["width"]:
        return  # a mouse hits smaller targets than a thumb
    small = [target for target in page.evaluate(TARGET_HEIGHTS) if target[0] < 44]
    assert small == [], page.url


def test_administrator_invites_and_the_invited_person_comes_in_by_telephone(
    phone: Page, desktop: Page, serve: Serve, shoot: Shoot, world: World, watch: Watch
) -> None:
    watch.expect(422, 404)
    address = reach(serve, world)
    desktop.goto(f"{address}/people/invite")
    shoot(desktop, "sign-in-desk")
    sign_in(desktop, address, "administrator", "bukan kata sandinya")
    expect(desktop.get_by_text("tidak benar")).to_be_visible()
    shoot(desktop, "sign-in-refused-desk")
    sign_in(desktop, address, "administrator")
    desktop.get_by_role("link", name="Pengguna", exact=True).first.click()
    shoot(desktop, "people-desk")
    desktop.get_by_role("link", name="Undang pengguna").click()
    shoot(desktop, "confirm-desk")
    desktop.locator("input[name=password]").fill(PASSWORD)
    desktop.get_by_role("button", name="Lanjutkan").click()
    desktop.get_by_label("Nama lengkap").fill("Rini Contoh, S.H.")
    desktop.get_by_label("Administrator").check()
    desktop.get_by_label("Tim Pendampingan").check()
    desktop.get_by_role("button", name="Buat tautan").click()
    expect(desktop.get_by_text("masing-masing berdiri sendiri").first).to_be_visible()
    shoot(desktop, "invite-refused-desk")
    desktop.get_by_label("Administrator").uncheck()
    desktop.get_by_role("button", name="Buat tautan").click()
    link = desktop.locator("[data-code]").get_attribute("data-code") or ""
    shoot(desktop, "invited-desk")

    phone.goto(address + urlsplit(link).path)
    shoot(phone, "invitation-phone")
    fits(phone, PHONE["width"])
    phone.get_by_label("Nama pengguna").fill("rini")
    phone.locator("input[name=password]").fill("pendek")
    phone.locator("input[name=again]").fill("pendek")
    phone.get_by_role("button", name="Buat akun saya").click()
    expect(phone.get_by_role("alert")).to_be_visible()
    shoot(phone, "invitation-refused-phone")
    phone.locator("input[name=password]").fill(CHOSEN)
    phone.locator("input[name=again]").fill(CHOSEN)
    phone.get_by_label("Telepon kantor").fill("0343 000111")
    phone.get_by_role("button", name="Buat akun saya").click()
    expect(phone.get_by_text("Akun Anda sudah siap")).to_be_visible()

    desktop.goto(link.replace(f"{host_of(PASUR)}:8000", urlsplit(address).netloc))
    expect(desktop.get_by_role("heading", name="Tautan ini tidak berlaku lagi")).to_be_visible()
    shoot(desktop, "gone-desk")


def test_own_account_and_people_fit_a_telephone_and_a_desk_in_both_languages(
    phone: Page, desktop: Page, serve: Serve, shoot: Shoot, world: World
) -> None:
    address = reach(serve, world)
    someone = world.account("hospital-officer")
    world.client("hospital-officer")
    with world.acting("administrator"):
        from app.accounts import service
        from tenants.context import Role

        service.invite(name="Sari Contoh", roles={Role.AUDITOR}, created_by=None)
    for page, size, name in ((phone, PHONE, "phone"), (desktop, DESKTOP, "desk")):
        sign_in(page, address, "administrator")
        for language in ("id", "en"):
            if language == "en":
                page.get_by_role("button", name="English").last.click()
            for path in (
                "/account",
                "/account/password",
                "/people",
                f"/people/{someone}",
                f"/people/{someone}/disable",
                "/confirm",
            ):
                page.goto(address + path)
                assert page.locator("html").get_attribute("lang") == language
                kind = path.replace(str(someone), "one").strip("/").replace("/", "-")
                shoot(page, f"{kind}-{language}-{name}")
                fits(page, size["width"])
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
        for path in ("/people/invite", f"/people/{someone}/edit"):
            page.goto(address + path)
            kind = path.replace(str(someone), "one").strip("/").replace("/", "-")
            shoot(page, f"{kind}-en-{name}")
            fits(page, size["width"])
        page.get_by_role("button", name="Bahasa Indonesia").last.click()


def test_signing_out_leaves_nothing_in_the_browser(
    desktop: Page, serve: Serve, world: World, shoot: Shoot
) -> None:
    address = reach(serve, world)
    sign_in(desktop, address, "case-officer")
    assert "session" in {one["name"] for one in desktop.context.cookies()}
    desktop.get_by_role("button", name="Keluar", exact=True).first.click()
    expect(desktop.get_by_text("Anda sudah keluar.")).to_be_visible()
    shoot(desktop, "signed-out-desk")
    assert "session" not in {one["name"] for one in desktop.context.cookies()}
    desktop.goto(f"{address}/account")
    expect(desktop.get_by_role("heading", name="Masuk")).to_be_visible()
