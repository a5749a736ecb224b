"""Days on which the office does not work."""

from datetime import date
from functools import cache

import holidays


@cache
def days_off(*years: int) -> frozenset[date]:
    """Return Indonesia's public holidays and joint leave of some years.

    Days that follow the moon are the package's estimates until they are decreed.
    """
    calendar = holidays.country_holidays(
        "ID", years=sorted(set(years)), categories=("public", "government")
    )
    return frozenset(calendar)
