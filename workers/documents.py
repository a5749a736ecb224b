"""The jobs that make letters and previews, and the warm process that runs them."""

import gc
import logging
import os
from datetime import timedelta
from typing import Any

import structlog
from rq import Queue, Worker
from rq.job import Job as QueuedJob
from rq.serializers import JSONSerializer
from rq.timeouts import JobTimeoutException
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings
from app.documents import service as documents
from app.documents.service import Halt, RenderError, SigningError, Step, StoreError, StoreFull
from app.web.guard import trace
from tenants.clock import now
from tenants.context import Purpose
from tenants.database import db, platform
from tenants.errors import Missing, Refused, Unreadable
from tenants.outbox import OutboxEntry
from workers import boundary, outbox

log = structlog.get_logger()

# Only these may pass by themselves; anything else about the letter itself stays as it is.
_PASSING_RENDER = frozenset({"engine", "fonts_missing"})


def issue_letter(tenant_id: str, letter_id: str) -> None:
    """Render, sign, seal, store and issue one approved letter."""
    with boundary.enter(tenant_id, letter_id, Purpose.LETTER) as job:
        if job is None:
            return
        with job.step():
            attempt = documents.claim(job.object_id)
        if attempt is None:
            return
        try:
            _make(job, attempt)
        except Exception as error:  # noqa: BLE001 (kept as a code; see the boundary)
            failure, final = failure_of(error)
            boundary.report("letter-attempt-failed", error, code=failure)
            with job.step():
                documents.fail(job.object_id, attempt, failure, final=final)


def preview_letter(tenant_id: str, preview_id: str) -> None:
    """Render one watermarked preview."""
    with boundary.enter(tenant_id, preview_id, Purpose.LETTER) as job:
        if job is None:
            return
        try:
            with job.step():
                asker = documents.preview_asker(job.object_id)
        except Missing:
            with job.step():
                documents.drop_preview(job.object_id)
            return
        try:
            job.act_for(asker)
            with job.step():
                work = documents.begin_preview(job.object_id)
            if work is None:
                return
            pdf = documents.draw_preview(work)
            with job.step():
                documents.keep_preview(work.preview_id, pdf)
        except Exception as error:  # noqa: BLE001 (kept as a code; see the boundary)
            failure, _ = failure_of(error)
            boundary.report("preview-failed", error, code=failure)
            with job.step():
                documents.fail_preview(job.object_id, failure)


def failure_of(error: Exception) -> tuple[str, bool]:
    """Return an error's code for the letter, and whether trying again is of no use."""
    if isinstance(error, Halt):
        return error.code, True
    if isinstance(error, RenderError):
        code = f"{error.code} {error.field}" if error.field else error.code
        return code, error.code not in _PASSING_RENDER
    if isinstance(error, SigningError):
        return error.code, error.code != "engine"
    for kind, (code, final) in _FAILURES.items():
        if isinstance(error, kind):
            return code, final
    return "unexpected", False


_FAILURES: dict[type[Exception], tuple[str, bool]] = {
    StoreFull: ("store-full", False),
    StoreError: ("store-unavailable", False),
    Unreadable: ("unreadable", True),
    Refused: ("not-allowed", True),
    Missing: ("signatory-gone", True),
    JobTimeoutException: ("timeout", False),
    SQLAlchemyError: ("database-unavailable", False),
}


def serve(queue: str) -> None:
    """Run the jobs of one queue until the process is told to stop.

    One queue per worker: RQ takes a job from a single queue in one atomic move, and from
    several in a way that can lose it. Everything slow happens before the first job, and every
    job runs in a fork of this warm process.
    """
    app = boundary.application()
    settings: Settings = app.extensions["settings"]
    with app.app_context():
        documents.warm_up()
        db.engine.dispose()  # a connection must not be shared with forks
    gc.collect()
    gc.freeze()  # so that the collector of a fork does not touch, and thereby copy, what is shared
    connection = outbox.connect(settings.redis_url)
    logging.getLogger("rq").setLevel(logging.ERROR)
    worker = LetterWorker(
        [Queue(queue, connection=connection, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        default_result_ttl=0,
        log_job_description=False,
        work_horse_killed_handler=_hurry,
    )
    worker.work(logging_level="ERROR")


class LetterWorker(Worker):  # type: ignore[misc, unused-ignore]  # RQ is not typed
    """RQ's forking worker, keeping nothing of an error: the words may quote a letter."""

    def handle_job_failure(self, job: QueuedJob, queue: Queue, *args: Any, **kwargs: Any) -> None:
        """Count the failure without its traceback."""
        kwargs["exc_string"] = "failed"
        super().handle_job_failure(job, queue, *args, **kwargs)

    def handle_exception(self, job: QueuedJob, *exc_info: Any) -> None:
        """Log where it failed, without its words."""
        error = exc_info[1] if len(exc_info) > 1 else None
        place = trace(error) if isinstance(error, BaseException) else "unknown"
        log.error("job-raised", job=str(job.id), error=place)


def _hurry(job: QueuedJob, _pid: int, _status: int, _usage: Any) -> None:
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


def _make(job: boundary.Job, attempt: int) -> None:
    """Do the steps of one attempt; stop quietly where the claim is lost."""
    with job.step():
        signatory = documents.issue_asker(job.object_id)
    job.act_for(signatory)
    with job.step():
        work = documents.prepare(job.object_id, attempt)
    if work is None:
        return
    pdf = documents.render(work)
    with job.step():
        going_on = documents.enter(work, Step.SIGN)
    if not going_on:
        return
    signed = documents.sign_letter(work, pdf)
    with job.step():
        sealed = documents.seal(work, signed) if documents.enter(work, Step.STORE) else None
    if sealed is None:
        return
    documents.store_letter(sealed)
    with job.step():
        issued = documents.finish(work, sealed)
    log.info("letter-issued" if issued else "letter-claim-lost", attempt=attempt, pid=os.getpid())
