"""Exploring the log: each part of the filter, and views that an auditor keeps."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from lxml import html

from app.audit import service, words
from app.local.postgres import Postgres
from tenants.confidential import DECLARED
from tenants.context import Role
from tenants.errors import Conflict, Invalid, Missing
from tenants.vocabulary import Outcome, Tag
from tests.audit.history import History, last_monday
from tests.world import CONTOH, Client, World

MORNING = last_monday()


def found(client: Client, asked: str) -> list[str]:
    """What the desk lists for a filter: who did it, newest first."""
    page = client.get(f"/audit?{asked}")
    assert page.status_code == 200, page.text
    tree = html.fromstring(page.text)
    rows = tree.xpath("//table[.//th[@data-label='Waktu']]//tbody/tr")
    return [row.xpath(".//td[@data-label='Siapa']")[0].text_content().strip() for row in rows]


def test_each_part_of_the_filter_narrows_what_is_found(history: History, world: World) -> None:
    case_id = history.case(MORNING)
    history.add("companion", Tag.CASE_VIEWED, MORNING, case_id=case_id)
    history.add("supervisor", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED)
    history.add("signatory", Tag.LETTER_VIEWED, MORNING - timedelta(days=3), purpose="letter")
    history.add("case-officer", Tag.FIELD_REVEALED, MORNING, address="192.0.2.77")
    client = world.client("auditor")
    with world.acting("auditor"):
        code = service.load_case(case_id).row
    day = MORNING.date()
    for asked, who in {
        f"person={history.account('companion')}": ["Dewi Contoh"],
        f"role={Role.SUPERVISOR.value}": ["Eka Contoh"],
        f"case={code.lower()}&tag={Tag.CASE_VIEWED.code}": ["Dewi Contoh"],
        f"tag={Tag.FIELD_REVEALED.code}": ["Bela Contoh"],
        "outcome=refused": ["Eka Contoh"],
        "purpose=letter": ["Fitri Contoh"],
        "address=192.0.2.77": ["Bela Contoh"],
        f"tag={Tag.LETTER_VIEWED.code}&until={day - timedelta(days=3)}": ["Fitri Contoh"],
        f"tag={Tag.LETTER_VIEWED.code}&since={day}": [],
        f"tag={Tag.LETTER_VIEWED.code}&days=1": [],
        f"tag={Tag.LETTER_VIEWED.code}&days=90": ["Fitri Contoh"],
    }.items():
        listed = found(client, asked)
        assert [name.split("Contoh")[0] + "Contoh" for name in listed] == who, asked


@pytest.mark.parametrize(
    "asked",
    [
        "case=K-0000-0000",
        "address=here",
        "days=7&since=2026-01-01",
        "since=2026-02-02&until=2026-01-01",
        "tag=x",
        "days=8",
    ],
)
def test_a_filter_that_cannot_be_answered_says_so(world: World, asked: str) -> None:
    page = world.client("auditor").get(f"/audit?{asked}")
    assert page.status_code == 422
    assert html.fromstring(page.text).find_class("t-summary")


def test_a_view_is_kept_opened_and_removed(
    history: History, world: World, postgres: Postgres
) -> None:
    history.add("companion", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED)
    client = world.client("auditor")
    kept = client.post("/audit/views?outcome=refused&days=30", {"name": "Ditolak bulan ini"})
    assert kept.status_code == 303
    page = client.get("/audit").text
    link = html.fromstring(page).xpath("//a[contains(., 'Ditolak bulan ini')]/@href")[0]
    assert found(client, link.partition("?")[2])[0].startswith("Dewi Contoh")
    events = {event["tag"]: event for event in world.events()}
    assert events["audit:view:saved"]["object_kind"] == "saved_view"
    assert "Ditolak bulan ini" not in str(world.events())
    name = world.settings["DATABASE_URL"].rsplit("/", 1)[-1].split("?")[0]
    with postgres.connect(name) as session:
        (row,) = session.execute("SELECT t::text FROM saved_view AS t").fetchall()
    assert b"Ditolak bulan".hex() not in str(row)
    assert "Ditolak bulan" not in str(row)
    where = re.search(r'action="(/audit/views/[0-9a-f-]+/remove)"', page)
    assert where is not None
    assert client.post(where[1]).status_code == 303
    assert "Ditolak bulan ini" not in client.get("/audit").text
    assert client.post(where[1]).status_code == 404


def test_a_view_of_the_same_name_takes_the_new_filter(world: World) -> None:
    with world.acting("auditor"):
        service.save_view("Ditolak", {"outcome": "refused"})
        service.save_view("ditolak", {"outcome": "failed"})
        assert [one.asked for one in service.views()] == [{"outcome": "failed"}]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x07b"])
def test_a_view_needs_a_name_and_nothing_typed_is_lost(world: World, name: str) -> None:
    page = world.client("auditor").post("/audit/views?outcome=refused", {"name": name})
    assert page.status_code == 422
    assert 'action="/audit/views?outcome=refused"' in page.text
    with world.acting("auditor"):
        assert service.views() == []


def test_a_view_holds_a_filter_that_can_be_answered(world: World) -> None:
    client = world.client("auditor")
    for asked in ("", "?days=8", "?case=K-0000-0000"):
        assert client.post(f"/audit/views{asked}", {"name": "Kosong"}).status_code == 422
    with world.acting("auditor"):
        with pytest.raises(Invalid):
            service.save_view("Kosong", {})
        assert service.views() == []


def test_there_are_not_more_views_than_are_quickly_found(world: World) -> None:
    with world.acting("auditor"):
        for number in range(20):
            service.save_view(f"Tampilan {number}", {"days": "7"})
        with pytest.raises(Conflict):
            service.save_view("Satu lagi", {"days": "7"})
        service.save_view("Tampilan 3", {"days": "30"})
    page = world.client("auditor").post("/audit/views?days=7", {"name": "Satu lagi"})
    assert page.status_code == 409
    assert "sudah sebanyak yang dapat disimpan" in page.text


def test_a_view_is_its_auditors_own(world: World) -> None:
    made: Any
    with world.acting("auditor"):
        service.save_view("Ditolak", {"outcome": "refused"})
        made = service.views()[0]
    with world.acting("supervisor"):
        assert service.views() == []
        with pytest.raises(Missing):
            service.load_view(made.id)
    with world.acting("auditor", CONTOH):
        assert service.views() == []
        with pytest.raises(Missing):
            service.load_view(made.id)


def test_whatever_holds_a_confidential_field_has_a_name_on_the_page_of_an_event() -> None:
    assert {name.split(".")[0] for name in DECLARED} - set(words.OBJECTS) == set()
