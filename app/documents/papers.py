"""Letters that outside parties sign on paper: a print goes to them, and a scan of it comes back.

The scan is an attachment of the case that names its letter (the room of attachments keeps it). It
is evidence of what was signed by hand; the electronic signatures in the letter are the office's.
"""

from dataclasses import dataclass
from uuid import UUID

from app.documents import letters, workshop
from app.documents.states import LetterState
from tenants.errors import Conflict, Missing


@dataclass(frozen=True, slots=True)
class Print:
    """The print of a letter whose scan is to be kept.

    Attributes:
        consent_id: the consent that it is the form of.
    """

    letter_id: UUID
    type: str
    consent_id: UUID | None


def signed_on_paper(key: str) -> bool:
    """Tell whether outside parties sign a print of letters of this type."""
    return workshop.document_type(key).signed_on_paper


def print_of(letter_id: UUID, case_id: UUID) -> Print:
    """Return the print of an issued letter of a case.

    Raises:
        Missing: there is no such letter of this case, or nobody signs it on paper.
        Conflict: ``letter-state``: it is not issued, or withdrawn or replaced.
    """
    letter = letters.find(letter_id)
    kind = workshop.document_type(letter.type)
    if letter.case_id != case_id or not kind.signed_on_paper:
        raise Missing("letter")
    if letter.state != LetterState.ISSUED.value:
        raise Conflict("letter-state")
    of_consent = any(one.name.startswith("consent.") for one in kind.fields)
    return Print(letter.id, letter.type, letter.subject_id if of_consent else None)
