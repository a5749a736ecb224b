"""An auditor signs a period off: once, for ever, as a signed report that outsiders can check."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from lxml import html
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.audit import service
from app.local.postgres import Postgres
from tenants.clock import today
from tenants.context import bind
from tenants.database import db
from tenants.errors import Conflict, Invalid, Refused
from tenants.vocabulary import Outcome, Tag
from tests.audit.history import History, last_monday
from tests.audit.ledger import VERIFIER
from tests.documents.desk import Desk, open_desk
from tests.documents.offices import page_texts
from tests.world import Client, World

MORNING = last_monday()
DAY = MORNING.date()
IN_ORDER = service.Conclusion.IN_ORDER


@pytest.fixture
def desk(world: World, postgres: Postgres) -> Iterator[Desk]:
    """An agency with a log that is signed, and with workers."""
    with open_desk(world, postgres) as made:
        yield made


def confirmed(world: World) -> Client:
    """An auditor who has just given the password."""
    client = world.client("auditor")
    assert client.confirm().status_code == 303
    return client


def form_of(page: str) -> dict[str, str]:
    """What the page that shows a period puts into the form that signs it."""
    fields = html.fromstring(page).xpath("//form[@method='post']//input[@type='hidden']")
    return {one.get("name"): one.get("value") for one in fields if one.get("name") != "csrf_token"}


def sign(world: World, since: date = DAY, until: date = DAY, remarks: str | None = None) -> UUID:
    """Sign a period off with a fresh password, as it stands."""
    with world.acting("auditor") as context:
        assert context.person is not None
        with bind(context.acting(replace(context.person, fresh=True))):
            _, seen = service.examine_period(since, until)
            return service.sign_off(since, until, IN_ORDER, remarks, seen)


def row(period_id: UUID) -> Any:
    return service.load_period(period_id).row


def test_a_period_is_read_signed_made_downloaded_and_verified_outside(
    desk: Desk, history: History, tmp_path: Path
) -> None:
    world = desk.world
    history.add("companion", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED, times=6)
    history.add("companion", Tag.CASE_VIEWED, MORNING, case_id=desk.case_id, times=4)
    client = confirmed(world)
    page = client.get(f"/audit/periods/new?since={DAY}&until={DAY}")
    assert page.status_code == 200
    assert "Berulang kali ditolak" in page.text
    typed = {"conclusion": "with-findings", "remarks": "Satu orang ditanyai.\nSelesai."}
    done = client.post("/audit/periods", form_of(page.text) | typed)
    assert done.status_code == 303, done.text
    where = done.headers["Location"]
    assert client.get(f"{where}/report").status_code == 409
    assert "sedang dibuat" in client.get(where).text
    signed = [one for one in world.events() if one["tag"] == "audit:period:signed"][-1]
    assert signed["details"]["first_day"] == DAY.isoformat()
    assert signed["details"]["last_day"] == DAY.isoformat()
    with world.acting("auditor"):
        letter_id = row(UUID(where.rsplit("/", 1)[-1])).letter_id
    desk.run(letter_id)
    file = client.get(f"{where}/report")
    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    said = " ".join(" ".join(page_texts(file.data)).split())
    for text_ in ("Tertib, dengan temuan", "Satu orang ditanyai.", "Peristiwa yang tercatat 10",
                  "Berulang kali ditolak 1 0", "10.00"):  # fmt: skip
        assert text_ in said, text_
    assert "Dewi Contoh" not in said
    assert "Tertib, dengan temuan" in client.get(where).text
    assert client.get(f"{where}/report").data == file.data

    size, root = signed["details"]["size"], re.search(r"[0-9a-f]{64}", said)
    assert root is not None
    desk.seal_log()
    export = tmp_path / "export.jsonl"
    export.write_bytes(client.get("/audit/export").data)
    checked = [sys.executable, str(VERIFIER), str(export), "--letter", str(size), root[0]]
    assert subprocess.run(checked, capture_output=True, check=False).returncode == 0
    checked[-1] = "0" * 64
    assert subprocess.run(checked, capture_output=True, check=False).returncode == 1


def test_the_head_and_an_external_auditor_read_what_was_signed(desk: Desk) -> None:
    period_id = sign(desk.world)
    for username in ("signatory", "external-auditor"):
        client = desk.world.client(username)
        assert "Tertib" in client.get("/audit/periods").text
        assert client.get(f"/audit/periods/{period_id}").status_code == 200
        assert client.get("/audit/periods/new").status_code == 403


def test_signing_asks_for_a_fresh_password_and_loses_nothing_that_was_typed(desk: Desk) -> None:
    page = confirmed(desk.world).get(f"/audit/periods/new?since={DAY}&until={DAY}").text
    stale = desk.world.client("auditor")
    typed = {"conclusion": "in-order", "remarks": "Catatan yang panjang sekali"}
    answer = stale.post("/audit/periods", form_of(page) | typed)
    assert answer.status_code == 401
    assert "Catatan yang panjang sekali" in answer.text
    event = desk.world.events()[-1]
    assert (event["tag"], event["reason"]) == ("audit:period:signed", "NotFresh")
    assert stale.confirm().status_code == 303
    assert stale.post("/audit/periods", form_of(page) | typed).status_code == 303


def test_periods_do_not_overlap_and_are_over(desk: Desk) -> None:
    sign(desk.world, DAY - timedelta(days=3), DAY)
    for since, until in (
        (DAY, DAY), (DAY - timedelta(days=9), DAY - timedelta(days=3)),
        (DAY - timedelta(days=9), DAY), (DAY - timedelta(days=2), DAY - timedelta(days=1)),
    ):  # fmt: skip
        with pytest.raises(Conflict, match="period-overlaps"):
            sign(desk.world, since, until)
    for since, until, reason in (
        (today(), today(), "not-over"),
        (DAY, DAY - timedelta(days=1), "before-it-begins"),
        (DAY - timedelta(days=800), DAY - timedelta(days=20), "too-long"),
    ):
        with pytest.raises(Invalid) as refused:
            sign(desk.world, since, until)
        assert refused.value.reason == reason
    page = confirmed(desk.world).get(f"/audit/periods/new?since={DAY}&until={DAY}")
    assert page.status_code == 409
    assert "sudah disahkan" in page.text


def test_the_next_period_begins_where_the_last_one_ended(desk: Desk) -> None:
    first = today().replace(day=1)
    with desk.world.acting("auditor"):
        assert service.proposed_period()[1] == first - timedelta(days=1)
    sign(desk.world, DAY - timedelta(days=90), DAY - timedelta(days=60))
    with desk.world.acting("auditor"):
        assert service.proposed_period()[0] == DAY - timedelta(days=59)


def test_what_changed_since_it_was_read_is_not_signed(desk: Desk, history: History) -> None:
    history.add("companion", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED, times=6)
    client = confirmed(desk.world)
    page = client.get(f"/audit/periods/new?since={DAY}&until={DAY}").text
    with desk.world.acting("auditor"):
        (found,) = [one.sign for one in service.news().notable if one.sign.day == DAY]
        service.raise_finding(found, service.Severity.HIGH, history.account("supervisor"))
    typed = form_of(page) | {"conclusion": "in-order", "remarks": "Tetap ada"}
    answer = client.post("/audit/periods", typed)
    assert answer.status_code == 409
    assert "Tetap ada" in answer.text
    assert client.post("/audit/periods", typed | form_of(answer.text)).status_code == 303


def test_an_open_finding_is_printed_as_open_with_the_role_and_no_name(
    desk: Desk, history: History
) -> None:
    history.add("companion", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED, times=6)
    with desk.world.acting("auditor"):
        (found,) = [one.sign for one in service.news().notable if one.sign.day == DAY]
        service.raise_finding(found, service.Severity.HIGH, history.account("supervisor"))
    period_id = sign(desk.world)
    with desk.world.acting("auditor"):
        said = service.opened_period(row(period_id)).said
    assert said["open_findings"] == "1"
    assert said["findings"] is not None
    assert "Tim Pendampingan" in said["findings"]
    assert "Masih terbuka" in said["findings"]
    assert "Contoh" not in said["findings"]


def test_an_event_without_its_place_in_the_signed_log_keeps_a_period_open(
    desk: Desk, history: History
) -> None:
    history.add("companion", Tag.HOME_VIEWED, MORNING)
    desk.tamper(
        "INSERT INTO audit_pending (tenant_id, id) SELECT tenant_id, id FROM audit_event"
        " WHERE at = %s",
        MORNING,
    )
    with pytest.raises(Conflict, match="period-not-sealed"):
        sign(desk.world)
    sign(desk.world, DAY - timedelta(days=9), DAY - timedelta(days=8))


def test_no_service_changes_or_removes_a_signed_period(desk: Desk) -> None:
    period_id = sign(desk.world)
    for statement in (
        "UPDATE signed_period SET until = until WHERE id = :id",
        "DELETE FROM signed_period WHERE id = :id",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):  # noqa: SIM117
            with desk.world.as_system():
                db.session.execute(text(statement), {"id": period_id})


def test_only_an_auditor_of_the_office_signs(desk: Desk) -> None:
    with desk.world.acting("external-auditor") as context:
        assert context.person is not None
        with bind(context.acting(replace(context.person, fresh=True))):
            _, seen = service.examine_period(DAY, DAY)
            with pytest.raises(Refused):
                service.sign_off(DAY, DAY, IN_ORDER, None, seen)


@pytest.mark.parametrize("remarks", ["\U0001f600", "a\x07b", "x" * 4001])
def test_remarks_that_cannot_be_printed_sign_nothing(desk: Desk, remarks: str) -> None:
    client = confirmed(desk.world)
    page = client.get(f"/audit/periods/new?since={DAY}&until={DAY}").text
    typed = form_of(page) | {"conclusion": "in-order", "remarks": remarks}
    assert client.post("/audit/periods", typed).status_code in {409, 422}
    with desk.world.acting("auditor"):
        assert service.periods() == []


def test_a_report_that_came_to_a_halt_is_tried_again_as_it_was_signed(desk: Desk) -> None:
    period_id = sign(desk.world)
    with desk.world.acting("auditor"):
        letter_id = row(period_id).letter_id
    desk.tamper("UPDATE letter SET state = 'parked', failure = 'store-full', attempt = 5"
                " WHERE id = %s", letter_id)  # fmt: skip
    client = desk.world.client("auditor")
    assert "penyimpanan surat sudah penuh" in client.get(f"/audit/periods/{period_id}").text
    assert client.post(f"/audit/periods/{period_id}/retry").status_code == 303
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "issued"
    assert client.post(f"/audit/periods/{period_id}/retry").status_code == 409


def test_every_rule_has_a_name_for_the_report() -> None:
    from app.audit import watch, words

    assert set(words.RULE_NAMES) == set(watch.RULES)
