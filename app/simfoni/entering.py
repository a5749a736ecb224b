"""Which cases are in the ministry's register, which are not, and which differ by now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from app.cases import service as cases
from app.simfoni import sheet
from app.simfoni.models import SimfoniEntry
from app.web.access import Subject
from tenants import audit, clock
from tenants.context import acting_person
from tenants.database import db, hold
from tenants.disclosure import Disclosed, disclose, write
from tenants.errors import Invalid
from tenants.vocabulary import Tag

TABLES = (SimfoniEntry,)
"""What the page of a case reads along with its own."""
BACK = timedelta(days=3 * 366)
"""How far back the queue looks."""


class EntryState(StrEnum):
    """Where a case stands with the ministry's register."""

    NOT_ENTERED = "not-entered"
    ENTERED = "entered"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that has to be entered, or entered anew; nothing confidential is in it."""

    case_id: UUID
    code: str
    registered_at: datetime
    state: EntryState


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet of one case, where it stands, and what was entered last."""

    case_id: UUID
    code: str
    sections: list[sheet.Section]
    state: EntryState
    entry: SimfoniEntry | None
    number: Disclosed | None


def queue() -> list[Waiting]:
    """Return the cases that the acting person may read and has to enter, the oldest first."""
    moment = clock.now()
    found = sheet.split(cases.readable_facts(acting_person(), moment - BACK, moment))
    query = select(SimfoniEntry.case_id, SimfoniEntry.digest)
    entered = {row.case_id: row.digest for row in db.session.execute(query)}
    waiting = [
        Waiting(one.case.id, one.case.code, one.case.registered_at, state)
        for one in found
        for state in [_state(entered.get(one.case.id), one)]
        if state is not EntryState.ENTERED
    ]
    audit.record(Tag.SIMFONI_QUEUE_VIEWED, details={"count": len(waiting)})
    return waiting


def look(subject: Subject) -> Sheet:
    """Return the sheet of a case, with the number as far as the person may see it."""
    entry = _entry(subject.id)
    one = sheet.split(cases.fact(subject.id))[0]
    number = None
    if entry is not None:
        number = disclose(entry, ["number"], subject.standing)["number"]
    state = _state(entry.digest if entry else None, one)
    made = Sheet(subject.id, one.case.code, sheet.sections(one), state, entry, number)
    audit.record(Tag.SIMFONI_SHEET_VIEWED, subject=("case", subject.id), case_id=subject.id)
    return made


def enter(subject: Subject, number: str) -> None:
    """Record that a case was entered as it is now, and under which number.

    Without a number it stays under the one it has: what was changed there since, as the closing of
    the case, is recorded so. In a closed case nothing sealed is written, so it takes no number.

    Raises:
        Invalid: ``number`` with ``required`` or ``too-long``.
        Refused: the person may not write it, or the case is closed.
    """
    hold(subject.id)
    entry = _entry(subject.id)
    if not number.strip() and entry is None and not subject.standing.closed:
        raise Invalid("number", "required")
    entry = entry or SimfoniEntry(case_id=subject.id)
    if number.strip():
        write(entry, subject.standing, number=number.strip())
    entry.digest = sheet.digest(sheet.split(cases.fact(subject.id))[0])
    entry.entered_by, entry.entered_at = acting_person().id, clock.now()
    db.session.add(entry)
    db.session.flush()
    audit.record(Tag.SIMFONI_ENTERED, subject=("simfoni_entry", entry.id), case_id=subject.id)


def entered_at(case_id: UUID) -> datetime | None:
    """Return when a case was last entered; None when it was not."""
    found = cases.beside(case_id, SimfoniEntry)
    return max((one.entered_at for one in found), default=None)


def _entry(case_id: UUID) -> SimfoniEntry | None:
    return db.session.scalar(select(SimfoniEntry).where(SimfoniEntry.case_id == case_id))


def _state(entered: str | None, one: sheet.OneCase) -> EntryState:
    if entered is None:
        return EntryState.NOT_ENTERED
    return EntryState.ENTERED if entered == sheet.digest(one) else EntryState.DIFFERS
