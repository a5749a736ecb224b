"""How the making of letters stands in the bound office: what waits, since when, what stopped.

Nothing here says what a letter is about: its kind, its number, and why it stopped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select

from app.config import Settings
from app.documents import letters
from app.documents.models import Letter, LetterCopy, LetterPreview
from app.documents.states import IN_WORK, LetterState
from app.web.access import Subject
from tenants.audit import AuditEvent
from tenants.clock import now
from tenants.database import db
from tenants.errors import Missing
from tenants.policy import Standing
from tenants.vocabulary import Tag

DAY = timedelta(days=1)
STILL = timedelta(minutes=7)  # RQ gives up a worker that has not been heard of for so long
_WORKERS = "rq:workers"


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits: how much, and since when the oldest does."""

    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that makes letters: what it does, and when it was last heard of."""

    state: str
    heard: datetime | None

    @property
    def well(self) -> bool:
        """Whether it was heard of lately."""
        return self.heard is not None and self.heard > now() - STILL


@dataclass(frozen=True, slots=True)
class Health:
    """How the making of letters stands.

    Attributes:
        failed: attempts that failed within a day.
        issued: letters issued within a day.
        stopped: letters that wait for a person, those that stopped first first.
        workers: None when Valkey does not answer.
    """

    letters: Queue
    previews: Queue
    copies: Queue
    failed: int
    issued: int
    stopped: tuple[Letter, ...]
    workers: tuple[Worker, ...] | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What an operator may know of one office: three numbers."""

    failed: int
    issued: int
    stopped: int


def counts() -> Counts:
    """Return how many tries failed and letters were issued within a day, and how many stopped."""
    failures = select(func.count()).where(
        AuditEvent.tag == Tag.LETTER_ATTEMPT_FAILED.code, AuditEvent.at > now() - DAY
    )
    issued = select(func.count()).where(Letter.issued_at > now() - DAY)
    stopped = select(func.count()).where(Letter.state == LetterState.PARKED.value)
    return Counts(*(db.session.scalar(one) or 0 for one in (failures, issued, stopped)))


def look() -> Health:
    """Return how the making of letters stands in the bound office."""
    in_work = Letter.state.in_([state.value for state in IN_WORK])
    pending = LetterPreview.ready_at.is_(None) & LetterPreview.failure.is_(None)
    unmade = LetterCopy.ready_at.is_(None) & LetterCopy.failure.is_(None)
    stopped = (
        select(Letter)
        .where(Letter.state == LetterState.PARKED.value)
        .order_by(Letter.step_at, Letter.id)
    )
    counted = counts()
    return Health(
        letters=_queue(Letter.approved_at, in_work),
        previews=_queue(LetterPreview.asked_at, pending),
        copies=_queue(LetterCopy.certified_at, unmade),
        failed=counted.failed,
        issued=counted.issued,
        stopped=tuple(db.session.scalars(stopped)),
        workers=workers(),
    )


def load_stopped(letter_id: UUID) -> Subject:
    """Load a letter that came to a halt, without what it is about.

    Raises:
        Missing: there is none with this id in the bound tenant.
    """
    letter = letters.find(letter_id)
    if letter.state != LetterState.PARKED.value:
        raise Missing("letter")
    return Subject("letter", letter.id, letter, letter.case_id, Standing())


def workers() -> tuple[Worker, ...] | None:
    """Return the processes that make letters, as Valkey knows them; None when it is silent."""
    settings: Settings = current_app.extensions["settings"]
    try:
        with Redis.from_url(
            settings.redis_url, socket_connect_timeout=1, socket_timeout=2
        ) as server:
            names = sorted(server.smembers(_WORKERS))
            return tuple(_worker(server.hgetall(name)) for name in names)
    except (RedisError, OSError):
        return None


def _worker(kept: Mapping[Any, Any]) -> Worker:
    heard = kept.get(b"last_heartbeat", b"").decode()
    try:
        moment = datetime.fromisoformat(heard)
    except ValueError:
        moment = None
    return Worker(kept.get(b"state", b"").decode(errors="replace"), moment)


def _queue(since: Any, waits: Any) -> Queue:
    waiting, oldest = db.session.execute(select(func.count(), func.min(since)).where(waits)).one()
    return Queue(waiting, oldest)
