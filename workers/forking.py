"""The warm process that takes jobs off one queue and runs each in a fork of itself.

What stands in Valkey is not trusted: whoever can write there could name any function of any
library as a job, as its callback, or an address to be told of its end. Only the jobs of
:data:`workers.outbox.JOBS` are run, callbacks and webhooks are not, and no command is taken.
"""

import gc
import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import import_attribute
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings
from app.documents import service as documents
from app.web.guard import trace
from tenants.clock import now
from tenants.database import db, platform
from tenants.outbox import OutboxEntry
from workers import boundary
from workers.outbox import JOBS, REST, connect
from workers.stopping import heed, stop_event

LONGEST_WAIT = 5.0  # seconds between two tries to reach Valkey

log = structlog.get_logger()


class UnknownJob(Exception):
    """What stands on the queue is none of the jobs there are."""


def serve(queue: str) -> None:
    """Run the jobs of one queue until the process is told to stop.

    One queue per worker: RQ takes a job from a single queue in one atomic move, and from
    several in a way that can lose it. Everything slow happens before the first job. RQ ends when
    Valkey goes away at the wrong moment; the process does not, it begins anew.
    """
    app = boundary.application()
    settings: Settings = app.extensions["settings"]
    for _queue, job in JOBS.values():
        import_attribute(job)
    with app.app_context():
        documents.warm_up()
        db.engine.dispose()  # a connection must not be shared with forks
    gc.collect()
    gc.freeze()  # so that the collector of a fork does not touch, and thereby copy, what is shared
    connection = connect(settings.redis_url)
    logging.getLogger("rq").setLevel(logging.ERROR)
    stop = stop_event()
    while not stop.is_set():
        _work(queue, connection, stop)
        heed(stop)  # RQ listens to signals in a way of its own
        stop.wait(REST)


class KnownJob(Job):  # type: ignore[misc, unused-ignore]  # RQ is not typed
    """A job as the outbox's dispatcher makes it, whatever else stands in its record."""

    success_callback = None
    failure_callback = None
    stopped_callback = None

    @property
    def func(self) -> Callable[..., Any]:
        """The job's function.

        Raises:
            UnknownJob: it is none of those there are.
        """
        known = {name for _queue, name in JOBS.values()}
        if self.func_name not in known or self.instance is not None or self.kwargs:
            raise UnknownJob
        found: Callable[..., Any] = super().func
        return found

    def send_webhooks(self, *_args: Any, **_kwargs: Any) -> None:
        """Tell nobody."""


class LetterWorker(Worker):  # type: ignore[misc, unused-ignore]  # RQ is not typed
    """RQ's forking worker, keeping nothing of an error: the words may quote a letter."""

    max_connection_wait_time = LONGEST_WAIT
    told: Event

    def subscribe(self) -> None:
        """Take no commands from Valkey, and keep no thread beside the forks."""

    def check_for_suspension(self, _burst: bool) -> None:
        """Stop before the next job when told to; nothing in Valkey suspends the work.

        Raises:
            StopRequested: told to before RQ listened to signals.
        """
        if self.told.is_set():
            raise StopRequested

    def request_stop(self, signum: Any, frame: Any) -> None:
        """Finish the job at work, then stop."""
        self.told.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call, unused-ignore]

    def handle_job_failure(self, job: Job, queue: Queue, *args: Any, **kwargs: Any) -> None:
        """Count the failure without its traceback."""
        kwargs["exc_string"] = "failed"
        super().handle_job_failure(job, queue, *args, **kwargs)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log where it failed, without its words."""
        error = exc_info[1] if len(exc_info) > 1 else None
        place = trace(error) if isinstance(error, BaseException) else "unknown"
        log.error("job-raised", job=str(job.id), error=place)


def _work(queue: str, connection: "Redis", stop: Event) -> None:
    """Work until told to stop, or until RQ gives up because Valkey went away."""
    try:
        worker = LetterWorker(
            [Queue(queue, connection=connection, serializer=JSONSerializer, job_class=KnownJob)],
            connection=connection,
            job_class=KnownJob,
            serializer=JSONSerializer,
            default_result_ttl=0,
            log_job_description=False,
            work_horse_killed_handler=_hurry,
        )
        worker.told = stop
        worker.work(logging_level="ERROR")
    except (RedisError, OSError) as error:
        boundary.report("worker-lost-valkey", error)


def _hurry(job: Job, _pid: int, _status: int, _usage: Any) -> None:
    """Have a job whose process was killed done again soon, not after the usual wait."""
    log.error("job-killed", job=str(job.id))
    soon = (
        update(OutboxEntry)
        .where(OutboxEntry.id == str(job.id)[:36])
        .values(due_at=now() + timedelta(seconds=1))
    )
    with boundary.application().app_context():
        try:
            with platform() as session:
                session.execute(soon)
        except SQLAlchemyError as error:
            boundary.report("outbox-not-hurried", error)
        finally:
            db.engine.dispose()
