"""What the page of a case shows: entries, and their fields as the person may see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.accounts import service as accounts
from app.accounts.service import Card
from app.cases.alongside import ALONGSIDE, people_beside, read_along
from app.cases.closing_codes import ClosureState
from app.cases.consents import Given, as_given
from app.cases.drafting import own_draft
from app.cases.intake_codes import LinkState
from app.cases.listing import is_overdue, overdue_since
from app.cases.models import (
    Acquaintance,
    AllegedPerpetrator,
    Case,
    CaseLink,
    Closure,
    Consent,
    Incident,
    LegalProcess,
    Need,
    Note,
    NoteDraft,
    StepDone,
    Survivor,
    TeamMember,
)
from app.cases.reading import CaseRows, case_rows, gather
from app.cases.teams import Member, as_members
from app.cases.triage import Immediate, immediate
from app.web.access import Subject
from tenants import audit, revealing
from tenants.confidential import DECLARED, CaseTable, Confidential
from tenants.context import Person, Purpose, current
from tenants.database import db
from tenants.disclosure import Disclosed, disclose, fields_seen
from tenants.errors import Invalid, Missing
from tenants.policy import may_write
from tenants.vocabulary import Tag

NOTES = 5  # newest notes on the page of the case; the others have a page of their own

_KINDS: dict[str, type[CaseTable]] = {
    table.__tablename__: table
    for table in (Survivor, AllegedPerpetrator, Incident, Need, LegalProcess, Note)
}
_NAMES: dict[str, tuple[str, ...]] = {
    kind: tuple(name.split(".")[1] for name in DECLARED if name.split(".")[0] == kind)
    for kind in _KINDS
}


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One entry with its confidential fields.

    Attributes:
        row: for what is not confidential.
        fields: by name, in the order of the table.
    """

    kind: str
    id: UUID
    row: Any
    fields: dict[str, Disclosed]


@dataclass(frozen=True, slots=True)
class Reference:
    """Which one value is meant: the field of an entry."""

    kind: str
    row_id: UUID
    name: str

    @property
    def full_name(self) -> str:
        """The field's name in the audit log."""
        return f"{self.kind}.{self.name}"


@dataclass(frozen=True, slots=True, repr=False)
class Dossier:
    """Everything the page of a case shows, but for the parts of other rooms.

    Attributes:
        opened: what was just opened on demand, or None.
        more_notes: there are older notes on a page of their own.
        immediate: what is done at once while she is in danger.
        relations: (survivor, alleged perpetrator) -> what the one is to the other.
        to_link: how many other cases may concern her and were not checked yet.
        draft: the note that the acting person has begun and not saved.
        closure_waits: a second person has to agree to a closure.
    """

    case: Case
    survivors: Sequence[Entry]
    perpetrators: Sequence[Entry]
    incidents: Sequence[Entry]
    needs: Sequence[Entry]
    legal: Entry | None
    notes: Sequence[Entry]
    more_notes: bool
    team: Sequence[Member]
    consents: Sequence[Given]
    people: dict[UUID, Card]
    overdue: bool
    immediate: Sequence[Immediate] = ()
    relations: Mapping[tuple[UUID, UUID], str] = field(default_factory=dict)
    to_link: int = 0
    draft: str = ""
    closure_waits: bool = False
    opened: Reference | None = None

    @property
    def violence(self) -> frozenset[str]:
        """The kinds of violence of all incidents."""
        return frozenset(kind for one in self.incidents for kind in one.row.violence)


def look(subject: Subject) -> Dossier:
    """Return a case as the acting person may see it. The route records the look.

    Raises:
        Unreadable: the case's key is destroyed, or a value does not open.
    """
    return _dossier(subject, None)


def reveal(subject: Subject, meant: Reference, purpose: Purpose) -> Dossier:
    """Return the page with one more value opened, for a purpose that was named.

    Two events are left: the opening with exactly this field and purpose, and the look at the
    rest of the page.

    Raises:
        Missing: the case has no such entry.
        Invalid: ``field`` with ``unknown``; ``purpose`` with ``unknown``.
        Refused: the policy does not let this person open it.
        LimitReached: the person has opened as many today as the agency allows.
        Unreadable: as :func:`look`.
    """
    seen = revealing.reveal(_row_of(subject, meant), meant.name, subject.standing, purpose)
    dossier = _dossier(subject, (meant, seen))
    audit.record(
        Tag.CASE_VIEWED, subject=("case", subject.id), case_id=subject.id, fields=fields_seen()
    )
    return dossier


def editable(subject: Subject, kind: str, row_id: UUID) -> Entry:
    """Return one entry for the form that changes it: what is shown unasked, and no more.

    Raises:
        Missing: the case has no such entry.
    """
    row = _row_of(subject, Reference(kind, row_id, ""))
    return _entry(subject, row, None)


def related(subject: Subject) -> tuple[list[UUID], list[Entry], dict[tuple[UUID, UUID], str]]:
    """Return who is what to whom: survivors, who is reported (their names alone), relations."""
    found = gather(subject.id, Survivor, AllegedPerpetrator, Acquaintance)
    rows = sorted(found.of(AllegedPerpetrator), key=lambda row: row.id)
    named = [
        Entry(row.__tablename__, row.id, row, dict(disclose(row, ("full_name",), subject.standing)))
        for row in rows
    ]
    survivors = sorted(row.id for row in found.of(Survivor))
    return survivors, named, _relations(found.of(Acquaintance))


def legal_entry(subject: Subject) -> Entry | None:
    """Return what is recorded of the legal process, or None."""
    found = gather(subject.id, LegalProcess).of(LegalProcess)
    return _entry(subject, found[0], None) if found else None


def all_notes(subject: Subject) -> tuple[list[Entry], dict[UUID, Card], str]:
    """Return every note of a case, newest first, their authors, and one's own draft."""
    found = gather(subject.id, Note, NoteDraft)
    rows = found.of(Note)
    people = accounts.cards(row.author_id for row in rows)
    notes = [_entry(subject, row, None) for row in _newest(rows)]
    return notes, people, own_draft(subject, found.of(NoteDraft))


def writable(person: Person, subject: Subject, kind: str, *, raised: bool = False) -> list[str]:
    """Return the names of the fields of a table that a person may write in a case.

    Args:
        raised: the entry concerns a child, so that each level is one higher.
    """
    return [
        name
        for name in _NAMES[kind]
        if may_write(
            person,
            subject.standing,
            DECLARED[f"{kind}.{name}"].field_class,
            min(4, DECLARED[f"{kind}.{name}"].level + raised),
        )
    ]


def field_names(kind: str) -> tuple[str, ...]:
    """Return the names of the confidential fields of a table."""
    return _NAMES[kind]


def declared(kind: str, name: str) -> Confidential:
    """Return how a field of a case is declared (its greatest length)."""
    return DECLARED[f"{kind}.{name}"]


def _dossier(subject: Subject, opened: tuple[Reference, Disclosed] | None) -> Dossier:
    case: Case = subject.row
    found = gather(
        subject.id,
        *(Survivor, AllegedPerpetrator, Incident, Need, LegalProcess),
        *(Note, Consent, TeamMember, Acquaintance, StepDone, CaseLink, Closure, NoteDraft),
        *ALONGSIDE,
        newest={Note: (Note.written_at, NOTES + 1)},
    )
    rows: CaseRows = case_rows(case, found)
    notes = _newest(found.of(Note))
    older = len(notes) > NOTES
    notes = notes[:NOTES]
    if opened and opened[0].kind == Note.__tablename__:
        meant = _row_of(subject, opened[0])
        if isinstance(meant, Note) and meant not in notes:
            notes.append(meant)  # it was opened on the page of all notes
    people = accounts.cards(
        _people(case, found.of(TeamMember), found.of(Consent), notes)
        | {row.done_by for row in found.of(StepDone)}
        | people_beside(found)
    )
    read_along(case.id, found, people)

    def entries(table_rows: Iterable[CaseTable]) -> list[Entry]:
        return [_entry(subject, row, opened) for row in table_rows]

    return Dossier(
        case=case,
        survivors=entries(rows.survivors),
        perpetrators=entries(rows.perpetrators),
        incidents=entries(rows.incidents),
        needs=entries(rows.needs),
        legal=_entry(subject, rows.legal, opened) if rows.legal else None,
        notes=entries(notes),
        more_notes=older,
        team=as_members(found.of(TeamMember), people),
        consents=as_given(found.of(Consent), people),
        people=people,
        overdue=is_overdue(case, overdue_since()),
        immediate=immediate(case, found.of(StepDone)),
        relations=_relations(found.of(Acquaintance)),
        draft=own_draft(subject, found.of(NoteDraft)),
        closure_waits=any(row.state == ClosureState.PROPOSED for row in found.of(Closure)),
        to_link=sum(row.state == LinkState.POSSIBLE for row in found.of(CaseLink)),
        opened=opened[0] if opened else None,
    )


def _entry(subject: Subject, row: CaseTable, opened: tuple[Reference, Disclosed] | None) -> Entry:
    kind = row.__tablename__
    seen: dict[str, Disclosed] = {}
    for name in _NAMES[kind]:
        if opened and opened[0] == Reference(kind, row.id, name):
            seen[name] = opened[1]
        else:
            seen |= disclose(row, (name,), subject.standing)
    return Entry(kind, row.id, row, seen)


def _row_of(subject: Subject, meant: Reference) -> CaseTable:
    table = _KINDS.get(meant.kind)
    if table is None or (meant.name and meant.name not in _NAMES[meant.kind]):
        raise Invalid("field", "unknown")
    row = db.session.get(table, (current().tenant_id, meant.row_id))
    if row is None or row.case_id != subject.id:
        raise Missing(meant.kind)
    return row


def _people(
    case: Case, members: list[TeamMember], consents: list[Consent], notes: list[Note]
) -> set[UUID]:
    return {
        case.registered_by,
        *(row.account_id for row in members if row.released_at is None),
        *(row.recorded_by for row in consents),
        *(row.author_id for row in notes),
    }


def _relations(rows: Iterable[Acquaintance]) -> dict[tuple[UUID, UUID], str]:
    return {(row.survivor_id, row.perpetrator_id): row.relation for row in rows}


def _newest(notes: list[Note]) -> list[Note]:
    return sorted(notes, key=lambda row: (row.written_at, row.id), reverse=True)
