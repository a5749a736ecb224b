"""The tables of the statistics: what is counted, by what, in which order and with which words.

Each table counts one unit (cases, survivors, incidents, alleged perpetrators, needs, closures) and
no number of one unit stands in a table of another. The lists are those of SIMFONI-PPA where the
ministry has one. Only coded columns are read; nothing sealed is opened (ADR 10).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.cases import codes
from app.cases.code_list import CodeList
from app.cases.service import CaseFact, Facts


class Unit(StrEnum):
    """What one number counts."""

    CASE = "case"
    SURVIVOR = "survivor"
    INCIDENT = "incident"
    PERPETRATOR = "perpetrator"
    NEED = "need"
    CLOSURE = "closure"


UNIT_NAMES: dict[Unit, Any] = {
    Unit.CASE: _lp("unit", "Cases"),
    Unit.SURVIVOR: _lp("unit", "Survivors"),
    Unit.INCIDENT: _lp("unit", "Incidents"),
    Unit.PERPETRATOR: _lp("unit", "Alleged perpetrators"),
    Unit.NEED: _lp("unit", "Needs"),
    Unit.CLOSURE: _lp("unit", "Cases closed"),
}

UNKNOWN = "unknown"
_REPORTED: tuple[tuple[str, int | None, Any], ...] = (
    ("0", 0, _l("On the same day")),
    ("1-3", 3, _l("1 to 3 days")),
    ("4-7", 7, _l("4 to 7 days")),
    ("8-30", 30, _l("8 to 30 days")),
    ("31-365", 365, _l("31 days to a year")),
    ("366+", None, _l("More than a year")),
)
_CLOSED: tuple[tuple[str, int | None, Any], ...] = (
    ("0-7", 7, _l("Up to 7 days")),
    ("8-30", 30, _l("8 to 30 days")),
    ("31-90", 90, _l("31 to 90 days")),
    ("91-180", 180, _l("91 to 180 days")),
    ("181-365", 365, _l("181 days to a year")),
    ("366+", None, _l("More than a year")),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """All facts of one period, and the office's clock."""

    facts: Facts
    closed: Sequence[CaseFact]
    zone: ZoneInfo
    of_case: Mapping[Any, CaseFact] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        names: category -> word, in order; empty where the categories are what was typed.
        pick: returns the categories of each unit counted: one, or several.
        several: whether one unit may count in several categories.
    """

    key: str
    unit: Unit
    title: Any
    names: Mapping[str, Any]
    pick: Callable[[Counted], Iterable[Iterable[str]]]
    several: bool = False

    def count(self, counted: Counted) -> tuple[dict[str, int], int]:
        """Return the count of each category, in order, and of all units."""
        found: Counter[str] = Counter()
        total = 0
        for categories in self.pick(counted):
            found.update(set(categories))
            total += 1
        order = list(self.names) or sorted(found)
        known = {name: found.get(name, 0) for name in order}
        return known | {name: found[name] for name in sorted(found.keys() - known.keys())}, total

    def name(self, category: str) -> str:
        """Return the word for a category; one without a word is itself."""
        return str(self.names.get(category, category))


def _names(listed: CodeList[Any]) -> dict[str, Any]:
    return {code.value: name for code, name in listed.names.items()}


def _steps(steps: Sequence[tuple[str, int | None, Any]]) -> dict[str, Any]:
    return {key: name for key, _, name in steps}


def _step(steps: Sequence[tuple[str, int | None, Any]], days: int) -> str:
    return next(key for key, most, _ in steps if most is None or days <= most)


def _violence(counted: Counted) -> Iterable[Iterable[str]]:
    kinds: dict[Any, set[str]] = {}
    for one in counted.facts.incidents:
        kinds.setdefault(one.case_id, set()).update(one.violence)
    return (one.suffered or kinds.get(one.case_id) or {UNKNOWN} for one in counted.facts.survivors)


def _delay(counted: Counted) -> Iterable[Iterable[str]]:
    for one in counted.facts.incidents:
        case = counted.of_case[one.case_id]
        if one.occurred_on is None:
            yield (UNKNOWN,)
        else:
            reported = case.registered_at.astimezone(counted.zone).date()
            yield (_step(_REPORTED, max(0, (reported - one.occurred_on).days)),)


def _duration(counted: Counted) -> Iterable[Iterable[str]]:
    for one in counted.closed:
        end: datetime = one.closed_at or one.registered_at
        yield (_step(_CLOSED, max(0, (end - one.registered_at).days)),)


_NOT_KNOWN = _lp("figures", "Not known")

TABLES: tuple[Table, ...] = (
    Table(
        "channel",
        Unit.CASE,
        _l("Cases by how the report came in"),
        _names(codes.CHANNELS),
        lambda c: ((one.channel,) for one in c.facts.cases),
    ),
    Table(
        "outcome",
        Unit.CASE,
        _l("Cases by where the work stands"),
        _names(codes.STATES),
        lambda c: ((one.state,) for one in c.facts.cases),
    ),
    Table(
        "violence",
        Unit.SURVIVOR,
        _l("Survivors by kind of violence"),
        _names(codes.VIOLENCE) | {UNKNOWN: _NOT_KNOWN},
        _violence,
        several=True,
    ),
    Table(
        "age",
        Unit.SURVIVOR,
        _l("Survivors by age"),
        _names(codes.AGE_GROUPS),
        lambda c: ((one.age_group,) for one in c.facts.survivors),
    ),
    Table(
        "disability",
        Unit.SURVIVOR,
        _l("Survivors by disability"),
        _names(codes.DISABILITIES),
        lambda c: ((one.disability,) for one in c.facts.survivors),
    ),
    Table(
        "district",
        Unit.SURVIVOR,
        _l("Survivors by sub-district"),
        {},
        lambda c: (((one.district or "").strip().title() or "–",) for one in c.facts.survivors),
    ),
    Table(
        "place",
        Unit.INCIDENT,
        _l("Incidents by kind of place"),
        _names(codes.PLACES),
        lambda c: ((one.place,) for one in c.facts.incidents),
    ),
    Table(
        "delay",
        Unit.INCIDENT,
        _l("Incidents by the time until the report"),
        _steps(_REPORTED) | {UNKNOWN: _NOT_KNOWN},
        _delay,
    ),
    Table(
        "relation",
        Unit.PERPETRATOR,
        _l("Alleged perpetrators by what they are to the survivor"),
        _names(codes.RELATIONSHIPS),
        lambda c: ((one.relation,) for one in c.facts.perpetrators),
    ),
    Table(
        "perpetrator_age",
        Unit.PERPETRATOR,
        _l("Alleged perpetrators by age"),
        _names(codes.PERPETRATOR_AGE_GROUPS),
        lambda c: ((one.age_group,) for one in c.facts.perpetrators),
    ),
    Table(
        "service",
        Unit.NEED,
        _l("Needs by service"),
        _names(codes.SERVICE_NAMES),
        lambda c: ((one.service,) for one in c.facts.needs),
    ),
    Table(
        "coverage",
        Unit.NEED,
        _l("Needs by what became of them"),
        _names(codes.NEED_STATES),
        lambda c: ((one.state,) for one in c.facts.needs),
    ),
    Table(
        "duration",
        Unit.CLOSURE,
        _l("Cases closed by the time since the report"),
        _steps(_CLOSED),
        _duration,
    ),
)
BY_KEY = {one.key: one for one in TABLES}
assert len(BY_KEY) == len(TABLES), "a table stands twice"  # noqa: S101
