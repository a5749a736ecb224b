"""Two cases that may concern one person (invariant 12).

Whether two cases agree is asked of the blind indexes when a report is taken and when a survivor's
particulars change; nothing is opened. Who took the report learns nothing of it: what was found
waits for whoever may link cases, and shows them only cases that are theirs to read.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import aliased

from app.cases.consents import today
from app.cases.entries import check_code
from app.cases.intake_codes import LINK_STATES, MATCHES, LinkState, Match
from app.cases.listing import Line, lines, readable
from app.cases.models import Case, CaseLink
from app.web.access import Subject
from tenants import audit, clock
from tenants.context import acting_person
from tenants.database import db, hold
from tenants.errors import Invalid
from tenants.vault import BlindIndex
from tenants.vocabulary import Tag

_ALONE: dict[str, Match] = {"survivor.nik": Match.NIK, "survivor.phone": Match.PHONE}
_TOGETHER = frozenset({"survivor.full_name", "survivor.birth_date"})


@dataclass(frozen=True, slots=True)
class Link:
    """Another case that may concern the same person."""

    line: Line
    matched: tuple[str, ...]
    state: str


def find_links(case_id: UUID) -> None:
    """Keep which other cases agree with this one in NIK, telephone, or name and year of birth.

    A common name alone says nothing. What somebody has decided about two cases stays.
    """
    known = set(
        db.session.scalars(select(CaseLink.other_case_id).where(CaseLink.case_id == case_id))
    )
    found = {other: how for other, how in _agreeing(case_id).items() if other not in known}
    moment = clock.now()
    for other, matched in found.items():
        codes = [one.value for one in MATCHES.names if one in matched]
        for here, there in ((case_id, other), (other, case_id)):
            db.session.add(
                CaseLink(
                    case_id=here,
                    other_case_id=there,
                    matched=codes,
                    state=LinkState.POSSIBLE,
                    found_at=moment,
                )
            )
    if found:
        db.session.flush()
        # Not among the case's own events: its team reads these, and a hit outside one's rights
        # says nothing, not even that there is one (invariant 9).
        audit.record(Tag.CASE_LINKS_FOUND, subject=("case", case_id), details={"count": len(found)})


def links(subject: Subject) -> list[Link]:
    """Return the cases that may concern the same person, of those the acting person may read."""
    query = (
        select(CaseLink, Case)
        .join(Case, and_(Case.tenant_id == CaseLink.tenant_id, Case.id == CaseLink.other_case_id))
        .where(CaseLink.case_id == subject.id, readable(acting_person()))
        .order_by(CaseLink.found_at, CaseLink.id)
    )
    rows = db.session.execute(query).all()
    shown = {line.id: line for line in lines([row.Case for row in rows])}
    found = [
        Link(shown[row.Case.id], tuple(row.CaseLink.matched), row.CaseLink.state) for row in rows
    ]
    audit.record(
        Tag.CASE_LINKS_VIEWED,
        subject=("case", subject.id),
        case_id=subject.id,
        details={"count": len(found)},
    )
    return found


def decide_link(subject: Subject, *, other: UUID, verdict: str) -> None:
    """Say whether two cases concern the same person; it holds for both.

    Raises:
        Invalid: ``other`` with ``unknown`` (also where that case is not the person's to read),
            ``verdict`` with ``unknown-code``.
    """
    check_code("verdict", LINK_STATES, verdict, today())
    hold(subject.id)
    rows = _both(subject.id, other)
    if len(rows) != 2 or not _may_read(other):
        raise Invalid("other", "unknown")
    for row in rows:
        row.state, row.decided_at, row.decided_by = verdict, clock.now(), acting_person().id
    db.session.flush()
    audit.record(
        Tag.CASE_LINK_DECIDED,
        subject=("case", subject.id),
        case_id=subject.id,
        details={"verdict": verdict},
    )


def forget_links(case_id: UUID) -> None:
    """Remove what links a case whose key is destroyed: it would still say who she was."""
    either = or_(CaseLink.case_id == case_id, CaseLink.other_case_id == case_id)
    db.session.execute(delete(CaseLink).where(either))


def _agreeing(case_id: UUID) -> dict[UUID, frozenset[Match]]:
    """Return the other cases that agree with this one, and in what (one statement)."""
    here, there = aliased(BlindIndex), aliased(BlindIndex)
    query = (
        select(there.subject_id, there.row_id, there.field)
        .join(here, and_(here.field == there.field, here.digest == there.digest))
        .where(
            here.subject_id == case_id,
            there.subject_id != case_id,
            there.field.in_([*_ALONE, *_TOGETHER]),
        )
    )
    by_row: dict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    for subject_id, row_id, field in db.session.execute(query):
        by_row[subject_id, row_id].add(field)
    found: dict[UUID, set[Match]] = defaultdict(set)
    for (subject_id, _row), fields in by_row.items():
        found[subject_id] |= _matches(fields)
    return {other: frozenset(matched) for other, matched in found.items() if matched}


def _matches(fields: Iterable[str]) -> set[Match]:
    agreed = set(fields)
    found = {match for field, match in _ALONE.items() if field in agreed}
    return found | ({Match.NAME_AND_YEAR} if agreed >= _TOGETHER else set())


def _both(case_id: UUID, other: UUID) -> Sequence[CaseLink]:
    query = select(CaseLink).where(
        or_(
            and_(CaseLink.case_id == case_id, CaseLink.other_case_id == other),
            and_(CaseLink.case_id == other, CaseLink.other_case_id == case_id),
        )
    )
    return db.session.scalars(query).all()


def _may_read(case_id: UUID) -> bool:
    query = select(Case.id).where(Case.id == case_id, readable(acting_person()))
    return db.session.scalar(query) is not None
