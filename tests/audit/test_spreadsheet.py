"""The log as a spreadsheet: complete, without formulas, with the checkpoint that signs it."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.spreadsheet import cell
from tests.audit.ledger import Ledger


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ([], ""),
        (["survivor.nik", "note.text"], "survivor.nik, note.text"),
        ({"b": 1, "a": "é"}, '{"a": "é", "b": 1}'),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (-1, "'-1"),
        ("+62", "'+62"),
        ("\t=1", "'\t=1"),
        (["=1", "x"], "'=1, x"),
    ],
)
def test_a_cell_is_text(value: object, text: str) -> None:
    assert cell(value) == text


@given(st.text() | st.lists(st.text()) | st.integers())
def test_no_cell_begins_a_formula(value: object) -> None:
    assert not cell(value).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_the_sheet_holds_every_entry_and_the_checkpoint_of_its_size(ledger: Ledger) -> None:
    kept = ledger.grow(3)
    size = int(kept.name.split(".")[0])
    auditor = ledger.world.client("auditor")  # signing in is an event after the checkpoint
    auditor.confirm()
    response = auditor.get("/audit/export/sheet")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.data)) as packed:
        table, signed, note = packed.namelist()
        assert signed == f"{table}.signed.txt"
        assert packed.read(note) == kept.read_bytes()
        text = packed.read(table).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [int(row["index"]) for row in rows] == list(range(size))
    export = auditor.get("/audit/export").text
    assert all(row["leaf"] in export for row in rows)
    events = {event["id"]: event for event in ledger.world.events()}
    for row in rows:
        assert row["tag"] == events[row["id"]]["tag"]
        assert "salt" not in row
    (event,) = [one for one in ledger.world.events() if one["tag"] == "audit:log:exported"][:1]
    assert event["details"] == {"size": size}
