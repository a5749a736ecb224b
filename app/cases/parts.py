"""Where other rooms add to the case page, and what they hear of."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.web import Subject

Part = Callable[[Subject], tuple[str, dict[str, Any]] | None]

CASE_PARTS: list[Part] = []
"""Each gives (template, values) for a case page, or None where it has nothing to show."""

ON_RECLASSIFIED: list[Callable[[UUID], None]] = []
"""Called with the case's id, in the transaction that changed its kinds of violence."""
