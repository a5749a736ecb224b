"""The way in, in a real browser: invited, signed in, signed out, in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Page, expect

from app.accounts import one_time_codes
from tenants.clock import now
from tests.authenticator import Authenticator
from tests.browser.conftest import DESKTOP, PHONE, Watch
from tests.browser.test_look import TARGET_HEIGHTS
from tests.world import PASSWORD, PASUR, PORT, World, host_of

Serve = Callable[[Flask], str]
Shoot = Callable[[Page, str], None]
CHOSEN = "kuda tenang di tepi sungai"


def reach(serve: Serve, world: World) -> str:
    """Serve the application and return the agency's address."""
    return serve(world.app).replace("localhost", host_of(PASUR))


SEND = """([path, form]) => fetch(path, {
  method: "POST", body: new URLSearchParams(form),
  headers: {Accept: path.endsWith("options") ? "application/json" : "text/html"}
}).then(answer => answer.text())"""


def sign_in(page: Page, address: str, username: str) -> None:
    """Sign in with the person's own passkey; what a device does, this process does."""
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in")
    token = page.locator("form[data-passkey] input[name=csrf_token]").get_attribute("value") or ""
    host, form = host_of(PASUR), {"csrf_token": token}
    asked = json.loads(page.evaluate(SEND, ["/sign-in/passkey/options", form]))
    form["credential"] = Authenticator(host, username).use(asked, f"http://{host}:{PORT}")
    page.evaluate(SEND, ["/sign-in/passkey", form])
    page.goto(address)


def prove(page: Page, world: World, username: str) -> None:
    """Fill in who it is, on the page that asks for it."""
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=code]").fill(world.anonymous().code(username))


def give_password(page: Page, address: str, username: str, password: str = PASSWORD) -> None:
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


def take_second_step(desktop: Page, world: World, shoot: Shoot) -> None:
    """Give a wrong code and then the right one."""
    shoot(desktop, "second-step-desk")
    desktop.get_by_label("Kode dari aplikasi Anda").fill("000000")
    desktop.get_by_role("button", name="Teruskan").click()
    expect(desktop.get_by_text("sudah pernah dipakai").first).to_be_visible()
    shoot(desktop, "second-step-refused-desk")
    code = world.anonymous().code("administrator")
    desktop.get_by_label("Kode dari aplikasi Anda").fill(code)
    desktop.get_by_role("button", name="Teruskan").click()


def set_up_second_step(phone: Page, shoot: Shoot) -> None:
    """Set up an app, as on the first day."""
    expect(phone.get_by_role("heading", name="Siapkan langkah kedua")).to_be_visible()
    shoot(phone, "enrol-phone")
    fits(phone, PHONE["width"])
    key = phone.locator("[data-code]").get_attribute("data-code") or ""
    secret = one_time_codes.read(key.replace(" ", ""))
    phone.get_by_label("Kode dari aplikasi Anda").fill(
        one_time_codes.code_at(secret, one_time_codes.step_at(now()))
    )
    phone.get_by_role("button", name="Teruskan").click()
    expect(phone.get_by_role("heading", name="Kode pemulihan Anda")).to_be_visible()
    shoot(phone, "recovery-codes-phone")
    fits(phone, PHONE["width"])
    phone.get_by_role("link", name="Sudah saya tulis").click()


def test_administrator_invites_and_the_invited_person_comes_in_by_telephone(
    phone: Page, desktop: Page, serve: Serve, shoot: Shoot, world: World, watch: Watch
) -> None:
    watch.expect(422, 404)
    address = reach(serve, world)
    desktop.goto(f"{address}/people/invite")
    shoot(desktop, "sign-in-desk")
    give_password(desktop, address, "administrator", "bukan kata sandinya")
    expect(desktop.get_by_text("tidak benar")).to_be_visible()
    shoot(desktop, "sign-in-refused-desk")
    give_password(desktop, address, "administrator")
    take_second_step(desktop, world, shoot)
    desktop.get_by_role("link", name="Pengguna", exact=True).first.click()
    shoot(desktop, "people-desk")
    desktop.get_by_role("link", name="Undang pengguna").click()
    shoot(desktop, "confirm-desk")
    prove(desktop, world, "administrator")
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
    set_up_second_step(phone, shoot)
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
        service.ask_for_reset(someone)
        service.edit_member(
            world.account("companion"),
            roles={Role.COMPANION, Role.CASE_OFFICER},
            organisation_id=None,
            official=service.Official(),
        )
    for page, size, name in ((phone, PHONE, "phone"), (desktop, DESKTOP, "desk")):
        sign_in(page, address, "administrator")
        for language in ("id", "en"):
            if language == "en":
                page.get_by_role("button", name="English").last.click()
            for path in (
                "/account",
                "/account/password",
                "/people",
                "/people/waiting",
                f"/people/{someone}",
                f"/people/{someone}/disable",
                "/confirm",
            ):
                page.goto(address + path)
                assert page.locator("html").get_attribute("lang") == language
                kind = path.replace(str(someone), "one").strip("/").replace("/", "-")
                shoot(page, f"{kind}-{language}-{name}")
                fits(page, size["width"])
        prove(page, world, "administrator")
        page.get_by_role("button", name="Continue").click()
        for path in (
            "/people/invite",
            f"/people/{someone}/edit",
            "/account/app",
            "/account/passkeys/new",
        ):
            page.goto(address + path)
            kind = path.replace(str(someone), "one").strip("/").replace("/", "-")
            shoot(page, f"{kind}-en-{name}")
            fits(page, size["width"])
        page.get_by_role("button", name="Bahasa Indonesia").last.click()
    sign_in(phone, address, "supervisor")
    shoot(phone, "second-person-home-phone")
    fits(phone, PHONE["width"])
    phone.get_by_role("link", name="Dewi Contoh").first.click()
    shoot(phone, "second-person-phone")
    fits(phone, PHONE["width"])


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


def authenticator(page: Page) -> None:
    """Give a page's browser a device that verifies its holder, as a telephone's lock does."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def test_a_passkey_is_made_signs_in_and_confirms_without_a_password(
    phone: Page, serve: Serve, shoot: Shoot, world: World, watch: Watch
) -> None:
    watch.expect(401)
    address = reach(serve, world)
    settings = world.app.extensions["settings"]
    port = urlsplit(address).port or 0
    world.app.extensions["settings"] = replace(settings, public_port=port)
    authenticator(phone)
    give_password(phone, address, "administrator")
    phone.get_by_label("Kode dari aplikasi Anda").fill(world.anonymous().code("administrator"))
    phone.get_by_role("button", name="Teruskan").click()
    phone.goto(address + "/account")
    phone.get_by_role("button", name="Kode pemulihan baru").click()
    expect(phone.get_by_role("heading", name="Pastikan bahwa ini Anda")).to_be_visible()
    prove(phone, world, "administrator")
    phone.get_by_role("button", name="Lanjutkan").click()  # what was asked for goes on by itself
    expect(phone.get_by_role("heading", name="Kode pemulihan Anda")).to_be_visible()
    phone.goto(address + "/account/passkeys/new")
    shoot(phone, "passkey-new-phone")
    fits(phone, PHONE["width"])
    phone.get_by_role("button", name="Buat kunci sandi").click()
    expect(phone.get_by_text("Sudah siap untuk langkah kedua.")).to_be_visible()
    shoot(phone, "account-phone")
    fits(phone, PHONE["width"])
    phone.get_by_text("Menu", exact=True).click()
    phone.get_by_role("button", name="Keluar", exact=True).first.click()
    shoot(phone, "sign-in-phone")
    phone.get_by_role("button", name="Masuk dengan kunci sandi").click()
    phone.wait_for_url(address + "/")
    phone.goto(address + "/people/invite")
    shoot(phone, "confirm-phone")
    phone.get_by_role("button", name="Pakai kunci sandi").click()
    expect(phone.get_by_role("heading", name="Undang pengguna")).to_be_visible()
