"""The ministry's register: what has to be entered, what differs, and exports by two people."""

from __future__ import annotations

import csv
import io
import threading
import zipfile
from datetime import timedelta

import pytest
import time_machine
from lxml import etree
from sqlalchemy import select, text

from app.cases.models import Case, Survivor
from app.simfoni import service
from app.simfoni.models import SimfoniEntry
from app.simfoni.workbook import as_csv, as_xlsx
from tenants.clock import now, today
from tenants.database import db
from tenants.errors import Conflict
from tests.cases.intake import wait_for_lock
from tests.referrals.filing import NAME, SECRETS, open_case
from tests.world import World

NUMBER = "SIM-CONTOH-2026-77"
EVIL = ('=HYPERLINK("x")', "+1", "-1", "@a", "\t=1", "a\x07b", "<b>&")


def states(world: World) -> list[str]:
    """The states of the queue, as the case officer sees it."""
    with world.acting("case-officer"):
        return [one.state.value for one in service.queue()]


def test_a_case_is_entered_under_a_number_and_differs_when_a_code_changes(world: World) -> None:
    file = open_case(world)
    client = world.client("case-officer")
    assert states(world) == ["not-entered"]
    page = client.get("/simfoni")
    assert f"/cases/{file.case_id}/simfoni" in page.text
    where = f"{file.path}/simfoni"
    sheet = client.get(where)
    assert sheet.status_code == 200
    assert "Suami atau istri" in sheet.text
    assert [one for one in SECRETS if one in sheet.text] == []
    for wrong in ("", " ", "x" * 61, "a\x00b"):
        assert client.post(where, {"number": wrong}).status_code == 422
    assert client.post(where, {"number": NUMBER}).status_code == 303
    assert states(world) == []
    shown = client.get(where)
    assert NUMBER in shown.text
    assert world.events()[-1]["fields"] == ["simfoni_entry.number"]
    with world.acting("case-officer"):
        survivor = db.session.scalars(select(Survivor)).one()
        survivor.age_group = "18-24"
    assert states(world) == ["differs"]
    assert "berubah di atas" in client.get(where).text
    assert client.post(where, {"number": ""}).status_code == 303
    assert states(world) == []
    assert NUMBER in client.get(where).text
    with world.as_system():
        (entry,) = db.session.scalars(select(SimfoniEntry)).all()
        assert entry.number_sealed is not None
        assert NUMBER.encode() not in entry.number_sealed
    assert world.client("case-officer-2").get(where).status_code == 403
    assert world.client("companion").get("/simfoni").status_code == 403


def test_the_closing_of_a_case_is_recorded_too_though_nothing_sealed_is_written(
    world: World,
) -> None:
    files = [open_case(world), open_case(world)]
    client = world.client("case-officer")
    assert client.post(f"{files[0].path}/simfoni", {"number": NUMBER}).status_code == 303
    with world.acting("case-officer"):
        for row in db.session.scalars(select(Case)):
            row.state, row.closed_at = "terminated", now()
    assert sorted(states(world)) == ["differs", "not-entered"]
    for file in files:
        where = f"{file.path}/simfoni"
        assert client.get(where).status_code == 200
        assert client.post(where, {"number": "SIM-LAIN"}).status_code == 403
        assert client.post(where).status_code == 303
    assert states(world) == []


def test_an_export_needs_two_people_says_no_name_and_is_on_record(world: World) -> None:
    open_case(world)
    asker, chief, head = (world.client(name) for name in ("supervisor", "supervisor", "signatory"))
    assert asker.post("/simfoni/exports", {}).status_code == 401  # first: who is it?
    for client in (asker, chief, head):
        client.confirm()
    day = today().isoformat()
    typed = {"since": day, "until": day, "form": "csv"}
    for wrong in ({"until": "2020-01-01"}, {"until": "2999-01-01"}, {"form": "pdf"},
                  {"since": "2020-01-01"}, {"since": "x"}):  # fmt: skip
        assert asker.post("/simfoni/exports", typed | wrong).status_code == 422, wrong
    assert asker.post("/simfoni/exports", typed).status_code == 303
    with world.acting("supervisor"):
        (row,) = service.exports()
    where = f"/simfoni/exports/{row.id}"
    assert asker.get(f"{where}/file").status_code == 409
    own = chief.post(f"{where}/confirm")
    assert own.status_code == 403
    assert "Anda sendiri yang memintanya" in own.text
    assert head.post(f"{where}/confirm").status_code == 303
    assert head.post(f"{where}/confirm").status_code == 409
    intake = world.client("intake-officer")
    intake.confirm()
    assert intake.get(f"{where}/file").status_code == 409
    assert head.get(f"{where}/file").status_code == 403
    answer = asker.get(f"{where}/file")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    heading, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert len(rows) == 1
    assert len(heading) == len(rows[0])
    assert "Suami atau istri" in rows[0]
    assert [one for one in (*SECRETS, "K-") if one in answer.text] == []
    (event,) = [one for one in world.events() if one["tag"] == "simfoni:export:fetched"
                and one["outcome"] == "allowed"]  # fmt: skip
    assert event["details"]["count"] == 1
    assert event["fields"] == []
    with world.as_system(), pytest.raises(Exception, match="permission denied"):
        db.session.execute(text("UPDATE simfoni_export SET since = until"))
    with world.as_system(), pytest.raises(Exception, match="another_person_confirms"):
        db.session.execute(text("UPDATE simfoni_export SET confirmed_by = asked_by"))


def test_of_two_who_confirm_at_once_one_does_and_a_request_does_not_wait_for_ever(
    world: World,
) -> None:
    day, late = today(), []
    with world.acting("intake-officer"):
        export_id, old_id = service.ask(day, day, "csv"), service.ask(day, day, "xlsx")

    def confirm_too() -> None:
        with world.acting("signatory"), pytest.raises(Conflict) as fault:
            service.confirm(service.load_export(export_id).row)
        late.append(fault.value.reason)

    second = threading.Thread(target=confirm_too)
    with world.acting("supervisor"):
        service.confirm(service.load_export(export_id).row)
        second.start()
        wait_for_lock(second)
    second.join()
    assert late == ["export-confirmed"]
    with (
        time_machine.travel(now() + timedelta(days=7, minutes=1)),
        world.acting("supervisor"),
        pytest.raises(Conflict, match="export-waited"),
    ):
        service.confirm(service.load_export(old_id).row)


def test_who_asks_gets_only_the_cases_that_are_theirs_to_read(world: World) -> None:
    open_case(world)
    day = today()
    with world.acting("intake-officer"):
        export_id = service.ask(day, day, "csv")
    with world.acting("supervisor"):
        service.confirm(service.load_export(export_id).row)
    with world.acting("intake-officer"):
        file = service.fetch(service.load_export(export_id).row)
    assert file.content.count(b"\r\n") == 1


def test_no_cell_of_an_export_is_ever_a_formula() -> None:
    rows = [[value] for value in (*EVIL, NAME)]
    cells = [row[0] for row in csv.reader(io.StringIO(as_csv(["x"], rows).decode("utf-8-sig")))]
    assert all(one[:1] not in {"=", "+", "-", "@", "\t"} for one in cells)
    packed = as_xlsx(["x"], rows)
    assert packed == as_xlsx(["x"], rows)
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        assert file.testzip() is None
        sheet = etree.fromstring(file.read("xl/worksheets/sheet1.xml"))
        for name in file.namelist():
            etree.fromstring(file.read(name))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    assert not list(sheet.iter(f"{space}f"))
    assert {one.get("t") for one in sheet.iter(f"{space}c")} == {"inlineStr"}
    texts = [one.text for one in sheet.iter(f"{space}t")]
    assert texts[1] == '\'=HYPERLINK("x")'
    assert texts[-2:] == ["<b>&", NAME]
