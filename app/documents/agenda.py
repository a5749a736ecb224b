"""The agenda book (buku agenda): every number that was given, what it became, and nothing else.

It says nothing of a case: number, date, kind of letter, addressee, signatory, and what became of
it. Documents of the office stand in it as well, since they take numbers of the same registers.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from app.accounts import service as accounts
from app.documents import office, workshop
from app.documents.models import Letter, LetterCounter
from app.documents.states import LetterState, WithdrawReason
from tenants.clock import today
from tenants.database import db
from tenants.registry import Organisation, profile

PAGE = 50
MOST = 20_000  # lines of one export


@dataclass(frozen=True, slots=True)
class Line:
    """One number of the book.

    Attributes:
        kind: key of the document type.
        organisation: the addressee's name; None for what leaves the office by hand.
        replaces: the number of the letter in whose place it was issued.
        reason: why it was withdrawn, or why its number is void.
    """

    id: UUID
    of_case: bool
    number: str
    dated: date
    kind: str
    organisation: str | None
    signatory: str
    state: LetterState
    issued_at: datetime | None
    replaces: str | None
    reason: WithdrawReason | None


@dataclass(frozen=True, slots=True)
class Register:
    """One series of numbers in a year.

    Attributes:
        kinds: keys of the document types that take their numbers from it.
        pattern: as the profile has it.
        following: the number that the next letter would get today.
        void: how many numbers of it are void.
    """

    series: str
    kinds: tuple[str, ...]
    pattern: str
    last: int
    following: str | None
    void: int


def years() -> list[int]:
    """Return the years in which numbers were given, and this one, newest first."""
    found = set(db.session.scalars(select(LetterCounter.year).distinct()))
    return sorted(found | {_today().year}, reverse=True)


def count(year: int) -> int:
    """Return how many numbers were given in a year."""
    return db.session.scalar(select(func.count()).select_from(_of(year).subquery())) or 0


def lines(year: int, *, page: int = 1, size: int = PAGE) -> list[Line]:
    """Return one page of the book of a year, in the order in which numbers were given."""
    query = _of(year).order_by(Letter.approved_at, Letter.family, Letter.sequence)
    rows = list(db.session.scalars(query.limit(size).offset((page - 1) * size)))
    signatories = accounts.cards({row.signatory_id for row in rows if row.signatory_id})
    wanted = {row.organisation_id for row in rows if row.organisation_id}
    places: dict[UUID, str] = {
        one.id: one.name
        for one in db.session.scalars(select(Organisation).where(Organisation.id.in_(wanted)))
    }
    replaced: dict[UUID, str | None] = {
        one.id: one.number
        for one in db.session.execute(
            select(Letter.id, Letter.number).where(
                Letter.id.in_({row.supersedes_id for row in rows if row.supersedes_id})
            )
        )
    }
    return [
        Line(
            id=row.id,
            of_case=row.case_id is not None,
            number=row.number or "",
            dated=row.dated or _today(),
            kind=row.type,
            organisation=places.get(row.organisation_id) if row.organisation_id else None,
            signatory=signatories[row.signatory_id].name if row.signatory_id else "",
            state=LetterState(row.state),
            issued_at=row.issued_at,
            replaces=replaced.get(row.supersedes_id) if row.supersedes_id else None,
            reason=WithdrawReason(row.withdraw_reason) if row.withdraw_reason else None,
        )
        for row in rows
    ]


def registers(year: int) -> list[Register]:
    """Return every series of numbers with where it stands; each begins anew with the year."""
    day = _today()
    last = {
        row.family: row.last
        for row in db.session.scalars(select(LetterCounter).where(LetterCounter.year == year))
    }
    void_of = (
        select(Letter.family, func.count())
        .where(Letter.year == year, Letter.state == LetterState.VOIDED.value)
        .group_by(Letter.family)
    )
    void: dict[str, int] = {row[0]: row[1] for row in db.session.execute(void_of)}
    series: dict[str, list[str]] = {}
    kinds = workshop.catalogue().types
    for kind in kinds.values():
        series.setdefault(office.series(kind.key, kind.family), []).append(kind.key)
    found = []
    for name in sorted(series.keys() | last.keys()):
        keys = tuple(sorted(series.get(name, ())))
        family = kinds[keys[0]].family if keys else ""
        following = None
        if keys and year == day.year:
            following = office.number(keys[0], family, last.get(name, 0) + 1, day)
        pattern = profile().numbering.pattern_of(family)
        found.append(Register(name, keys, pattern, last.get(name, 0), following, void.get(name, 0)))
    return found


def _of(year: int) -> Select[Letter]:
    return select(Letter).where(Letter.year == year, Letter.sequence.is_not(None))


def _today() -> date:
    return today(profile().identity.timezone)
