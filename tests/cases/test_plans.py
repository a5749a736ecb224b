"""Lists and searches read one agency's rows by an index, however many the others have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine

from tenants.database import db
from tests.benchmarks import survivors
from tests.cases import intake
from tests.world import PASUR, World

OWN, OTHERS, AGENCIES = 300, 300, 30
GREAT = {"case", "survivor", "blind_index"}
"""The tables that are filled: of a small one, reading all of it is the best plan."""


@contextmanager
def plans(world: World) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Each statement that the block reads with, and its plan in the same transaction."""
    found: list[tuple[str, dict[str, Any]]] = []

    def explain(connection: Any, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "WITH")) and " FROM " in " ".join(statement.split()):
            with connection.connection.driver_connection.cursor() as other:
                other.execute(f"EXPLAIN (FORMAT json) {statement}", values)
                row = other.fetchone()
            whole = row[0] if not isinstance(row[0], str) else json.loads(row[0])
            found.append((statement, whole[0]["Plan"]))

    with world.app.app_context():
        engine: Engine = db.engine
    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", explain)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def fill(world: World) -> None:
    """Write the cases of many agencies and let the planner know of them.

    It knows how many agencies there are and not which one asks: of two it expects half.
    """
    engine = create_engine(world.settings["MIGRATION_DATABASE_URL"])
    asked = world.tenant(PASUR).tenant_id
    registrar = world.account("supervisor")
    hashes = survivors.hashes(world, OWN)
    with engine.begin() as connection:
        survivors.write(connection, asked, registrar, OWN, hashes)
        for number in range(AGENCIES):
            other = UUID(int=number + 1)
            survivors.write(connection, other, registrar, OTHERS, survivors.random_hashes(number))
        connection.execute(text("ANALYZE"))
    engine.dispose()


def test_the_pages_of_every_day_read_their_agencys_rows_by_an_index(world: World) -> None:
    case_id = intake.open_case(world)
    fill(world)
    client = world.client("supervisor")
    name = survivors.name_of(7)
    asked = {
        "/cases": lambda: client.get("/cases"),
        "/": lambda: client.get("/"),
        "a case": lambda: world.client("case-officer").get(f"/cases/{case_id}"),
        "a NIK": lambda: client.post("/cases/search", {"term": f"{9999:04d}{7:012d}"}),
        "a name": lambda: client.post("/cases/search", {"term": name}),
        "a name and a year": lambda: client.post("/cases/search", {"term": f"{name} 1998"}),
        "a code": lambda: client.post("/cases/search", {"term": "K-2022-100001"}),
    }
    for page, act in asked.items():
        with plans(world) as found:
            assert act().status_code == 200, page
        every = [(statement, node) for statement, plan in found for node in nodes(plan)]
        touched = {node.get("Relation Name") for _, node in every} & GREAT
        assert touched, page
        for statement, node in every:
            if node.get("Relation Name") in GREAT:
                assert node["Node Type"] != "Seq Scan", (page, statement)
            if "Index Name" in node and index_of(node["Index Name"]) in GREAT:
                # Row security's condition chooses the rows; it is not a filter over all of them.
                assert "tenant_id" in node.get("Index Cond", ""), (page, node, statement)


def index_of(name: str) -> str:
    """The table of an index, by the way indexes are named."""
    return next((table for table in GREAT if name.split("_", 1)[1].startswith(table)), name)
