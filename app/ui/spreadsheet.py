"""Tables as a spreadsheet opens them: CSV and XLSX in which no cell is ever a formula.

A text that a program would take for a formula gets an apostrophe in CSV (OWASP ASVS 1.2.10); in
XLSX every cell says that it is a text. The same table gives the same bytes.
"""

from __future__ import annotations

import csv
import html
import io
import zipfile
from collections.abc import Sequence
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_MADE: Final = (1980, 1, 1, 0, 0, 0)
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_MEDIA: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

XLSX: Final = f"{_MEDIA}.sheet"
CSV: Final = "text/csv; charset=utf-8"

Row = Sequence[str]


def csv_table(heading: Row, rows: Sequence[Row]) -> bytes:
    """Return a table as CSV in UTF-8 with the mark that spreadsheets look for."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in (heading, *rows):
        writer.writerow([harmless(value) for value in row])
    return ("\ufeff" + text.getvalue()).encode()


def xlsx_table(name: str, heading: Row, rows: Sequence[Row]) -> bytes:
    """Return a table as a workbook of one sheet, every cell a text.

    Args:
        name: of the sheet, up to 31 characters.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for path, text in _parts(name, [heading, *rows]).items():
            file.writestr(zipfile.ZipInfo(path, _MADE), _HEAD + text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def harmless(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _parts(name: str, rows: Sequence[Row]) -> dict[str, str]:
    sheet = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_MEDIA}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_MEDIA}.worksheet+xml"/>'
            "</Types>"
        ),
        "_rels/.rels": _relation(f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": _relation(f"{_OFFICE}/worksheet", "worksheets/sheet1.xml"),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="{_text(name[:31])}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{_SHEET}"><sheetData>{sheet}</sheetData></worksheet>'
        ),
    }


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>'
    )


def _cell(value: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>'


def _text(value: str) -> str:
    """Escape a text for XML, without the control characters that XML cannot hold."""
    kept = "".join(one for one in value if one in "\t\n" or ord(one) >= 0x20)
    return html.escape(kept)
