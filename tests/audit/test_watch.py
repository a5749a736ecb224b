"""Each rule finds what it is for at its threshold and nothing below it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from app.audit import watch
from app.audit.days import days_off
from tenants.database import db
from tenants.profile import WATCH
from tenants.vocabulary import Outcome, Tag
from tests.audit.history import History, last_monday
from tests.world import World

MORNING = last_monday()
LONG_AGO = MORNING - timedelta(days=90)


def found(world: World, code: str) -> list[tuple[str, int]]:
    """Who was found by a rule, and the count."""
    with world.as_system():
        signs = [sign for sign in watch.signs() if sign.rule.code == code]
    names = {world.account(name): name for name in ("case-officer", "supervisor", "companion")}
    return sorted((names.get(sign.person, "another"), sign.count) for sign in signs)


def usual(name: str) -> int:
    return WATCH[name][0]


def test_looking_at_cases_outside_ones_team_is_found(history: History, world: World) -> None:
    cases = [history.case(LONG_AGO) for _ in range(usual("outside_team_cases"))]
    for case_id in cases[1:]:
        history.add("supervisor", Tag.CASE_VIEWED, MORNING, case_id=case_id, times=3)
    assert found(world, "outside-team") == []
    history.add("supervisor", Tag.FIELD_REVEALED, MORNING, case_id=cases[0])
    assert found(world, "outside-team") == [("supervisor", len(cases))]


def test_an_emergency_stands_out_until_it_is_judged(history: History, world: World) -> None:
    case_id = history.case(LONG_AGO)
    opened = history.emergency(case_id, "companion", MORNING)
    assert found(world, "emergency") == [("companion", 1)]
    history.judge(case_id, uuid4(), MORNING)
    assert found(world, "emergency") == [("companion", 1)]
    history.judge(case_id, opened, MORNING)
    assert found(world, "emergency") == []


def test_a_member_of_the_team_and_whoever_registered_are_not_outside(
    history: History, world: World
) -> None:
    for _ in range(usual("outside_team_cases")):
        case_id = history.case(LONG_AGO, by="case-officer")
        history.assign(case_id, "companion", LONG_AGO)
        history.add("case-officer", Tag.CASE_VIEWED, MORNING, case_id=case_id)
        history.add("companion", Tag.CASE_VIEWED, MORNING, case_id=case_id)
    assert found(world, "outside-team") == []


def test_whoever_left_the_team_or_had_not_come_yet_is_outside(
    history: History, world: World
) -> None:
    for _ in range(usual("outside_team_cases")):
        left, coming = history.case(LONG_AGO), history.case(LONG_AGO)
        history.assign(left, "companion", LONG_AGO)
        history.release(left, "companion", MORNING - timedelta(minutes=5))
        history.add("companion", Tag.CASE_VIEWED, MORNING, case_id=left)
        history.add("case-officer", Tag.CASE_VIEWED, MORNING, case_id=coming)
        history.assign(coming, "case-officer", MORNING + timedelta(minutes=5))
    count = usual("outside_team_cases")
    assert found(world, "outside-team") == [("case-officer", count), ("companion", count)]


def test_who_signs_letters_and_looks_at_cases_in_another_role_is_outside(
    history: History, world: World
) -> None:
    cases = [history.case(LONG_AGO) for _ in range(usual("outside_team_cases"))]
    for case_id in cases:
        history.add("supervisor", Tag.CASE_VIEWED, MORNING, case_id=case_id,
                    roles=["signatory", "supervisor"])  # fmt: skip
    assert found(world, "outside-team") == [("supervisor", len(cases))]


def test_partners_and_refusals_are_not_outside_the_team(history: History, world: World) -> None:
    for _ in range(usual("outside_team_cases")):
        case_id = history.case(LONG_AGO)
        history.add("hospital-officer", Tag.FIELD_REVEALED, MORNING, case_id=case_id)
        history.add("companion", Tag.CASE_VIEWED, MORNING, case_id=case_id, outcome=Outcome.REFUSED)
    assert found(world, "outside-team") == []


@pytest.mark.parametrize("start", [timedelta(), timedelta(minutes=45)])
def test_many_cases_within_an_hour_are_found_across_the_turn_of_the_hour(
    history: History, world: World, start: timedelta
) -> None:
    count = usual("cases_in_an_hour")
    for n in range(count - 1):
        at = MORNING + start + timedelta(minutes=n)
        history.add("companion", Tag.CASE_VIEWED, at, case_id=uuid4(), times=2)
    assert found(world, "many-cases") == []
    at = MORNING + start + timedelta(minutes=count)
    history.add("companion", Tag.CASE_VIEWED, at, case_id=uuid4())
    assert found(world, "many-cases") == [("companion", count)]


def test_as_many_cases_in_a_whole_day_are_ordinary_work(history: History, world: World) -> None:
    for n in range(usual("cases_in_an_hour")):
        at = MORNING + timedelta(minutes=15 * n)
        history.add("companion", Tag.CASE_VIEWED, at, case_id=uuid4())
    assert found(world, "many-cases") == []


def sunday() -> datetime:
    return MORNING + timedelta(days=6 - MORNING.weekday() - 7)


@pytest.mark.parametrize(
    ("moment", "unusual"),
    [
        (MORNING, False),
        (MORNING.replace(hour=7), False),
        (MORNING.replace(hour=16, minute=59), False),
        (MORNING.replace(hour=17), True),
        (MORNING.replace(hour=6, minute=59, second=0), True),
        (MORNING.replace(hour=23), True),
        (sunday(), True),
    ],
)
def test_work_at_night_and_on_days_off_is_found_by_the_offices_own_clock(
    history: History, world: World, moment: datetime, unusual: bool
) -> None:
    count = usual("off_hours_acts")
    case_id = uuid4()
    history.add("companion", Tag.CASE_VIEWED, moment, case_id=case_id, times=count - 1)
    assert found(world, "off-hours") == []
    history.add("companion", Tag.CASE_EDITED, moment, case_id=case_id)
    assert found(world, "off-hours") == ([("companion", count)] if unusual else [])


def test_public_holidays_and_joint_leave_are_days_off() -> None:
    days = {day.isoformat() for day in days_off(2026)}
    assert {"2026-03-21", "2026-08-17", "2026-12-24", "2026-12-25"} <= days
    assert "2026-08-18" not in days


def test_a_public_holiday_within_the_window_is_a_day_off(
    history: History, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    holiday = frozenset({MORNING.date()})
    monkeypatch.setattr(watch, "days_off", lambda *_: holiday)
    count = usual("off_hours_acts")
    history.add("companion", Tag.CASE_VIEWED, MORNING, case_id=uuid4(), times=count)
    assert found(world, "off-hours") == [("companion", count)]


def test_repeated_refusals_are_found_but_not_the_asking_for_a_password(
    history: History, world: World
) -> None:
    count = usual("refusals")
    refused = {"outcome": Outcome.REFUSED, "times": count}
    history.add("companion", Tag.CASE_VIEWED, MORNING, reason="NotFresh", **refused)  # type: ignore[arg-type]
    history.add("companion", Tag.CASE_VIEWED, MORNING, outcome=Outcome.MISSING, times=count)
    refused["times"] = count - 1
    history.add("supervisor", Tag.CASE_VIEWED, MORNING, reason="no-permission", **refused)  # type: ignore[arg-type]
    assert found(world, "refusals") == []
    history.add("supervisor", Tag.LETTER_VIEWED, MORNING, outcome=Outcome.REFUSED)
    assert found(world, "refusals") == [("supervisor", count)]


def test_reveals_of_the_highest_level_are_found_by_the_names_of_the_fields(
    history: History, world: World
) -> None:
    count = usual("highest_reveals")
    assert {"survivor.nik", "incident.narrative"} <= set(watch.highest())
    assert "survivor.full_name" not in watch.highest()
    low = ("survivor.full_name", "survivor.safe_contact")
    history.add("companion", Tag.FIELD_REVEALED, MORNING, fields=low, times=count)
    high = ("survivor.full_name", "survivor.nik")
    history.add("companion", Tag.FIELD_REVEALED, MORNING, fields=high, times=count - 1)
    assert found(world, "highest-reveals") == []
    history.add("companion", Tag.FIELD_REVEALED, MORNING, fields=high[1:])
    assert found(world, "highest-reveals") == [("companion", count)]


def test_what_is_older_than_the_window_is_not_looked_at(history: History, world: World) -> None:
    old = MORNING - timedelta(days=watch.DAYS + 5)
    history.add("companion", Tag.CASE_VIEWED, old, outcome=Outcome.REFUSED, times=50)
    with world.as_system():
        assert watch.signs() == []


def test_the_agencys_own_threshold_counts(history: History, world: World) -> None:
    history.add("companion", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED, times=2)
    assert found(world, "refusals") == []
    with world.as_system():
        from tenants import registry

        registry.profile().watch["refusals"] = 2
    try:
        assert found(world, "refusals") == [("companion", 2)]
    finally:
        with world.as_system():
            registry.profile().watch.clear()


def test_another_agencys_log_finds_nothing_here(history: History, world: World) -> None:
    history.add("companion", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED, times=50)
    with world.as_system("kota-contoh"):
        assert watch.signs() == []


def test_the_start_page_says_what_is_new_and_why(history: History, world: World) -> None:
    history.add("companion", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED, times=7)
    visit = MORNING + timedelta(hours=1)
    history.add("auditor", Tag.AUDIT_NEWS_VIEWED, visit, details={"count": 0})
    history.add("supervisor", Tag.CASE_VIEWED, visit, outcome=Outcome.REFUSED, times=6)
    page = world.client("auditor").get("/audit/start").text
    assert page.index("Eka Contoh") < page.index("Dewi Contoh")
    assert page.index("Ditolak 6 kali") < page.index("Ditolak 7 kali")
    assert page.count("Baru</") == 1
    (seen,) = [one for one in world.events() if one["tag"] == Tag.AUDIT_NEWS_VIEWED.code][1:]
    assert (seen["details"], seen["fields"]) == ({"count": 2}, [])


def test_the_start_page_costs_the_same_however_much_is_unusual(
    history: History, world: World
) -> None:
    client = world.client("auditor")

    def statements() -> int:
        seen: list[str] = []
        with world.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        try:
            assert client.get("/audit/start").status_code == 200
            return len(seen)
        finally:
            engine.dispose()

    history.add("companion", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED, times=9)
    few = statements()
    for username in ("case-officer", "supervisor", "intake-officer", "signatory"):
        for back in range(5):
            at = MORNING - timedelta(days=back)
            history.add(username, Tag.CASE_VIEWED, at, outcome=Outcome.REFUSED, times=9)
    assert statements() == few


@pytest.mark.parametrize("code", sorted(watch.RULES))
def test_every_rule_asks_an_index_for_its_window(world: World, code: str) -> None:
    """Without sequential scans allowed to win, no rule reads the whole log."""
    with world.as_system():
        one = watch.RULES[code]
        query = one.find(watch.window(one))
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        sql = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = "\n".join(
            db.session.scalars(text(f"EXPLAIN {str(sql).replace(':', chr(92) + ':')}"))
        )
    assert "Index" in plan
    assert "Seq Scan on audit_event" not in plan
