"""What a value of a profile's TOML may be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any


def is_text(value: Any) -> bool:
    """Tell whether it is one line that a page can print."""
    return isinstance(value, str) and 0 < len(value.strip()) <= 300 and value.isprintable()


def is_texts(value: Any) -> bool:
    """Tell whether it is a list of such lines."""
    return isinstance(value, list) and all(map(is_text, value))


def is_table(value: Any) -> bool:
    """Tell whether it is a table of such lines."""
    return isinstance(value, dict) and all(map(is_text, value.values()))


def is_day(value: Any) -> bool:
    """Tell whether it is a day, as TOML or as text such as 2026-01-31."""
    try:
        return isinstance(value, date) or bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def is_number(value: Any) -> bool:
    """Tell whether it is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "str": (is_text, "a text of 1 to 300 printable characters"),
    "str | None": (is_text, "a text of 1 to 300 printable characters"),
    "int": (is_number, "a whole number"),
    "int | None": (is_number, "a whole number"),
    "list[str]": (is_texts, "a list of texts"),
    "list[str] | None": (is_texts, "a list of texts"),
    "list[int] | None": (
        lambda value: isinstance(value, list) and all(map(is_number, value)),
        "a list of whole numbers",
    ),
    "dict[str, str]": (is_table, "a table of texts"),
    "dict[str, str] | None": (is_table, "a table of texts"),
}
