"""What a person may type about a case: every value that is refused, with its field and reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.codes import AGE_BOUNDS, AgeGroup
from app.cases.entries import Report, age_on, check_report, clean_district, is_child
from tenants.errors import Invalid
from tests.cases.intake import ALLEGED, INCIDENT, REPORT, SURVIVOR, WANTED

TODAY = date(2026, 6, 15)
KNOWN = replace(SURVIVOR, birth_date="1996-01-01")
REPORTED = replace(REPORT, survivor=KNOWN)


def survivor(**changes: Any) -> Report:
    return replace(REPORTED, survivor=replace(KNOWN, **changes))


def incident(**changes: Any) -> Report:
    return replace(REPORTED, incident=replace(INCIDENT, **changes))


def perpetrator(**changes: Any) -> Report:
    return replace(REPORTED, perpetrators=(ALLEGED, replace(ALLEGED, **changes)))


def need(**changes: Any) -> Report:
    return replace(REPORTED, needs=(WANTED, replace(WANTED, **changes)))


REFUSED: list[tuple[Report, str, str]] = [
    (replace(REPORTED, channel=""), "channel", "unknown-code"),
    (replace(REPORTED, risk="severe"), "risk", "unknown-code"),
    (survivor(age_group="unknown"), "age_group", "unknown-code"),
    (survivor(age_group="17"), "age_group", "unknown-code"),
    (survivor(disability="yes"), "disability", "unknown-code"),
    (survivor(district="x" * 61), "district", "too-long"),
    (survivor(district="Bangil 08120000"), "district", "format"),
    (survivor(district="<b>Bangil"), "district", "format"),
    (survivor(nik="351400000000000"), "nik", "format"),
    (survivor(nik="35140000000000012"), "nik", "format"),
    (survivor(nik="3514o00000000001 1"), "nik", "format"),
    (survivor(phone="08120"), "phone", "format"),
    (survivor(phone="0812000000000000"), "phone", "format"),
    (survivor(phone="0812-0000 rumah"), "phone", "format"),
    (survivor(birth_date="01-01-1996"), "birth_date", "not-a-date"),
    (survivor(birth_date="1996-02-30"), "birth_date", "not-a-date"),
    (survivor(birth_date="2026-06-16"), "birth_date", "in-the-future"),
    (survivor(birth_date="1899-12-31"), "birth_date", "too-long-ago"),
    (survivor(birth_date="2001-06-16"), "birth_date", "other-age-group"),
    (survivor(birth_date="1981-06-15"), "birth_date", "other-age-group"),
    (incident(violence=()), "violence", "none"),
    (incident(violence=("physical", "verbal")), "violence", "unknown-code"),
    (incident(place="moon"), "place", "unknown-code"),
    (incident(occurred_on=date(2026, 6, 16)), "occurred_on", "in-the-future"),
    (incident(occurred_on=date(1899, 12, 31)), "occurred_on", "too-long-ago"),
    (perpetrator(relation="cousin"), "relation", "unknown-code"),
    (perpetrator(age_group="adult"), "age_group", "unknown-code"),
    (need(service="massage"), "service", "unknown-code"),
    (need(urgency="someday"), "urgency", "unknown-code"),
    (need(state="lost"), "state", "unknown-code"),
]

ACCEPTED: list[Report] = [
    REPORTED,
    survivor(nik="35.1400.000000.0001", phone="+62 (812) 0000-0001"),
    survivor(nik=None, phone=None, birth_date=None, district=None),
    survivor(district="Kraton  Timur"),
    survivor(birth_date="2001-06-15"),
    survivor(birth_date="1981-06-16"),
    incident(occurred_on=TODAY),
    incident(occurred_on=None),
    perpetrator(age_group="unknown", relation="unknown"),
    replace(REPORTED, perpetrators=(), needs=()),
]


@pytest.mark.parametrize(("report", "field", "reason"), REFUSED)
def test_what_cannot_be_recorded_is_refused_with_its_field_and_reason(
    report: Report, field: str, reason: str
) -> None:
    with pytest.raises(Invalid) as fault:
        check_report(report, TODAY)
    assert (fault.value.field, fault.value.reason) == (field, reason)


@pytest.mark.parametrize("report", ACCEPTED)
def test_what_can_be_recorded_is_accepted(report: Report) -> None:
    check_report(report, TODAY)


def test_an_entry_says_nothing_of_itself_where_it_may_be_printed() -> None:
    for entry in (REPORT, SURVIVOR, INCIDENT, ALLEGED, WANTED):
        assert "Contoh" not in repr(entry)
        assert "Contoh" not in str(entry)


@given(st.dates(date(1900, 1, 1), TODAY))
def test_every_age_falls_into_one_group_and_only_those_under_18_are_children(birth: date) -> None:
    years = age_on(birth, TODAY)
    groups = [group for group, (low, high) in AGE_BOUNDS.items() if low <= years <= high]
    assert len(groups) == 1
    eighteenth = birth.replace(year=birth.year + 18, day=min(birth.day, 28))
    if abs(eighteenth - TODAY) > timedelta(days=4):
        assert is_child(groups[0]) == (eighteenth > TODAY)


def test_nobody_of_unknown_age_is_taken_for_a_child() -> None:
    assert not is_child(AgeGroup.UNKNOWN)
    assert set(AGE_BOUNDS) == set(AgeGroup) - {AgeGroup.UNKNOWN}


def test_a_sub_district_is_kept_with_single_blanks() -> None:
    assert clean_district("  Kraton \t Timur ") == "Kraton Timur"
    assert clean_district(" ") is None
    assert clean_district(None) is None
