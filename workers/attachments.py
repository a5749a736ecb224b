"""The jobs of attachments: a small copy of a picture, the way into the store, and out of it."""

from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.attachments import service as attachments
from app.documents.service import StoreError
from tenants import outbox
from tenants.context import Purpose
from tenants.errors import Invalid, Missing, Refused, Unreadable
from tenants.outbox import Kind
from workers import boundary

log = structlog.get_logger()

AGAIN = timedelta(seconds=30)  # a store that does not answer is asked again until it does


def prepare_attachment(tenant_id: str, attachment_id: str) -> None:
    """Make a small copy of a picture, then put all that is kept of it into the store."""
    with boundary.enter(tenant_id, attachment_id, Purpose.HANDLING) as job:
        if job is None:
            return
        try:
            _preview(job)
            _store(job)
            with job.step():
                attachments.finish(job.object_id)
        except Missing:
            with job.step():
                attachments.drop(job.object_id)
        except (StoreError, SQLAlchemyError) as error:
            boundary.report("attachment-postponed", error)
            with job.step():
                outbox.postpone(Kind.PREPARE_ATTACHMENT, job.object_id, AGAIN)


def remove_attachment(tenant_id: str, attachment_id: str) -> None:
    """Remove the files of an attachment that was removed."""
    with boundary.enter(tenant_id, attachment_id, Purpose.HANDLING) as job:
        if job is None:
            return
        try:
            with job.step():
                names = attachments.doomed_files(job.object_id)
            attachments.remove_files(names)
            with job.step():
                attachments.files_removed(job.object_id)
            log.info("attachment-files-removed", count=len(names))
        except (StoreError, SQLAlchemyError) as error:
            boundary.report("attachment-postponed", error)
            with job.step():
                outbox.postpone(Kind.REMOVE_ATTACHMENT, job.object_id, AGAIN)


def _preview(job: boundary.Job) -> None:
    """Make the small copy with the asking person's rights; the picture is there without it."""
    with job.step():
        asker = attachments.preview_asker(job.object_id)
    if asker is None:
        return
    try:
        job.act_for(lambda: asker)
        with job.step():
            picture = attachments.begin_preview(job.object_id)
        small = attachments.draw_preview(picture)
        with job.step():
            attachments.keep_preview(picture, small)
    except (Refused, Missing, Invalid, Unreadable) as error:
        code = error.reason if isinstance(error, Refused | Invalid) else type(error).__name__
        boundary.report("attachment-preview-failed", error, code=code)
        with job.step():
            attachments.give_up_preview(job.object_id, code)


def _store(job: boundary.Job) -> None:
    while True:
        with job.step():
            sealed = attachments.waiting_part(job.object_id)
        if sealed is None:
            return
        attachments.put_part(sealed)
        with job.step():
            taken = attachments.part_stored(sealed)
        if not taken:
            attachments.remove_files([sealed.stored_name])
