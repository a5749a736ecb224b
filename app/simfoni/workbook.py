"""A spreadsheet as CSV or XLSX in which every cell is text and none is ever a formula."""

import csv
import io
import zipfile
from collections.abc import Sequence
from html import escape

from app.audit.spreadsheet import cell

_MADE = (1980, 1, 1, 0, 0, 0)  # the same rows give the same file
_SPACE = "http://schemas.openxmlformats.org"
_TYPES = f"""<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="{_SPACE}/package/2006/content-types"><Default Extension="rels" \
ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" \
ContentType="application/xml"/><Override PartName="/xl/workbook.xml" \
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" \
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"""
_ROOT = f"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="{_SPACE}/package/2006/relationships"><Relationship Id="rId1" \
Type="{_SPACE}/officeDocument/2006/relationships/officeDocument" \
Target="xl/workbook.xml"/></Relationships>"""
_BOOK = f"""<?xml version="1.0" encoding="UTF-8"?>
<workbook xmlns="{_SPACE}/spreadsheetml/2006/main" \
xmlns:r="{_SPACE}/officeDocument/2006/relationships"><sheets>\
<sheet name="SIMFONI" sheetId="1" r:id="rId1"/></sheets></workbook>"""
_SHEETS = f"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="{_SPACE}/package/2006/relationships"><Relationship Id="rId1" \
Type="{_SPACE}/officeDocument/2006/relationships/worksheet" \
Target="worksheets/sheet1.xml"/></Relationships>"""


def as_csv(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as CSV in UTF-8 with the mark that spreadsheets look for."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([cell(value) for value in row] for row in (heading, *rows))
    return ("\ufeff" + text.getvalue()).encode()


def as_xlsx(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as an XLSX workbook of one sheet, every cell an inline text."""
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in (heading, *rows))
    sheet = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{_SPACE}/spreadsheetml/2006/'
        f'main"><sheetData>{lines}</sheetData></worksheet>'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _ROOT),
            ("xl/workbook.xml", _BOOK),
            ("xl/_rels/workbook.xml.rels", _SHEETS),
            ("xl/worksheets/sheet1.xml", sheet),
        ):
            file.writestr(zipfile.ZipInfo(name, _MADE), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _cell(value: str) -> str:
    text = escape("".join(one for one in cell(value) if one.isprintable()), quote=False)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
