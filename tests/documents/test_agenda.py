"""The agenda book and the registers: every number, also void ones, as page and as spreadsheet."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from app.documents import office, service
from app.ui import spreadsheet
from tenants import registry
from tenants.clock import today
from tenants.profile_file import ProfileError, parse
from tests.documents.desk import NAME, Desk
from tests.world import PROFILES

HARMFUL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '<b>&"\x01']


def test_no_cell_of_a_spreadsheet_is_a_formula() -> None:
    lines = spreadsheet.csv_table(["a"], [[one] for one in HARMFUL]).decode().splitlines()
    assert lines[0] == '\ufeff"a"'
    assert all(not re.match('"[=+\\-@\\t]', line) for line in lines[1:])
    made = spreadsheet.xlsx_table("Buku", ["a"], [[one] for one in HARMFUL])
    assert made == spreadsheet.xlsx_table("Buku", ["a"], [[one] for one in HARMFUL])
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        parts = {one: ElementTree.fromstring(file.read(one)) for one in file.namelist()}  # noqa: S314
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    cells = list(parts["xl/worksheets/sheet1.xml"].iter(f"{space}c"))
    assert {cell.get("t") for cell in cells} == {"inlineStr"}
    assert not list(parts["xl/worksheets/sheet1.xml"].iter(f"{space}f"))
    said = [next(cell.iter(f"{space}t")).text for cell in cells]
    assert said == ["a", *HARMFUL[:-1], '<b>&"']  # XML cannot hold the control character


def test_the_book_holds_every_number_also_void_ones_and_nothing_of_the_case(desk: Desk) -> None:
    issued, void = desk.issued(), desk.approved("permohonan_visum")
    with desk.acting("signatory"):
        service.withdraw(service.find(void), service.WithdrawReason.NOT_NEEDED)
    year = today().year
    supervisor = desk.client("supervisor")
    page = supervisor.get(f"/agenda?year={year}&page=99").text
    for letter_id in (issued, void):
        assert str(desk.letter(letter_id).number) in page
    assert "tidak diperlukan" in page
    with desk.acting("case-officer"):
        from app.cases import service as cases

        code = cases.find(desk.case_id).code
    for secret in (NAME, code, str(desk.case_id)):
        assert secret not in page
    assert supervisor.get("/agenda?year=1999").status_code == 200  # the newest instead
    assert "2" in supervisor.get("/registers").text

    path = "/agenda/export"
    form = {"year": str(year), "format": "csv"}
    assert supervisor.post(path, form).status_code == 401  # a proof anew is asked first
    supervisor.confirm()
    taken = supervisor.post(path, form)
    rows = taken.get_data(as_text=True).splitlines()
    assert (taken.status_code, len(rows)) == (200, 3)
    assert NAME not in taken.get_data(as_text=True)
    form["format"] = "xlsx"
    assert zipfile.is_zipfile(io.BytesIO(supervisor.post(path, form).data))
    assert supervisor.post(path, {**form, "year": "1999"}).status_code == 404
    details = [event["details"] for event in desk.events("letter:agenda:exported")]
    assert {"year": year, "format": "csv", "count": 2} in details
    assert desk.client("case-officer").get("/agenda").status_code == 403


def test_a_family_may_be_numbered_by_a_pattern_of_its_own_and_no_number_is_printed_twice(
    desk: Desk,
) -> None:
    source = (PROFILES / "kabupaten-pasuruan.toml").read_text()
    own = 'patterns = { surat_tugas = "ST.{number:03d}/{unit}/{year}" }'
    text = source.replace('unit = "424.090"', f'unit = "424.090"\n{own}')
    profile = parse(text)
    with desk.acting("signatory"):
        registry.db.session.info["profile"] = profile
        day = today()
        usual = office.series("surat_rujukan", "surat_keluar")
        other = office.series("surat_tugas_pendamping", "surat_tugas")
        assert usual != other
        number = office.number("surat_tugas_pendamping", "surat_tugas", 7, day)
        assert number == f"ST.007/424.090/{day.year}"
        assert {one.series for one in service.registers(day.year)} == {usual, other}
    same = text.replace("ST.{number:03d}/{unit}", "{classification}/{number:03d}/{unit}")
    with desk.acting("signatory"):
        registry.db.session.info["profile"] = parse(same)
        # Both would print 400.2.4/100/424.090/2026 one day: they share a register.
        assert office.series("surat_tugas_pendamping", "surat_tugas") == usual
    with pytest.raises(ProfileError, match=r"must hold \{number\}"):
        parse(text.replace("{number:03d}", "x"))
