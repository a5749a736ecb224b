"""What a person typed about a case, before it is sealed: plain values and their checks.

An entry never leaves the request that brought it.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.cases.code_list import CodeList
from app.cases.codes import (
    AGE_BOUNDS,
    AGE_GROUPS,
    CHANNELS,
    CHILD_GROUPS,
    DISABILITIES,
    NEED_STATES,
    PERPETRATOR_AGE_GROUPS,
    PLACES,
    RELATIONSHIPS,
    RISKS,
    SERVICE_NAMES,
    URGENCIES,
    VIOLENCE,
    AgeGroup,
    Disability,
    NeedState,
    Relationship,
)
from app.cases.intake_codes import SIGNS
from tenants.confidential import canonical_digits
from tenants.errors import Invalid

DISTRICT_LENGTH = 60  # characters of a sub-district's name
OLDEST = date(1900, 1, 1)  # an earlier birth date or incident is a slip of the finger
_DISTRICT = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'’-])*")


@dataclass(frozen=True, slots=True, repr=False)
class SurvivorEntry:
    """The survivor. A confidential value is None when nothing is known.

    Attributes:
        birth_date: ISO 8601.
        phone: the number that is NOT to be called unless the safe contact says so.
        safe_contact: how and through whom she can be reached without danger.
        contact_when: when.
        forbidden_phone: the numbers that are never called.
        suffered: the kinds of violence against her, where several survivors differ.
        district: sub-district, for statistics; not confidential.
    """

    age_group: str
    disability: str = Disability.NONE
    district: str | None = None
    full_name: str | None = None
    nik: str | None = None
    birth_date: str | None = None
    phone: str | None = None
    safe_contact: str | None = None
    contact_when: str | None = None
    forbidden_phone: str | None = None
    address: str | None = None
    health: str | None = None
    suffered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class PerpetratorEntry:
    """The alleged perpetrator, as far as known."""

    relation: str = Relationship.UNKNOWN
    age_group: str = AgeGroup.UNKNOWN
    full_name: str | None = None
    particulars: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class IncidentEntry:
    """What happened, when and in what kind of place."""

    violence: tuple[str, ...]
    place: str
    occurred_on: date | None = None
    domestic: bool = False
    narrative: str | None = None
    location: str | None = None
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class NeedEntry:
    """One service that the survivor needs, and how soon."""

    service: str
    urgency: str
    description: str | None = None
    state: str = NeedState.OPEN


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """A whole report as it was taken; ``perpetrators`` is empty while nobody is known.

    Attributes:
        outreach_id: the outreach that it followed.
    """

    channel: str
    risk: str
    survivor: SurvivorEntry
    incident: IncidentEntry
    perpetrators: tuple[PerpetratorEntry, ...] = ()
    needs: tuple[NeedEntry, ...] = field(default_factory=tuple)
    outreach_id: UUID | None = None


def is_child(age_group: str) -> bool:
    """Tell whether an age group is that of a child."""
    return age_group in CHILD_GROUPS


def age_on(birth: date, day: date) -> int:
    """Return the full years of somebody born on ``birth``."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def check_report(report: Report, today: date) -> None:
    """Check a whole report.

    Raises:
        Invalid: naming the field at fault.
    """
    check_code("channel", CHANNELS, report.channel, today)
    check_code("risk", RISKS, report.risk, today)
    check_survivor(report.survivor, today)
    check_incident(report.incident, today)
    for perpetrator in report.perpetrators:
        check_perpetrator(perpetrator, today)
    for need in report.needs:
        check_need(need, today)


def check_survivor(entry: SurvivorEntry, today: date) -> None:
    """Check codes, NIK, birth date and sub-district.

    Raises:
        Invalid: naming the field at fault.
    """
    check_code("age_group", AGE_GROUPS, entry.age_group, today)
    check_code("disability", DISABILITIES, entry.disability, today)
    check_district(entry.district)
    for kind in entry.suffered:
        check_code("suffered", VIOLENCE, kind, today)
    if entry.nik:
        check_nik(entry.nik)
    if entry.phone:
        check_phone(entry.phone)
    if entry.birth_date:
        check_birth(entry.birth_date, entry.age_group, today)


def check_perpetrator(entry: PerpetratorEntry, today: date) -> None:
    """Check codes.

    Raises:
        Invalid: naming the field at fault.
    """
    check_code("relation", RELATIONSHIPS, entry.relation, today)
    check_code("age_group", PERPETRATOR_AGE_GROUPS, entry.age_group, today)


def check_incident(entry: IncidentEntry, today: date) -> None:
    """Check the kinds of violence, the place and the day.

    Raises:
        Invalid: naming the field at fault.
    """
    if not entry.violence:
        raise Invalid("violence", "none")
    for kind in entry.violence:
        check_code("violence", VIOLENCE, kind, today)
    for sign in entry.signs:
        check_code("signs", SIGNS, sign, today)
    check_code("place", PLACES, entry.place, today)
    if entry.occurred_on is not None:
        check_day("occurred_on", entry.occurred_on, today)


def check_need(entry: NeedEntry, today: date) -> None:
    """Check codes.

    Raises:
        Invalid: naming the field at fault.
    """
    check_code("service", SERVICE_NAMES, entry.service, today)
    check_code("urgency", URGENCIES, entry.urgency, today)
    check_code("state", NEED_STATES, entry.state, today)


def check_code(field: str, codes: CodeList[Any], value: str, today: date) -> None:
    """Accept only what the list offers today.

    Raises:
        Invalid: ``field`` with ``unknown-code``.
    """
    if not codes.accepts(value, today):
        raise Invalid(field, "unknown-code")


def check_day(field: str, day: date, today: date) -> None:
    """Accept a day of the past that somebody alive can speak of.

    Raises:
        Invalid: ``field`` with ``in-the-future`` or ``too-long-ago``.
    """
    if day > today:
        raise Invalid(field, "in-the-future")
    if day < OLDEST:
        raise Invalid(field, "too-long-ago")


def check_birth(text: str, age_group: str, today: date) -> None:
    """Accept a birth date that fits the age group.

    Raises:
        Invalid: ``birth_date`` with ``not-a-date``, ``in-the-future``, ``too-long-ago`` or
            ``other-age-group``.
    """
    try:
        birth = date.fromisoformat(text)
    except ValueError:
        raise Invalid("birth_date", "not-a-date") from None
    check_day("birth_date", birth, today)
    lowest, highest = AGE_BOUNDS[AgeGroup(age_group)]
    if not lowest <= age_on(birth, today) <= highest:
        raise Invalid("birth_date", "other-age-group")


def check_nik(text: str) -> None:
    """Accept the 16 digits of a NIK; blanks and dots between them do not matter.

    Raises:
        Invalid: ``nik`` with ``format`` (Permendagri 95/2019: 16 digits).
    """
    if len(canonical_digits(text)) != 16 or any(c.isalpha() for c in text):
        raise Invalid("nik", "format")


def check_phone(text: str) -> None:
    """Accept anything that can be dialled: 6 to 15 digits (ITU-T E.164) with marks between.

    Raises:
        Invalid: ``phone`` with ``format``.
    """
    digits = canonical_digits(text)
    if not 6 <= len(digits) <= 15 or not re.fullmatch(r"[0-9+ ()./-]+", text.strip()):
        raise Invalid("phone", "format")


def check_district(text: str | None) -> None:
    """Accept the name of a sub-district: letters only, since it is kept in the clear.

    Raises:
        Invalid: ``district`` with ``too-long`` or ``format``.
    """
    name = clean_district(text)
    if name is None:
        return
    if len(name) > DISTRICT_LENGTH:
        raise Invalid("district", "too-long")
    if not _DISTRICT.fullmatch(name):
        raise Invalid("district", "format")


def clean_district(text: str | None) -> str | None:
    """Return a sub-district's name with single blanks, or None."""
    return " ".join(unicodedata.normalize("NFC", text or "").split()) or None


def in_order(codes: CodeList[Any], chosen: Iterable[str]) -> list[str]:
    """Return chosen codes once each, in the order of their list."""
    wanted = set(chosen)
    return [code.value for code in codes.names if code.value in wanted]
