"""Taking a report: sealed, numbered without a gap, and whole or not at all."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import text

from app.cases import service as cases
from app.cases.entries import Report
from app.cases.models import AllegedPerpetrator, Case, CaseCounter, Incident, Need, Survivor
from app.local.postgres import Postgres
from tenants.confidential import DECLARED, canonical_phone
from tenants.database import db
from tenants.errors import Invalid, Refused
from tenants.indonesian_names import canonical_name
from tenants.policy import Relation
from tests.cases.intake import (
    ALLEGED,
    BARE,
    CHILD_REPORT,
    INCIDENT,
    NAME,
    PHONE,
    REPORT,
    SECRETS,
    SURVIVOR,
    WANTED,
    as_superuser,
    case_row,
    code,
    events,
    open_case,
    row,
    take,
    values,
    wait_for_lock,
    working,
)
from tests.world import CONTOH, World

OFTEN = "x" * 20_001  # longer than any field
TABLES = ("case", "case_counter", "data_key", "blind_index", "survivor", "alleged_perpetrator")


def codes(world: World, **where: Any) -> list[str]:
    with world.as_system(**where):
        return sorted(db.session.scalars(db.select(Case.code)))


def counts(world: World) -> dict[str, int]:
    tables = (*TABLES, "incident", "need", "audit_event")
    with world.as_system():
        return {
            one: db.session.scalar(text(f'SELECT count(*) FROM "{one}"')) or 0 for one in tables
        }


def everything(world: World, postgres: Postgres) -> str:
    """Every value of every table, as the superuser reads it."""
    with as_superuser(world, postgres) as session:
        tables = session.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname IN ('public', 'tenancy')"
        ).fetchall()
        return "\n".join(
            str(found)
            for (table,) in tables
            for (found,) in session.execute(f"SELECT t::text FROM {table} AS t").fetchall()  # type: ignore[arg-type]
        )


def test_a_report_is_kept_whole_and_its_confidential_values_only_sealed(
    world: World, postgres: Postgres
) -> None:
    case_id = take(world)
    for table, entry in (
        (Survivor, SURVIVOR),
        (Incident, INCIDENT),
        (AllegedPerpetrator, ALLEGED),
        (Need, WANTED),
    ):
        kept: Any = row(world, case_id, table)
        names = [one.split(".")[1] for one in SECRETS if one.startswith(f"{kept.__tablename__}.")]
        assert values(world, kept, *names) == {name: getattr(entry, name) for name in names}
    survivor, incident = row(world, case_id, Survivor), row(world, case_id, Incident)
    assert (survivor.district, survivor.is_child) == ("Bangil", False)
    assert (incident.violence, incident.is_sexual) == (["physical", "psychological"], False)
    stored = everything(world, postgres)
    assert "Bangil" in stored  # what is not confidential is found this way
    plain = {*SECRETS.values(), canonical_name(NAME), canonical_phone(PHONE)}
    for secret in plain:
        assert secret not in stored
        assert secret.encode().hex() not in stored


def test_the_report_covers_every_confidential_field_of_its_tables() -> None:
    """So that a field added later is registered and sealed by these tests too."""
    tables = ("survivor", "incident", "alleged_perpetrator", "need")
    assert {one for one in DECLARED if one.split(".")[0] in tables} == set(SECRETS)


def test_the_event_names_who_registered_what_and_each_field_that_was_filled(world: World) -> None:
    case_id = take(world)
    (event,) = events(world, "case:case:registered")
    assert set(event["fields"]) == set(SECRETS)
    assert event["details"] == {"code": code(1), "channel": "direct"}
    assert (event["case"], event["object_id"]) == (str(case_id), str(case_id))
    assert event["actor"] == str(world.account("intake-officer"))
    case = case_row(world, case_id)
    assert (case.state, case.risk, case.channel) == ("received", "medium", "direct")
    assert case.registered_by == world.account("intake-officer")
    with working(world, case_id, "intake-officer") as subject:
        assert subject.standing.relations == {Relation.INTAKE}


def test_what_is_not_known_is_left_out(world: World) -> None:
    blank = replace(SURVIVOR, nik="", phone=None, address="  ", district=" \t ")
    case_id = take(world, replace(REPORT, survivor=blank, perpetrators=(), needs=()))
    kept = row(world, case_id, Survivor)
    assert (kept.nik_sealed, kept.phone_sealed, kept.address_sealed) == (None, None, None)
    assert kept.district is None
    filled = {"full_name", "birth_date", "health"}
    filled |= {"safe_contact", "contact_when", "forbidden_phone"}
    (event,) = events(world, "case:case:registered")
    assert {one for one in event["fields"] if one.startswith("survivor.")} == {
        f"survivor.{name}" for name in filled
    }
    with world.as_system():
        found = cases.rows(case_id)
    assert (list(found.perpetrators), list(found.needs), found.legal) == ([], [], None)


def test_a_child_raises_the_level_of_her_own_fields_and_of_a_reported_childs(
    world: World,
) -> None:
    young = replace(ALLEGED, age_group="6-12")
    adult, child = open_case(world), open_case(world, replace(CHILD_REPORT, perpetrators=(young,)))
    seen = {}
    for case_id in (adult, child):
        with working(world, case_id) as subject:
            dossier = cases.look(subject)
        entries = (dossier.survivors[0], dossier.perpetrators[0])
        seen[case_id] = [one.fields["full_name"].access.value for one in entries]
        assert [one.row.is_child for one in entries] == [case_id == child] * 2
    assert seen == {adult: ["shown", "shown"], child: ["on_demand", "on_demand"]}


BROKEN: dict[str, tuple[Report, str, str]] = {
    "channel": (replace(REPORT, channel="pigeon"), "channel", "unknown-code"),
    "survivor": (replace(REPORT, survivor=replace(SURVIVOR, nik="12")), "nik", "format"),
    "incident": (
        replace(REPORT, incident=replace(INCIDENT, violence=())),
        "violence",
        "none",
    ),
    "second perpetrator": (
        replace(REPORT, perpetrators=(ALLEGED, replace(ALLEGED, relation="stranger"))),
        "relation",
        "unknown-code",
    ),
    "second need": (
        replace(REPORT, needs=(WANTED, replace(WANTED, urgency="whenever"))),
        "urgency",
        "unknown-code",
    ),
    "a name too long": (
        replace(REPORT, survivor=replace(SURVIVOR, full_name="x" * 201)),
        "full_name",
        "too-long",
    ),
    "a story too long": (
        replace(REPORT, incident=replace(INCIDENT, narrative=OFTEN)),
        "narrative",
        "too-long",
    ),
    "a control character in the last part": (
        replace(REPORT, needs=(WANTED, replace(WANTED, description="a\x00b"))),
        "description",
        "control-character",
    ),
}


def test_nothing_is_written_when_any_part_is_invalid(world: World) -> None:
    before = counts(world)
    for name, (report, field, reason) in BROKEN.items():
        with pytest.raises(Invalid) as fault:
            take(world, report)
        assert (fault.value.field, fault.value.reason) == (field, reason), name
        assert counts(world) == before, name
    take(world)
    assert codes(world) == [code(1)]


def test_a_role_that_takes_no_reports_writes_none(world: World) -> None:
    before = counts(world)
    for username in ("companion", "supervisor", "signatory", "hospital-officer", "auditor"):
        with pytest.raises(Refused, match="field-not-writable"):
            take(world, by=username)
        assert counts(world) == before, username


class Interrupted(Exception):
    """The request fails after the case was registered."""


def fail_after_registering(
    world: World, username: str = "intake-officer", together: threading.Barrier | None = None
) -> None:
    with world.acting(username):
        if together:
            together.wait()
        cases.register(BARE)
        raise Interrupted


def test_codes_count_without_a_gap_over_reports_that_failed_each_agency_for_itself(
    world: World,
) -> None:
    take(world, BARE)
    with pytest.raises(Invalid):
        take(world, BROKEN["a story too long"][0])  # its code was taken already
    with pytest.raises(Interrupted):
        fail_after_registering(world, "case-officer")
    take(world, BARE, by="case-officer")
    take(world, BARE, tenant=CONTOH)
    assert codes(world) == [code(1), code(2)]
    assert codes(world, tenant=CONTOH) == [code(1)]


@pytest.mark.parametrize(
    ("first_fails", "expected"),
    [(False, [code(1), code(2)]), (True, [code(1)])],
)
def test_of_two_reports_at_once_the_second_waits_to_know_its_code(
    world: World, first_fails: bool, expected: list[str]
) -> None:
    second = threading.Thread(target=take, args=(world, BARE))

    def both() -> None:
        with world.acting("intake-officer"):
            cases.register(BARE)
            second.start()
            wait_for_lock(second)
            if first_fails:
                raise Interrupted

    if first_fails:
        with pytest.raises(Interrupted):
            both()
    else:
        both()
    second.join()
    assert codes(world) == expected


def test_many_reports_at_once_some_failing_leave_codes_in_a_row(world: World) -> None:
    together = threading.Barrier(9)

    def fail() -> None:
        with pytest.raises(Interrupted):
            fail_after_registering(world, together=together)

    def succeed() -> None:
        with world.acting("intake-officer"):
            together.wait()
            cases.register(BARE)

    threads = [threading.Thread(target=one) for one in 3 * (fail, succeed, succeed)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert codes(world) == [code(number) for number in range(1, 7)]


def test_two_first_reports_of_a_year_can_meet_on_one_constraint_only(world: World) -> None:
    """PostgreSQL settles one conflict by itself; the row's id must not be a second one."""
    ids = set()

    def fail() -> None:
        with world.acting("intake-officer"):
            cases.register(BARE)
            ids.add(db.session.scalar(db.select(CaseCounter.id)))
            raise Interrupted

    for _ in range(2):
        with pytest.raises(Interrupted):
            fail()
    assert len(ids) == 2


def test_codes_begin_anew_when_the_year_begins_where_the_agency_is(world: World) -> None:
    with time_machine.travel(datetime(2026, 12, 31, 16, 59, tzinfo=UTC), tick=False) as hour:
        take(world, BARE)  # 23:59 in Jakarta
        hour.move_to(datetime(2026, 12, 31, 17, 0, tzinfo=UTC))
        take(world, BARE)
    assert codes(world) == ["K-2026-0001", "K-2027-0001"]
