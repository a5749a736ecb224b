"""The path of a report that the law asks for: the clock, what goes, that she was told, the letter.

The report is apart from the survivor's choice: it may go without her consent, and then says so in
the letter and on the record. She is told before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.cases import service as cases
from app.documents import service as documents
from app.statutory.codes import FINDINGS, HOWS, Finding, Stand
from app.statutory.duties import Duty, duties, duty_for
from app.statutory.models import StatutoryStep
from app.web.access import Subject
from tenants import audit, clock, registry
from tenants.context import acting_person
from tenants.database import db
from tenants.errors import Conflict, Invalid, Refused
from tenants.vocabulary import Tag

TOLD, REVIEWED = "told", "reviewed"
TABLES = (StatutoryStep,)
"""What the page of a case reads with its own statement."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was done, and by whom."""

    answer: str
    day: date
    done_by: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class Path:
    """Where the report of one case stands.

    Attributes:
        since: the survivor's report to the office, from which the clock runs.
        due: None while a legal officer has to look first, and when nothing is due.
        made_at: when the letter was issued.
        complaint: why a legal officer looks first: it is marked as a complaint offence.
    """

    duty: Duty
    stand: Stand
    since: datetime
    due: datetime | None
    told: Step | None
    reviewed: Step | None
    letters: tuple[Any, ...]
    made_at: datetime | None
    complaint: bool


def path_of(subject: Subject) -> Path | None:
    """Return where the report of a case stands; None where no law asks for one."""
    since: datetime = cases.find(subject.id).registered_at
    zone = registry.profile().identity.timezone
    duty = duty_for(cases.violence_beside(subject.id), clock.day_of(since, zone))
    if duty is None:
        return None
    rows = cases.rows(subject.id)
    steps = cases.beside(subject.id, StatutoryStep)
    told, reviewed = _newest(steps, duty, TOLD), _newest(steps, duty, REVIEWED)
    letters = tuple(one for one in documents.for_case(subject.id) if one.type == duty.letter)
    issued = [one.issued_at for one in letters if one.state == "issued" and one.issued_at]
    made_at = min(issued) if issued else None
    complaint = _complaint_only(duty, rows)
    due = since + duty.within
    stand = _stand(reviewed, made_at, due, complaint=complaint)
    return Path(
        duty=duty,
        stand=stand,
        since=since,
        due=due if stand in {Stand.DUE, Stand.LATE, Stand.MADE} else None,
        told=told,
        reviewed=reviewed,
        letters=letters,
        made_at=made_at,
        complaint=complaint,
    )


def tell(subject: Subject, *, day: date, how: str) -> None:
    """Record that the survivor was told that the law asks for the report, when and how.

    Raises:
        Invalid: ``day`` with ``in-the-future`` or ``too-long-ago``; ``how`` with ``unknown-code``.
        Conflict: the case is closed; ``no-duty``.
    """
    path = _open(subject)
    if not HOWS.accepts(how, cases.today()):
        raise Invalid("how", "unknown-code")
    if day > cases.today():
        raise Invalid("day", "in-the-future")
    if day < clock.day_of(path.since, registry.profile().identity.timezone):
        raise Invalid("day", "too-long-ago")
    _add(subject, path.duty, TOLD, how, day)
    _record(Tag.STATUTORY_TOLD, subject, {"day": day.isoformat(), "how": how})


def review(subject: Subject, *, finding: str) -> None:
    """Record what a legal officer found: whether the report has to be made at all.

    Raises:
        Refused: ``not-legal-officer``.
        Invalid: ``finding`` with ``unknown-code``.
        Conflict: the case is closed; ``no-duty``.
    """
    path = _open(subject)
    if not cases.is_legal_officer(subject):
        raise Refused("not-legal-officer")
    if not FINDINGS.accepts(finding, cases.today()):
        raise Invalid("finding", "unknown-code")
    _add(subject, path.duty, REVIEWED, finding, cases.today())
    _record(Tag.STATUTORY_REVIEWED, subject, {"finding": finding})


def open_reports(case_id: UUID) -> list[Path]:
    """Return the report of a case that is due and not yet made."""
    path = path_of(cases.load_case(case_id))
    return [path] if path and path.stand in {Stand.DUE, Stand.LATE, Stand.REVIEW} else []


def asks_for(letter: str, case_id: UUID) -> bool:
    """Tell whether a duty that holds in a case asks for a letter of this type."""
    path = path_of(cases.load_case(case_id))
    if path is None or path.duty.letter != letter:
        return False
    return path.stand in {Stand.DUE, Stand.LATE, Stand.MADE}


def basis_of(key: str, day: date) -> tuple[str, ...]:
    """Return how a legal basis reads on a day."""
    return documents.legal_basis(key, day)


def _stand(
    reviewed: Step | None, made_at: datetime | None, due: datetime, *, complaint: bool
) -> Stand:
    if made_at is not None:
        return Stand.MADE
    if reviewed is not None and reviewed.answer != Finding.DUTY:
        return Stand.NOT_DUE
    if complaint and reviewed is None:
        return Stand.REVIEW
    return Stand.LATE if clock.now() > due else Stand.DUE


def _complaint_only(duty: Duty, rows: cases.CaseRows) -> bool:
    """Tell whether it is marked as a complaint offence and nobody excepted is harmed."""
    if rows.legal is None or not rows.legal.complaint_offence:
        return False
    return all(
        (duty.spares_children or not one.is_child)
        and (duty.spares_disabled or one.disability == "none")
        for one in rows.survivors
    )


def _open(subject: Subject) -> Path:
    cases.hold_open(subject)
    path = path_of(subject)
    if path is None:
        raise Conflict("no-duty")
    return path


def _newest(steps: Iterable[StatutoryStep], duty: Duty, step: str) -> Step | None:
    found = [one for one in steps if (one.duty, one.step) == (duty.key, step)]
    if not found:
        return None
    newest = max(found, key=lambda one: (one.done_at, one.id))
    person = cases.cards_beside([newest.done_by])[newest.done_by]
    return Step(newest.answer, newest.day, person.name, newest.done_at)


def _add(subject: Subject, duty: Duty, step: str, answer: str, day: date) -> None:
    db.session.add(
        StatutoryStep(
            case_id=subject.id,
            duty=duty.key,
            step=step,
            answer=answer,
            day=day,
            done_by=acting_person().id,
            done_at=clock.now(),
        )
    )
    db.session.flush()


def _record(tag: Tag, subject: Subject, details: dict[str, str]) -> None:
    audit.record(tag, subject=("case", subject.id), case_id=subject.id, fields=(), details=details)


__all__ = [
    "FINDINGS",
    "HOWS",
    "TABLES",
    "Path",
    "Stand",
    "Step",
    "asks_for",
    "basis_of",
    "duties",
    "open_reports",
    "path_of",
    "review",
    "tell",
]
