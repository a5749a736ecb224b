"""The desk's start page: what is new since the auditor's last visit, unusual things first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal, select

from app.accounts import service as accounts
from app.audit import watch, words, work
from tenants import audit
from tenants.audit import AuditEvent
from tenants.clock import now
from tenants.context import acting_person
from tenants.database import db
from tenants.vocabulary import Outcome, Tag

VISIT = timedelta(hours=1)
"""Whoever opens the page again within this time is still at the same visit."""


@dataclass(frozen=True, slots=True)
class Notable:
    """Something unusual, and by whom.

    Attributes:
        new: it went on after the auditor's last visit.
        work: what has been done about it.
    """

    sign: watch.Sign
    who: str
    new: bool
    work: work.Work


@dataclass(frozen=True, slots=True)
class News:
    """What the start page shows.

    Attributes:
        since: the auditor's last visit; None when there was none in the last days.
        notable: what still needs an auditor first, then what is new.
        events, refused: how many there were since then, or in the last days.
    """

    since: datetime | None
    events: int
    refused: int
    notable: list[Notable]


def news() -> News:
    """Return what is new for the acting auditor; recorded, which makes it the next last visit."""
    begin, since = now() - timedelta(days=watch.DAYS), _last_visit()
    found = watch.signs()
    done = work.work_on(found)
    cards = accounts.cards({sign.person for sign in found})
    notable = [
        Notable(
            sign,
            cards[sign.person].name if sign.person in cards else words.somebody_gone(),
            new=since is None or sign.last > since,
            work=done[sign.id],
        )
        for sign in found
    ]
    events, refused = _counts(since or begin)
    audit.record(Tag.AUDIT_NEWS_VIEWED, details={"count": len(notable)})
    notable.sort(key=lambda one: (one.work.settled, not one.new))
    return News(since, events, refused, notable)


def _last_visit() -> datetime | None:
    query = select(func.max(AuditEvent.at)).where(
        AuditEvent.actor_id == acting_person().id,
        AuditEvent.tag == Tag.AUDIT_NEWS_VIEWED.code,
        AuditEvent.outcome == Outcome.ALLOWED.value,
        AuditEvent.at >= now() - timedelta(days=watch.DAYS),
        AuditEvent.at < now() - VISIT,
    )
    return db.session.scalar(query)


def _counts(since: datetime) -> tuple[int, int]:
    """How many events there were, and how many of them were refusals."""
    allowed = literal(Outcome.ALLOWED.value, literal_execute=True)
    every = select(func.count()).where(AuditEvent.at >= since).scalar_subquery()
    refused = (
        select(func.count())
        .where(
            AuditEvent.at >= since,
            AuditEvent.outcome != allowed,
            AuditEvent.outcome == Outcome.REFUSED.value,
        )
        .scalar_subquery()
    )
    row = db.session.execute(select(every.label("every"), refused.label("refused"))).one()
    return row.every, row.refused
