"""Notes that are kept while somebody writes them, sealed like the notes themselves.

Each person has one draft in a case, and nobody else is shown it. It is emptied when the note is
saved. Who may write notes and not see them (whoever only took the report) gets no drafts: they
could not be shown what was kept.
"""

from sqlalchemy import select

from app.cases.models import NoteDraft
from app.cases.reading import hold_open
from app.web.access import Subject
from tenants import audit, clock
from tenants.context import acting_person
from tenants.database import db
from tenants.disclosure import disclose, write
from tenants.policy import Access, decide
from tenants.vocabulary import Tag


def drafts_shown(subject: Subject) -> bool:
    """Tell whether the acting person may be shown what they wrote themselves."""
    declared = NoteDraft.text
    found = decide(acting_person(), subject.standing, declared.field_class, declared.level)
    return found.access is Access.SHOWN


def keep_draft(subject: Subject, text: str) -> None:
    """Keep what the acting person has written so far.

    Raises:
        Invalid: ``text`` with ``too-long`` or ``control-character``.
        Refused: the policy does not let this person write it.
        Conflict: the case is closed.
    """
    hold_open(subject)
    row = _own(subject)
    if row is None:
        row = NoteDraft(case_id=subject.id, author_id=acting_person().id, kept_at=clock.now())
    write(row, subject.standing, text=text)
    row.kept_at = clock.now()
    db.session.add(row)
    db.session.flush()
    audit.record(Tag.NOTE_DRAFT_KEPT, subject=("case", subject.id), case_id=subject.id)


def empty_draft(subject: Subject) -> None:
    """Forget what was kept, now that the note is saved."""
    row = _own(subject)
    if row is not None:
        row.text_sealed = None


def own_draft(subject: Subject, rows: list[NoteDraft]) -> str:
    """Return what the acting person has kept, or an empty text."""
    person = acting_person()
    mine = next((row for row in rows if row.author_id == person.id), None)
    if mine is None or mine.text_sealed is None or subject.standing.closed:
        return ""
    return disclose(mine, ("text",), subject.standing)["text"].value or ""


def _own(subject: Subject) -> NoteDraft | None:
    query = select(NoteDraft).where(
        NoteDraft.case_id == subject.id, NoteDraft.author_id == acting_person().id
    )
    found: NoteDraft | None = db.session.scalar(query)
    return found
