"""The time that the desk's rules look at, and the statements they are built from."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Uuid,
    and_,
    cast,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from tenants.audit import AuditEvent
from tenants.vocabulary import Outcome, Tag


@dataclass(frozen=True, slots=True)
class Window:
    """What a rule looks at.

    Attributes:
        threshold: from which count on the agency calls it unusual.
        begins, ends: the office's working hours, by its own clock.
    """

    since: datetime
    until: datetime
    zone: str
    threshold: int
    begins: int
    ends: int

    def local(self, at: Any) -> ColumnElement[datetime]:
        """Return a moment by the office's own clock."""
        return func.timezone(literal(self.zone, literal_execute=True), at)  # also in GROUP BY

    def day(self, at: Any) -> ColumnElement[date]:
        """Return the office's calendar day of a moment."""
        return func.date(self.local(at))

    def within(self, at: Any) -> ColumnElement[bool]:
        """Return whether a moment lies in the window."""
        return and_(at >= self.since, at < self.until)


Statement = Any
"""A select of person, day, times, first, last."""


def case_access() -> tuple[ColumnElement[bool], ...]:
    """Whoever got into a case; said as the partial index says it."""
    allowed = literal(Outcome.ALLOWED.value, literal_execute=True)
    event = AuditEvent
    return event.outcome == allowed, event.case_id.is_not(None), event.actor_id.is_not(None)


def by_day(window: Window, count: Any, *conditions: Any) -> Statement:
    """Group the events of the window that meet ``conditions`` by person and day."""
    event = AuditEvent
    return (
        select(
            event.actor_id.label("person"),
            window.day(event.at).label("day"),
            count.label("times"),
            func.min(event.at).label("first"),
            func.max(event.at).label("last"),
        )
        .where(window.within(event.at), event.actor_id.is_not(None), *conditions)
        .group_by(event.actor_id, window.day(event.at))
        .having(count >= window.threshold)
    )


def memberships() -> Any:
    """Who belonged to which case from when to when, as the log itself tells it."""
    registered, joined, left = AuditEvent, aliased(AuditEvent), aliased(AuditEvent)
    left_at = (
        select(func.min(left.at))
        .where(
            left.tag == Tag.TEAM_RELEASED.code,
            left.outcome == Outcome.ALLOWED.value,
            left.case_id == joined.case_id,
            _person(left) == _person(joined),
            left.at >= joined.at,
        )
        .scalar_subquery()
    )
    nobody = cast(literal(None), AuditEvent.at.type)
    return union_all(
        select(
            registered.case_id,
            registered.actor_id.label("person"),
            registered.at.label("since"),
            nobody.label("until"),
        ).where(
            registered.tag == Tag.CASE_REGISTERED.code,
            registered.outcome == Outcome.ALLOWED.value,
        ),
        select(
            joined.case_id,
            cast(_person(joined), Uuid).label("person"),
            joined.at.label("since"),
            left_at.label("until"),
        ).where(
            joined.tag == Tag.TEAM_ASSIGNED.code,
            joined.outcome == Outcome.ALLOWED.value,
        ),
    )


def _person(event: Any) -> ColumnElement[str]:
    person: ColumnElement[str] = type_coerce(event.body, JSON)[("details", "person")].as_string()
    return person
