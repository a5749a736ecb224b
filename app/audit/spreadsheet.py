"""The log as a spreadsheet opens it: CSV, signed, and the checkpoint beside it.

Nothing in a cell is ever a formula. Each row names its entry and its fingerprint, so that a row
is found again in the JSON Lines.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from app.audit.export import ExportEntry

COLUMNS = (
    "at",
    "tag",
    "outcome",
    "reason",
    "actor",
    "roles",
    "case",
    "object_kind",
    "object_id",
    "fields",
    "purpose",
    "channel",
    "address",
    "details",
    "request",
    "id",
)
FORM = "teduh-audit-sheet/1"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MADE = (1980, 1, 1, 0, 0, 0)  # the same log gives the same file


def archive(
    slug: str,
    entries: Iterable[ExportEntry],
    size: int,
    note: str,
    sign: Callable[[str], str],
) -> bytes:
    """Return a ZIP file with the log as CSV, the signature over it, and the checkpoint.

    Args:
        entries: all entries up to ``size``.
        note: the signed checkpoint of ``size``.
        sign: makes a signed note of a text, with the key of the log.
    """
    packed, rows = io.BytesIO(), table(entries)
    sheet = f"{slug}-audit.csv"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in (
            (sheet, rows),
            (f"{sheet}.signed.txt", sign(statement(sheet, rows))),
            (f"{slug}-{size}.checkpoint.txt", note),
        ):
            file.writestr(zipfile.ZipInfo(name, _MADE), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def statement(name: str, rows: str) -> str:
    """Return what is signed of a table: its form, its name and its SHA-256."""
    return f"{FORM}\n{name}\n{sha256(rows.encode()).hexdigest()}\n"


def table(entries: Iterable[ExportEntry]) -> str:
    """Return the rows as CSV with a heading, in UTF-8 with the mark that spreadsheets look for."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(("index", "leaf", *COLUMNS))
    for entry in entries:
        content = json.loads(entry.body) if entry.body is not None else {}
        cells = (cell(content.get(name)) for name in COLUMNS)
        writer.writerow((entry.index, entry.leaf.hex(), *cells))
    return "\ufeff" + text.getvalue()


def cell(value: Any) -> str:
    """Return a value as the text of a cell; what would begin a formula gets an apostrophe."""
    if value in (None, [], {}):
        return ""
    if isinstance(value, list):
        text = ", ".join(map(str, value))
    elif isinstance(value, dict):
        text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    else:
        text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
