"""Cases: what other rooms may ask and do."""

from typing import Any

from app.cases.codes import SERVICE_NAMES, URGENCIES
from app.cases.consents import consented
from app.cases.reading import (
    CaseRows,
    child_diversion,
    find,
    has_sexual_violence,
    load_case,
    rows,
    standing,
    team,
)


def service_name(code: str) -> Any:
    """Return the word for a service in the reader's language."""
    return SERVICE_NAMES.name(code)


def urgency_name(code: str) -> Any:
    """Return the word for an urgency in the reader's language."""
    return URGENCIES.name(code)


__all__ = [
    "CaseRows",
    "child_diversion",
    "consented",
    "find",
    "has_sexual_violence",
    "load_case",
    "rows",
    "service_name",
    "standing",
    "team",
    "urgency_name",
]
