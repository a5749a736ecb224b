"""Letters that outside parties sign on paper: a print goes to them, and a scan of it comes back.

The scan is an attachment of the case that names its letter (the room of attachments keeps it). It
is evidence of what was signed by hand; the electronic signatures in the letter are the office's.
"""

from uuid import UUID

from app.documents import letters, workshop
from app.documents.states import LetterState
from tenants.errors import Conflict, Missing


def signed_on_paper(key: str) -> bool:
    """Tell whether outside parties sign a print of letters of this type."""
    return workshop.document_type(key).signed_on_paper


def check_print(letter_id: UUID, case_id: UUID) -> UUID | None:
    """Check that a scan of a letter may be kept; return the consent that it is the form of.

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
    return letter.subject_id if of_consent else None
