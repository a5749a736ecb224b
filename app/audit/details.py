"""The details of one event, with words for its codes and names for its ids."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.accounts import service as accounts
from app.audit import words
from app.audit.entries import Entry
from app.ui.fields import purpose_label
from tenants import registry
from tenants.context import Purpose
from tenants.errors import Missing


def facts(entry: Entry) -> list[tuple[str, str]]:
    """Return (label, value) of each detail, in the order of the labels."""
    details: dict[str, Any] = entry.content.get("details") or {}
    shown = [
        (str(words.DETAILS.get(key, key)), _value(key, value))
        for key, value in details.items()
        if value not in (None, "", [])
    ]
    return sorted(shown)


def _value(key: str, value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_value(name, one)}" for name, one in value.items())
    if key == "kept":
        return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in value)
    if isinstance(value, list):
        return ", ".join(_value(key, one) for one in value)
    meaning = _MEANINGS.get(key)
    text = str(value)
    if meaning is None:
        return text
    try:
        return meaning(text)
    except (ValueError, Missing):
        return text  # a code or an id that means nothing any more


def _person(value: str) -> str:
    card = accounts.cards([UUID(value)]).get(UUID(value))
    return card.name if card else value


def _role(value: str) -> str:
    return words.role_names([value])


_MEANINGS: dict[str, Callable[[str], str]] = {
    "person": _person,
    "organisation": lambda value: registry.organisation(UUID(value)).name,
    "purpose": lambda value: purpose_label(Purpose(value)),
    "reviewer": _person,
    "role": _role,
    "roles": _role,
    "before": _role,
    "after": _role,
}
