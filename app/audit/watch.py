"""What the desk calls unusual: small rules over the log of the last days.

A rule is one function under :func:`rule`: it gets the window and returns a statement with the
columns ``person, day, times, first, last``, at most one row for a person and a day. It may use
what the log holds and nothing else; no rule needs a confidential value. How to add one:
docs/how-to/audit-rule.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from flask_babel import ngettext
from sqlalchemy import (
    JSON,
    BigInteger,
    Integer,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
    values,
)
from sqlalchemy.orm import aliased

from app.audit.days import days_off
from app.audit.indexed import held
from app.audit.window import Statement, Window, by_day, case_access, memberships
from tenants import registry
from tenants.audit import AuditEvent
from tenants.clock import now
from tenants.confidential import CONTENTS, DECLARED
from tenants.context import Role, current
from tenants.database import db
from tenants.vocabulary import Outcome, Tag

DAYS = 30
MOST = 50  # of one rule; whoever has more has a threshold to raise
_HALF_HOUR = 1_800
_LOOKS = (Tag.CASE_VIEWED.code, Tag.FIELD_REVEALED.code)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code in the log, its threshold's name in the profile, its plain reason."""

    code: str
    threshold: str
    reason: Callable[[int], str] = field(repr=False)
    find: Callable[[Window], Statement] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sign:
    """Something unusual that one person did on one day.

    Attributes:
        id: always the same for the same rule, person and day.
        count: of what the rule counts.
        first, last: when it began and ended that day.
    """

    id: UUID
    rule: Rule
    person: UUID
    day: date
    count: int
    first: datetime
    last: datetime

    @property
    def reason(self) -> str:
        """Why it is shown, in the reader's language."""
        return self.rule.reason(self.count)


RULES: dict[str, Rule] = {}
"""Every rule by its code, the gravest first."""


def rule(
    code: str, *, threshold: str, reason: Callable[[int], str]
) -> Callable[[Callable[[Window], Statement]], Callable[[Window], Statement]]:
    """Make a function one of the desk's rules.

    Args:
        threshold: its name in ``tenants.profile.WATCH``.
        reason: a plain sentence for a count.
    """

    def declare(find: Callable[[Window], Statement]) -> Callable[[Window], Statement]:
        RULES[code] = Rule(code, threshold, reason, find)
        return find

    return declare


def signs(days: int = DAYS) -> list[Sign]:
    """Return what was unusual in the last days, the newest first: one statement for each rule."""
    found = [sign for one in RULES.values() for sign in _signs(one, days)]
    return sorted(found, key=lambda sign: (sign.last, sign.id), reverse=True)


def window(one: Rule, days: int = DAYS) -> Window:
    """Return what a rule looks at now."""
    profile, until = registry.profile(), now()
    return Window(
        since=until - timedelta(days=days),
        until=until,
        zone=profile.identity.timezone,
        threshold=profile.threshold(one.threshold),
        begins=profile.threshold("work_begins"),
        ends=profile.threshold("work_ends"),
    )


def sign_id(code: str, person: UUID, day: date) -> UUID:
    """Return the id of what a rule found of a person on a day."""
    return uuid5(current().tenant_id, f"audit-sign/{code}/{person}/{day.isoformat()}")


def _signs(one: Rule, days: int) -> list[Sign]:
    found = one.find(window(one, days)).subquery()
    rows = db.session.execute(select(found).order_by(found.c.last.desc()).limit(MOST))
    return [
        Sign(sign_id(one.code, r.person, r.day), one, r.person, r.day, r.times, r.first, r.last)
        for r in rows
    ]


@rule(
    "emergency",
    threshold="emergencies_unreviewed",
    reason=lambda n: ngettext(
        "Opened %(num)s case in an emergency, and nobody has judged it yet",
        "Opened %(num)s cases in an emergency, and nobody has judged it yet",
        n,
    ),
)
def emergency(window: Window) -> Statement:
    """Find who opened cases in an emergency that nobody has judged yet."""
    event, judged = AuditEvent, aliased(AuditEvent)
    review = (
        select(literal(1))
        .where(
            judged.tag == Tag.EMERGENCY_REVIEWED.code,
            judged.outcome == Outcome.ALLOWED.value,
            judged.case_id == event.case_id,
            judged.object_id == event.object_id,
        )
        .exists()
    )
    return by_day(
        window,
        func.count(),
        event.tag == Tag.EMERGENCY_OPENED.code,
        event.outcome == Outcome.ALLOWED.value,
        ~review,
    )


@rule(
    "outside-team",
    threshold="outside_team_cases",
    reason=lambda n: ngettext(
        "Looked at %(num)s case of which they were not in the team",
        "Looked at %(num)s cases of which they were not in the team",
        n,
    ),
)
def outside_team(window: Window) -> Statement:
    """Find who looked at cases that they neither registered nor worked on at that moment.

    A partner's relation to a case is a referral, and the role stands alone. The head of the office
    opens no case as such, and may hold another role: that one is looked at as everybody's.
    """
    event = AuditEvent
    team = memberships().cte("team")
    inside = (
        select(literal(1))
        .where(
            team.c.case_id == event.case_id,
            team.c.person == event.actor_id,
            team.c.since <= event.at,
            or_(team.c.until.is_(None), team.c.until > event.at),
        )
        .exists()
    )
    return by_day(
        window,
        func.count(event.case_id.distinct()),
        event.tag.in_(_LOOKS),
        *case_access(),
        ~held(Role.PARTNER_OFFICER),
        ~inside,
    )


@rule(
    "many-cases",
    threshold="cases_in_an_hour",
    reason=lambda n: ngettext(
        "Opened %(num)s case within one hour", "Opened %(num)s cases within one hour", n
    ),
)
def many_cases(window: Window) -> Statement:
    """Find who went through many cases within an hour.

    Each half hour is counted with the one before and the one after it, so that a burst does not
    hide behind the turn of an hour.
    """
    event = AuditEvent
    length = literal(_HALF_HOUR, literal_execute=True)
    slot = cast(func.floor(func.extract("epoch", event.at) / length), BigInteger)
    shift = values(column("back", Integer), name="shift").data([(0,), (1,)])
    hours = (
        select(
            event.actor_id.label("person"),
            (slot - shift.c.back).label("slot"),
            func.count(event.case_id.distinct()).label("cases"),
            func.min(event.at).label("first"),
            func.max(event.at).label("last"),
        )
        .select_from(event)
        .join(shift, true())
        .where(window.within(event.at), *case_access())
        .group_by(event.actor_id, slot - shift.c.back)
        .having(func.count(event.case_id.distinct()) >= window.threshold)
        .subquery()
    )
    return select(
        hours.c.person,
        window.day(hours.c.first).label("day"),
        func.max(hours.c.cases).label("times"),
        func.min(hours.c.first).label("first"),
        func.max(hours.c.last).label("last"),
    ).group_by(hours.c.person, window.day(hours.c.first))


@rule(
    "off-hours",
    threshold="off_hours_acts",
    reason=lambda n: ngettext(
        "Worked in cases at night or on a day off: %(num)s act",
        "Worked in cases at night or on a day off: %(num)s acts",
        n,
    ),
)
def off_hours(window: Window) -> Statement:
    """Find who was in cases outside working hours, on a weekend or on a public holiday."""
    event = AuditEvent
    local = window.local(event.at)
    hour, weekday = func.extract("hour", local), func.extract("isodow", local)
    free = days_off(window.since.year, window.until.astimezone(ZoneInfo(window.zone)).year)
    outside = or_(
        hour < window.begins,
        hour >= window.ends,
        weekday >= 6,
        func.date(local).in_([day for day in free if _near(window, day)]),
    )
    return by_day(window, func.count(), *case_access(), outside)


@rule(
    "refusals",
    threshold="refusals",
    reason=lambda n: ngettext("Was refused %(num)s time", "Was refused %(num)s times", n),
)
def refusals(window: Window) -> Statement:
    """Find who asked again and again for what is not theirs.

    To be asked for the password once more is no refusal of that kind.
    """
    event = AuditEvent
    reason = type_coerce(event.body, JSON)["reason"].as_string()
    return by_day(
        window,
        func.count(),
        event.outcome != literal(Outcome.ALLOWED.value, literal_execute=True),
        event.outcome == Outcome.REFUSED.value,
        func.coalesce(reason, "").not_in(("NotFresh", "csrf")),
    )


@rule(
    "highest-reveals",
    threshold="highest_reveals",
    reason=lambda n: ngettext(
        "Opened hidden values of the highest level %(num)s time",
        "Opened hidden values of the highest level %(num)s times",
        n,
    ),
)
def highest_reveals(window: Window) -> Statement:
    """Find who opened many of the most protected values, by the names of the fields."""
    event = AuditEvent
    names = func.json_array_elements_text(type_coerce(event.body, JSON)["fields"]).table_valued(
        "value"
    )
    opened = select(literal(1)).select_from(names).where(names.c.value.in_(highest())).exists()
    return by_day(
        window,
        func.count(),
        event.tag == Tag.FIELD_REVEALED.code,
        event.outcome == Outcome.ALLOWED.value,
        opened,
    )


def highest() -> list[str]:
    """Return the fields whose level is, or for a child becomes, the highest."""
    fields = {name: one.level for name, one in DECLARED.items()}
    return sorted(name for name, level in (fields | CONTENTS).items() if level >= 3)


def _near(window: Window, day: date) -> bool:
    around = timedelta(days=1)
    return window.since.date() - around <= day <= window.until.date() + around
