"""Committed rows -> jobs. Nothing else puts anything on a queue.

A row stays until the job it asks for has finished; it is only pushed out of sight for a while
each time it is handed over. So a lost Valkey, a killed worker or a killed dispatcher costs time
and nothing else. The same row may be handed over twice: every job may run twice. While its job
still waits on the queue it is not: workers that come back to a heap of the same letter's jobs
would take it out of each other's hands.
"""

from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings
from tenants.clock import now
from tenants.database import platform
from tenants.outbox import VISIBILITY, Kind, OutboxEntry
from workers import boundary
from workers.stopping import stop_event

POLL = 0.2  # seconds; a click waits half of it on average
REST = 2.0  # seconds, while Valkey or the database does not answer
BATCH = 50
LETTERS = "letters"
JOB_SECONDS = 45  # a letter takes about one; a job is ended after this

JOBS: dict[str, tuple[str, str]] = {
    Kind.ISSUE_LETTER.value: (LETTERS, "workers.documents.issue_letter"),
    Kind.PREVIEW_LETTER.value: (LETTERS, "workers.documents.preview_letter"),
    Kind.PREPARE_ATTACHMENT.value: (LETTERS, "workers.attachments.prepare_attachment"),
    Kind.REMOVE_ATTACHMENT.value: (LETTERS, "workers.attachments.remove_attachment"),
    Kind.COPY_LETTER.value: (LETTERS, "workers.documents.copy_letter"),
}
"""Each kind of job: its queue and its function, by name."""

_COLUMNS = (
    OutboxEntry.id,
    OutboxEntry.tenant_id,
    OutboxEntry.kind,
    OutboxEntry.object_id,
    OutboxEntry.attempts,
)

log = structlog.get_logger()


def serve() -> None:
    """Hand over what is due until the process is told to stop."""
    stop = stop_event()
    app = boundary.application()
    settings: Settings = app.extensions["settings"]
    connection = connect(settings.redis_url)
    well = True
    with app.app_context():
        while not stop.is_set():
            try:
                handed = dispatch(connection)
            except (RedisError, SQLAlchemyError, OSError) as error:
                if well:  # said once, not at every try
                    boundary.report("outbox-waits", error)
                well = False
                stop.wait(REST)
                continue
            if not well:
                log.info("outbox-goes-on")
            well = True
            if handed < BATCH:
                stop.wait(POLL)


def dispatch(connection: "Redis") -> int:
    """Look at the rows that are due, hand over those whose job does not wait; return how many.

    They stay locked until all are on their queue: another dispatcher passes over them, and when
    Valkey does not answer they stay due.

    Raises:
        RedisError, SQLAlchemyError: nothing is lost; call again later.
    """
    moment = now()
    due = (
        select(*_COLUMNS)
        .where(OutboxEntry.due_at <= moment)
        .order_by(OutboxEntry.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    with platform() as session:
        rows = session.execute(due).all()
        for row in rows:
            handed = _enqueue(connection, row)
            session.execute(
                update(OutboxEntry)
                .where(OutboxEntry.id == row.id)
                .values(due_at=moment + VISIBILITY, attempts=row.attempts + handed)
            )
    return len(rows)


def connect(url: str) -> "Redis":
    """Return a connection to Valkey that gives up soon when nobody answers."""
    return Redis.from_url(url, socket_connect_timeout=2, socket_timeout=10)


def _enqueue(connection: "Redis", row: Any) -> bool:
    """Put a row's job on its queue; False when it waits there already, or there is none."""
    if row.kind not in JOBS:
        log.error("outbox-unknown-kind", kind=row.kind)
        return False
    queue_name, function = JOBS[row.kind]
    queue = Queue(queue_name, connection=connection, serializer=JSONSerializer)
    # The last one handed over, or one whose hand-over was never committed.
    if any(_waits(queue, f"{row.id}-{number}") for number in (row.attempts - 1, row.attempts)):
        return False
    queue.enqueue_call(
        function,
        args=(str(row.tenant_id), str(row.object_id)),
        job_id=f"{row.id}-{row.attempts}",
        timeout=JOB_SECONDS,
        result_ttl=0,
        failure_ttl=60,
        ttl=int(VISIBILITY.total_seconds()) * 10,
        description=row.kind,
    )
    return True


def _waits(queue: Queue, job_id: str) -> bool:
    """Tell whether a job still waits: on the queue, and not expired there."""
    server = queue.connection
    return server.lpos(queue.key, job_id) is not None and server.exists(Job.key_for(job_id)) == 1
