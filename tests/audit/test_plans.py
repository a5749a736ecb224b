"""Each question of the desk is answered from its own index, in order, without reading the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, inspect, text

from app.audit import entries
from app.audit.entries import Cursor, Wanted
from tenants.audit import AuditEvent
from tenants.context import Purpose, Role
from tenants.database import db
from tenants.vocabulary import Outcome, Tag
from tests.benchmarks import years
from tests.world import PASUR, World

COUNT, CASES = 20_000, 600
UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
PERSON = UUID(years.people([])[7])
CASE = UUID(years.cases()[CASES // 3])
QUESTIONS: dict[str, tuple[Wanted, set[str]]] = {
    "newest": (Wanted(), {"at"}),
    "person": (Wanted(person=PERSON), {"actor"}),
    "person and tag": (Wanted(person=PERSON, tag=Tag.CONSENT_RECORDED), {"actor", "tag"}),
    "role": (Wanted(role=Role.SIGNATORY), {"role_signatory"}),
    "case": (Wanted(case_id=CASE), {"case"}),
    "tag": (Wanted(tag=Tag.CONSENT_RECORDED), {"tag"}),
    "refused": (Wanted(outcomes=frozenset({Outcome.REFUSED})), {"outcome"}),
    "all that was not allowed": (Wanted(outcomes=entries.NOT_ALLOWED), {"outcome"}),
    "purpose": (Wanted(purpose=Purpose.STATUTORY_REPORT), {"purpose"}),
    "address": (Wanted(address="203.0.113.8"), {"address"}),
    "days": (Wanted(since=date(2024, 3, 4), until=date(2024, 3, 5)), {"at"}),
}


@pytest.fixture
def log(world: World) -> World:
    """Five thin years of events, known to the planner."""
    tenant = world.tenant(PASUR).tenant_id
    insert = text(
        "INSERT INTO audit_event (tenant_id, id, at, body)"
        " VALUES (:tenant, :id, :at, CAST(:body AS json))"
    )
    rows = [
        {"tenant": tenant, "id": e.id, "at": e.at, "body": e.body}
        for e in years.events(COUNT, UNTIL, years.people([]), CASES)
    ]
    with world.as_system(PASUR):
        db.session.execute(insert, rows)
    return world


@contextmanager
def plans(world: World, postgres: Any, name: str) -> Iterator[list[dict[str, Any]]]:
    """Plans of the statements about events that the block sends, as the web's role."""
    with postgres.connect(name) as superuser:
        superuser.execute("ANALYZE audit_event")
    found: list[dict[str, Any]] = []

    def explain(connection: Any, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "FROM audit_event" in statement and statement.startswith("SELECT"):
            with connection.connection.driver_connection.cursor() as other:
                other.execute(f"EXPLAIN (FORMAT json) {statement}", values)
                row = other.fetchone()
            found.append((row[0] if not isinstance(row[0], str) else json.loads(row[0]))[0]["Plan"])

    with world.acting("auditor"):
        engine = db.engine
        event.listen(engine, "before_cursor_execute", explain)
        try:
            yield found
        finally:
            event.remove(engine, "before_cursor_execute", explain)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def test_every_question_is_answered_in_order_from_an_index_of_its_own(
    log: World, postgres: Any
) -> None:
    name = log.settings["DATABASE_URL"].rpartition("/")[2].partition("?")[0]
    middle = Cursor(datetime(2024, 6, 1, tzinfo=UTC), UUID(int=1))
    for question, (wanted, indexes) in QUESTIONS.items():
        for place in ({}, {"before": middle}, {"after": middle}):
            with plans(log, postgres, name) as found:
                entries.read(wanted, **place)
            every = list(nodes(found[0]))
            used = {node["Index Name"] for node in every if "Index Name" in node}
            assert used <= {f"ix_audit_event_{index}" for index in indexes}, (question, place, used)
            assert used, (question, place, [node["Node Type"] for node in every])
            kinds = {node["Node Type"] for node in every}
            assert not kinds & {"Seq Scan", "Sort", "Bitmap Heap Scan"}, (question, place, kinds)


def test_a_case_is_found_by_its_code_without_reading_every_registration(
    log: World, postgres: Any
) -> None:
    name = log.settings["DATABASE_URL"].rpartition("/")[2].partition("?")[0]
    with plans(log, postgres, name) as found:
        assert entries.find_case(years.code(CASES // 3)) == CASE
    (scan,) = (node for node in nodes(found[0]) if "Index Name" in node)
    assert scan["Index Name"] == "ix_audit_event_code"
    assert "case_code" in scan["Index Cond"]


def test_every_role_has_its_index_and_the_database_has_those_of_the_code(world: World) -> None:
    declared = {str(index.name): index for index in AuditEvent.__table__.indexes}
    assert {f"ix_audit_event_role_{role}" for role in Role} <= set(declared)
    with world.as_system(PASUR):
        kept = {one["name"]: one for one in inspect(db.session.connection()).get_indexes(
            "audit_event"
        )}  # fmt: skip
        assert set(kept) == set(declared)
        written = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'audit_event'"
        texts = {row.indexname: row.indexdef for row in db.session.execute(text(written))}
    for role in Role:
        assert f"""roles ~~ '%"{role.value}"%'::text""" in texts[f"ix_audit_event_role_{role}"]
