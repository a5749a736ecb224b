"""Figures of years before Teduh, each unit a series of its own: cases are never drawn with people.

They are reference data of the agency's profile, with the source of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tenants import registry
from tenants.profile import Count


@dataclass(frozen=True, slots=True)
class Series:
    """The years of one unit, oldest first."""

    unit: str
    counts: Sequence[Count]

    def __post_init__(self) -> None:
        if any(one.unit != self.unit for one in self.counts):
            raise ValueError("a series has one unit")

    def change(self) -> list[tuple[Count, int | None]]:
        """Return each year with its change in per cent, where the year before it is known."""
        known = {one.year: one.count for one in self.counts}
        return [
            (one, round(100 * (one.count - before) / before) if before else None)
            for one in self.counts
            for before in [known.get(one.year - 1)]
        ]


def series() -> list[Series]:
    """Return one series for each unit."""
    counts = sorted(registry.profile().history, key=lambda one: one.year)
    units = dict.fromkeys(one.unit for one in counts)
    return [Series(unit, [one for one in counts if one.unit == unit]) for unit in units]
