"""When a deadline is over: hours, working days, holidays, midnight, three time zones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.clocks.calendar import due, leave_of, overdue_from, works
from app.clocks.rules import RULES, Kind, Rule, Unit, rule_for
from tenants.profile import Profile
from tenants.profile_file import parse

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
PROFILES = Path(__file__).resolve().parents[2] / "tenants" / "profiles"
DAYS = Rule(Kind.FIRST_RESPONSE, 3, Unit.WORKING_DAYS, "Contoh", date(2020, 1, 1), service="x")


def profile(more: str = "") -> Profile:
    text = (PROFILES / "kabupaten-pasuruan.toml").read_text()
    return parse(text.replace("[deadlines]\nfirst_response = 72", f"{more}\n[deadlines]"))


def at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("zone", [WIB, WITA, WIT])
def test_hours_run_over_midnight_weekend_and_holiday_in_every_zone(zone: str) -> None:
    rule = rule_for(Kind.TPKS_REPORT, date(2026, 8, 14), profile())
    started = at("2026-08-14 23:30", zone)  # a Friday; the Monday after it is Independence Day
    assert due(rule, started, zone) == at("2026-08-17 23:30", zone)


@pytest.mark.parametrize(
    ("started", "ends"),
    [
        ("2026-08-10 09:00", "2026-08-14 00:00"),  # Monday: Tuesday, Wednesday, Thursday
        ("2026-08-12 23:59", "2026-08-19 00:00"),  # Thu, Fri, and Tue: Monday is the 17th
        ("2026-08-13 00:00", "2026-08-20 00:00"),  # one minute later it is another day
        ("2026-08-15 12:00", "2026-08-21 00:00"),  # begun on a Saturday
        ("2025-12-31 10:00", "2026-01-07 00:00"),  # New Year's Day, a weekend, two Sundays' worth
    ],
)
def test_working_days_leave_out_the_first_day_weekends_and_holidays(
    started: str, ends: str
) -> None:
    leave = [date(2025, 12, 26), date(2026, 12, 24)]
    assert due(DAYS, at(started, WIB), WIB, leave) == at(ends, WIB)


def test_which_day_it_is_depends_on_where_the_agency_is() -> None:
    """Half past ten in the evening in Jakarta is half an hour past midnight in Jayapura."""
    moment = datetime(2026, 8, 10, 15, 30, tzinfo=UTC)
    assert due(DAYS, moment, WIB) == at("2026-08-14 00:00", WIB)
    assert due(DAYS, moment, WITA) == at("2026-08-14 00:00", WITA)
    assert due(DAYS, moment, WIT) == at("2026-08-15 00:00", WIT)


def test_joint_leave_is_the_agencys_own_for_every_year_of_which_it_names_a_day() -> None:
    monday, other = date(2026, 10, 12), date(2026, 10, 13)
    assert works(monday)
    assert not works(monday, [monday])
    assert works(other, [monday])
    assert works(date(2027, 10, 12), [monday])
    named = profile('[calendar]\njoint_leave = ["2026-10-12"]\n')
    assert leave_of(named) == {monday}


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("zone", [WIB, WIT])
def test_what_is_overdue_is_what_began_so_long_ago_that_its_end_has_passed(
    unit: Unit, zone: str
) -> None:
    """The two functions are one rule read forwards and backwards."""
    rule = replace(DAYS, amount=72 if unit is Unit.HOURS else 3, unit=unit)
    for hours in range(0, 24 * 14, 5):
        moment = at("2026-08-10 00:30", zone) + timedelta(hours=hours)
        limit = overdue_from(rule, moment, zone)
        assert due(rule, limit - timedelta(seconds=1), zone) <= moment
        assert due(rule, limit + timedelta(seconds=1), zone) > moment


def test_the_agencys_table_comes_before_the_usual_value_and_never_before_a_law() -> None:
    day = date(2026, 8, 10)
    own = profile("[working_days]\nfirst_response = 3\n")
    assert rule_for(Kind.FIRST_RESPONSE, day, own).unit is Unit.WORKING_DAYS
    assert rule_for(Kind.REFERRAL_ANSWER, day, own).amount == 48
    bent = replace(own, deadlines={"tpks_report": 500, "tpks-report": 500})
    assert rule_for(Kind.TPKS_REPORT, day, bent).amount == 72


def test_every_kind_has_one_rule_on_a_day_and_none_before_its_law() -> None:
    for kind in Kind:
        assert [one.kind for one in RULES if one.kind is kind and one.holds(date(2026, 8, 10))] == [
            kind
        ]
    with pytest.raises(LookupError):
        rule_for(Kind.TPKS_REPORT, date(2021, 1, 1), profile())
