"""A list of codes with dates: a code that ends stays readable and is no longer offered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class CodeList(Generic[Code]):
    """One list of codes.

    Attributes:
        source: who made the list.
        since: from when on it holds.
        names: code -> the word for it, in the order of the list.
        ended: codes that are no longer offered, with the last day on which they were.
    """

    source: str
    since: date
    names: Mapping[Code, Any]
    ended: Mapping[Code, date] = field(default_factory=dict)

    def choices(self, on: date) -> list[tuple[str, Any]]:
        """Return (value, word) of every code that may be chosen on a day."""
        return [
            (code.value, name)
            for code, name in self.names.items()
            if code not in self.ended or self.ended[code] >= on
        ]

    def accepts(self, value: str, on: date) -> bool:
        """Tell whether ``value`` may be recorded on a day."""
        return any(value == code for code, _name in self.choices(on))

    def name(self, value: str) -> Any:
        """Return the word for a code, also for one that has ended; an unknown one is itself."""
        return next((name for code, name in self.names.items() if code == value), value)
