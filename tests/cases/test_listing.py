"""Lists of cases: only readable ones, dangerous ones first, nothing decrypted."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, combinations, product
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from app.cases import service as cases
from app.cases.listing import PAGE, readable
from app.cases.models import Case, TeamMember
from app.cases.service import Filters, Show
from tenants import clock, vault
from tenants.confidential import Confidential
from tenants.context import Person, Role
from tenants.database import db
from tenants.policy import Permission, Relation, Standing, permits
from tests.cases.intake import (
    BARE,
    CHILD_REPORT,
    REPORT,
    close,
    code,
    events,
    open_case,
    staff,
    take,
    working,
)
from tests.world import CONTOH, PEOPLE, World


def listed(
    world: World, username: str = "supervisor", page: int = 1, **filters: Any
) -> cases.Listed:
    with world.acting(username):
        return cases.index(Filters(**filters), page)


def codes(found: cases.Listed) -> list[str]:
    return [line.code for line in found.lines]


def file_cases(count: int, registered_by: UUID) -> None:
    """Write bare cases past the service, registered a minute apart."""
    for number in range(count):
        db.session.add(
            Case(
                code=f"K-1999-{number:04d}",
                state="assessment",
                channel="direct",
                risk="low",
                registered_at=clock.now() - timedelta(minutes=number),
                registered_by=registered_by,
            )
        )


def test_readable_says_of_many_cases_what_the_policy_says_of_one(world: World) -> None:
    """For every set of roles x every way to stand to a case, open and closed."""
    me, colleague = world.account("case-officer"), world.account("companion")
    everyone = chain.from_iterable(combinations(Role, size) for size in range(len(Role) + 1))
    related: dict[UUID, set[Relation]] = {}
    with world.acting("case-officer"):
        for mine, team, closed in product((True, False), ("", "me", "left", "other"), (0, 1)):
            case = Case(
                code=f"K-{uuid4().hex[:8]}",
                state="assessment",
                channel="direct",
                risk="low",
                registered_at=clock.now(),
                registered_by=me if mine else colleague,
                closed_at=clock.now() if closed else None,
            )
            db.session.add(case)
            db.session.flush()
            related[case.id] = {Relation.INTAKE} if mine else set()
            if team:
                member = TeamMember(
                    case_id=case.id,
                    account_id=colleague if team == "other" else me,
                    team="case_officer",
                    assigned_by=colleague,
                    assigned_at=clock.now(),
                    released_at=clock.now() if team == "left" else None,
                )
                db.session.add(member)
            if team == "me":
                related[case.id].add(Relation.TEAM)
        db.session.flush()
        seen: set[frozenset[UUID]] = set()
        for roles in everyone:
            person = Person(me, "Contoh", frozenset(roles))
            over = {Relation.OVERSIGHT} if Role.SUPERVISOR in roles else set()
            expected = {
                case_id
                for case_id, found in related.items()
                if permits(person, Permission.CASE_READ, Standing(frozenset(found | over)))
            }
            query = db.select(Case.id).where(readable(person))
            assert set(db.session.scalars(query)) == expected, roles
            seen.add(frozenset(expected))
    assert sorted(len(one) for one in seen) == [0, 4, 10, 16]  # the team's; and one's own; all


READS: dict[str, list[int]] = {
    "intake-officer": [1, 2],
    "case-officer": [1, 3],
    "case-officer-2": [],
    "companion": [1],
    "supervisor": [1, 2, 3],
    "signatory": [],
    "hospital-officer": [],
    "auditor": [],
    "administrator": [],
}


def test_everyone_lists_only_what_they_may_read(world: World) -> None:
    open_case(world)
    take(world)
    take(world, by="case-officer")
    take(world, tenant=CONTOH)
    for username, numbers in READS.items():
        found = listed(world, username)
        assert sorted(codes(found)) == [code(number) for number in numbers], username
        assert found.total == len(numbers), username
        event = events(world, "case:case:listed")[-1]
        assert (event["details"], event["fields"]) == ({"count": len(numbers)}, []), username


def test_a_list_decrypts_nothing_and_shows_nothing_confidential(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a field nor a key is opened."""
    open_case(world, CHILD_REPORT)
    opened: list[str] = []
    monkeypatch.setattr(Confidential, "open", lambda field, _row: opened.append(field.name))
    monkeypatch.setattr(vault, "data_keys", lambda ids: opened.append(str(ids)))
    (line,) = listed(world).lines
    assert opened == []
    assert (line.ages, line.team) == (("13-17",), ("Bela Contoh", "Dewi Contoh"))
    assert (line.code, line.state, line.risk) == (code(1), "received", "medium")


def test_a_list_takes_the_same_statements_for_one_case_and_for_many(world: World) -> None:
    counted: list[str] = []

    def count(*_args: Any) -> None:
        counted.append("statement")

    numbers = []
    for _ in range(2):
        for _ in range(3):
            open_case(world, BARE)
        with world.acting("supervisor"):
            db.event.listen(db.engine, "before_cursor_execute", count)
            cases.index(Filters())
            db.event.remove(db.engine, "before_cursor_execute", count)
        numbers.append(len(counted))
        counted.clear()
    assert numbers[0] == numbers[1]


def test_filters_narrow_and_are_counted(world: World) -> None:
    """Four cases: with a team, closed, one's own, and one in danger that nobody has."""
    with_team = open_case(world, BARE, team=("case-officer", "companion"))
    with working(world, with_team) as subject:
        cases.edit_status(subject, state="intervention", risk="medium")
    closed = open_case(world, BARE, team=("companion",))
    close(world, closed)
    take(world, BARE, by="case-officer")
    take(world, REPORT)
    assert codes(listed(world, state="intervention")) == [code(1)]
    assert codes(listed(world, state="terminated")) == [code(2)]
    assert codes(listed(world, risk="medium")) == [code(4), code(1)]
    assert codes(listed(world, risk="medium", state="received")) == [code(4)]
    assert codes(listed(world, state="nowhere")) == []
    assert codes(listed(world, show=Show.UNASSIGNED)) == [code(4), code(3)]
    assert codes(listed(world, "companion", show=Show.MINE)) == [code(1), code(2)]
    assert codes(listed(world, "case-officer", show=Show.MINE)) == [code(1)]
    assert codes(listed(world, show=Show.MINE)) == []
    assert Filters().active == 0
    assert Filters("received", "low", Show.MINE).active == 3


def test_danger_comes_first_then_the_newest_and_closed_cases_last(world: World) -> None:
    made = [take(world, BARE), take(world, BARE), take(world), take(world, BARE), take(world)]
    with working(world, made[1], "intake-officer") as subject:
        cases.edit_status(subject, state="received", risk="high")
    with working(world, made[4], "intake-officer") as subject:
        cases.edit_status(subject, state="received", risk="high")
    close(world, made[4])
    assert codes(listed(world)) == [code(2), code(3), code(4), code(1), code(5)]


def test_pages_hold_every_case_once(world: World) -> None:
    owner = world.account("intake-officer")
    with world.as_system():
        file_cases(2 * PAGE + 3, owner)
    pages = [listed(world, page=number) for number in (1, 2, 3)]
    assert [len(one.lines) for one in pages] == [PAGE, PAGE, 3]
    assert {(one.total, one.pages) for one in pages} == {(2 * PAGE + 3, 3)}
    found = list(chain.from_iterable(codes(one) for one in pages))
    assert found == [f"K-1999-{number:04d}" for number in range(2 * PAGE + 3)]
    for beyond in (4, 0, -1, 10**9):
        assert listed(world, page=beyond).page == 1
        assert codes(listed(world, page=beyond)) == codes(pages[0])


def test_a_report_is_overdue_when_nobody_began_within_the_agencys_deadline(world: World) -> None:
    """Kabupaten Pasuruan answers within 72 hours."""
    late, begun = take(world, BARE), open_case(world, BARE)
    with working(world, begun) as subject:
        cases.add_note(subject, "Sudah dihubungi")
    start = clock.now()
    with time_machine.travel(start + timedelta(hours=71, minutes=59), tick=False):
        take(world, BARE)
        assert codes(listed(world, show=Show.OVERDUE)) == []
        assert not any(line.overdue for line in listed(world).lines)
    with time_machine.travel(start + timedelta(hours=72, minutes=1), tick=False):
        (line,) = listed(world, show=Show.OVERDUE).lines
        assert (line.id, line.overdue) == (late, True)
        assert {one.id for one in listed(world).lines if one.overdue} == {late}
        with working(world, late, "supervisor") as subject:
            assert cases.look(subject).overdue
        close(world, late)
        with world.as_system():
            assert cases.find(late).closed_at is not None
        assert codes(listed(world, show=Show.OVERDUE)) == []


def test_what_waits_for_a_person_leaves_out_closed_and_foreign_cases(world: World) -> None:
    made = [take(world, BARE) for _ in range(4)]
    staff(world, made[0], "case-officer")
    staff(world, made[1], "case-officer")
    close(world, made[1])
    with world.acting("supervisor") as context:
        assert context.person is not None
        number, few = cases.waiting(context.person, Show.UNASSIGNED, limit=1)
        assert (number, [one.id for one in few]) == (2, [made[3]])
        assert cases.waiting(context.person, Show.OVERDUE) == (0, [])
        assert cases.waiting(context.person, Show.ALL)[0] == 3
    for username, count in (("case-officer", 1), ("case-officer-2", 0), ("auditor", 0)):
        with world.acting(username) as context:
            assert context.person is not None
            assert cases.waiting(context.person, Show.MINE)[0] == count
            assert cases.waiting(context.person, Show.UNASSIGNED) == (0, [])


def test_only_roles_with_cases_may_open_the_list() -> None:
    allowed = {
        role
        for _name, role, _kind in PEOPLE.values()
        if permits(Person(uuid4(), "Contoh", frozenset({role})), Permission.CASE_LIST)
    }
    assert allowed == {Role.INTAKE_OFFICER, Role.CASE_OFFICER, Role.COMPANION, Role.SUPERVISOR}
