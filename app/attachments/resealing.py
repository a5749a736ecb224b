"""The files of a case's attachments are sealed under its new key when the key was rotated.

As with letters (:mod:`app.documents.resealing`): a name of its own for each version, the row says
which one counts, and only then the earlier file goes. Runs as ``teduh_keys``.
"""

from uuid import UUID

from sqlalchemy import select, update

from app.attachments import keeping
from app.attachments.models import AttachmentPart
from app.documents import service as documents
from app.documents.resealing import Moved
from tenants import vault
from tenants.database import db
from tenants.errors import Unreadable


def files_of(case_id: UUID) -> list[UUID]:
    """Return the parts of a case's attachments that have a file."""
    query = select(AttachmentPart.id).where(
        AttachmentPart.case_id == case_id, AttachmentPart.object_name.is_not(None)
    )
    return list(db.session.scalars(query.order_by(AttachmentPart.id)))


def seal_file_anew(part_id: UUID) -> Moved:
    """Seal the file of a part under the newest key of its case, if it is not yet.

    Raises:
        Unreadable: the file is gone, altered, or its key is destroyed.
        StoreError: the store does not take or give it.
    """
    row = db.session.execute(
        select(
            AttachmentPart.case_id, AttachmentPart.object_name, AttachmentPart.file_version
        ).where(AttachmentPart.id == part_id)
    ).one()
    newest, _ = vault.data_key(row.case_id)
    store = documents.object_store()
    if (row.file_version or 1) != newest:
        present = documents.stored_name(row.object_name or "", row.file_version)
        content = _opened(row.case_id, part_id, present)
        name = documents.stored_name(row.object_name, newest)
        place = keeping.place(part_id)
        try:
            store.put(name, vault.seal_for_subject(row.case_id, content, *place))
        except documents.ObjectConflict:
            # Put there by a rotation that died before it could say so.
            if _opened(row.case_id, part_id, name) != content:
                raise
        db.session.execute(
            update(AttachmentPart).where(AttachmentPart.id == part_id).values(file_version=newest)
        )
    earlier = (documents.stored_name(row.object_name, one) for one in (None, *range(2, newest)))
    left = tuple(name for name in earlier if store.holds(name)) if newest > 1 else ()
    return Moved((row.file_version or 1) != newest, left)


def _opened(case_id: UUID, part_id: UUID, name: str) -> bytes:
    try:
        sealed = documents.object_store().get(name)
    except documents.NoObject:
        raise Unreadable("the stored attachment is gone") from None
    return vault.open_for_subject(case_id, sealed, *keeping.place(part_id))
