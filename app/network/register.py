"""The duty register: who agreed to what, by which decree, from when until when.

It lives in the agency's profile, every version of which is kept; a change is in the log.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from tenants import registry
from tenants.database import db
from tenants.errors import Missing
from tenants.profile import OWN, Duty


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has duties: a partner organisation, or the agency itself (``id`` is None)."""

    key: str
    name: str
    id: UUID | None


def duties(since: date, until: date) -> list[Duty]:
    """Return the duties in force on a day of the period, in the order of the register."""
    return [one for one in registry.profile().duties if in_force(one, since, until)]


def in_force(duty: Duty, since: date, until: date) -> bool:
    """Tell whether a duty is in force on a day of the period."""
    ended = duty.until is not None and date.fromisoformat(duty.until) < since
    return not ended and date.fromisoformat(duty.since) <= until


def duty(key: str) -> Duty:
    """Return one duty by its key.

    Raises:
        Missing: the register has none.
    """
    found = next((one for one in registry.profile().duties if one.key == key), None)
    if found is None:
        raise Missing("duty")
    return found


def holders() -> dict[str, Holder]:
    """Return who may have duties, by key; a partner that has left keeps its name."""
    own = registry.profile().identity.agency
    rows = db.session.scalars(select(registry.Organisation).order_by(registry.Organisation.name))
    found = {OWN: Holder(OWN, own, None)}
    return found | {row.key: Holder(row.key, row.name, row.id) for row in rows}
