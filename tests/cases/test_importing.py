"""Rows of a spreadsheet become cases: errors by row and column, all of them or none."""

from __future__ import annotations

import pytest

from app.cases import importing
from app.cases.models import Case
from app.cases.service import rows
from tenants.database import db
from tenants.errors import Invalid
from tests.cases.intake import events
from tests.world import World

HEAD = "Tanggal laporan\tNama korban\tUmur\tJenis kekerasan\tTempat kejadian\tKDRT\tCatatan"
GOOD = "31/12/2025\tBunga Contoh\t31 tahun\tFisik, Psikis\tDi rumah\tya\tabaikan"
CHILD = "2026-01-05\tMelati Contoh\t13-17\tseksual\tDi sekolah\t\t"
BAD = "31/02/2026\tMawar Contoh\t200\tmarah\tbulan\tmungkin\t"


def pasted(*lines: str) -> str:
    return "\n".join((HEAD, *lines))


def test_the_headings_of_usual_lists_are_known_and_others_left_out() -> None:
    with pytest.raises(Invalid):
        importing.read_rows(HEAD)
    with pytest.raises(Invalid):
        importing.read_rows(pasted(*[GOOD] * (importing.MOST + 1)))
    with pytest.raises(Invalid):
        importing.read_rows(pasted(GOOD, "x" * 200_000))
    assert len(importing.read_rows(pasted(GOOD, CHILD).replace("\n", "\r\n")).rows) == 2
    sheet = importing.read_rows(pasted(GOOD).replace("\t", ";"))
    assert len(sheet.headings) == 7
    assert sheet.rows[0][3] == "Fisik, Psikis"


def test_rows_are_checked_first_and_then_all_taken_or_none(world: World) -> None:
    client = world.client("intake-officer")
    assert "tempelkan" in client.get("/cases/import").text
    answer = client.post("/cases/import", {"text": pasted(GOOD, BAD)})
    assert answer.status_code == 422
    for said in ("Hari ini tidak ada", "Pilih salah satu jawaban"):
        assert said in answer.text or "tanggal" in answer.text.lower()
    assert answer.text.count("<td") >= 5
    assert "Mawar Contoh" in answer.text  # nothing pasted is lost
    good = {"text": pasted(GOOD, CHILD)}
    checked = client.post("/cases/import", good)
    assert checked.status_code == 200
    assert "2 baris dapat diambil" in checked.text
    with world.as_system():
        assert db.session.query(Case).count() == 0
    columns = ["received", "full_name", "age", "violence", "place", "domestic", ""]
    twice = [*columns[:6], "age"]
    assert client.post("/cases/import", good | {"column": twice}).status_code == 422
    none = ["", *columns[1:]]
    assert client.post("/cases/import", good | {"column": none}).status_code == 422
    taken = {"column": columns, "step": "import"}
    wrong = client.post("/cases/import", {"text": pasted(GOOD, BAD)} | taken)
    assert wrong.status_code == 422
    with world.as_system():
        assert db.session.query(Case).count() == 0
    assert client.post("/cases/import", good | taken).status_code == 303
    with world.as_system():
        made = db.session.query(Case).order_by(Case.registered_at).all()
        assert [one.code for one in made] == ["K-2025-0001", "K-2026-0001"]
        first, second = rows(made[0].id), rows(made[1].id)
        assert first.incidents[0].violence == ["physical", "psychological"]
        assert first.incidents[0].domestic
        assert (first.survivors[0].age_group, second.survivors[0].is_child) == ("25-44", True)
    assert events(world, "case:case:imported")[-1]["details"] == {"count": 2}
    assert world.client("companion").get("/cases/import").status_code == 403
