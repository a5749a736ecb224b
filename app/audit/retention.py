"""Removes the texts of events whose time is over; their leaves stay, and so does every proof.

The agency's profile says for how many years texts are kept, and by which rule; without it nothing
is ever removed. It is done in three steps, each a transaction of its own that may be repeated:

1. the entries are recorded in the log itself (``audit:log:pruned``) and noted as work to do;
2. the sequencer gives that record its place and signs it, as it does with every event;
3. the texts are emptied, a batch at a time.

So an export never holds an empty text without the signed record that accounts for it. The
database lets only the role ``teduh_retention`` empty a text, and only one that such a record
covers and whose time is over (migration 0017). Kept in any case: what no checkpoint covers yet,
the records of pruning themselves, what belongs to a case that is not closed, and what a finding or
an explanation that is still open is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    and_,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql.ranges import MultiRange

from app.audit import texts
from app.audit.models import AuditFinding, AuditPruning, ExplanationRequest, SignReview
from app.cases import service as cases
from tenants import audit, registry
from tenants.audit import AuditEvent, AuditLeaf
from tenants.clock import now
from tenants.database import db
from tenants.errors import TeduhError
from tenants.vocabulary import Tag

RECORDED_AT_ONCE = 200_000
EMPTIED_AT_ONCE = 5_000
MOST_GAPS = 200
"""Of one record; where texts are kept in more places, the rest has a record of its own."""
_SLACK = timedelta(days=1)  # the database counts the years by its own clock and calendar


class PruningRefused(TeduhError):
    """The database did not let every text go that was recorded."""


class Did(StrEnum):
    """What one step did."""

    NOTHING = "nothing"  # no text's time is over, or the agency keeps everything
    RECORDED = "recorded"
    WAITING = "waiting"  # for the record's signature, or for whoever reads the whole log
    EMPTIED = "emptied"


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and how many texts it was about."""

    did: Did
    count: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """Entries whose texts' time is over.

    Attributes:
        indexes: in order; at most RECORDED_AT_ONCE, and with at most MOST_GAPS gaps.
        until: the moment before which they lie.
        years, basis: the agency's rule.
    """

    indexes: list[int]
    until: datetime
    years: int
    basis: str

    @property
    def kept(self) -> list[list[int]]:
        """The gaps, as first and last entry: this pruning does not cover them."""
        return [[a + 1, b - 1] for a, b in pairwise(self.indexes) if b > a + 1]

    @property
    def runs(self) -> list[tuple[int, int]]:
        """What it covers, as first and last entry."""
        edges = [self.indexes[0]]
        for first, last in self.kept:
            edges += [first - 1, last + 1]
        edges.append(self.indexes[-1])
        return list(zip(edges[::2], edges[1::2], strict=True))


def due() -> Due | None:
    """Return what would be recorded now; None when the agency keeps everything."""
    rule = registry.profile().retention
    if rule is None:
        return None
    until = _years_ago(rule.audit_years)
    newest = audit.newest_checkpoint()
    query = (
        select(AuditLeaf.index)
        .join(AuditEvent, _leaf_of_event())
        .where(
            AuditLeaf.index < (newest.size if newest else 0),
            AuditEvent.at < until,
            *_has_text(),
            ~_held(),
        )
        .order_by(AuditLeaf.index)
        .limit(RECORDED_AT_ONCE)
    )
    found = _of_few_gaps(list(db.session.scalars(query)))
    return Due(found, until, rule.audit_years, rule.audit_basis)


def outstanding() -> list[AuditPruning]:
    """Return what is recorded and not emptied to the end."""
    return list(db.session.scalars(select(AuditPruning).order_by(AuditPruning.id)))


def step() -> Step:
    """Do the next thing there is to do in the bound tenant, as the role of retention.

    Raises:
        PruningRefused: the database keeps a text that is recorded as pruned.
    """
    waiting = False
    for pruning in outstanding():
        if not _signed(pruning) or not texts.may_be_emptied():
            waiting = True
            continue
        return Step(Did.EMPTIED, _empty(pruning))
    if waiting:
        return Step(Did.WAITING)
    found = due()
    if found is None or not found.indexes:
        return Step(Did.NOTHING)
    _record(found)
    return Step(Did.RECORDED, len(found.indexes))


def run() -> int:
    """Do one step by the clock; return how many texts it removed."""
    done = step()
    return done.count if done.did is Did.EMPTIED else 0


def _record(found: Due) -> None:
    event_id = audit.record(
        Tag.AUDIT_PRUNED,
        details={
            "first": found.indexes[0],
            "last": found.indexes[-1],
            "kept": found.kept,
            "until": audit.stamp(found.until),
            "years": found.years,
            "basis": found.basis,
        },
    )
    covered = MultiRange(Range(first, last + 1) for first, last in found.runs)
    db.session.add(AuditPruning(id=event_id, covered=covered, reached=found.indexes[0] - 1))
    db.session.flush()


def _signed(pruning: AuditPruning) -> bool:
    """Whether the record stands in a signed tree."""
    newest = audit.newest_checkpoint()
    index = db.session.scalar(select(AuditLeaf.index).where(AuditLeaf.event_id == pruning.id))
    return index is not None and newest is not None and index < newest.size


def _empty(pruning: AuditPruning) -> int:
    """Empty the next batch; what has come to be held since then keeps its text."""
    batch = db.session.execute(
        select(AuditLeaf.index, AuditLeaf.event_id)
        .where(
            AuditLeaf.index > pruning.reached,
            literal(pruning.covered, AuditPruning.covered.type).contains(AuditLeaf.index),
        )
        .order_by(AuditLeaf.index)
        .limit(EMPTIED_AT_ONCE)
    ).all()
    ids = [row.event_id for row in batch]
    wanted = select(AuditEvent.id).where(AuditEvent.id.in_(ids), *_has_text(), ~_held())
    going = list(db.session.scalars(wanted))
    gone = db.session.execute(
        update(AuditEvent)
        .where(AuditEvent.id.in_(going))
        .values(body=None)
        .execution_options(synchronize_session=False)
    )
    if gone.rowcount != len(going):  # type: ignore[attr-defined]
        raise PruningRefused(f"{len(going)} texts")
    if len(batch) < EMPTIED_AT_ONCE:
        db.session.execute(delete(AuditPruning).where(AuditPruning.id == pruning.id))
    else:
        reached = update(AuditPruning).where(AuditPruning.id == pruning.id)
        db.session.execute(reached.values(reached=batch[-1].index))
    return len(going)


def _has_text() -> tuple[ColumnElement[bool], ...]:
    """Whether an event has its text, told by what is generated from it.

    The records of pruning are never pruned: without them the empty texts would accuse.
    """
    return AuditEvent.tag.is_not(None), AuditEvent.tag != Tag.AUDIT_PRUNED.code


def _held() -> ColumnElement[bool]:
    """Whether something that is not finished is about an event."""
    days, objects = _open_work()
    zone = registry.profile().identity.timezone
    day = cast(func.timezone(zone, AuditEvent.at), Date)
    of_open_case = and_(AuditEvent.case_id.is_not(None), AuditEvent.case_id.in_(cases.open_ids()))
    about = func.coalesce(AuditEvent.object_id.in_(objects), False)
    by_whom = func.coalesce(tuple_(AuditEvent.actor_id, day).in_(days), False)
    return or_(of_open_case, about, by_whom)


def _open_work() -> tuple[list[tuple[UUID, Any]], list[UUID]]:
    """Return whose acts of which days, and which objects, auditors are not done with."""
    finding, request = AuditFinding, ExplanationRequest
    reviewed = select(SignReview.sign_id).where(
        SignReview.sign_id == request.sign_id, SignReview.reviewed_at >= request.asked_at
    )
    decided = select(finding.sign_id).where(
        finding.sign_id == request.sign_id, finding.closed_at.is_not(None)
    )
    parts = finding.id, finding.sign_id, finding.person_id, finding.day
    rows: list[Any] = [
        *db.session.execute(select(*parts).where(finding.closed_at.is_(None))),
        *db.session.execute(
            select(request.id, request.sign_id, request.person_id, request.day).where(
                ~reviewed.exists(), ~decided.exists()
            )
        ),
    ]
    days = [(row.person_id, row.day) for row in rows]
    return days, [one for row in rows for one in (row.id, row.sign_id)]


def _leaf_of_event() -> ColumnElement[bool]:
    return and_(AuditEvent.tenant_id == AuditLeaf.tenant_id, AuditEvent.id == AuditLeaf.event_id)


def _of_few_gaps(indexes: Sequence[int]) -> list[int]:
    gaps = 0
    for place, (a, b) in enumerate(pairwise(indexes), 1):
        gaps += b > a + 1
        if gaps > MOST_GAPS:
            return list(indexes[:place])
    return list(indexes)


def _years_ago(years: int) -> datetime:
    today = now()
    try:
        return today.replace(year=today.year - years) - _SLACK
    except ValueError:  # the 29th of February
        return today.replace(year=today.year - years, day=28) - _SLACK
