"""Her choice about legal process: said at a moment, changeable at any time, never forced.

It is kept apart from the statutory report, of which she is told and for which she is not asked
(domain reference, section 0.3).
"""

from app.cases import service as cases
from app.services.codes import CHOICES
from app.services.models import LegalChoice
from app.web.access import Subject
from tenants import audit, clock
from tenants.context import acting_person
from tenants.database import db
from tenants.disclosure import write
from tenants.errors import Invalid
from tenants.vocabulary import Tag


def choose(
    subject: Subject, *, choice: str, rights_explained: bool, free: bool, words: str | None
) -> None:
    """Record what she wants of the law now; what she said before stays on record.

    Args:
        rights_explained: she was told her rights (UU TPKS, articles 66 to 71) before she chose.
        free: nobody of the office or of her family pressed her.

    Raises:
        Invalid: ``choice`` with ``unknown-code``; ``rights_explained`` or ``free`` with
            ``missing``: such a choice is none, and is not recorded.
        Refused: the policy does not let this person write her words.
        Conflict: the case is closed.
    """
    cases.hold_open(subject)
    if choice not in CHOICES.names:
        raise Invalid("choice", "unknown-code")
    if not rights_explained:
        raise Invalid("rights_explained", "missing")
    if not free:
        raise Invalid("free", "missing")
    row = LegalChoice(
        case_id=subject.id,
        choice=choice,
        rights_explained=True,
        recorded_by=acting_person().id,
        recorded_at=clock.now(),
    )
    if words and words.strip():
        write(row, subject.standing, words=words)
    db.session.add(row)
    db.session.flush()
    audit.record(Tag.LEGAL_CHOICE_RECORDED, subject=("legal_choice", row.id), case_id=subject.id)


def choices(subject: Subject) -> list[LegalChoice]:
    """Return what she chose, the newest first."""
    found = cases.beside(subject.id, LegalChoice)
    return sorted(found, key=lambda one: (one.recorded_at, one.id), reverse=True)
