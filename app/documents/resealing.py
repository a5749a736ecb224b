"""The files of a case's letters are sealed under its new key when the key was rotated.

A name in the store keeps its bytes for ever, so a file sealed anew gets a name of its own; the
letter's row says which one counts, and only then the earlier file goes. The PDF within stays the
same to the last byte. Runs as ``teduh_keys``, which reads no other column of a letter.
"""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select, update

from app.documents import keeping, workshop
from app.documents.models import Letter
from app.documents.store import Conflict
from app.documents.store import Missing as NoObject
from tenants import vault
from tenants.database import db
from tenants.errors import Unreadable


@dataclass(frozen=True, slots=True)
class Moved:
    """A file that now lies under another name.

    Attributes:
        anew: it was sealed just now; else it was before.
        left: names of the earlier files, to be removed once this transaction is committed.
    """

    anew: bool
    left: tuple[str, ...]


def files_of(case_id: UUID) -> list[UUID]:
    """Return the letters of a case that have a file, or a document of the office of that key."""
    query = (
        select(Letter.id)
        .where(Letter.sealed_for == case_id, Letter.object_name.is_not(None))
        .order_by(Letter.id)
    )
    return list(db.session.scalars(query))


def seal_file_anew(letter_id: UUID) -> Moved:
    """Seal the file of a letter under the newest key of its case, if it is not yet.

    Raises:
        Unreadable: the file is gone, altered, or its key is destroyed.
        StoreError: the store does not take or give it.
    """
    row = db.session.execute(
        select(Letter.sealed_for, Letter.object_name, Letter.sha256, Letter.file_version).where(
            Letter.id == letter_id
        )
    ).one()
    newest, _ = vault.data_key(row.sealed_for)
    if row.file_version == newest:
        return Moved(False, _earlier(row.object_name, newest))
    sealed = _sealed(keeping.stored_name(row.object_name, row.file_version))
    if vault.version_of(sealed) == newest:
        return Moved(False, ())
    place = keeping.file_place(letter_id)
    pdf = vault.open_for_subject(row.sealed_for, sealed, *place)
    if sha256(pdf).digest() != row.sha256:
        raise Unreadable("the stored letter is not the one on record")
    name = keeping.stored_name(row.object_name, newest)
    try:
        workshop.store().put(name, vault.seal_for_subject(row.sealed_for, pdf, *place))
    except Conflict:
        # Put there by a rotation that died before it could say so.
        if vault.open_for_subject(row.sealed_for, _sealed(name), *place) != pdf:
            raise
    db.session.execute(update(Letter).where(Letter.id == letter_id).values(file_version=newest))
    return Moved(True, _earlier(row.object_name, newest))


def remove(moved: Moved) -> None:
    """Remove the earlier files; call it once the new place is committed.

    Raises:
        StoreUnavailable: the store does not let one go.
    """
    for name in moved.left:
        workshop.store().remove(name)


def _sealed(name: str) -> bytes:
    try:
        return workshop.store().get(name)
    except NoObject:
        raise Unreadable("the stored letter is gone") from None


def _earlier(object_name: str, newest: int) -> tuple[str, ...]:
    versions = (None, *range(2, newest))
    names = (keeping.stored_name(object_name, version) for version in versions)
    return tuple(name for name in names if workshop.store().holds(name))
