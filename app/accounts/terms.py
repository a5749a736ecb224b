"""Until when an account lets its holder in: needed for whoever comes from outside for a time."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tenants import clock, registry
from tenants.context import Role
from tenants.errors import Invalid

LONGEST = timedelta(days=366)
"""An account for a time is given anew after a year: a forgotten one closes by itself."""
_FOR_A_TIME = frozenset({Role.EXTERNAL_AUDITOR})


def check_end(roles: Collection[Role], last: date | None) -> None:
    """Refuse an account without the end that its role needs, or with an end that makes no sense.

    Args:
        last: the last day on which it lets its holder in.

    Raises:
        Invalid: ``last_day`` with ``needed``, ``past`` or ``too-far``.
    """
    if last is None:
        if _FOR_A_TIME.intersection(roles):
            raise Invalid("last_day", "needed")
        return
    today = clock.today(registry.profile().identity.timezone)
    if last < today:
        raise Invalid("last_day", "past")
    if last > today + LONGEST:
        raise Invalid("last_day", "too-far")


def end_of(last: date | None) -> datetime | None:
    """Return the moment at which the day after ``last`` begins, by the office's own clock."""
    if last is None:
        return None
    zone = registry.profile().identity.timezone
    return clock.begins(last + timedelta(days=1), zone)


def last_day(ends_at: datetime | None) -> date | None:
    """Return the last day of an account that ends at a moment."""
    if ends_at is None:
        return None
    return (ends_at.astimezone(_zone()) - timedelta(seconds=1)).date()


def _zone() -> ZoneInfo:
    return ZoneInfo(registry.profile().identity.timezone)
