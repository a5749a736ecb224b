"""The jobs that make letters and previews. :mod:`workers.forking` runs them."""

import os

import structlog
from rq.timeouts import JobTimeoutException
from sqlalchemy.exc import SQLAlchemyError

from app.documents import service as documents
from app.documents.service import (
    Halt,
    RenderError,
    SigningError,
    Step,
    StoreElsewhere,
    StoreError,
    StoreFull,
)
from tenants.context import Purpose
from tenants.errors import Missing, Refused, Unreadable
from workers import boundary

log = structlog.get_logger()

# Only these may pass by themselves; anything else about the letter itself stays as it is.
_PASSING_RENDER = frozenset({"engine", "fonts_missing"})
_PASSING_SIGNING = frozenset({"engine", "timestamp-unavailable"})


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
            job.act_for(lambda: asker)
            with job.step():
                work = documents.begin_preview(job.object_id)
            if work is None:
                return
            pdf = documents.draw_preview(work)
            with job.step():
                documents.keep_preview(work.preview_id, pdf)
        except Exception as error:  # noqa: BLE001 (kept as a code; see the boundary)
            failure, final = failure_of(error)
            boundary.report("preview-failed", error, code=failure)
            with job.step():
                documents.fail_preview(job.object_id, failure, final=final)


def copy_letter(tenant_id: str, copy_id: str) -> None:
    """Make one certified copy."""
    with boundary.enter(tenant_id, copy_id, Purpose.LETTER) as job:
        if job is None:
            return
        try:
            with job.step():
                certifier = documents.copy_asker(job.object_id)
            job.act_for(lambda: certifier)
            with job.step():
                work = documents.begin_copy(job.object_id)
            if work is None:
                return
            pdf = documents.make_copy(work)
            with job.step():
                documents.keep_copy(work.copy_id, pdf)
        except Exception as error:  # noqa: BLE001 (kept as a code; see the boundary)
            failure, final = failure_of(error)
            boundary.report("copy-failed", error, code=failure)
            with job.step():
                documents.fail_copy(job.object_id, failure, final=final)


def failure_of(error: Exception) -> tuple[str, bool]:
    """Return an error's code for the letter, and whether trying again is of no use."""
    if isinstance(error, Halt):
        return error.code, True
    if isinstance(error, RenderError):
        code = f"{error.code} {error.field}" if error.field else error.code
        return code, error.code not in _PASSING_RENDER
    if isinstance(error, SigningError):
        return error.code, error.code not in _PASSING_SIGNING
    for kind, (code, final) in _FAILURES.items():
        if isinstance(error, kind):
            return code, final
    return "unexpected", False


_FAILURES: dict[type[Exception], tuple[str, bool]] = {
    StoreFull: ("store-full", False),
    StoreElsewhere: ("store-elsewhere", False),
    StoreError: ("store-unavailable", False),
    Unreadable: ("unreadable", True),
    Refused: ("not-allowed", True),
    Missing: ("signatory-gone", True),
    JobTimeoutException: ("timeout", False),
    SQLAlchemyError: ("database-unavailable", False),
}


def _make(job: boundary.Job, attempt: int) -> None:
    """Do the steps of one attempt; stop quietly where the claim is lost."""
    job.act_for(lambda: documents.issue_asker(job.object_id))
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
