"""Agreed versus performed: each duty of the register, judged by the events of a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.network import register
from app.network.codes import Verdict
from app.network.events import Ledger
from app.network.register import Holder
from app.network.rules import Event, Judgement, judge
from tenants import audit, registry
from tenants.clock import today
from tenants.context import acting_person
from tenants.errors import Invalid
from tenants.profile import Duty
from tenants.vocabulary import Tag

LONGEST = 366  # days


@dataclass(frozen=True, slots=True)
class Line:
    """One duty and what became of it."""

    duty: Duty
    judgement: Judgement

    @property
    def agreed(self) -> bool:
        """Whether somebody agreed to it, other than standing in for another."""
        return self.duty.instead_of is None

    @property
    def verdict(self) -> Verdict:
        """What became of it."""
        return self.judgement.verdict


@dataclass(frozen=True, slots=True)
class Totals:
    """A scorecard, or a part of it, in numbers."""

    rows: int
    agreed: int
    performed: int
    missed: int
    not_asked: int
    stood_in: int


@dataclass(frozen=True, slots=True)
class Part:
    """The duties of one organisation."""

    holder: Holder
    lines: Sequence[Line]

    @property
    def totals(self) -> Totals:
        """How many of its duties became what."""
        return count(self.lines)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All organisations with duties in a period, in the order of the register."""

    since: date
    until: date
    parts: Sequence[Part]

    @property
    def totals(self) -> Totals:
        """How many duties became what."""
        return count([line for part in self.parts for line in part.lines])


def usual() -> tuple[date, date]:
    """Return the period that a page shows when none is asked for: this month and 11 before it."""
    until = today(registry.profile().identity.timezone)
    year, month = divmod(until.year * 12 + until.month - 12, 12)
    return date(year, month + 1, 1), until


def scorecard(since: date, until: date) -> Scorecard:
    """Judge every duty of a period; recorded.

    Raises:
        Invalid: ``until`` with ``before-it-begins``, ``not-yet``, ``too-long`` or
            ``not-whole-months``.
    """
    made = computed(since, until)
    audit.record(
        Tag.DUTIES_VIEWED,
        details={"first_day": since.isoformat(), "last_day": until.isoformat()},
    )
    return made


def own(since: date, until: date) -> Part | None:
    """Judge the duties of the acting officer's own organisation; recorded.

    Raises:
        Invalid: as :func:`scorecard`.
    """
    card = scorecard(since, until)
    mine = acting_person().organisation_id
    return next((one for one in card.parts if mine is not None and one.holder.id == mine), None)


def computed(since: date, until: date) -> Scorecard:
    """Judge every duty of a period.

    Raises:
        Invalid: as :func:`scorecard`.
    """
    check(since, until)
    holders = register.holders()
    ledger = Ledger(since, until, holders)
    lines: dict[str, list[Line]] = {}
    for duty in register.duties(since, until):
        line = Line(duty, judge(duty, ledger.of(duty), since, until))
        lines.setdefault(duty.organisation, []).append(line)
    return Scorecard(since, until, [Part(holders[key], found) for key, found in lines.items()])


def events(duty: Duty, since: date, until: date) -> tuple[Line, list[Event]]:
    """Return a duty with what became of it, and the events behind it; recorded.

    Raises:
        Invalid: as :func:`scorecard`.
    """
    check(since, until)
    found = Ledger(since, until, register.holders()).of(duty)
    audit.record(Tag.DUTY_VIEWED, details={"duty": duty.key, "count": len(found)})
    return Line(duty, judge(duty, found, since, until)), found


def count(lines: Sequence[Line]) -> Totals:
    """Count duties by what became of them."""
    verdicts = [line.verdict for line in lines]
    return Totals(
        rows=len(lines),
        agreed=sum(line.agreed for line in lines),
        performed=verdicts.count(Verdict.PERFORMED),
        missed=verdicts.count(Verdict.MISSED),
        not_asked=verdicts.count(Verdict.NOT_ASKED),
        stood_in=verdicts.count(Verdict.STOOD_IN),
    )


def check(since: date, until: date) -> None:
    """See that a period can be judged.

    It has whole months: who could ask for single days would learn from the numbers on which day
    somebody was referred where.

    Raises:
        Invalid: as :func:`scorecard`.
    """
    if until < since:
        raise Invalid("until", "before-it-begins")
    day = today(registry.profile().identity.timezone)
    if until > day:
        raise Invalid("until", "not-yet")
    if (until - since).days >= LONGEST:
        raise Invalid("until", "too-long")
    ends = (until + timedelta(days=1)).day == 1 or until == day
    if since.day != 1 or not ends:
        raise Invalid("until", "not-whole-months")
