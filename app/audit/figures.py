"""How many accesses to cases there were by hour and by role: counts, never a case or a name."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal, select

from app.audit.words import role_choices
from tenants import audit, registry
from tenants.audit import AuditEvent
from tenants.clock import now
from tenants.database import db
from tenants.vocabulary import Outcome, Tag

DAYS = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart; ``share`` is its part of the tallest, 0 to 1."""

    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Accesses to cases of the last days."""

    hours: list[Bar]
    roles: list[Bar]


@dataclass(frozen=True, slots=True)
class Counts:
    """Accesses to cases by hour of the office's clock (0 to 23) and by role."""

    hours: dict[int, int]
    roles: dict[str, int]

    def drawn(self) -> Figures:
        """Return the bars, with labels in the reader's language."""
        return Figures(
            hours=_bars([(f"{one:02d}.00", self.hours.get(one, 0)) for one in range(24)]),
            roles=_bars([(str(name), self.roles.get(code, 0)) for code, name in role_choices()]),
        )


def figures() -> Figures:
    """Return the counts of the last days, by the office's own clock; recorded."""
    found = counts(now() - timedelta(days=DAYS), now())
    audit.record(Tag.AUDIT_FIGURES_VIEWED)
    return found.drawn()


def counts(since: datetime, until: datetime) -> Counts:
    """Count the accesses to cases between two moments: two statements."""
    zone = literal(registry.profile().identity.timezone, literal_execute=True)  # also in GROUP BY
    hour = func.extract("hour", func.timezone(zone, AuditEvent.at))
    by_hour = select(hour.label("hour"), func.count().label("times"))
    by_hour = by_hour.where(*access(since, until)).group_by(hour)
    by_roles = select(AuditEvent.roles, func.count().label("times"))
    by_roles = by_roles.where(*access(since, until)).group_by(AuditEvent.roles)
    roles: Counter[str] = Counter()
    for row in db.session.execute(by_roles):  # whoever holds two roles counts in both
        roles.update(dict.fromkeys(json.loads(row.roles or "[]"), int(row.times)))
    return Counts(
        {int(row.hour): int(row.times) for row in db.session.execute(by_hour).all()},
        dict(roles),
    )


def access(since: datetime, until: datetime) -> tuple[Any, ...]:
    """Return the condition of having got into a case; said as the partial index says it."""
    return (
        AuditEvent.at >= since,
        AuditEvent.at < until,
        AuditEvent.outcome == literal(Outcome.ALLOWED.value, literal_execute=True),
        AuditEvent.case_id.is_not(None),
        AuditEvent.actor_id.is_not(None),
    )


def _bars(counts: Sequence[tuple[str, int]]) -> list[Bar]:
    most = max((count for _, count in counts), default=0) or 1
    return [Bar(label, count, count / most) for label, count in counts]
