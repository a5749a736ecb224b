"""Where other rooms add to the case page, and what they hear of."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.web.access import Subject

Part = Callable[[Subject], tuple[str, dict[str, Any]] | None]

CASE_PARTS: list[Part] = []
"""Each gives (template, values) for a case page, or None where it has nothing to show. The
template finds the values as ``part``; ``section`` among them, (anchor, title), is where the
page's list of its sections leads."""

ON_RECLASSIFIED: list[Callable[[UUID], object]] = []
"""Called with the case's id, in the same transaction, when something has changed on which a rule
of law hangs: an incident's kinds of violence, who is reported, a confirmation of diversion."""


def reclassified(case_id: UUID) -> None:
    """Tell every listener."""
    for listener in ON_RECLASSIFIED:
        listener(case_id)
