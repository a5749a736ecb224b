"""The auditors' desk over ten million events of one agency: whole pages, as a browser gets them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import psycopg
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import Connection

from app.accounts.models import Account
from tenants.audit import AuditEvent
from tenants.database import db
from tests.benchmarks import years
from tests.benchmarks.figures import Result, Sample, figure
from tests.benchmarks.stage import Stage
from tests.benchmarks.statements import waited
from tests.world import PASUR, World

COUNT = 10_000_000
ROUNDS = 12
UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
_AT_ONCE = 20_000


@figure("audit.desk_p95_ms_10m", most=200, full=True)
def desk(stage: Stage) -> Result:
    """Milliseconds of the desk's ten usual questions, 95th percentile of whole pages."""
    world = big(stage)
    client = world.client("auditor")
    taken: dict[str, list[float]] = {}
    in_database: list[float] = []
    asked = questions(world)
    for _, path in asked:
        client.get(path)
    for _ in range(ROUNDS):
        for name, path in asked:
            begun = time.perf_counter()
            with waited() as waits:
                response = client.get(path)
            taken.setdefault(name, []).append(time.perf_counter() - begun)
            in_database.append(sum(waits))
            assert response.status_code == 200, (name, response.status_code)
    every = [one for times in taken.values() for one in times]
    database = Sample(wall=in_database, scale=1000)
    named: dict[str, float | Sample] = {
        name: Sample(wall=times, scale=1000) for name, times in taken.items()
    }
    return {"": statistics.quantiles(every, n=20)[-1] * 1000, "in_database": database, **named}


@figure("audit.desk_start_ms_10m", full=True)
def start(stage: Stage) -> Result:
    """Milliseconds of the desk's start page (five rules over thirty days), and of the charts."""
    client = big(stage).client("auditor")
    page, charts = Sample(scale=1000), Sample(scale=1000)
    for _ in range(5):
        page.run(lambda: client.get("/audit/start"))
        charts.run(lambda: client.get("/audit/figures"))
    return {"": page, "charts": charts}


def questions(world: World) -> list[tuple[str, str]]:
    """The ten usual questions, as addresses; what they ask about lies spread over the years."""
    person = str(world.account("case-officer"))
    month = {"since": "2024-03-01", "until": "2024-03-31"}
    asked: list[tuple[str, dict[str, str]]] = [
        ("newest", {}),
        ("person", {"person": person}),
        ("person-and-tag", {"person": person, "tag": "case:consent:recorded"}),
        ("role", {"role": "signatory"}),
        ("case", {"case": years.code(years.CASES // 3)}),
        ("tag", {"tag": "case:consent:recorded", **month}),
        ("not-allowed", {"outcome": "not-allowed"}),
        ("purpose", {"purpose": "statutory_report"}),
        ("month", month),
        ("address", {"address": "203.0.113.8", **month}),
    ]
    return [(name, f"/audit?{urlencode(values)}") for name, values in asked]


@cache
def big(stage: Stage) -> World:
    """The application over the ten million events, made once and kept in var/."""
    written = Path(years.__file__).read_text(encoding="utf-8")
    name = stage.kept(
        "bench_log", f"{COUNT} {UNTIL} {written}", lambda made: fill(stage, made, COUNT)
    )
    return stage.open(name)


def fill(stage: Stage, name: str, count: int) -> None:
    """Write the events by COPY as the migration role; the indexes are made when they are in."""
    world = stage.open(name)
    tenant = world.tenant(PASUR).tenant_id
    with world.as_system(PASUR):
        accounts = list(db.session.scalars(select(Account.id).order_by(Account.username)))
    engine = create_engine(world.settings["MIGRATION_DATABASE_URL"])
    indexes = sorted(AuditEvent.__table__.indexes, key=lambda one: str(one.name))
    with engine.begin() as connection:
        for index in indexes:
            index.drop(connection)
        _copy(
            connection, (f"{tenant}\t{e.id}\t{e.at}\t{e.body}\n" for e in _events(accounts, count))
        )
        for index in indexes:
            index.create(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        session.execute(text("VACUUM ANALYZE audit_event"))
    engine.dispose()


def _events(accounts: list[UUID], count: int) -> Iterator[years.Event]:
    persons = years.people(accounts)
    return years.events(count, UNTIL, persons)


def _copy(connection: Connection, lines: Iterator[str]) -> None:
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, psycopg.Connection)
    statement = "COPY audit_event (tenant_id, id, at, body) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        batch: list[str] = []
        for line in lines:
            batch.append(line)
            if len(batch) == _AT_ONCE:
                copy.write("".join(batch))
                batch.clear()
        copy.write("".join(batch))
