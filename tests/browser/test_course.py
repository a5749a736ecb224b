"""The course of a case in a real browser: assessed, served, closed; and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from playwright.sync_api import Page, expect

from app.assessments import service as assessments
from app.cases import service as cases
from app.services import service as services
from tenants.clock import now, today
from tests.browser.conftest import DESKTOP, PHONE, Watch
from tests.browser.test_accounts import fits, reach, sign_in
from tests.cases.intake import REPORT, open_case, working
from tests.world import World

Serve = Callable[[Flask], str]
Shoot = Callable[[Page, str], None]


def prepared(world: World) -> tuple[UUID, dict[str, str]]:
    """A case in danger with something of everything, and its pages."""
    from dataclasses import replace

    case_id = open_case(world, replace(REPORT, risk="high"))
    companion = world.account("companion")
    with working(world, case_id, "companion") as case:
        her = cases.rows(case_id).survivors[0].id
        for typed in ({"sleep": "3", "fear": "2", "sad": "3"}, {"sleep": "1", "fear": "0"}):
            begun = assessments.begin(case, instrument="psychosocial", survivor_id=her)
            one = assessments.load_assessment(case_id, begun)
            assessments.finish(one, typed, "Membaik, didukung adiknya")
        draft = assessments.begin(case, instrument="risk", survivor_id=her)
        assessments.add_item(
            case,
            need_id=cases.rows(case_id).needs[0].id,
            owner_id=companion,
            due_on=today() + timedelta(days=1),
            action="Antar ke psikolog",
        )
        session: dict[str, Any] = {"survivor_id": her, "accepted": True, "with_id": companion}
        missed = services.offer(case, kind="counselling", at=now(), **session)
        services.end_session(services.load_session(case_id, missed), state="missed", content=None)
        planned = services.offer(case, kind="support", at=now(), **session)
        services.choose(
            case, choice="protection", rights_explained=True, free=True, words="Aman dulu"
        )
    path = f"/cases/{case_id}"
    return case_id, {
        "case": path,
        "assessments": f"{path}/assessments",
        "assessment": f"{path}/assessments/{one.id}",
        "fill": f"{path}/assessments/{draft}/fill",
        "compared": f"{path}/assessments/compared/psychosocial/{her}",
        "plan": f"{path}/plan",
        "services": f"{path}/services",
        "session": f"{path}/services/sessions/{planned}",
        "missed": f"{path}/services/sessions/{missed}",
        "closure": f"{path}/closure",
        "course": f"{path}/course",
        "links": f"{path}/links",
        "programmes": "/programmes",
        "register": "/cases/new",
    }


def test_every_page_of_the_course_fits_a_telephone_and_a_desk_in_both_languages(
    phone: Page, desktop: Page, serve: Serve, shoot: Shoot, world: World, watch: Watch
) -> None:
    watch.expect(403)
    _case_id, pages = prepared(world)
    address = reach(serve, world)
    for page, size, name in ((phone, PHONE, "phone"), (desktop, DESKTOP, "desk")):
        sign_in(page, address, "case-officer")
        for language in ("id", "en"):
            if language == "en":
                page.get_by_role("button", name="English").last.click()
            for kind, path in pages.items():
                page.goto(address + path)
                expect(page.locator("h1")).to_be_visible()
                shoot(page, f"course-{kind}-{language}-{name}")
                fits(page, size["width"])
        page.get_by_role("button", name="Bahasa Indonesia").last.click()


def test_what_is_answered_and_written_survives_a_lost_network(
    phone: Page, serve: Serve, shoot: Shoot, world: World, watch: Watch
) -> None:
    _case_id, pages = prepared(world)
    address = reach(serve, world)
    sign_in(phone, address, "companion")
    phone.goto(address + pages["fill"])
    phone.locator("input[name=item_kill][value=yes]").check()
    expect(phone.get_by_text("Tersimpan pukul")).to_be_visible()
    phone.context.set_offline(True)
    watch.faults.clear()
    words = phone.locator("[name=item_own_view]")
    words.fill("Ia takut pulang malam ini")
    expect(phone.get_by_text("Tidak ada jaringan")).to_be_visible()
    shoot(phone, "course-offline-phone")
    phone.context.set_offline(False)
    expect(phone.get_by_text("Tersimpan pukul")).to_be_visible()
    watch.faults[:] = [one for one in watch.faults if "ERR_INTERNET_DISCONNECTED" not in one]
    phone.reload()
    assert words.input_value() == "Ia takut pulang malam ini"
    assert phone.locator("input[name=item_kill][value=yes]").is_checked()

    phone.goto(address + pages["case"])
    phone.locator("#text").fill("Ia menelepon dari pasar")
    expect(phone.get_by_text("Tersimpan pukul")).to_be_visible()
    phone.goto(address + "/cases")
    phone.goto(address + pages["case"])
    assert phone.locator("#text").input_value() == "Ia menelepon dari pasar"
