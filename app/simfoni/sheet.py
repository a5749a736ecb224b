"""The sheet of one case in the order of the ministry's public lists (SIMFONI-PPA, 2024).

It holds codes alone. Names and numbers that the ministry asks for stand on the page of the case,
under its own rights; what the ministry does not ask for (risk, notes, what was told) is not here.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.cases import codes
from app.cases.code_list import CodeList
from app.cases.service import CaseFact, Facts, IncidentFact, NeedFact, PerpetratorFact, SurvivorFact
from app.ui.formats import show_day
from tenants import registry


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the sheet: a heading, and (label, value) in the order of entry."""

    title: str
    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class OneCase:
    """The facts of one case."""

    case: CaseFact
    survivors: Sequence[SurvivorFact]
    perpetrators: Sequence[PerpetratorFact]
    incidents: Sequence[IncidentFact]
    needs: Sequence[NeedFact]


COLUMNS: tuple[Any, ...] = (
    _l("No."),
    _l("Date of the report"),
    _l("How the report came in"),
    _l("Kinds of violence"),
    _l("Kind of place"),
    _l("Date of the incident"),
    _l("Domestic violence"),
    _l("Age of the survivor"),
    _l("Disability"),
    _l("Sub-district"),
    _l("Relation of the alleged perpetrator"),
    _l("Age of the alleged perpetrator"),
    _l("Services"),
    _l("Handling"),
)
"""Of an export, in the order of the lists; one row for each survivor."""


def split(facts: Facts) -> list[OneCase]:
    """Return facts case by case, in the order of their reports."""

    def by_case(rows: Iterable[Any]) -> dict[Any, list[Any]]:
        found: dict[Any, list[Any]] = {}
        for row in rows:
            found.setdefault(row.case_id, []).append(row)
        return found

    parts = [
        by_case(rows)
        for rows in (facts.survivors, facts.perpetrators, facts.incidents, facts.needs)
    ]
    return [OneCase(one, *(part.get(one.id, []) for part in parts)) for one in facts.cases]


def digest(one: OneCase) -> str:
    """Return the fingerprint of the codes that are entered, so that a later change is seen."""
    content = {
        "channel": one.case.channel,
        "state": one.case.state,
        "survivors": sorted(
            [s.age_group, s.disability, s.district or "", *sorted(s.suffered)]
            for s in one.survivors
        ),
        "perpetrators": sorted([p.relation, p.age_group] for p in one.perpetrators),
        "incidents": sorted(
            [i.place, sorted(i.violence), i.domestic, str(i.occurred_on or "")]
            for i in one.incidents
        ),
        "services": sorted({need.service for need in one.needs}),
    }
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def sections(one: OneCase) -> list[Section]:
    """Return the sheet in the reader's language."""
    yes, no = str(_("Yes")), str(_("No"))
    incident = [
        [
            (str(_("Kinds of violence")), words(codes.VIOLENCE, each.violence)),
            (str(_("Kind of place")), words(codes.PLACES, [each.place])),
            (str(_("Date of the incident")), _day(each.occurred_on)),
            (str(_("Domestic violence")), yes if each.domestic else no),
        ]
        for each in one.incidents
    ]
    survivor = [
        [
            (str(_("Age of the survivor")), words(codes.AGE_GROUPS, [each.age_group])),
            (str(_("Disability")), words(codes.DISABILITIES, [each.disability])),
            (str(_("Sub-district")), each.district or "–"),
        ]
        for each in one.survivors
    ]
    reported = [
        [
            (str(_("Relation of the alleged perpetrator")),
             words(codes.RELATIONSHIPS, [each.relation])),
            (str(_("Age of the alleged perpetrator")),
             words(codes.PERPETRATOR_AGE_GROUPS, [each.age_group])),
        ]
        for each in one.perpetrators
    ]  # fmt: skip
    return [
        Section(
            str(_("Report")),
            [
                (str(_("Date of the report")), _day(one.case.registered_at)),
                (str(_("How the report came in")), words(codes.CHANNELS, [one.case.channel])),
            ],
        ),
        *_numbered(str(_("Incident")), incident),
        *_numbered(str(_("Survivor")), survivor),
        *_numbered(str(_("Alleged perpetrator")), reported),
        Section(
            str(_("Handling")),
            [
                (str(_("Services")), _services(one)),
                (str(_("Handling")), words(codes.STATES, [one.case.state])),
            ],
        ),
    ]


def rows(cases: Sequence[OneCase]) -> list[list[str]]:
    """Return the rows of an export: one for each survivor, without what would name a case."""
    yes, no = str(_("Yes")), str(_("No"))
    zone = ZoneInfo(registry.profile().identity.timezone)
    found: list[list[str]] = []
    for one in cases:
        kinds = [kind for each in one.incidents for kind in each.violence]
        for survivor in one.survivors:
            found.append(
                [
                    str(len(found) + 1),
                    one.case.registered_at.astimezone(zone).date().isoformat(),
                    words(codes.CHANNELS, [one.case.channel]),
                    words(codes.VIOLENCE, survivor.suffered or kinds),
                    words(codes.PLACES, [each.place for each in one.incidents]),
                    ", ".join(str(each.occurred_on or "") for each in one.incidents),
                    yes if any(each.domestic for each in one.incidents) else no,
                    words(codes.AGE_GROUPS, [survivor.age_group]),
                    words(codes.DISABILITIES, [survivor.disability]),
                    survivor.district or "",
                    words(codes.RELATIONSHIPS, [each.relation for each in one.perpetrators]),
                    words(
                        codes.PERPETRATOR_AGE_GROUPS, [each.age_group for each in one.perpetrators]
                    ),
                    _services(one),
                    words(codes.STATES, [one.case.state]),
                ]
            )
    return found


def words(listed: CodeList[Any], values: Iterable[str]) -> str:
    """Return the words for codes in the order of their list, each once."""
    wanted = set(values)
    known = [str(name) for code, name in listed.names.items() if code in wanted]
    return ", ".join(known + sorted(wanted - set(map(str, listed.names)))) or "–"


def _services(one: OneCase) -> str:
    return words(codes.SERVICE_NAMES, [need.service for need in one.needs])


def _numbered(title: str, parts: Sequence[Sequence[tuple[str, str]]]) -> list[Section]:
    many = len(parts) > 1
    return [
        Section(f"{title} {number}" if many else title, lines)
        for number, lines in enumerate(parts, 1)
    ]


def _day(value: Any) -> str:
    return show_day(value, "long") if value else "–"
