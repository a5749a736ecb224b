"""Who works on a case: assigned and released by the supervisor, at once."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest

from app.accounts import service as accounts
from app.cases import service as cases
from tenants.context import Role
from tenants.errors import Conflict, Invalid, Missing
from tenants.policy import Permission, Relation, permits
from tests.cases.intake import (
    BARE,
    REPORT,
    close,
    events,
    open_case,
    staff,
    take,
    wait_for_lock,
    working,
)
from tests.world import CONTOH, PEOPLE, World


def reads(world: World, case_id: object, username: str) -> bool:
    """Whether a person may read the case now."""
    with world.acting(username) as context:
        assert context.person is not None
        standing = cases.load_case(case_id).standing  # type: ignore[arg-type]
        return permits(context.person, Permission.CASE_READ, standing)


def test_who_is_assigned_reads_the_case_at_once_and_who_is_released_no_more(world: World) -> None:
    case_id = take(world)
    assert not reads(world, case_id, "companion")
    staff(world, case_id, "companion", "case-officer")
    assert reads(world, case_id, "companion")
    assert not reads(world, case_id, "case-officer-2")
    with working(world, case_id, "supervisor") as subject:
        companion, officer = cases.members(case_id)
        cases.release(subject, companion.id)
        with pytest.raises(Missing):
            cases.release(subject, companion.id)
    assert not reads(world, case_id, "companion")
    assert reads(world, case_id, "case-officer")
    with working(world, case_id, "companion") as subject:
        assert subject.standing.relations == frozenset()
        assert not cases.look(subject).survivors[0].fields["full_name"].present
        assert cases.team(case_id) == [officer.card]


def test_a_team_lists_who_is_in_it_in_which_role_in_the_order_they_came(world: World) -> None:
    case_id = take(world, BARE)
    staff(world, case_id, "companion", "case-officer", "intake-officer")
    with world.as_system():
        found = [(one.card.name, one.team) for one in cases.members(case_id)]
        names = [card.name for card in cases.team(case_id)]
        free = {role: [card.name for card in cards] for role, cards in cases.candidates(case_id)}
    assert found == [
        ("Dewi Contoh", Role.COMPANION),
        ("Bela Contoh", Role.CASE_OFFICER),
        ("Ani Contoh", Role.INTAKE_OFFICER),
    ]
    assert names == [name for name, _role in found]
    assert free == {
        Role.CASE_OFFICER: ["Cita Contoh"],
        Role.COMPANION: [],
        Role.INTAKE_OFFICER: [],
    }


def test_whoever_works_in_two_teams_of_one_case_is_flagged(world: World) -> None:
    case_id, officer = take(world, BARE), world.account("case-officer")
    both = {Role.CASE_OFFICER, Role.COMPANION}
    with world.acting("administrator"):
        accounts.edit_member(
            officer, roles=both, organisation_id=None, official=accounts.Official()
        )
    world.confirm_waiting()
    staff(world, case_id, "companion", "case-officer")
    supervisor = world.client("supervisor")
    assert "bekerja di dua tim" not in supervisor.get(f"/cases/{case_id}/team").text
    with working(world, case_id, "supervisor") as subject:
        cases.assign(subject, officer, Role.COMPANION)
        assert cases.in_two_teams(cases.members(case_id)) == ["Bela Contoh"]
    assert "Bela Contoh bekerja di dua tim" in supervisor.get(f"/cases/{case_id}/team").text


def test_events_name_case_person_and_role(world: World) -> None:
    case_id, companion = take(world, BARE), world.account("companion")
    staff(world, case_id, "companion")
    with working(world, case_id, "supervisor") as subject:
        cases.release(subject, cases.members(case_id)[0].id)
    (assigned,) = events(world, "case:team:assigned")
    (released,) = events(world, "case:team:released")
    assert assigned["details"] == {"person": str(companion), "role": "companion"}
    assert released["details"] == {"person": str(companion)}
    for event in (assigned, released):
        assert (event["case"], event["actor"]) == (str(case_id), str(world.account("supervisor")))


def test_only_who_holds_the_teams_role_and_is_active_is_assigned(world: World) -> None:
    case_id, elsewhere = take(world, BARE), world.account("companion", CONTOH)
    people = {name: world.account(name) for name in PEOPLE}
    with world.acting("administrator"):
        accounts.disable(people["case-officer-2"])
    wrong = [
        *((people[name], Role.COMPANION) for name in people if name != "companion"),
        (people["case-officer-2"], Role.CASE_OFFICER),
        (elsewhere, Role.COMPANION),
        (uuid4(), Role.COMPANION),
    ]
    for account_id, role in wrong:
        with working(world, case_id, "supervisor") as subject:  # noqa: SIM117
            with pytest.raises(Invalid, match="person: other-role"):
                cases.assign(subject, account_id, role)
    for name in ("supervisor", "signatory", "auditor", "hospital-officer"):
        with working(world, case_id, "supervisor") as subject:  # noqa: SIM117
            with pytest.raises(Invalid, match="role: unknown-code"):
                cases.assign(subject, people[name], PEOPLE[name][1])
    assert events(world, "case:team:assigned") == []
    staff(world, case_id, "companion")


def test_nobody_is_in_one_team_twice_and_may_come_back(world: World) -> None:
    case_id, companion = take(world, BARE), world.account("companion")
    staff(world, case_id, "companion")
    with working(world, case_id, "supervisor") as subject:
        with pytest.raises(Conflict, match="already-in-team"):
            cases.assign(subject, companion, Role.COMPANION)
        cases.release(subject, cases.members(case_id)[0].id)
        cases.assign(subject, companion, Role.COMPANION)
    with world.as_system():
        assert len(cases.members(case_id)) == 1
    assert reads(world, case_id, "companion")


def test_two_who_assign_at_once_assign_once(world: World) -> None:
    case_id, companion = take(world, BARE), world.account("companion")
    outcome: list[str] = []

    def other() -> None:
        try:
            staff(world, case_id, "companion")
        except Conflict as conflict:
            outcome.append(conflict.reason)

    second = threading.Thread(target=other)
    with working(world, case_id, "supervisor") as subject:
        cases.assign(subject, companion, Role.COMPANION)
        second.start()
        wait_for_lock(second)
    second.join()
    assert outcome == ["already-in-team"]


def test_a_closed_case_gets_nobody_new_and_lets_people_go(world: World) -> None:
    """Also when it is closed after it was loaded."""
    case_id, companion = open_case(world, BARE), world.account("companion")
    with working(world, case_id, "supervisor") as subject:
        cases.release(subject, cases.members(case_id)[1].id)
    with working(world, case_id, "supervisor") as subject:
        close(world, case_id)
        with pytest.raises(Conflict, match="case-closed"):
            cases.assign(subject, companion, Role.COMPANION)
    with working(world, case_id, "supervisor") as subject:
        with pytest.raises(Conflict, match="case-closed"):
            cases.assign(subject, companion, Role.COMPANION)
        (officer,) = cases.members(case_id)
        cases.release(subject, officer.id)
    assert not reads(world, case_id, "case-officer")


def test_a_member_is_released_through_their_own_case_only(world: World) -> None:
    case_id, other = open_case(world, BARE), open_case(world, REPORT)
    with working(world, other, "supervisor") as subject:
        for member in (cases.members(case_id)[0].id, uuid4()):
            with pytest.raises(Missing):
                cases.release(subject, member)
    assert reads(world, case_id, "case-officer")


def test_assigning_is_the_supervisors_and_oversight_needs_no_team(world: World) -> None:
    case_id = take(world, BARE)
    for username in PEOPLE:
        with world.acting(username) as context:
            assert context.person is not None
            standing = cases.load_case(case_id).standing
            may = permits(context.person, Permission.CASE_ASSIGN, standing)
            assert may == (username == "supervisor"), username
            assert (Relation.OVERSIGHT in standing.relations) == (username == "supervisor")
