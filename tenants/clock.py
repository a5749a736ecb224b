"""The time. One place, so that a frozen clock in a test freezes everything."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: str = "Asia/Jakarta") -> date:
    """Return today's date where the agency is (``zone`` is an IANA name)."""
    return datetime.now(ZoneInfo(zone)).date()


def day_of(moment: datetime, zone: str) -> date:
    """Return the date of a moment where the agency is (``zone`` is an IANA name)."""
    return moment.astimezone(ZoneInfo(zone)).date()


def begins(day: date, zone: str) -> datetime:
    """Return the moment at which ``day`` begins where the agency is (``zone`` is an IANA name)."""
    return datetime.combine(day, time(), ZoneInfo(zone))
