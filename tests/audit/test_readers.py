"""The head of the office sees what the auditors read, and is on record for looking."""

from __future__ import annotations

from lxml import html

from tenants.vocabulary import Outcome, Tag
from tests.audit.history import History, last_monday
from tests.audit.ledger import Ledger
from tests.world import CONTOH, World

MORNING = last_monday()


def rows(page: str, heading: str) -> list[str]:
    """The rows of a table, each as its text."""
    found = html.fromstring(page).xpath(f"//table[caption='{heading}']//tbody/tr")
    return [" ".join(row.text_content().split()) for row in found]


def test_the_head_sees_which_case_and_whose_timeline_an_auditor_read(
    history: History, world: World
) -> None:
    case_id = history.case(MORNING)
    auditor = world.client("auditor")
    assert auditor.get(f"/audit/cases/{case_id}").status_code == 200
    assert auditor.get(f"/audit/people/{history.account('companion')}").status_code == 200
    head = world.client("signatory")
    assert "2 tindakan auditor" in head.get("/").text
    page = head.get("/audit/readers").text
    (who,) = rows(page, "Siapa yang membaca catatan akses")
    assert "Ida Contoh" in who
    newest, older = rows(page, "Setiap tindakan")
    assert "Dewi Contoh" in newest
    assert f"K-{case_id.hex[:6].upper()}" not in newest
    assert "Membaca catatan akses" in older
    event = world.events()[-1]
    assert (event["tag"], event["details"]) == ("audit:reader:listed", {"count": 2})
    assert event["actor"] == str(world.account("signatory"))


def test_an_export_of_the_log_stands_out(ledger: Ledger) -> None:
    ledger.sign()
    auditor = ledger.world.client("auditor")
    auditor.confirm()
    assert auditor.get("/audit/export").status_code == 200
    head = ledger.world.client("signatory")
    assert "1 ekspor" in head.get("/").text
    assert "Mengekspor catatan akses" in head.get("/audit/readers").text


def test_who_is_asked_who_is_refused_and_who_reads_elsewhere_are_not_among_the_readers(
    history: History, world: World
) -> None:
    history.add("companion", Tag.AUDIT_DESK_VIEWED, MORNING, outcome=Outcome.REFUSED)
    history.add("companion", Tag.AUDIT_EXPLANATIONS_LISTED, MORNING, details={"count": 0})
    assert world.client("auditor", CONTOH).get("/audit").status_code == 200
    head = world.client("signatory")
    assert "Tidak ada yang membaca catatan akses" in head.get("/").text
    page = head.get("/audit/readers").text
    assert rows(page, "Setiap tindakan") == []


def test_the_list_goes_on_on_older_pages(history: History, world: World) -> None:
    history.add("auditor", Tag.AUDIT_DESK_VIEWED, MORNING, details={"count": 1}, times=60)
    head = world.client("signatory")
    first = head.get("/audit/readers").text
    (older,) = html.fromstring(first).xpath("//a[@rel='next']/@href")
    second = head.get(older).text
    assert (len(rows(first, "Setiap tindakan")), len(rows(second, "Setiap tindakan"))) == (50, 10)
    (newer,) = html.fromstring(second).xpath("//a[@rel='prev']/@href")
    assert rows(head.get(newer).text, "Setiap tindakan") == rows(first, "Setiap tindakan")
