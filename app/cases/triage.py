"""What is done at once for a survivor who is in danger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.cases.codes import Risk
from app.cases.consents import today
from app.cases.entries import check_code
from app.cases.intake_codes import IMMEDIATE_STEPS
from app.cases.models import Case, StepDone
from app.cases.reading import hold_open
from app.web.access import Subject
from tenants import audit, clock
from tenants.context import acting_person
from tenants.database import db
from tenants.vocabulary import Tag


@dataclass(frozen=True, slots=True)
class Immediate:
    """One immediate step, and when and by whom it was done."""

    step: str
    done_at: datetime | None
    done_by: UUID | None


def immediate(case: Case, done: Iterable[StepDone]) -> list[Immediate]:
    """Return the immediate steps of a case in danger; none where there is no danger now.

    A step counts from when the danger was last judged: danger that comes back begins anew.
    """
    if case.risk != Risk.HIGH or case.closed_at is not None:
        return []
    since = case.risk_at or case.registered_at
    newest = {row.step: row for row in sorted(done, key=_moment) if row.done_at >= since}
    found = []
    for code in IMMEDIATE_STEPS.names:
        row = newest.get(code.value)
        found.append(
            Immediate(code.value, row.done_at if row else None, row.done_by if row else None)
        )
    return found


def do_step(subject: Subject, step: str) -> None:
    """Record that an immediate step is done.

    Raises:
        Invalid: ``step`` with ``unknown-code``.
        Conflict: the case is closed.
    """
    check_code("step", IMMEDIATE_STEPS, step, today())
    hold_open(subject)
    row = StepDone(case_id=subject.id, step=step, done_at=clock.now(), done_by=acting_person().id)
    db.session.add(row)
    db.session.flush()
    audit.record(
        Tag.CASE_EDITED,
        subject=("case", subject.id),
        case_id=subject.id,
        details={"part": "immediate-step"},
    )


def _moment(row: StepDone) -> datetime:
    return row.done_at
