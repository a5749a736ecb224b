"""What one period of the log holds, counted: for the page that signs it off and for its report."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select

from app.accounts import service as accounts
from app.audit import figures, watch
from app.audit.models import AuditFinding, ExplanationRequest, SignReview
from tenants import clock, registry
from tenants.audit import AuditEvent
from tenants.database import db
from tenants.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Survey:
    """One period in numbers; no name and no case is in it.

    Attributes:
        people, cases: how many people got into how many cases.
        asked, answered: explanations that the auditors asked for, and got.
        unusual: code of a rule -> how often it found something, and how much of it was reviewed.
        findings: raised in the period or before, unless closed before it began; open ones first.
        roles_of: the present roles of the people whom the findings concern.
    """

    since: date
    until: date
    events: int
    refused: int
    people: int
    cases: int
    asked: int
    answered: int
    counts: figures.Counts
    unusual: dict[str, tuple[int, int]]
    findings: Sequence[AuditFinding] = field(repr=False)
    roles_of: dict[str, list[str]] = field(repr=False)

    @property
    def open_findings(self) -> int:
        """How many findings nobody has closed yet."""
        return sum(one.closed_at is None for one in self.findings)


def survey(since: date, until: date) -> Survey:
    """Count what a period holds, both days included, by the office's own clock."""
    begin, end = moments(since, until)
    inside = AuditEvent.at >= begin, AuditEvent.at < end
    events = db.session.scalar(select(func.count()).where(*inside))
    refused = db.session.scalar(
        select(func.count()).where(
            *inside,
            AuditEvent.outcome != Outcome.ALLOWED.value,
            AuditEvent.outcome == Outcome.REFUSED.value,
        )
    )
    access = db.session.execute(
        select(
            func.count(AuditEvent.actor_id.distinct()).label("people"),
            func.count(AuditEvent.case_id.distinct()).label("cases"),
        ).where(*figures.access(begin, end))
    ).one()
    asked = db.session.execute(
        select(
            func.count().label("asked"), func.count(ExplanationRequest.answered_at).label("given")
        ).where(ExplanationRequest.asked_at >= begin, ExplanationRequest.asked_at < end)
    ).one()
    found = _findings(begin, end)
    cards = accounts.cards({one.person_id for one in found})
    return Survey(
        since=since,
        until=until,
        events=events or 0,
        refused=refused or 0,
        people=access.people,
        cases=access.cases,
        asked=asked.asked,
        answered=asked.given,
        counts=figures.counts(begin, end),
        unusual=_unusual(since, until),
        findings=found,
        roles_of={str(key): sorted(card.roles) for key, card in cards.items()},
    )


def moments(since: date, until: date) -> tuple[datetime, datetime]:
    """Return when a period begins, and when the day after it begins."""
    zone = registry.profile().identity.timezone
    return clock.begins(since, zone), clock.begins(until + timedelta(days=1), zone)


def _unusual(since: date, until: date) -> dict[str, tuple[int, int]]:
    """What each rule finds in the period today, and how many reviews there are of those days."""
    begin, end = moments(since, until)
    reviews = (
        select(SignReview.rule, func.count(SignReview.sign_id.distinct()).label("reviewed"))
        .where(SignReview.day >= since, SignReview.day <= until)
        .group_by(SignReview.rule)
    )
    reviewed = {row.rule: row.reviewed for row in db.session.execute(reviews)}
    found: dict[str, tuple[int, int]] = {}
    for code, rule in watch.RULES.items():
        window = replace(watch.window(rule), since=begin, until=end)
        signs = rule.find(window).subquery()
        times = db.session.scalar(select(func.count()).select_from(signs)) or 0
        found[code] = times, reviewed.get(code, 0)
    return found


def _findings(begin: datetime, end: datetime) -> list[AuditFinding]:
    concerned = and_(
        AuditFinding.raised_at < end,
        or_(AuditFinding.closed_at.is_(None), AuditFinding.closed_at >= begin),
    )
    of_a_day = and_(AuditFinding.day >= begin.date(), AuditFinding.day < end.date())
    order = AuditFinding.closed_at.is_not(None), AuditFinding.day, AuditFinding.id
    query = select(AuditFinding).where(or_(concerned, of_a_day)).order_by(*order)
    return list(db.session.scalars(query))
