"""Dates, times, durations and sizes as the reader writes them, in the tenant's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from babel.units import format_unit
from flask_babel import get_locale, get_timezone

from app.ui.language import DEFAULT

DEFAULT_ZONE = "Asia/Jakarta"

# Keputusan Presiden 41/1987 divides Indonesia into three zones; these are their official letters.
ZONE_LETTERS = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}

_DAY = {"long": "d MMMM y", "short": "d MMM y", "full": "EEEE, d MMMM y"}
_CLOCK = {"id": "HH.mm", "en": "HH:mm"}
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def show_day(value: date | datetime, style: str = "long") -> str:
    """A calendar day: "24 November 2026"; `style` is "long", "short" or "full" (with weekday).

    A datetime is first moved to the tenant's zone; ValueError when it names no zone.
    """
    if isinstance(value, datetime):
        value = _local(value).date()
    return str(format_date(value, format=_DAY[style], locale=_locale()))


def show_stored_day(text: str) -> str:
    """A day that is kept as the text "1990-01-01", as people write it; other text as it is."""
    try:
        return show_day(date.fromisoformat(text))
    except ValueError:
        return text


def show_clock(value: datetime) -> str:
    """The time of day with the letters of the zone: "13.05 WIB"."""
    local = _local(value)
    pattern = _CLOCK.get(_locale().language, "HH:mm")
    return f"{format_datetime(local, pattern, tzinfo=_zone(), locale=_locale())} {_letters(local)}"


def show_moment(value: datetime, style: str = "long") -> str:
    """Day and time: "24 November 2026, 13.05 WIB"."""
    return f"{show_day(value, style)}, {show_clock(value)}"


def show_duration(value: timedelta | float) -> str:
    """A length of time in its two largest units: "2 jam 5 menit"; a number counts seconds.

    Anything shorter than a second reads as one second; a negative value raises ValueError.
    """
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if seconds < 0:
        raise ValueError("a duration cannot be negative")
    rest = max(1, round(seconds))
    parts: list[str] = []
    for unit, length in _UNITS:
        count, rest = divmod(rest, length)
        if count:
            parts.append(format_unit(count, f"duration-{unit}", locale=_locale()))
        elif parts:
            break
        if len(parts) == 2:
            break
    return " ".join(parts)


def show_size(octets: int) -> str:
    """A file size in the units people know (1 kB = 1000 bytes): "248,3 kB"."""
    amount, unit = float(octets), "byte"
    for larger in ("kilobyte", "megabyte", "gigabyte"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    shown = round(amount, 1) if unit != "byte" else octets
    return format_unit(shown, f"digital-{unit}", length="short", locale=_locale())


def show_number(value: int | float) -> str:
    """A number with the reader's separators: "1.234"."""
    return str(format_decimal(value, locale=_locale()))


def stamp(value: date | datetime) -> str:
    """The same instant for machines (the `datetime` attribute), in UTC when it is an instant."""
    if isinstance(value, datetime):
        return _aware(value).astimezone(UTC).isoformat(timespec="seconds")
    return value.isoformat()


def chunks(text: str, length: int = 8) -> list[str]:
    """`text` in pieces of `length` characters, so that a hash can be read aloud and compared."""
    return [text[start : start + length] for start in range(0, len(text), length)]


def _locale() -> Locale:
    return get_locale() or Locale(DEFAULT)


def _zone() -> tzinfo:
    zone: tzinfo | None = get_timezone()
    return zone or ZoneInfo(DEFAULT_ZONE)


def _letters(local: datetime) -> str:
    return ZONE_LETTERS.get(str(local.tzinfo), local.strftime("UTC%z"))


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown")
    return value


def _local(value: datetime) -> datetime:
    return _aware(value).astimezone(_zone())
