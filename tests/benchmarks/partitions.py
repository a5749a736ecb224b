"""The log as one table beside the log in a partition for each month: what was decided in ADR 6."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.schema import CreateIndex

from app.audit import entries
from app.audit.entries import Cursor, Wanted
from tenants.audit import AuditEvent
from tenants.context import Role
from tenants.database import db
from tenants.vocabulary import Tag
from tests.benchmarks import desk, years
from tests.benchmarks.figures import Result, Sample, figure
from tests.benchmarks.stage import Stage
from tests.world import World

COUNT = 1_000_000
ROUNDS = 25
BEGAN = 2021  # the year in which the events begin
NAME = "audit_event_by_month"


@figure("audit.partitioned_vs_plain", full=True)
def partitioned(stage: Stage) -> Result:
    """Time of the desk's statements on monthly partitions over one table, a million events."""
    world = _filled(stage)
    sums = [0.0, 0.0]
    found: dict[str, float | Sample] = {}
    with world.acting("auditor"):
        for question, statement, values in list(_statements(world)):
            samples = [Sample(scale=1000), Sample(scale=1000)]
            for _ in range(ROUNDS):
                for place, name in enumerate(("audit_event", NAME)):
                    _timed(samples[place], statement.replace("audit_event", name), values)
            for place, kind in enumerate(("plain", "by_month")):
                found[f"{question}.{kind}_ms"] = samples[place].median * 1000
                sums[place] += samples[place].median
    return {"": sums[1] / sums[0], **found}


def _timed(sample: Sample, statement: str, values: Any) -> None:
    """Run a statement as the driver does, plan and all."""
    driver = db.session.connection().connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor:
        begun = time.perf_counter()
        cursor.execute(statement, values, prepare=False)
        cursor.fetchall()
        sample.wall.append(time.perf_counter() - begun)


def _statements(world: World) -> Iterator[tuple[str, str, Any]]:
    """The statements of the desk, as SQLAlchemy sends them."""
    person, case = world.account("case-officer"), UUID(years.cases()[years.CASES // 3])
    middle = Cursor(desk.UNTIL.replace(year=2024), UUID(int=1))
    reads: tuple[tuple[str, Wanted, dict[str, Any]], ...] = (
        ("newest", Wanted(), {}),
        ("older", Wanted(), {"before": middle}),
        ("person", Wanted(person=person), {}),
        ("case", Wanted(case_id=case), {}),
        ("rare_tag", Wanted(tag=Tag.PERSON_LOCKED), {}),
        ("role", Wanted(role=Role.ADMINISTRATOR), {}),
        ("address", Wanted(address="203.0.113.8"), {}),
    )
    for question, wanted, place in reads:
        with _caught() as caught:
            entries.read(wanted, **place)
        yield question, *caught[0]
    known = db.session.scalar(text("SELECT id FROM audit_event ORDER BY at LIMIT 1 OFFSET 1000"))
    with _caught() as caught:
        entries.find_event(known)
    yield "one_event", *caught[0]


@contextmanager
def _caught() -> Iterator[list[tuple[str, Any]]]:
    caught: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("SELECT") and "FROM audit_event" in statement:
            caught.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield caught
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@cache
def _filled(stage: Stage) -> World:
    written = Path(years.__file__).read_text(encoding="utf-8")
    own = Path(__file__).read_text(encoding="utf-8")

    def fill(name: str) -> None:
        desk.fill(stage, name, COUNT)
        engine = create_engine(stage.settings(name)["MIGRATION_DATABASE_URL"])
        with engine.begin() as connection:
            _by_month(connection)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
            session.execute(text(f"VACUUM ANALYZE {NAME}"))
        engine.dispose()

    return stage.open(stage.kept("bench_partitions", f"{COUNT} {written} {own}", fill))


def _by_month(connection: Connection) -> None:
    """The same rows, indexes, policy and grants; the key has to hold the time."""
    connection.execute(
        text(
            f"CREATE TABLE {NAME} (LIKE audit_event INCLUDING GENERATED INCLUDING CONSTRAINTS,"
            " PRIMARY KEY (tenant_id, at, id)) PARTITION BY RANGE (at)"
        )
    )
    months = [f"{BEGAN + n // 12}-{n % 12 + 1:02}-01" for n in range(12 * 6 + 1)]
    for first, last in pairwise(months):
        connection.execute(
            text(
                f"CREATE TABLE {NAME}_{first[:7].replace('-', '_')} PARTITION OF {NAME}"
                f" FOR VALUES FROM ('{first}') TO ('{last}')"
            )
        )
    connection.execute(text(f"CREATE TABLE {NAME}_rest PARTITION OF {NAME} DEFAULT"))
    connection.execute(
        text(
            f"INSERT INTO {NAME} (tenant_id, id, at, body)"
            " SELECT tenant_id, id, at, body FROM audit_event"
        )
    )
    for index in AuditEvent.__table__.indexes:
        made = str(CreateIndex(index).compile(connection)).replace("%%", "%")
        connection.exec_driver_sql(made.replace("audit_event", NAME).replace("%", "%%"), ())
    connection.execute(text(f"ALTER TABLE {NAME} ENABLE ROW LEVEL SECURITY"))
    connection.execute(text(f"ALTER TABLE {NAME} FORCE ROW LEVEL SECURITY"))
    bound = "tenant_id = (SELECT tenancy.bound())"
    connection.execute(text(f"CREATE POLICY tenant_bound ON {NAME} USING ({bound})"))
    connection.execute(text(f"GRANT SELECT ON {NAME} TO teduh_web"))
