"""What events say about a duty: rules without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from app.cases.service import NeedFact
from app.network.codes import Mark, Verdict
from app.network.rules import Event, judge, of_need, of_referral, times
from app.referrals.service import Asked
from tenants.profile import Duty

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SINCE, UNTIL = date(2026, 1, 1), date(2026, 12, 31)
DUTY = Duty("k", "polres", "Kewajiban contoh", "SK contoh", "2020-01-01", "referral")
MONTHLY = replace(DUTY, evidence="reconciliation", a_year=12)
STANDING_IN = replace(DUTY, evidence="taken_over", instead_of="other")
KEPT, LATE, FAILED = Mark.KEPT, Mark.LATE, Mark.FAILED
TAKEN, OPEN, EXCUSED = Mark.TAKEN_OVER, Mark.OPEN, Mark.EXCUSED


def asked(state: str, reason: str | None = None, answered: int | None = None) -> Asked:
    due = NOW - timedelta(days=5)
    moment = due + timedelta(hours=answered) if answered is not None else None
    ids = (uuid4(), uuid4(), uuid4())
    return Asked(*ids, "visum", state, due - timedelta(days=2), due, moment, None, reason)


@pytest.mark.parametrize(
    ("duty", "marks", "verdict"),
    [
        (DUTY, [], Verdict.NOT_ASKED),
        (DUTY, [OPEN, EXCUSED], Verdict.NOT_ASKED),
        (DUTY, [KEPT], Verdict.PERFORMED),
        (DUTY, [LATE, FAILED], Verdict.PERFORMED),
        (DUTY, [KEPT, FAILED, FAILED], Verdict.MISSED),
        (DUTY, [KEPT, FAILED, TAKEN], Verdict.MISSED),
        (MONTHLY, [KEPT] * 12, Verdict.PERFORMED),
        (MONTHLY, [KEPT] * 11 + [FAILED], Verdict.MISSED),
        (MONTHLY, [], Verdict.MISSED),
        (STANDING_IN, [], Verdict.NOT_NEEDED),
        (STANDING_IN, [KEPT], Verdict.STOOD_IN),
    ],
)
def test_a_duty_is_judged_by_its_events(duty: Duty, marks: list[Mark], verdict: Verdict) -> None:
    events = [Event("referral", uuid4(), SINCE, mark) for mark in marks]
    assert judge(duty, events, SINCE, UNTIL).verdict is verdict


@pytest.mark.parametrize(
    ("referral", "mark"),
    [
        (asked("done", answered=-1), KEPT),
        (asked("accepted", answered=1), LATE),
        (asked("acknowledged", answered=-1), KEPT),
        (asked("in-progress", answered=-1), KEPT),
        (replace(asked("done"), outcome="not-given"), FAILED),
        (replace(asked("done"), outcome="partly"), KEPT),
        (replace(asked("in-progress"), result_due_at=NOW - timedelta(hours=1)), FAILED),
        (replace(asked("done"), result_due_at=NOW, ended_at=NOW + timedelta(hours=1)), LATE),
        (asked("asked-back"), OPEN),
        (asked("taken-over", "too-late"), TAKEN),
        (asked("taken-over", "survivor-asked"), EXCUSED),
        (asked("withdrawn", "consent-withdrawn"), EXCUSED),
        (asked("declined", answered=-1), FAILED),
        (asked("requested"), FAILED),
        (replace(asked("requested"), due_at=NOW + timedelta(hours=1)), OPEN),
        (asked("withdrawn", "taken-over"), TAKEN),
        (asked("withdrawn", "no-answer"), FAILED),
        (asked("withdrawn", "survivor-asked"), EXCUSED),
        (asked("withdrawn", "mistake"), EXCUSED),
    ],
)
def test_a_referral_counts_for_whoever_was_asked(referral: Asked, mark: Mark) -> None:
    assert of_referral(referral, NOW) is mark


@pytest.mark.parametrize(
    ("state", "days", "mark"),
    [
        ("met", 90, KEPT),
        ("in_progress", 1, KEPT),
        ("open", 31, FAILED),
        ("open", 30, OPEN),
        ("declined", 90, EXCUSED),
    ],
)
def test_a_need_counts_for_the_agency(state: str, days: int, mark: Mark) -> None:
    need = NeedFact(uuid4(), uuid4(), "health", state, NOW - timedelta(days=days))
    assert of_need(need, NOW) is mark


def test_what_is_due_by_the_calendar_grows_with_the_period() -> None:
    assert [times(12, SINCE, SINCE + timedelta(days=days)) for days in (0, 29, 60, 364)] == [
        1, 1, 2, 12,
    ]  # fmt: skip
    assert times(4, SINCE, UNTIL) == 4
