"""The duties to report, read from dated reference data (``duties.toml``)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("duties.toml")


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty to report, as it holds from one day to another.

    Attributes:
        basis: key of the legal basis; ``complaint_basis`` of that on complaint-only offences.
        within: from the survivor's report to the office.
        spares_children, spares_disabled: whether a complaint-only offence against them is
            spared as well.
    """

    key: str
    violence: str
    basis: str
    letter: str
    within: timedelta
    since: date
    until: date | None
    complaint_basis: str
    spares_children: bool
    spares_disabled: bool

    def holds(self, day: date) -> bool:
        """Whether the duty is in force on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


def duty_for(violence: frozenset[str], day: date) -> Duty | None:
    """Return the duty that a report of these kinds of violence brings on a day, or None."""
    return next((one for one in duties() if one.violence in violence and one.holds(day)), None)


@lru_cache(maxsize=1)
def duties() -> tuple[Duty, ...]:
    """Return every duty of the reference data.

    Raises:
        ValueError: a key is missing, unknown, or of another kind.
    """
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(_duty(one) for one in data["duty"])


def _duty(data: Mapping[str, Any]) -> Duty:
    wanted = {"key", "violence", "basis", "letter", "hours", "from", "unless"}
    if not wanted <= set(data) <= wanted | {"until"}:
        raise ValueError(f"{_FILE.name}: {sorted(set(data) ^ wanted)}")
    unless = data["unless"]
    return Duty(
        key=data["key"],
        violence=data["violence"],
        basis=data["basis"],
        letter=data["letter"],
        within=timedelta(hours=data["hours"]),
        since=data["from"],
        until=data.get("until"),
        complaint_basis=unless["basis"],
        spares_children=unless["children"],
        spares_disabled=unless["disability"],
    )
