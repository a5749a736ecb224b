"""What the events of a period say about a duty: pure functions, no database.

The rules are this project's own reading of the register of the study (Sari and Agustina,
Table 2); an agency chooses in its profile which rule a duty has and how often it is due.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.cases.service import NeedFact
from app.network.codes import Evidence, Mark, Verdict
from app.referrals.service import Asked
from tenants.profile import RECORDED, Duty

YEAR = 365  # days
PATIENCE = 30  # days after which a need that nobody works on counts as not met


_AT_WORK = frozenset({"accepted", "in-progress"})
_DONE = frozenset({"done", "acknowledged"})


@dataclass(frozen=True, slots=True)
class Event:
    """One event behind a duty.

    Attributes:
        source: ``referral``, ``need``, ``case``, ``evidence`` or ``reconciliation``.
        service: the service of a referral or a need.
    """

    source: str
    id: UUID
    on: date
    mark: Mark
    case_id: UUID | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the events say: ``needed`` is None where a duty is due only when it is asked."""

    verdict: Verdict
    kept: int
    late: int
    failed: int
    needed: int | None


def judge(duty: Duty, events: Sequence[Event], since: date, until: date) -> Judgement:
    """Say whether a duty was performed in a period, both days included.

    - Asked for (referrals, needs, teams): at least half of what was asked was done; nothing asked
      says nothing about it.
    - Due by the calendar (meetings, data, registers, reconciled months): as often as the days of
      the period bring with them, once at the least.
    - Standing in for another: once is enough to say that it happened.
    """
    marks = Counter(one.mark for one in events)
    kept = marks[Mark.KEPT] + marks[Mark.LATE]
    failed = marks[Mark.FAILED] + marks[Mark.TAKEN_OVER]
    needed: int | None = None
    if duty.instead_of is not None:
        verdict = Verdict.STOOD_IN if kept else Verdict.NOT_NEEDED
    elif duty.evidence in RECORDED:
        needed = times(duty.a_year or 1, since, until)
        verdict = Verdict.PERFORMED if kept >= needed else Verdict.MISSED
    elif kept + failed == 0:
        verdict = Verdict.NOT_ASKED
    else:
        verdict = Verdict.PERFORMED if kept >= failed else Verdict.MISSED
    return Judgement(verdict, kept, marks[Mark.LATE], failed, needed)


def times(a_year: int, since: date, until: date) -> int:
    """Return how often something is due in a period that is due so many times a year."""
    return max(1, a_year * ((until - since).days + 1) // YEAR)


def of_referral(asked: Asked, moment: datetime) -> Mark:
    """Say how a referral counts for the organisation that was asked.

    What it took on counts as done until its result is due. Nobody fails who was told that the
    survivor no longer wants it, or who waits for an answer of the office.
    """
    state, reason = asked.state, asked.end_reason or ""
    if state in _AT_WORK | _DONE:
        return _of_work(asked, moment)
    if state == "taken-over" or reason == "taken-over":
        return Mark.EXCUSED if reason == "survivor-asked" else Mark.TAKEN_OVER
    if state == "declined" or (state == "withdrawn" and reason == "no-answer"):
        return Mark.FAILED
    if state == "withdrawn":
        return Mark.EXCUSED
    return Mark.FAILED if state == "requested" and asked.due_at < moment else Mark.OPEN


def _of_work(asked: Asked, moment: datetime) -> Mark:
    """Say how a referral counts that was taken on, and perhaps done."""
    done = asked.state in _DONE
    if done and asked.outcome == "not-given":
        return Mark.FAILED
    due = asked.result_due_at
    ended = asked.ended_at if done else None
    if due is not None and ended is None and due < moment:
        return Mark.FAILED
    late = asked.answered_at is not None and asked.answered_at > asked.due_at
    late = late or (due is not None and ended is not None and ended > due)
    return Mark.LATE if late else Mark.KEPT


def of_need(need: NeedFact, moment: datetime) -> Mark:
    """Say how a need counts for the agency that is to meet it."""
    if need.state in {"met", "in_progress"}:
        return Mark.KEPT
    if need.state == "open":
        return Mark.FAILED if (moment - need.created_at).days > PATIENCE else Mark.OPEN
    return Mark.EXCUSED


def narrowed(duty: Duty, service: str) -> bool:
    """Tell whether a duty is about a service; one that names none is about all."""
    return not duty.services or service in duty.services


def entered(duty: Duty) -> bool:
    """Tell whether staff enter the evidence of a duty by hand."""
    return duty.evidence in {Evidence.MEETING, Evidence.DATA_EXCHANGE, Evidence.REGISTER}
