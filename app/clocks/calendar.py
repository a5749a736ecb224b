"""When a deadline ends, by the calendar and the clock of the place where the agency is."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from app.clocks.rules import Rule, Unit
from tenants import clock
from tenants.profile import Profile

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@cache
def public_holidays(year: int, category: str = "public") -> frozenset[date]:
    """Return Indonesia's days off of one year; what follows the moon is an estimate until decreed.

    Args:
        category: ``public`` holidays, or ``government`` for joint leave (cuti bersama).
    """
    return frozenset(holidays.country_holidays("ID", years=year, categories=(category,)))


def works(day: date, joint_leave: Collection[date] = ()) -> bool:
    """Tell whether the agency works on a day.

    Args:
        joint_leave: the days that the agency's profile names. They stand for every year of
            which it names one; of other years the published ones hold.
    """
    if day.weekday() >= _SATURDAY or day in public_holidays(day.year):
        return False
    if any(one.year == day.year for one in joint_leave):
        return day not in joint_leave
    return day not in public_holidays(day.year, "government")


def due(rule: Rule, started: datetime, zone: str, joint_leave: Collection[date] = ()) -> datetime:
    """Return the moment at which a deadline that began at ``started`` is over.

    Hours run on through nights and holidays. Of working days the one on which it began is not
    counted; the deadline is over when the last one ends at midnight of the agency's own time.
    """
    if rule.unit is Unit.HOURS:
        return started + timedelta(hours=rule.amount)
    day, left = started.astimezone(ZoneInfo(zone)).date(), rule.amount
    while left:
        day += _ONE_DAY
        left -= works(day, joint_leave)
    return clock.begins(day + _ONE_DAY, zone)


def leave_of(profile: Profile) -> frozenset[date]:
    """Return the days of joint leave that an agency's profile names."""
    return frozenset(date.fromisoformat(one) for one in profile.joint_leave)


def overdue_from(
    rule: Rule, moment: datetime, zone: str, joint_leave: Collection[date] = ()
) -> datetime:
    """Return the moment before which a deadline must have begun to be over at ``moment``."""
    if rule.unit is Unit.HOURS:
        return moment - timedelta(hours=rule.amount)
    day, left = moment.astimezone(ZoneInfo(zone)).date(), rule.amount
    while left:
        day -= _ONE_DAY
        left -= works(day, joint_leave)
    return clock.begins(day, zone)
