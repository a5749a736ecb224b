"""Timelines and figures: what the log says of a person, of a case and of the hours."""

from __future__ import annotations

from datetime import timedelta

from lxml import html

from tenants.vocabulary import Outcome, Tag
from tests.audit.history import History, last_monday
from tests.world import World

MORNING = last_monday()


def test_a_persons_timeline_has_their_acts_and_nobody_elses(history: History, world: World) -> None:
    case_id = history.case(MORNING)
    history.add("companion", Tag.CASE_VIEWED, MORNING, case_id=case_id)
    history.add("supervisor", Tag.LETTER_VIEWED, MORNING)
    page = world.client("auditor").get(f"/audit/people/{history.account('companion')}")
    assert page.status_code == 200
    (list_,) = html.fromstring(page.text).find_class("t-timeline")
    said = list_.text_content()
    assert "Membuka kasus" in said
    assert "Eka Contoh" not in said
    event = world.events()[-1]
    assert (event["tag"], event["object_kind"]) == ("audit:desk:viewed", "account")
    assert event["object_id"] == str(history.account("companion"))


def test_a_cases_timeline_says_who_was_there_and_is_itself_on_the_cases_record(
    history: History, world: World
) -> None:
    case_id, other = history.case(MORNING), history.case(MORNING)
    fields = ["survivor.nik"]
    history.add("companion", Tag.FIELD_REVEALED, MORNING, case_id=case_id, fields=fields)
    history.add("supervisor", Tag.CASE_VIEWED, MORNING, case_id=case_id, outcome=Outcome.REFUSED)
    history.add("case-officer", Tag.CASE_VIEWED, MORNING, case_id=other)
    page = world.client("auditor").get(f"/audit/cases/{case_id}")
    (list_,) = html.fromstring(page.text).find_class("t-timeline")
    said = list_.text_content()
    assert "Dewi Contoh" in said
    assert "Ditolak" in said
    assert "Bela Contoh" not in said
    assert "/cases/" not in page.text.replace("/audit/cases/", "")  # an auditor opens no case
    assert world.events()[-1]["case"] == str(case_id)


def test_a_timeline_is_turned_page_by_page_without_losing_an_event(
    history: History, world: World
) -> None:
    person = history.account("companion")
    history.add("companion", Tag.CASES_LISTED, MORNING, times=70, details={"count": 0})
    client, seen, path = world.client("auditor"), set(), f"/audit/people/{person}"
    for _ in range(2):
        tree = html.fromstring(client.get(path).text)
        links = tree.xpath("//ol[@class='t-timeline']//a/@href")
        assert not seen & set(links)
        seen |= set(links)
        path = next(iter(tree.xpath("//a[@rel='next']/@href")), "")
    assert len(seen) == 70
    assert not path


def test_figures_count_access_to_cases_by_the_offices_clock_and_by_role(
    history: History, world: World
) -> None:
    case_id = history.case(MORNING - timedelta(days=60))
    history.add("companion", Tag.CASE_VIEWED, MORNING, case_id=case_id, times=4)
    history.add("supervisor", Tag.CASE_VIEWED, MORNING.replace(hour=23), case_id=case_id, times=2)
    history.add("supervisor", Tag.CASE_VIEWED, MORNING, case_id=case_id, outcome=Outcome.REFUSED)
    page = world.client("auditor").get("/audit/figures").text
    tree = html.fromstring(page)
    tables = [
        {row.xpath("string(th)").strip(): row.xpath("string(td)").strip() for row in rows}
        for rows in (table.xpath(".//tbody/tr") for table in tree.xpath("//table"))
    ]
    assert tables[0] == {"10.00": "4", "23.00": "2"}
    assert tables[1] == {"Tim Pendampingan": "4", "Kepala Seksi": "2"}


def test_each_chart_has_a_name_its_bars_and_no_style(history: History, world: World) -> None:
    history.add("companion", Tag.CASE_VIEWED, MORNING, case_id=history.case(MORNING), times=4)
    tree = html.fromstring(world.client("auditor").get("/audit/figures").text)
    charts = tree.xpath("//main//*[local-name()='svg'][@role='img']")
    assert len(charts) == 2
    for chart in charts:
        named = chart.get("aria-labelledby").split()
        assert [tree.get_element_by_id(one).text_content().strip() != "" for one in named]
        assert not chart.xpath(".//@style")
    bars = charts[0].xpath(".//*[local-name()='rect']")
    assert len(bars) == 24
    assert max(float(bar.get("height")) for bar in bars) == float(bars[10].get("height")) == 104.0
