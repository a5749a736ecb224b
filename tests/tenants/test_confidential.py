"""Sealed values: bound to their place, opened only after the decision (invariants 7 to 10)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from app.cases.models import Case, Survivor
from tenants import vault
from tenants.clock import now
from tenants.confidential import (
    MASK,
    Confidential,
    canonical_digits,
    canonical_phone,
    search,
)
from tenants.context import Purpose
from tenants.database import db
from tenants.disclosure import disclose, fields_seen, write
from tenants.errors import Conflict, Invalid, Refused, Unreadable
from tenants.policy import Access, Relation, Standing
from tests.world import CONTOH, PASUR, World

TEAM = Standing(frozenset({Relation.TEAM}))
STRANGER = Standing()
NAME, NIK = "Bunga Contoh", "3514000000000001"


def make_case(person_id: UUID) -> Case:
    case = Case(
        code=f"T-{uuid4().hex[:8]}",
        state="received",
        channel="in_person",
        risk="low",
        registered_at=now(),
        registered_by=person_id,
    )
    db.session.add(case)
    db.session.flush()
    vault.create_data_key(case.id)
    return case


def make_survivor(case: Case, *, child: bool = False) -> Survivor:
    row = Survivor(
        case_id=case.id, age_group="25-44", disability="none", is_child=child, district=None
    )
    row.full_name, row.nik = NAME, NIK
    db.session.add(row)
    db.session.flush()
    return row


@pytest.fixture
def survivor(world: World) -> Iterator[Survivor]:
    """A survivor of a case, with a case officer acting."""
    with world.acting("case-officer") as context:
        assert context.person is not None
        yield make_survivor(make_case(context.person.id))


def test_a_value_opens_for_a_member_of_the_team_and_leaves_its_field_name(
    survivor: Survivor,
) -> None:
    found = disclose(survivor, ["full_name"], TEAM)["full_name"]
    assert (found.access, found.value) == (Access.SHOWN, NAME)
    assert fields_seen() == ("survivor.full_name",)


def test_what_may_not_be_seen_is_not_decrypted(
    survivor: Survivor, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    original = Confidential.open

    def spy(field: Confidential, row: Survivor) -> str | None:
        opened.append(field.name)
        return original(field, row)

    monkeypatch.setattr(Confidential, "open", spy)
    stranger = disclose(survivor, ["full_name", "nik"], STRANGER)
    assert {one.access for one in stranger.values()} == {Access.DENIED}
    masked = disclose(survivor, ["nik"], TEAM)["nik"]
    assert (masked.access, masked.value, masked.on_demand) == (Access.ON_DEMAND, None, True)
    assert opened == []
    assert disclose(survivor, ["nik"], TEAM, Purpose.IDENTIFICATION)["nik"].value == NIK
    assert opened == ["nik"]


def test_reading_the_attribute_never_gives_the_value(survivor: Survivor) -> None:
    assert str(survivor.full_name) == MASK
    assert NAME not in repr(survivor.full_name)
    assert str(survivor.phone) == ""


def test_a_denied_field_does_not_say_whether_it_is_filled(survivor: Survivor) -> None:
    names = ["full_name", "phone"]
    assert {one.present for one in disclose(survivor, names, STRANGER).values()} == {False}


def test_a_ciphertext_moved_elsewhere_does_not_open(survivor: Survivor) -> None:
    case = db.session.get_one(Case, (survivor.tenant_id, survivor.case_id))
    other_row = make_survivor(case)
    other_row.full_name_sealed = survivor.full_name_sealed
    with pytest.raises(Unreadable):
        disclose(other_row, ["full_name"], TEAM)
    other_case = make_survivor(make_case(case.registered_by))
    other_case.full_name_sealed = survivor.full_name_sealed
    with pytest.raises(Unreadable):
        disclose(other_case, ["full_name"], TEAM)
    survivor.phone_sealed = survivor.full_name_sealed
    with pytest.raises(Unreadable):
        disclose(survivor, ["phone"], TEAM, Purpose.CONTACT)


def test_a_wrapped_case_key_of_another_case_does_not_open(survivor: Survivor) -> None:
    other = make_case(uuid4())
    db.session.flush()
    mine, theirs = (
        db.session.get_one(vault.DataKey, (survivor.tenant_id, one))
        for one in (survivor.case_id, other.id)
    )
    mine.wrapped = theirs.wrapped
    db.session.flush()
    db.session.info.pop("data_keys")
    with pytest.raises(Unreadable):
        disclose(survivor, ["full_name"], TEAM)


def test_destroying_the_key_makes_the_case_unreadable_and_unfindable(survivor: Survivor) -> None:
    assert search(Survivor.nik, NIK) == [survivor.case_id]
    vault.destroy_data_key(survivor.case_id, uuid4())
    db.session.flush()
    with pytest.raises(Unreadable):
        disclose(survivor, ["full_name"], TEAM)
    with pytest.raises(Unreadable):
        write(survivor, TEAM, full_name="Lain")
    assert search(Survivor.nik, NIK) == []
    with pytest.raises(Conflict):
        vault.destroy_data_key(survivor.case_id, uuid4())


def test_search_finds_the_canonical_form_in_its_own_tenant_only(
    world: World, survivor: Survivor
) -> None:
    assert search(Survivor.full_name, "  bunga   CONTOH ") == [survivor.case_id]
    assert search(Survivor.full_name, "Bunga") == []
    here = Survivor.nik.digest(NIK)
    db.session.flush()
    with world.acting("case-officer", CONTOH):
        assert search(Survivor.nik, NIK) == []
        assert Survivor.nik.digest(NIK) != here


def test_changing_a_value_moves_its_index(survivor: Survivor) -> None:
    survivor.nik = "3514000000000002"
    db.session.flush()
    assert search(Survivor.nik, NIK) == []
    assert search(Survivor.nik, "35.1400.0000.0000.02") == [survivor.case_id]


def test_a_child_raises_the_level(survivor: Survivor) -> None:
    survivor.is_child = True
    found = disclose(survivor, ["full_name"], TEAM)["full_name"]
    assert found.access is Access.ON_DEMAND


def test_a_field_the_policy_does_not_let_one_write_stays_as_it_was(survivor: Survivor) -> None:
    with pytest.raises(Refused):
        write(survivor, STRANGER, full_name="Lain")
    assert disclose(survivor, ["full_name"], TEAM)["full_name"].value == NAME


@pytest.mark.parametrize(
    "bad",
    [
        "x" * 201,
        "Bunga\x00",
        "Bunga\x1b[31m",
        "\ud800",
        "Bunga \u202e4321\u202c",  # reads otherwise than it is written: 1234
        "\u2067Bunga\u2069",
    ],
)
def test_an_over_long_or_control_character_value_is_refused(survivor: Survivor, bad: str) -> None:
    with pytest.raises(Invalid):
        write(survivor, TEAM, full_name=bad)


def test_nothing_of_the_value_is_in_the_row(survivor: Survivor) -> None:
    db.session.flush()
    row = db.session.execute(
        text("SELECT * FROM survivor WHERE id = :id"), {"id": survivor.id}
    ).one()
    stored = b"".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
    assert NAME.encode() not in stored
    assert NIK.encode() not in stored


def test_two_equal_values_are_sealed_differently(survivor: Survivor) -> None:
    before = survivor.full_name_sealed
    survivor.full_name = NAME
    assert survivor.full_name_sealed != before


def test_canonical_forms() -> None:
    assert canonical_phone("0812-0000-0000") == canonical_phone("+62 812 0000 0000")
    assert canonical_digits("35.14 00") == "351400"


def test_a_row_of_another_tenant_is_not_there(world: World, survivor: Survivor) -> None:
    db.session.flush()
    with world.acting("case-officer", CONTOH):
        assert db.session.scalar(select(Survivor).where(Survivor.id == survivor.id)) is None
    assert world.tenant(PASUR).tenant_id == survivor.tenant_id
