"""The end of a case's key: unreadable and unfindable at once, for everybody (invariant 10)."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app.cases import service as cases
from app.cases.models import Survivor
from app.cases.viewing import Reference
from app.local.postgres import Postgres
from tenants import clock
from tenants.context import Purpose
from tenants.database import db
from tenants.errors import Conflict, Invalid, Unreadable
from tests.cases.intake import (
    NAME,
    NIK,
    PERPETRATOR,
    PHONE,
    as_superuser,
    case_row,
    code,
    events,
    open_case,
    row,
    wait_for_lock,
    working,
)
from tests.world import World

DESTROYED = "case:key:destroyed"


def destroy(world: World, case_id: UUID, *, reason: str = "court-order", typed: str = "") -> None:
    with working(world, case_id, "supervisor") as subject:
        cases.destroy_key(subject, reason=reason, code=typed or subject.row.code)


def keys_and_indexes(world: World, postgres: Postgres, case_id: UUID) -> tuple[bool, int]:
    """Whether the case's wrapped key is stored, and how many index rows it has."""
    with as_superuser(world, postgres) as session:
        key = session.execute("SELECT wrapped FROM data_key WHERE id = %s", [case_id]).fetchone()
        assert key is not None
        query = "SELECT count(*) FROM blind_index WHERE subject_id = %s"
        count = session.execute(query, [case_id]).fetchone()
        assert count is not None
        return key[0] is not None, int(str(count[0]))


def change_name(world: World, case_id: UUID) -> None:
    survivor_id = row(world, case_id, Survivor).id
    with working(world, case_id) as subject:
        cases.edit_survivor(
            subject,
            survivor_id,
            age_group="25-44",
            disability="none",
            district=None,
            typed={"full_name": "Lain Contoh"},
        )


def test_nothing_of_the_case_opens_or_is_found_any_more_and_another_case_lives(
    world: World, postgres: Postgres
) -> None:
    case_id, other = open_case(world), open_case(world)
    assert keys_and_indexes(world, postgres, case_id) == (True, 5)
    destroy(world, case_id)
    assert keys_and_indexes(world, postgres, case_id) == (False, 0)
    assert keys_and_indexes(world, postgres, other) == (True, 5)
    survivor_id = row(world, case_id, Survivor).id
    for name in ("full_name", "nik", "safe_contact"):
        for username in ("case-officer", "companion"):
            with working(world, case_id, username) as subject, pytest.raises(Unreadable):
                cases.reveal(subject, Reference("survivor", survivor_id, name), Purpose.SAFETY)
    with working(world, case_id) as subject:
        (survivor,) = cases.look(subject).survivors
        assert not any(one.shown or one.value for one in survivor.fields.values())
    with world.acting("case-officer"):
        for term in (NAME, NIK, PHONE, PERPETRATOR):
            assert [line.id for line in cases.search(term).lines] == [other], term
    with working(world, other) as subject:
        assert cases.look(subject).survivors[0].fields["full_name"].value == NAME


def test_the_transaction_that_destroys_the_key_cannot_read_on_either(world: World) -> None:
    """The key was opened in it before."""
    case_id = open_case(world)
    survivor_id = row(world, case_id, Survivor).id
    meant = Reference("survivor", survivor_id, "nik")
    with working(world, case_id, "supervisor") as subject:
        cases.reveal(subject, meant, Purpose.SUPERVISION)
        cases.destroy_key(subject, reason="court-order", code=code(1))
        with pytest.raises(Unreadable):
            cases.reveal(subject, meant, Purpose.SUPERVISION)


def test_the_wrong_code_or_reason_destroys_nothing(world: World, postgres: Postgres) -> None:
    case_id, _other = open_case(world), open_case(world)
    for typed, reason, field, fault in (
        (code(2), "court-order", "code", "other-code"),
        (" ", "court-order", "code", "other-code"),
        (code(1)[:-1], "court-order", "code", "other-code"),
        (code(1), "tired-of-it", "reason", "unknown-code"),
        (code(1), "", "reason", "unknown-code"),
    ):
        with pytest.raises(Invalid) as refusal:
            destroy(world, case_id, reason=reason, typed=typed)
        assert (refusal.value.field, refusal.value.reason) == (field, fault)
        assert keys_and_indexes(world, postgres, case_id) == (True, 5)
    assert events(world, DESTROYED) == []
    assert case_row(world, case_id).closed_at is None
    destroy(world, case_id, typed=f" {code(1).lower()} ")  # typed small and with blanks it counts
    assert keys_and_indexes(world, postgres, case_id) == (False, 0)


def test_the_page_then_says_when_it_was_destroyed_and_the_record_by_whom_and_why(
    world: World,
) -> None:
    case_id = open_case(world)
    with world.as_system():
        assert cases.destroyed(case_id) is None
    destroy(world, case_id, reason="survivor-asked")
    with working(world, case_id) as subject:
        found = cases.destroyed(case_id)
        assert subject.standing.closed
    assert found is not None
    assert found.code == code(1)
    assert timedelta() <= clock.now() - found.at < timedelta(minutes=1)
    case = case_row(world, case_id)
    assert (case.state, case.closed_at is not None) == ("destroyed", True)
    (event,) = events(world, DESTROYED)
    assert (event["details"], event["fields"]) == ({"reason": "survivor-asked"}, [])
    assert (event["case"], event["actor"]) == (str(case_id), str(world.account("supervisor")))
    with world.as_system():
        query = text("SELECT destroyed_by FROM data_key WHERE id = :id")
        assert db.session.scalar(query, {"id": case_id}) == world.account("supervisor")


def test_a_destroyed_case_stays_in_the_list_by_its_code_and_takes_nothing_new(
    world: World,
) -> None:
    case_id = open_case(world)
    destroy(world, case_id)
    with world.acting("supervisor"):
        assert [line.id for line in cases.search(code(1)).lines] == [case_id]
        (line,) = cases.index(cases.Filters()).lines
        assert (line.id, line.state) == (case_id, "destroyed")
    with pytest.raises(Conflict, match="key-already-destroyed"):
        destroy(world, case_id)
    with pytest.raises(Conflict, match="case-closed"):
        change_name(world, case_id)
    assert len(events(world, DESTROYED)) == 1


def test_an_edit_at_the_same_moment_leaves_no_index_behind(
    world: World, postgres: Postgres
) -> None:
    """The edit came first: the end of the key waits for it and takes its index rows along."""
    case_id = open_case(world)
    survivor_id = row(world, case_id, Survivor).id
    ending = threading.Thread(target=destroy, args=(world, case_id))
    with working(world, case_id) as subject:
        cases.edit_survivor(
            subject,
            survivor_id,
            age_group="25-44",
            disability="none",
            district=None,
            typed={"full_name": "Lain Contoh"},
        )
        ending.start()
        wait_for_lock(ending)
    ending.join()
    assert keys_and_indexes(world, postgres, case_id) == (False, 0)


def test_an_edit_that_comes_after_the_end_of_the_key_waits_and_is_refused(
    world: World, postgres: Postgres
) -> None:
    case_id = open_case(world)
    outcome: list[str] = []

    def edit() -> None:
        try:
            change_name(world, case_id)
        except Conflict as conflict:
            outcome.append(conflict.reason)

    editing = threading.Thread(target=edit)
    with working(world, case_id, "supervisor") as subject:
        cases.destroy_key(subject, reason="court-order", code=code(1))
        editing.start()
        wait_for_lock(editing)
    editing.join()
    assert outcome == ["case-closed"]
    assert keys_and_indexes(world, postgres, case_id) == (False, 0)
