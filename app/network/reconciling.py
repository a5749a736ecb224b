"""The monthly comparison of case data with an organisation, until no difference is left.

Only case codes and counts are compared: nothing confidential is opened for it, and a case that the
organisation has and the agency has not is a number here, never a name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.cases import service as cases
from app.network.codes import RESOLUTION_NAMES, Resolution
from app.network.models import Reconciliation, ReconciliationLine
from app.referrals import service as referrals
from app.web.access import Subject
from tenants import audit, clock, registry
from tenants.context import acting_person, current
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.vocabulary import Tag

MOST = 10_000  # cases of one month
_KIND = "police"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of one case: found there or not, and how a difference was settled."""

    found: bool | None
    resolution: Resolution | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One month, as far as it has been compared.

    Attributes:
        lines: each case of the agency, with its code for whoever may read the case.
        unanswered: cases of which nobody has said whether the organisation has them.
        missing: cases that it has not, of which it is not settled why.
        surplus: how many more cases it has than were found, if that is not settled.
    """

    row: Reconciliation
    organisation: str
    lines: Sequence[tuple[ReconciliationLine, str | None]]
    unanswered: int
    missing: int
    surplus: int

    @property
    def whole(self) -> bool:
        """Whether the acting person may read every case of the month."""
        return all(code is not None for _, code in self.lines)

    @property
    def even(self) -> bool:
        """Whether no difference is left."""
        return self.row.theirs is not None and not (self.unanswered or self.missing or self.surplus)


def partners() -> list[registry.Organisation]:
    """Return the organisations whose months are compared: the police."""
    return [one for one in registry.organisations() if one.kind == _KIND]


def months() -> list[tuple[Reconciliation, str]]:
    """Return every month that was begun, the latest first, with the organisation's name."""
    query = select(Reconciliation).order_by(Reconciliation.month.desc()).limit(120)
    rows = list(db.session.scalars(query))
    names = {one: registry.organisation(one).name for one in {row.organisation_id for row in rows}}
    return [(row, names[row.organisation_id]) for row in rows]


def begin(organisation_id: UUID, month: date) -> UUID:
    """Begin to compare a month that is over, with the cases referred to the organisation in it.

    Raises:
        Invalid: ``month`` with ``month-not-over``; ``organisation`` with ``unknown``.
        Conflict: ``month-begun`` already.
    """
    first = month.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    zone = registry.profile().identity.timezone
    if after > clock.today(zone):
        raise Invalid("month", "month-not-over")
    if organisation_id not in {one.id for one in partners()}:
        raise Invalid("organisation", "unknown")
    query = select(Reconciliation.id).where(
        Reconciliation.organisation_id == organisation_id, Reconciliation.month == first
    )
    if db.session.scalar(query) is not None:
        raise Conflict("month-begun")
    row = Reconciliation(
        organisation_id=organisation_id,
        month=first,
        begun_by=acting_person().id,
        begun_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    asked = referrals.asked(clock.begins(first, zone), clock.begins(after, zone))
    for case_id in dict.fromkeys(
        one.case_id for one in asked if one.organisation_id == organisation_id
    ):
        db.session.add(ReconciliationLine(case_id=case_id, reconciliation_id=row.id))
    db.session.flush()
    audit.record(
        Tag.RECONCILIATION_BEGUN,
        subject=("reconciliation", row.id),
        details={"organisation": str(organisation_id), "first_day": first.isoformat()},
    )
    return row.id


def load_reconciliation(reconciliation_id: UUID) -> Subject:
    """Load a compared month for a route.

    Raises:
        Missing: there is none in the bound tenant.
    """
    row = db.session.get(Reconciliation, (current().tenant_id, reconciliation_id))
    if row is None:
        raise Missing("reconciliation")
    return Subject("reconciliation", row.id, row)


def compared(row: Reconciliation) -> Compared:
    """Return how far a month has been compared."""
    query = select(ReconciliationLine).where(ReconciliationLine.reconciliation_id == row.id)
    rows = list(db.session.scalars(query))
    codes = cases.readable_codes(acting_person(), [one.case_id for one in rows])
    rows.sort(key=lambda one: (one.case_id not in codes, codes.get(one.case_id, ""), one.id))
    lines = [(one, codes.get(one.case_id)) for one in rows]
    found = sum(one.found is True for one in rows)
    settled = sum(one.resolution == Resolution.REGISTERED_NOW for one in rows)
    surplus = max(0, (row.theirs or 0) - found - settled)
    return Compared(
        row,
        registry.organisation(row.organisation_id).name,
        lines,
        unanswered=sum(one.found is None for one in rows),
        missing=sum(one.found is False and one.resolution is None for one in rows),
        surplus=0 if row.surplus else surplus,
    )


def answer(
    row: Reconciliation,
    theirs: int | None,
    surplus: Resolution | None,
    answers: Mapping[UUID, Answer],
) -> None:
    """Keep what was compared so far.

    Args:
        theirs: how many cases the organisation has of the month.
        surplus: how it was settled that it has more than the agency knows.
        answers: by the id of a line; a line that is missing stays as it is.

    Raises:
        Invalid: ``theirs`` with ``too-many`` or ``fewer-than-found``.
        Conflict: ``month-settled``.
        Refused: one of the lines is of a case that the acting person may not read.
    """
    _hold(row)
    if row.settled_at is not None:
        raise Conflict("month-settled")
    if theirs is not None and not 0 <= theirs <= MOST:
        raise Invalid("theirs", "too-many")
    query = select(ReconciliationLine).where(ReconciliationLine.reconciliation_id == row.id)
    lines = list(db.session.scalars(query.with_for_update()))
    _check_readable([one for one in lines if one.id in answers])
    found = 0
    for line in lines:
        said = answers.get(line.id, Answer(line.found, _code(line.resolution)))
        resolution = said.resolution if said.found is False else None
        if (line.found, line.resolution) != (said.found, resolution):
            line.found, line.resolution = said.found, resolution
            line.answered_by, line.answered_at = acting_person().id, clock.now()
        found += said.found is True
    if theirs is not None and theirs < found:
        raise Invalid("theirs", "fewer-than-found")
    row.theirs, row.surplus = theirs, surplus.value if surplus else None
    db.session.flush()
    audit.record(
        Tag.RECONCILIATION_ANSWERED,
        subject=("reconciliation", row.id),
        details={"count": len(answers)},
    )


def settle(row: Reconciliation) -> None:
    """Close a month in which no difference is left; it counts for the organisation's duty.

    Raises:
        Conflict: ``month-settled`` before, or ``differences-left``.
        Refused: one of its cases is not the acting person's to read.
    """
    _hold(row)
    if row.settled_at is not None:
        raise Conflict("month-settled")
    state = compared(row)
    _check_readable([line for line, _code_of_case in state.lines])
    if not state.even:
        raise Conflict("differences-left")
    row.settled_at, row.settled_by = clock.now(), acting_person().id
    db.session.flush()
    audit.record(Tag.RECONCILIATION_SETTLED, subject=("reconciliation", row.id))


def between(since: date, until: date) -> list[Reconciliation]:
    """Return the months that begin in a period."""
    query = select(Reconciliation).where(
        Reconciliation.month >= since, Reconciliation.month <= until
    )
    return list(db.session.scalars(query))


def resolutions() -> list[tuple[str, Any]]:
    """Return (code, word) of each way to settle a difference."""
    return [(code.value, name) for code, name in RESOLUTION_NAMES.items()]


def _hold(row: Reconciliation) -> None:
    db.session.refresh(row, with_for_update=True)


def _check_readable(lines: Sequence[ReconciliationLine]) -> None:
    case_ids = {one.case_id for one in lines}
    if case_ids - cases.readable_codes(acting_person(), case_ids).keys():
        raise Refused("role")


def _code(value: str | None) -> Resolution | None:
    return Resolution(value) if value else None
