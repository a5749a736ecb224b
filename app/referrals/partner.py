"""What a partner organisation sees of a referral, and how it answers.

Everything here happens for the purpose of the referral, and the audit log says so.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import case as sql_case
from sqlalchemy import func, select

from app.cases import service as cases
from app.clocks import service as clocks
from app.referrals.codes import LIVING, WAITING, DeclineReason, ReferralState
from app.referrals.lines import Line, lines, take
from app.referrals.messages import Step, steps
from app.referrals.models import Referral
from app.web.access import Subject
from tenants import audit, clock, revealing
from tenants.confidential import DECLARED, CaseTable
from tenants.context import Person, Purpose, acting_person, bind, current
from tenants.database import db
from tenants.disclosure import Disclosed, disclose, write
from tenants.errors import Conflict, Refused
from tenants.policy import Access, decide
from tenants.vocabulary import Tag

ENDED_SHOWN = 50  # ended referrals kept in the inbox

# What a referral may carry, by table, in the order of the page. The alleged perpetrator, the
# address, the safe house and the team's notes are never among it, whatever was consented to.
CARRIED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "survivor",
        (
            "full_name",
            "birth_date",
            "phone",
            "safe_contact",
            "contact_when",
            "forbidden_phone",
            "health",
        ),
    ),
    ("need", ("description",)),
    ("referral", ("request_note",)),
    ("legal_process", ("report_number",)),
    ("incident", ("narrative",)),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the case as the organisation may see it; ``row_id`` is None for no row."""

    kind: str
    row_id: UUID | None
    fields: tuple[Disclosed, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """What the page of one referral says.

    Attributes:
        parts: empty when nothing is shared (the referral ended, or no consent lives).
        opened: row and field that were just opened on demand, or None.
        messages: what organisation and office told each other.
    """

    line: Line
    parts: tuple[Part, ...]
    opened: tuple[UUID, str] | None = None
    messages: tuple[Step, ...] = ()


@contextmanager
def for_referral() -> Iterator[None]:
    with bind(replace(current(), purpose=Purpose.REFERRAL)):
        yield


def inbox() -> list[Line]:
    """Return the referrals of the acting officer's organisation: waiting first, ended last.

    Nothing confidential is in them and nothing is decrypted.
    """
    found = lines(_of(acting_person()))
    with for_referral():
        audit.record(Tag.REFERRAL_INBOX_VIEWED, details={"count": len(found)})
    return found


def waiting(person: Person) -> list[Line]:
    """Return the referrals that wait for an answer of the person's organisation."""
    return [one for one in lines(_of(person)) if one.state is ReferralState.REQUESTED]


def look(subject: Subject) -> Shared:
    """Return what the acting officer may see of a referral, and record the look."""
    with for_referral():
        shared = _shared(subject, None)
        note_event(Tag.REFERRAL_VIEWED, subject)
    return shared


def reveal(subject: Subject, row_id: UUID, name: str) -> Shared:
    """Open one specially protected field as well, and record that.

    Args:
        name: ``table.field`` of a row that the referral carries.

    Raises:
        Refused: consent or policy does not let this organisation see it.
        LimitReached: the person has opened as many today as the agency allows.
    """
    kind, _, short = name.partition(".")
    rows = _rows(subject) if subject.standing.consented else {}
    row = next((one for one in rows.get(kind, ()) if one.id == row_id), None)
    if row is None or short not in dict(CARRIED)[kind]:
        raise Refused("no-consent", Purpose.REFERRAL)
    opened = revealing.reveal(row, short, subject.standing, Purpose.REFERRAL)
    with for_referral():
        shared = _shared(subject, (row_id, opened))
        note_event(Tag.REFERRAL_VIEWED, subject)
    return shared


def accept(subject: Subject, note: str | None = None) -> None:
    """Take the referral on, perhaps with a note (when and where to come).

    Raises:
        Conflict: it is no longer waiting, or the case is closed.
        Invalid: the note is too long or holds a control character.
    """
    referral = _answer(subject, ReferralState.ACCEPTED, note)
    referral.result_due_at = clocks.due_of(clocks.Kind.REFERRAL_RESULT, clock.now())
    db.session.flush()
    with for_referral():
        note_event(Tag.REFERRAL_ACCEPTED, subject)


def decline(subject: Subject, reason: DeclineReason, note: str | None = None) -> None:
    """Say that the organisation cannot take the referral; it sees nothing of it afterwards.

    Raises:
        Conflict: it is no longer waiting, or the case is closed.
        Invalid: the note is too long or holds a control character.
    """
    referral = _answer(subject, ReferralState.DECLINED, note)
    referral.decline_reason = reason
    referral.ended_at = referral.answered_at
    db.session.flush()
    with for_referral():
        note_event(Tag.REFERRAL_DECLINED, subject, {"reason": reason.value})


def _answer(subject: Subject, state: ReferralState, note: str | None) -> Referral:
    referral = take(subject, WAITING)
    if subject.standing.closed:
        raise Conflict("case-closed")
    if note and note.strip():
        write(referral, subject.standing, answer_note=note)
    referral.state = state
    referral.answered_by = acting_person().id
    referral.answered_at = clock.now()
    db.session.flush()
    return referral


def _of(person: Person) -> list[Referral]:
    """Return the organisation's living referrals by urgency, then the last ended ones."""
    if person.organisation_id is None:
        return []
    query = select(Referral).where(Referral.organisation_id == person.organisation_id)
    alive = query.where(Referral.state.in_(LIVING)).order_by(
        sql_case((Referral.state.in_(WAITING), 0), else_=1),
        Referral.due_at,
        Referral.id,
    )
    ended = (
        query.where(Referral.state.not_in(LIVING))
        .order_by(func.coalesce(Referral.ended_at, Referral.requested_at).desc(), Referral.id)
        .limit(ENDED_SHOWN)
    )
    return [*db.session.scalars(alive), *db.session.scalars(ended)]


def _shared(subject: Subject, opened: tuple[UUID, Disclosed] | None) -> Shared:
    line = lines([subject.row])[0]
    if not subject.standing.consented:
        return Shared(line, ())
    parts: list[Part] = []
    rows = _rows(subject)
    for kind, names in CARRIED:
        # An empty row for none: a page that shares nothing of a kind does not tell if there is any.
        parts.extend(_part(subject, kind, names, row, opened) for row in rows[kind] or (None,))
    opened_as = (opened[0], opened[1].name) if opened else None
    return Shared(line, tuple(parts), opened_as, tuple(steps(subject)))


def _rows(subject: Subject) -> dict[str, Sequence[CaseTable]]:
    referral: Referral = subject.row
    found = cases.rows(referral.case_id)
    return {
        "survivor": found.survivors,
        "need": [need for need in found.needs if need.id == referral.need_id],
        "referral": [referral],
        "legal_process": [found.legal] if found.legal is not None else [],
        "incident": found.incidents,
    }


def _part(
    subject: Subject,
    kind: str,
    names: tuple[str, ...],
    row: CaseTable | None,
    opened: tuple[UUID, Disclosed] | None,
) -> Part:
    if row is None:
        return Part(kind, None, tuple(_absent(subject, f"{kind}.{name}") for name in names))
    seen = dict(disclose(row, names, subject.standing))
    if opened is not None and opened[0] == row.id:
        seen |= {name: opened[1] for name in names if opened[1].name == f"{kind}.{name}"}
    return Part(kind, row.id, tuple(seen[name] for name in names))


def _absent(subject: Subject, name: str) -> Disclosed:
    declared = DECLARED[name]
    decision = decide(acting_person(), subject.standing, declared.field_class, declared.level)
    access = Access.DENIED if decision.access is Access.DENIED else Access.SHOWN
    return Disclosed(name, access, None, False, decision.reason)


def note_event(tag: Tag, subject: Subject, details: dict[str, str] | None = None) -> None:
    audit.record(
        tag, subject=("referral", subject.id), case_id=subject.case_id, details=details or {}
    )
