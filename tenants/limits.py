"""How often one person may do a thing on one day: the agency's own numbers, over the log.

The log is the counter. What is not on record did not happen, so nothing can be done uncounted.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from tenants import clock, registry
from tenants.audit import AuditEvent
from tenants.context import acting_person
from tenants.database import db, hold
from tenants.errors import LimitReached
from tenants.vocabulary import Outcome, Tag


def check(tag: Tag, limit: str) -> None:
    """Let the acting person do one more ``tag`` today. The caller records it.

    Requests of one person at the same moment pass one after the other, so that none slips
    through between counting and recording.

    Args:
        limit: its name in :data:`tenants.profile.LIMITS`.

    Raises:
        LimitReached: it was done as often today as the agency allows.
    """
    person = acting_person()
    hold(person.id)
    query = (
        select(func.count())
        .select_from(AuditEvent)
        .where(
            AuditEvent.actor_id == person.id,
            AuditEvent.at >= _midnight(),
            AuditEvent.tag == tag.code,
            AuditEvent.outcome == Outcome.ALLOWED.value,
        )
    )
    if (db.session.scalar(query) or 0) >= registry.profile().limit(limit):
        raise LimitReached(limit)


def _midnight() -> datetime:
    """Return when today began where the agency is."""
    zone = registry.profile().identity.timezone
    return clock.begins(clock.now().astimezone(ZoneInfo(zone)).date(), zone)
