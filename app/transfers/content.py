"""What a parcel holds: a case by its codes, and the values that her consent lets the other see."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from app.cases import service as cases
from app.web.access import Subject
from tenants.confidential import DECLARED, CaseTable, FieldClass
from tenants.context import Purpose
from tenants.disclosure import disclose
from tenants.errors import Invalid, Unreadable

FORMAT = "teduh-transfer/1"
MOST = 50  # survivors in one case
_VALUES: dict[str, tuple[str, ...]] = {
    "survivor": (
        "full_name",
        "nik",
        "birth_date",
        "phone",
        "safe_contact",
        "contact_when",
        "forbidden_phone",
        "health",
    ),
    "incident": ("narrative",),
    "need": ("description",),
}
"""What may go, by table. Whoever is reported goes by relation and age alone, and no place goes:
consent to share one's own story covers neither."""


def pack(subject: Subject, classes: Iterable[FieldClass]) -> bytes:
    """Return the content of a parcel: with the sender's own rights, and no class beyond consent."""
    allowed, rows = frozenset(classes), cases.rows(subject.id)

    def values(row: CaseTable) -> dict[str, str]:
        names = [
            name
            for name in _VALUES[row.__tablename__]
            if DECLARED[f"{row.__tablename__}.{name}"].field_class in allowed
        ]
        seen = disclose(row, names, subject.standing, Purpose.REFERRAL)
        return {name: one.value for name, one in seen.items() if one.value}

    content = {
        "format": FORMAT,
        "risk": rows.case.risk,
        "survivors": [
            {"age_group": one.age_group, "disability": one.disability, "values": values(one)}
            for one in rows.survivors
        ],
        "incidents": [
            {
                "violence": list(one.violence),
                "place": one.place,
                "domestic": one.domestic,
                "occurred_on": one.occurred_on.isoformat() if one.occurred_on else None,
                "values": values(one),
            }
            for one in rows.incidents
        ],
        "perpetrators": [
            {"relation": one.relation, "age_group": one.age_group} for one in rows.perpetrators
        ],
        "needs": [
            {"service": one.service, "urgency": one.urgency, "values": values(one)}
            for one in rows.needs
        ],
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()


def unpack(content: bytes) -> dict[str, Any]:
    """Return what a parcel holds: another agency made it, so nothing of its form is believed.

    Raises:
        Unreadable: it is in no form that is known here.
    """
    try:
        found = json.loads(content)
        if found["format"] != FORMAT or len(found["survivors"]) > MOST:
            raise Unreadable("a parcel of another form")
        report, day = report_of(found), cases.today()
        cases.check_report(report, day)
        for one in found["survivors"]:
            cases.check_report(replace(report, survivor=survivor_of(one)), day)
        for one in found["incidents"]:
            cases.check_report(replace(report, incident=incident_of(one)), day)
    except (ValueError, TypeError, LookupError, AttributeError, Invalid):
        raise Unreadable("a parcel of another form") from None
    checked: dict[str, Any] = found
    return checked


def report_of(content: Mapping[str, Any]) -> cases.Report:
    """Return the report that opens the case here; further survivors and incidents follow it."""
    return cases.Report(
        channel="transfer",
        risk=content["risk"],
        survivor=survivor_of(content["survivors"][0]),
        incident=incident_of(content["incidents"][0]),
        perpetrators=tuple(
            cases.PerpetratorEntry(one["relation"], one["age_group"])
            for one in content["perpetrators"]
        ),
        needs=tuple(
            cases.NeedEntry(one["service"], one["urgency"], one["values"].get("description"))
            for one in content["needs"]
        ),
    )


def survivor_of(one: Mapping[str, Any]) -> cases.SurvivorEntry:
    """Return one survivor as she would be typed."""
    known = {field.name for field in fields(cases.SurvivorEntry)}
    if not all(isinstance(value, str) for value in one["values"].values()):
        raise ValueError("a value that is no text")
    values = {name: value for name, value in one["values"].items() if name in known}
    return cases.SurvivorEntry(one["age_group"], one["disability"], **values)


def incident_of(one: Mapping[str, Any]) -> cases.IncidentEntry:
    """Return one incident as it would be typed."""
    return cases.IncidentEntry(
        violence=tuple(one["violence"]),
        place=one["place"],
        occurred_on=date.fromisoformat(one["occurred_on"]) if one["occurred_on"] else None,
        domestic=bool(one["domestic"]),
        narrative=one["values"].get("narrative"),
    )
