"""How dates and numbers are written in an official letter in Bahasa Indonesia."""

from __future__ import annotations

from datetime import date
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal

LOCALE: Final = "id"
SEPARATOR: Final = " | "
MAX_SPELLED: Final = 999_999_999_999

_UNITS: Final = (
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh",
    "delapan", "sembilan", "sepuluh", "sebelas",
)  # fmt: skip
_SCALES: Final = ((1_000_000_000, "miliar"), (1_000_000, "juta"), (1_000, "ribu"))


def long_date(day: date | str) -> str:
    """Write a date as in ``24 November 2026``.

    :param day: a date, or its ISO 8601 text ``YYYY-MM-DD``.
    :raises ValueError: the text is not a date.
    """
    return format_date(_as_date(day), "d MMMM y", locale=LOCALE)


def weekday_date(day: date | str) -> str:
    """Write a date with its weekday, as in ``Selasa, 24 November 2026``.

    :raises ValueError: the text is not a date.
    """
    return format_date(_as_date(day), "EEEE, d MMMM y", locale=LOCALE)


def grouped(number: int) -> str:
    """Write a whole number with Indonesian separators: ``12345`` becomes ``12.345``."""
    return format_decimal(number, locale=LOCALE)


def spelled(number: int) -> str:
    """Spell a whole number (terbilang): ``1250`` becomes ``seribu dua ratus lima puluh``.

    CLDR's spell-out rules are not part of Babel, so the rules are written here.

    :param number: from 0 to :data:`MAX_SPELLED`.
    :raises ValueError: outside of that range.
    """
    if not 0 <= number <= MAX_SPELLED:
        raise ValueError("number cannot be spelled")
    return " ".join(_words(number)) or _UNITS[0]


def counted(number: int) -> str:
    """Write a count with its words, as letters do for enclosures: ``2 (dua)``."""
    return f"{grouped(number)} ({spelled(number)})"


def lines(text: str) -> list[str]:
    """Split what a clerk typed into its non-empty lines, without surrounding blanks."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def rows(text: str) -> list[tuple[str, ...]]:
    """Split the lines of a table into their cells: ``a | b`` becomes ``("a", "b")``."""
    return [tuple(cell.strip() for cell in line.split(SEPARATOR)) for line in lines(text)]


def bars(text: str) -> list[tuple[str, str, int]]:
    """Read a chart, one bar in a line (``08.00 | 12``): label, number, per cent of the most.

    :raises ValueError: a line has no whole number.
    """
    counts = [(label, int(count)) for label, count in rows(text)]
    most = max((count for _, count in counts), default=0) or 1
    return [(label, grouped(count), count * 100 // most) for label, count in counts]


def _words(number: int) -> list[str]:
    if number == 0:
        return []
    for scale, name in _SCALES:
        if number >= scale:
            count, rest = divmod(number, scale)
            head = ["seribu"] if scale == 1_000 and count == 1 else [*_words(count), name]
            return [*head, *_words(rest)]
    if number >= 100:
        count, rest = divmod(number, 100)
        head = ["seratus"] if count == 1 else [_UNITS[count], "ratus"]
        return [*head, *_words(rest)]
    if number >= 20:
        count, rest = divmod(number, 10)
        return [_UNITS[count], "puluh", *_words(rest)]
    if number >= 12:
        return [_UNITS[number - 10], "belas"]
    return [_UNITS[number]]


def _as_date(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)
