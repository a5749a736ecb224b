"""One box for NIK, telephone, full name and code: equality only, within one's rights."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from app.cases import service as cases
from app.cases.models import Survivor
from app.cases.searching import TERM_LENGTH, Kind, classify
from app.local.postgres import Postgres
from tenants.confidential import Confidential
from tenants.errors import Invalid
from tests.cases.intake import (
    ALLEGED,
    BIRTH,
    CHILD,
    NAME,
    NIK,
    PERPETRATOR,
    PHONE,
    REPORT,
    SURVIVOR,
    as_superuser,
    case_row,
    code,
    events,
    open_case,
    row,
    take,
    working,
)
from tests.world import CONTOH, PASUR, World

SEARCHED = "case:case:searched"


def find(world: World, term: str, username: str = "case-officer", **where: Any) -> list[UUID]:
    return find_each(world, (term,), username, **where)[0]


def find_each(
    world: World, terms: Iterable[str], username: str = "case-officer", **where: Any
) -> list[list[UUID]]:
    with world.acting(username, **where):
        return [[line.id for line in cases.search(term).lines] for term in terms]


TERMS = [
    (NIK, Kind.NIK),
    ("35.1400 000000/0001", Kind.NIK),
    (PHONE, Kind.PHONE),
    ("+62 812 0000 0001", Kind.PHONE),
    ("(0812) 00000001", Kind.PHONE),
    (NAME, Kind.NAME),
    ("  BUNGA   contóh ", Kind.NAME),
    (PERPETRATOR.upper(), Kind.NAME),
    ("Hj. Boenga Contoh, S.H.", Kind.NAME),
    (f"{NAME} {BIRTH[:4]}", Kind.NAME_AND_YEAR),
    (f"boenga contoh,{BIRTH[:4]}", Kind.NAME_AND_YEAR),
    (code(1), Kind.CODE),
    (code(1).lower().replace("-000", ""), Kind.CODE),
]


def test_a_term_equal_to_the_whole_value_finds_its_case(world: World) -> None:
    case_id = open_case(world)
    other = replace(SURVIVOR, full_name="Mawar Contoh", nik=None, phone="0812-99-9999")
    open_case(world, replace(REPORT, survivor=other, perpetrators=()))
    for term, kind in TERMS:
        with world.acting("case-officer"):
            found = cases.search(term)
        assert (found.kind, [line.id for line in found.lines]) == (kind, [case_id]), term


def test_a_part_of_a_value_finds_nothing(world: World) -> None:
    open_case(world)
    for term in (
        "Bunga",
        "Contoh",
        "Bunga Contoh Lain",
        NIK[:15] + "2",
        "0812-0000",
        "K-2026-9",
        f"{NAME} 1931",
    ):
        assert find(world, term) == [], term


def test_a_value_is_found_by_its_new_text_and_no_longer_by_the_old(world: World) -> None:
    case_id = open_case(world)
    with working(world, case_id) as subject:
        cases.edit_survivor(
            subject,
            row(world, case_id, Survivor).id,
            age_group="25-44",
            disability="none",
            district=None,
            typed={"full_name": "Melati Contoh", "phone": "0812-77-7777", "nik": ""},
        )
    assert find(world, NAME) == find(world, PHONE) == []
    for term in ("Melati Contoh", "+62812777777", NIK):
        assert find(world, term) == [case_id]


def test_a_hit_outside_ones_rights_is_like_no_hit(world: World) -> None:
    """The case is there for its team, its registrar and its supervisor; for nobody else."""
    case_id = open_case(world)
    terms = (NAME, NIK, PHONE, PERPETRATOR, code(1))
    for username in ("case-officer", "companion", "intake-officer", "supervisor"):
        assert find_each(world, terms, username) == [[case_id]] * 5, username
    for username in (
        "case-officer-2",
        "signatory",
        "hospital-officer",
        "police-officer",
        "auditor",
        "administrator",
    ):
        assert find_each(world, terms, username) == [[]] * 5, username
        assert [one["details"]["count"] for one in events(world, SEARCHED)[-5:]] == [0] * 5
    assert find_each(world, terms, "supervisor", tenant=CONTOH) == [[]] * 5


def test_a_hit_on_a_field_that_the_person_could_not_open_returns_nothing(world: World) -> None:
    """A child's NIK and telephone are of level 4; a supervisor opens up to 3."""
    young = replace(ALLEGED, age_group="13-17")
    case_id = open_case(world, replace(REPORT, survivor=CHILD, perpetrators=(young,)))
    for term in (NIK, PHONE):
        assert find(world, term, "supervisor") == []
        assert find(world, term, "case-officer") == [case_id]
    for term in (NAME, PERPETRATOR, code(1)):
        assert find(world, term, "supervisor") == [case_id]


def test_who_is_released_finds_no_more(world: World) -> None:
    case_id = open_case(world)
    with working(world, case_id, "supervisor") as subject:
        for member in cases.members(case_id):
            cases.release(subject, member.id)
    assert find(world, NAME) == find(world, code(1)) == []


def test_the_term_is_not_kept_only_a_keyed_hash_of_it(world: World, postgres: Postgres) -> None:
    open_case(world)
    rare = "Seruni Contoh Tidak Dikenal"
    for term in (rare, f" {rare.upper()}", NIK, "081234567890", code(1)):
        find(world, term)
    find(world, rare, tenant=CONTOH)
    found = events(world, SEARCHED)
    kinds = [one["details"]["kind"] for one in found]
    traces = [one["details"]["term"] for one in found]
    assert kinds == ["name", "name", "nik", "phone", "code"]
    assert [one["details"]["count"] for one in found] == [0, 0, 1, 0, 1]
    assert all(one["fields"] == [] and one["case"] is None for one in found)
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in traces)
    assert traces[0] == traces[1]  # the same search can be recognised
    assert len(set(traces)) == 4
    (elsewhere,) = events(world, SEARCHED, CONTOH)
    assert elsewhere["details"]["term"] not in traces  # but not across agencies
    with as_superuser(world, postgres) as session:
        bodies = session.execute("SELECT body::text FROM audit_event").fetchall()
        digests = session.execute("SELECT encode(digest, 'hex') FROM blind_index").fetchall()
    log = str(bodies).casefold()
    for secret in (rare, NIK, "081234567890", "6281234567890"):
        assert secret.casefold() not in log
    assert not {one for (one,) in digests} & set(traces)  # nor a key to the blind indexes


def test_a_search_decrypts_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = open_case(world)
    opened: list[str] = []
    monkeypatch.setattr(Confidential, "open", lambda field, _row: opened.append(field.name))
    for term in (NAME, NIK, PHONE, code(1)):
        assert find(world, term) == [case_id]
    assert opened == []


NO_TERMS = [
    ("", "missing"),
    ("  \n ", "missing"),
    ("B", "too-short"),
    ("7", "too-short"),
    ("!!!", "too-short"),
    ("--", "too-short"),
    ("x" * (TERM_LENGTH + 1), "too-long"),
    ("Bunga\x00Contoh", "control-character"),
]


def test_what_is_no_term_is_refused(world: World) -> None:
    for term, reason in NO_TERMS:
        with pytest.raises(Invalid) as fault:
            find(world, term)
        assert (fault.value.field, fault.value.reason) == ("term", reason), term
    assert events(world, SEARCHED) == []


def test_several_cases_of_one_name_come_newest_first(world: World) -> None:
    made = [take(world, by="case-officer") for _ in range(3)]
    assert find(world, NAME) == made[::-1]


def test_a_code_is_read_in_any_way_it_may_be_spoken() -> None:
    for term in ("K-2026-0007", "k-2026-7", "K2026-0007", "k20260007"):
        assert classify(term) == (Kind.CODE, "K-2026-0007")
    assert classify("K-2026-12345") == (Kind.CODE, "K-2026-12345")
    assert classify("K-26-7")[0] is Kind.NAME


def test_a_case_of_the_same_code_elsewhere_is_another_case(world: World) -> None:
    here, there = take(world), take(world, tenant=CONTOH)
    assert find(world, code(1), "intake-officer") == [here]
    assert find(world, code(1), "intake-officer", tenant=CONTOH) == [there]
    assert case_row(world, here).tenant_id == world.tenant(PASUR).tenant_id
