"""Rows of the office's own spreadsheet become cases: checked first, and then all of them or none.

The rows are pasted, not sent as a file: whatever program holds them puts cells apart by tabs when
they are copied. Nothing of them is kept before they are cases.
"""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale

from app.cases import codes
from app.cases.code_list import CodeList
from app.cases.consents import today
from app.cases.entries import (
    IncidentEntry,
    NeedEntry,
    PerpetratorEntry,
    Report,
    SurvivorEntry,
    check_report,
)
from app.cases.import_words import COLUMNS, HEADINGS, NEEDED, USUAL
from app.cases.registering import register
from tenants import audit, registry
from tenants.confidential import DECLARED, clean
from tenants.errors import Invalid
from tenants.vocabulary import Tag

MOST = 100  # rows at once: each is sealed by itself, and one waits for the answer
LEAVE_OUT = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One cell that cannot be taken: where, and why as the reason of :class:`Invalid`."""

    row: int
    column: str
    error: Invalid


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """Pasted rows: the headings, and the cells below them."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, repr=False)
class Checked:
    """What came of looking at the rows.

    Attributes:
        reports: (when it came in, what was reported), complete only without faults.
    """

    reports: tuple[tuple[datetime, Report], ...]
    faults: tuple[Fault, ...] = field(default_factory=tuple)


def read_rows(text: str) -> Sheet:
    """Return the rows of pasted text; cells apart by tabs, else by semicolons or commas.

    Raises:
        Invalid: ``text`` with ``missing`` (no heading and row), ``too-many``, or ``faulty``.
    """
    head = text.lstrip().split("\n", 1)[0]
    mark = next((one for one in ("\t", ";", ",") if one in head), "\t")
    try:
        found = [
            tuple(cell.strip() for cell in row)
            for row in csv.reader(StringIO(text.strip(), newline=None), delimiter=mark)
            if any(cell.strip() for cell in row)
        ]
    except csv.Error:  # a cell of more than 128 kB, or a quotation mark that never ends
        raise Invalid("text", "faulty") from None
    if len(found) < 2:
        raise Invalid("text", "missing")
    if len(found) - 1 > MOST:
        raise Invalid("text", "too-many")
    return Sheet(found[0], tuple(found[1:]))


def guess(headings: Sequence[str]) -> list[str]:
    """Return for each heading what its column probably holds; empty where it says nothing."""
    found: list[str] = []
    for heading in headings:
        meant = _known_headings().get(_plain(heading), LEAVE_OUT)
        found.append(meant if meant not in found else LEAVE_OUT)
    return found


def check_rows(sheet: Sheet, mapping: Sequence[str]) -> Checked:
    """Look at every cell; nothing is written.

    Args:
        mapping: for each column what it holds, or empty to leave it out.

    Raises:
        Invalid: ``mapping`` with ``unknown``, ``twice``, or ``missing`` for a needed column.
    """
    used = [one for one in mapping if one]
    if set(used) - set(COLUMNS):
        raise Invalid("mapping", "unknown")
    if len(used) != len(set(used)):
        raise Invalid("mapping", "twice")
    if set(NEEDED) - set(used):
        raise Invalid("mapping", "missing")
    reports: list[tuple[datetime, Report]] = []
    faults: list[Fault] = []
    for number, cells in enumerate(sheet.rows, 1):
        row = {
            column: cells[at] if at < len(cells) else ""
            for at, column in enumerate(mapping)
            if column
        }
        found = _row(number, row)
        if isinstance(found, list):
            faults += found
        else:
            reports.append(found)
    return Checked(tuple(reports), tuple(faults))


def import_rows(checked: Checked) -> int:
    """Register every report, or none; return how many.

    Raises:
        Invalid: ``text`` with ``faulty``: a row cannot be taken.
        Refused: the person may not write one of the confidential fields.
    """
    if checked.faults or not checked.reports:
        raise Invalid("text", "faulty")
    for received, report in checked.reports:
        register(report, received_at=received)
    count = len(checked.reports)
    audit.record(Tag.CASES_IMPORTED, details={"count": count})
    return count


def note_check(checked: Checked) -> None:
    """Leave on record that rows were looked at, and how many."""
    audit.record(Tag.CASES_CHECKED, details={"count": len(checked.reports)})


def _row(number: int, row: Mapping[str, str]) -> tuple[datetime, Report] | list[Fault]:
    """Return the report of one row, or every fault in it."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column, cell in row.items():
        try:
            values[column] = _READERS.get(column, _text)(cell, column)
        except Invalid as error:
            faults.append(Fault(number, column, error))
    faults += [
        Fault(number, column, Invalid(column, "missing"))
        for column in NEEDED
        if not values.get(column) and not any(one.column == column for one in faults)
    ]
    if faults:
        return faults
    report = _report(values)
    try:
        check_report(report, today())
    except Invalid as error:
        column = {"age_group": "age", "phone": "phone"}.get(error.field, error.field)
        return [Fault(number, column, error)]
    return values["received"], report


def _report(values: Mapping[str, Any]) -> Report:
    named: dict[str, Any] = {
        name: values.get(name)
        for name in ("full_name", "nik", "phone", "safe_contact", "address", "district")
    }
    birth = values.get("birth_date")
    survivor = SurvivorEntry(
        age_group=values["age"],
        disability=values.get("disability") or codes.Disability.NONE,
        birth_date=birth.isoformat() if birth else None,
        **named,
    )
    perpetrator = PerpetratorEntry(
        relation=values.get("relation") or codes.Relationship.UNKNOWN,
        full_name=values.get("perpetrator"),
    )
    return Report(
        channel=values.get("channel") or codes.IntakeChannel.DIRECT,
        risk=values.get("risk") or codes.Risk.MEDIUM,
        survivor=survivor,
        incident=IncidentEntry(
            violence=values["violence"],
            place=values["place"],
            occurred_on=values.get("occurred_on"),
            domestic=bool(values.get("domestic")),
            narrative=values.get("narrative"),
        ),
        perpetrators=() if perpetrator == PerpetratorEntry() else (perpetrator,),
        needs=(NeedEntry(values["service"], codes.Urgency.SOON),) if values.get("service") else (),
    )


def _text(cell: str, column: str) -> str | None:
    where = {"perpetrator": "alleged_perpetrator.full_name", "narrative": "incident.narrative"}
    declared = DECLARED.get(where.get(column, f"survivor.{column}"))
    return clean(cell, column, declared.limit if declared else 200)


def _day(cell: str, column: str) -> date | None:
    """Return a day as ISO 8601 or as Indonesians write it: 31-12-2026, 31/12/2026, 31.12.26."""
    if not cell:
        return None
    found = re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})", cell)
    try:
        if found is None:
            return date.fromisoformat(cell[:10])
        day, month, year = (int(one) for one in found.groups())
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        raise Invalid(column, "not-a-date") from None


def _moment(cell: str, column: str) -> datetime | None:
    day = _day(cell, column)
    if day is None:
        return None
    if day > today():
        raise Invalid(column, "in-the-future")
    if day.year < 2000:
        raise Invalid(column, "too-long-ago")
    zone = ZoneInfo(registry.profile().identity.timezone)
    return datetime.combine(day, time(0, 0), zone)


def _age(cell: str, column: str) -> str:
    years = re.fullmatch(r"(\d{1,3})( ?(th|thn|tahun|years?))?", cell.lower())
    if years is not None:
        return _age_group(int(years[1]))
    return _coded(codes.AGE_GROUPS)(cell, column)


def _age_group(years: int) -> str:
    for group, (lowest, highest) in codes.AGE_BOUNDS.items():
        if lowest <= years <= highest:
            return group.value
    raise Invalid("age", "unknown-code")


def _coded(listed: CodeList[Any]) -> Callable[[str, str], str]:
    def read(cell: str, column: str) -> str:
        if not cell:
            return ""
        said = _plain(cell).removeprefix("di ")
        usual = USUAL.get(said, said)
        found = _words(listed).get(usual)
        if found is None:
            raise Invalid(column, "unknown-code")
        return found

    return read


def _several(cell: str, column: str) -> tuple[str, ...]:
    read = _coded(codes.VIOLENCE)
    return tuple(read(one.strip(), column) for one in re.split(r"[,;/+]", cell) if one.strip())


def _yes(cell: str, column: str) -> bool:
    said = _plain(cell)
    if said in {"ya", "y", "yes", "1", "kdrt"}:
        return True
    if said in {"", "tidak", "t", "no", "n", "0", "non kdrt"}:
        return False
    raise Invalid(column, "unknown-code")


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w ]+", " ", text.casefold()).split())


def _words(listed: CodeList[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("en", "id"):
        with force_locale(language):
            found |= {
                _plain(str(name)).removeprefix("di "): code.value
                for code, name in listed.names.items()
            }
    return found | {_plain(code.value): code.value for code in listed.names}


@lru_cache(maxsize=1)
def _known_headings() -> dict[str, str]:
    found = dict(HEADINGS)
    for language in ("en", "id"):
        with force_locale(language):
            found |= {_plain(str(name)): column for column, name in COLUMNS.items()}
    return found | {_plain(column): column for column in COLUMNS}


_READERS: dict[str, Callable[[str, str], Any]] = {
    "received": _moment,
    "channel": _coded(codes.CHANNELS),
    "risk": _coded(codes.RISKS),
    "birth_date": _day,
    "age": _age,
    "disability": _coded(codes.DISABILITIES),
    "violence": _several,
    "place": _coded(codes.PLACES),
    "domestic": _yes,
    "occurred_on": _day,
    "relation": _coded(codes.RELATIONSHIPS),
    "service": _coded(codes.SERVICE_NAMES),
}
