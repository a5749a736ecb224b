"""A signed letter is sealed under its case's key and put where letters are kept."""

from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from app.documents import workshop
from app.documents.models import Letter
from app.documents.store import Missing as NoObject
from tenants import vault
from tenants.context import current
from tenants.database import db
from tenants.errors import Conflict, Unreadable

_NEIGHBOURS = 3  # one lost file must not stop every letter


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signed letter, sealed, with the name under which it is stored.

    Attributes:
        known: the names of the last letters stored before it.
    """

    name: str
    sha256: bytes
    size: int
    content: bytes = field(repr=False)
    known: tuple[str, ...] = ()


def seal(letter_id: UUID, sealed_for: UUID, attempt: int, pdf: bytes) -> Sealed:
    """Seal a signed letter under its case's key, or a document of the office under its own.

    Raises:
        Unreadable: the key was destroyed meanwhile.
    """
    digest = sha256(pdf)
    sealed = vault.seal_for_subject(sealed_for, pdf, *file_place(letter_id))
    tenant = current().tenant_id
    name = f"{tenant}/{letter_id}/{attempt}-{digest.hexdigest()}"
    return Sealed(name, digest.digest(), len(pdf), sealed, _last_stored())


def store(sealed: Sealed) -> None:
    """Put a sealed letter where letters are kept (outside of any transaction).

    Raises:
        StoreError: full, unreachable, not the place where the last letters were put, or the name
            is taken by other bytes.
    """
    workshop.store().put_beside(sealed.name, sealed.content, sealed.known)


def file_place(letter_id: UUID) -> tuple[str, ...]:
    """Return what a sealed letter is bound to."""
    return ("letter", str(letter_id), "pdf")


def stored_name(object_name: str, version: int | None) -> str:
    """Return under which name a letter lies now.

    Args:
        version: of the case's key, once the file was sealed anew; None for as it was issued.
    """
    return object_name if version is None else f"{object_name}.k{version}"


def fetch_sealed(letter: Letter) -> bytes:
    """Return the sealed bytes of an issued letter, also while its case's key is rotated.

    Raises:
        Conflict: ``letter-not-issued``.
        Unreadable: they are gone.
        StoreUnavailable: the store does not answer.
    """
    if letter.object_name is None:
        raise Conflict("letter-not-issued")
    name = stored_name(letter.object_name, letter.file_version)
    try:
        return workshop.store().get(name)
    except NoObject:
        db.session.refresh(letter, ["file_version"])
    moved = stored_name(letter.object_name, letter.file_version)
    try:
        return workshop.store().get(moved)
    except NoObject:
        raise Unreadable("the stored letter is gone") from None


def _last_stored() -> tuple[str, ...]:
    query = (
        select(Letter.object_name, Letter.file_version)
        .where(Letter.object_name.is_not(None))
        .order_by(Letter.issued_at.desc())
        .limit(_NEIGHBOURS)
    )
    rows = db.session.execute(query)
    return tuple(stored_name(row.object_name, row.file_version) for row in rows)
