"""Who watches the watchers: what auditors read, for the head of the office."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.accounts import service as accounts
from app.audit import words
from app.audit.entries import Cursor, Page, Wanted, read
from tenants.audit import AuditEvent
from tenants.clock import now
from tenants.database import db
from tenants.vocabulary import Outcome, Tag

DAYS = 30
_ANSWERS = {
    Tag.AUDIT_EXPLANATION_GIVEN,
    Tag.AUDIT_EXPLANATIONS_LISTED,
    Tag.AUDIT_FINDING_ANSWERED,
    Tag.AUDIT_PERIODS_LISTED,
    Tag.AUDIT_PERIOD_VIEWED,
    Tag.AUDIT_READERS_VIEWED,
}
"""Of those who are asked by the auditors, and of the head of the office."""
READING = frozenset(tag for tag in Tag if tag.code.startswith("audit:")) - _ANSWERS
"""Whatever is done at the desk: reading, settling, taking out."""
TAKEN_OUT = frozenset({Tag.AUDIT_EXPORTED, Tag.AUDIT_TRAIL_EXPORTED})
"""The log, or the trail of one case, leaves the server."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What one person read of the log in the last days.

    Attributes:
        acts: how often they did anything at the desk.
        exports: how often they took the log out.
    """

    name: str
    roles: str
    acts: int
    exports: int
    last: datetime


def readers(days: int = DAYS) -> list[Reader]:
    """Return who was at the desk in the last days, the latest first: two statements."""
    rows = db.session.execute(
        select(
            AuditEvent.actor_id.label("person"),
            func.count().label("acts"),
            _exports().label("exports"),
            func.max(AuditEvent.at).label("last"),
        )
        .where(*_conditions(days))
        .group_by(AuditEvent.actor_id)
        .order_by(func.max(AuditEvent.at).desc())
    ).all()
    cards = accounts.cards(row.person for row in rows)
    return [
        Reader(_name(cards, row.person), _roles(cards, row.person), row.acts, row.exports, row.last)
        for row in rows
    ]


def reading(*, before: Cursor | None = None, after: Cursor | None = None) -> Page:
    """Return a page of what was done at the desk, newest first; recorded."""
    wanted = Wanted(tags=READING, outcomes=frozenset({Outcome.ALLOWED}))
    return read(wanted, before=before, after=after, records=Tag.AUDIT_READERS_VIEWED)


def concerned(page: Page) -> dict[UUID, str]:
    """Return the names of the people whom the events of a page are about, by event."""
    found = {one.id: _person(one.content) for one in page.entries}
    about = {event: UUID(person) for event, person in found.items() if person}
    cards = accounts.cards(about.values())
    return {event: _name(cards, person) for event, person in about.items()}


def counts(days: int) -> tuple[int, int]:
    """Return how often the desk was used in the last days, and how often the log was taken out."""
    query = select(func.count().label("acts"), _exports().label("exports"))
    row = db.session.execute(query.where(*_conditions(days))).one()
    return row.acts, row.exports


def _person(content: dict[str, Any]) -> str | None:
    if content.get("object_kind") == "account":
        return content.get("object_id")
    details: dict[str, Any] = content.get("details") or {}
    return details.get("person")


def _conditions(days: int) -> tuple[Any, ...]:
    return (
        AuditEvent.tag.in_(sorted(tag.code for tag in READING)),
        AuditEvent.outcome == Outcome.ALLOWED.value,
        AuditEvent.actor_id.is_not(None),
        AuditEvent.at >= now() - timedelta(days=days),
    )


def _exports() -> Any:
    return func.count().filter(AuditEvent.tag.in_(sorted(tag.code for tag in TAKEN_OUT)))


def _name(cards: dict[UUID, accounts.Card], person: UUID) -> str:
    return cards[person].name if person in cards else words.somebody_gone()


def _roles(cards: dict[UUID, accounts.Card], person: UUID) -> str:
    return words.role_names(sorted(cards[person].roles)) if person in cards else ""
