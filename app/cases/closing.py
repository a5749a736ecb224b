"""Closing a case: refused while something is open, unless a second person agrees to an exception.

The paper of Kabupaten Pasuruan asks for a second assessment at the end, beside the first, and for
the statement that body and soul have recovered (domain reference, section 5). What is open is
named by every room (:data:`app.cases.parts.OPEN_DUTIES`), one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import Select, select

from app.cases.alongside import needs_beside
from app.cases.closing_codes import (
    HEALED,
    OUTCOMES,
    RECOVERIES,
    REOPEN_REASONS,
    RESULTS,
    ClosureState,
    Lack,
)
from app.cases.codes import SERVICE_NAMES, NeedState, State
from app.cases.consents import today
from app.cases.entries import check_code
from app.cases.models import Case, Closure, FollowUp
from app.cases.parts import Step, open_duties
from app.cases.reading import hold_open
from app.web.access import Subject
from tenants import audit, clock, revealing
from tenants.context import Purpose, acting_person
from tenants.database import db, hold
from tenants.disclosure import Disclosed, disclose, write
from tenants.errors import Conflict, Missing, Refused
from tenants.vocabulary import Tag

FOLLOW_UP_DAYS = (30, 90, 180)
"""After how many days somebody asks after her (the paper asks for it; the days are our default)."""
FIELDS = ("comparison", "statement", "exception")


@dataclass(frozen=True, slots=True, repr=False)
class ClosureEntry:
    """What is said when a case is to be closed.

    Attributes:
        comparison: what the first and the second assessment say side by side.
        statement: of physical and psychological recovery, in words.
        exception: why it is closed although something is open; None for no exception.
    """

    outcome: str
    physical: str
    psychological: str
    no_retrauma: bool
    comparison: str | None = None
    statement: str | None = None
    exception: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Ending:
    """One closure of a case, with its texts as the acting person may see them."""

    row: Closure
    fields: dict[str, Disclosed]


def lacks(entry: ClosureEntry) -> list[Lack]:
    """Return what an entry lacks before a case may be closed without an exception."""
    found = []
    if not (entry.comparison or "").strip():
        found.append(Lack.COMPARISON)
    if not (entry.statement or "").strip():
        found.append(Lack.STATEMENT)
    if not {entry.physical, entry.psychological} <= HEALED:
        found.append(Lack.RECOVERY)
    if not entry.no_retrauma:
        found.append(Lack.RETRAUMA)
    return found


def close(subject: Subject, entry: ClosureEntry) -> Closure:
    """Close a case, or lay it before a second person where an exception is asked for.

    Raises:
        Invalid: ``outcome``, ``physical`` or ``psychological`` with ``unknown-code``; a text too
            long.
        Refused: ``closure-open``: something is open or lacking, and no exception is asked for;
            or the policy does not let this person write a text.
        Conflict: the case is closed, or a closure of it waits already.
    """
    case = hold_open(subject)
    day = today()
    check_code("outcome", OUTCOMES, entry.outcome, day)
    check_code("physical", RECOVERIES, entry.physical, day)
    check_code("psychological", RECOVERIES, entry.psychological, day)
    if _waiting(subject.id) is not None:
        raise Conflict("closure-waits")
    exception = (entry.exception or "").strip()
    if not exception and (lacks(entry) or open_duties(subject.id)):
        raise Refused("closure-open")
    person, moment = acting_person(), clock.now()
    row = Closure(
        case_id=subject.id,
        state=ClosureState.PROPOSED if exception else ClosureState.CLOSED,
        outcome=entry.outcome,
        physical=entry.physical,
        psychological=entry.psychological,
        no_retrauma=entry.no_retrauma,
        proposed_by=person.id,
        proposed_at=moment,
    )
    texts = {name: getattr(entry, name) for name in FIELDS}
    write(row, subject.standing, **{name: text for name, text in texts.items() if text})
    db.session.add(row)
    db.session.flush()
    if exception:
        _record(Tag.CLOSURE_PROPOSED, row)
    else:
        _end(case, row)
    return row


def confirm(subject: Subject, *, agreed: bool) -> None:
    """Agree, or do not, to closing a case although something is open: a second person's word.

    Raises:
        Missing: no closure waits.
        Refused: ``second-person``: it is the acting person's own.
        Conflict: the case is closed.
    """
    case = hold_open(subject)
    row = _waiting(subject.id)
    if row is None:
        raise Missing("closure")
    person = acting_person()
    if row.proposed_by == person.id:
        raise Refused("second-person")
    row.confirmed_by, row.confirmed_at = person.id, clock.now()
    row.state = ClosureState.CLOSED if agreed else ClosureState.REFUSED
    db.session.flush()
    if agreed:
        _end(case, row)
    else:
        _record(Tag.CLOSURE_REFUSED, row)


def reopen(subject: Subject, *, reason: str) -> None:
    """Open a closed case again.

    Raises:
        Invalid: ``reason`` with ``unknown-code``.
        Conflict: it is not closed, or its key is destroyed.
    """
    check_code("reason", REOPEN_REASONS, reason, today())
    hold(subject.id)
    case: Case = subject.row
    db.session.refresh(case)
    if case.closed_at is None:
        raise Conflict("case-open")
    if case.state == State.DESTROYED:
        raise Conflict("key-already-destroyed")
    case.state, case.closed_at = State.REOPENED, None
    for row in db.session.scalars(_closures(subject.id)):
        if row.state == ClosureState.CLOSED:
            row.state, row.reopen_reason = ClosureState.REOPENED, reason
            row.reopened_by, row.reopened_at = acting_person().id, clock.now()
    db.session.flush()
    audit.record(
        Tag.CASE_REOPENED,
        subject=("case", subject.id),
        case_id=subject.id,
        details={"reason": reason},
    )


def follow_up(subject: Subject, follow_up_id: UUID, *, result: str) -> None:
    """Record what was found when somebody asked after her.

    A closed case takes no text; where there is more to say, it is opened again.

    Raises:
        Missing: the case has no such follow-up.
        Invalid: ``result`` with ``unknown-code``.
        Conflict: it is recorded already.
    """
    check_code("result", RESULTS, result, today())
    query = select(FollowUp).where(FollowUp.id == follow_up_id, FollowUp.case_id == subject.id)
    row = db.session.scalar(query.with_for_update())
    if row is None:
        raise Missing("follow_up")
    if row.done_at is not None:
        raise Conflict("follow-up-done")
    row.result, row.done_by, row.done_at = result, acting_person().id, clock.now()
    db.session.flush()
    audit.record(
        Tag.FOLLOW_UP_RECORDED,
        subject=("follow_up", row.id),
        case_id=subject.id,
        details={"result": result},
    )


def endings(subject: Subject) -> list[Ending]:
    """Return the closures of a case as the acting person may see them, newest first."""
    rows = db.session.scalars(_closures(subject.id))
    return [Ending(row, dict(disclose(row, FIELDS, subject.standing))) for row in rows]


def reveal_ending(subject: Subject, row_id: UUID, name: str, purpose: Purpose) -> list[Ending]:
    """Return the closures with one text opened, for a purpose that was named.

    Raises:
        Missing: the case has no such closure.
        Invalid, Refused, LimitReached: as :func:`tenants.revealing.reveal`.
    """
    rows = {row.id: row for row in db.session.scalars(_closures(subject.id))}
    if row_id not in rows:
        raise Missing("closure")
    short = name.partition(".")[2]
    seen = revealing.reveal(rows[row_id], short, subject.standing, purpose)
    found = endings(subject)
    for one in found:
        if one.row.id == row_id:
            one.fields[short] = seen
    audit.record(Tag.CLOSURE_VIEWED, subject=("case", subject.id), case_id=subject.id)
    return found


def follow_ups(case_id: UUID) -> Sequence[FollowUp]:
    """Return the follow-ups of a case's closures, by their day."""
    query = select(FollowUp).where(FollowUp.case_id == case_id)
    return db.session.scalars(query.order_by(FollowUp.due_on, FollowUp.id)).all()


def need_duties(case_id: UUID) -> list[Step]:
    """Name the needs of a case that are neither met nor declined."""
    done = {NeedState.MET, NeedState.DECLINED}
    return [
        Step(
            gettext("A need is not met: %(service)s", service=SERVICE_NAMES.name(one.service)),
            "cases.edit_form",
            {"case_id": case_id, "kind": "need", "row_id": one.id},
        )
        for one in needs_beside(case_id)
        if one.state not in done
    ]


def _end(case: Case, row: Closure) -> None:
    case.state, case.closed_at = State.TERMINATED, clock.now()
    day = today()
    for days in FOLLOW_UP_DAYS:
        db.session.add(
            FollowUp(case_id=case.id, closure_id=row.id, due_on=day + timedelta(days=days))
        )
    db.session.flush()
    audit.record(Tag.CASE_CLOSED, subject=("case", case.id), case_id=case.id)


def _waiting(case_id: UUID) -> Closure | None:
    query = _closures(case_id).where(Closure.state == ClosureState.PROPOSED)
    found: Closure | None = db.session.scalar(query)
    return found


def _closures(case_id: UUID) -> Select[Closure]:
    return (
        select(Closure)
        .where(Closure.case_id == case_id)
        .order_by(Closure.proposed_at.desc(), Closure.id)
    )


def _record(tag: Tag, row: Closure) -> None:
    audit.record(tag, subject=("closure", row.id), case_id=row.case_id)
