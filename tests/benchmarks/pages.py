"""The pages that people open all day: their statements, and what they cost beside a bare page."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from flask import Flask

from app.cases import service as cases
from app.cases.entries import NeedEntry
from tests.benchmarks.figures import Result, Sample, figure
from tests.benchmarks.stage import Stage
from tests.benchmarks.statements import counted
from tests.cases import intake
from tests.world import Client, World

ENTRIES = 200
ROUNDS = 60


@figure("page.case_queries", most=12)
def case_queries(stage: Stage) -> Result:
    """SQL statements of the page of a case with 200 entries; beside it with few."""
    few, many = _cases(stage)
    client = stage.world.client("case-officer")
    return {"": statements(client, f"/cases/{many}"), "few": statements(client, f"/cases/{few}")}


@figure("page.list_queries", most=12)
def list_queries(stage: Stage) -> Result:
    """SQL statements of the list of cases."""
    _cases(stage)
    return statements(stage.world.client("case-officer"), "/cases")


@figure("page.desk_queries", most=12)
def desk_queries(stage: Stage) -> Result:
    """SQL statements of the auditors' list of events."""
    _cases(stage)
    return statements(stage.world.client("auditor"), "/audit")


@figure("page.home_queries", most=12)
def home_queries(stage: Stage) -> Result:
    """SQL statements of the first page."""
    _cases(stage)
    return statements(stage.world.client("case-officer"), "/")


@figure("page.case_vs_bare")
def case_vs_bare(stage: Stage) -> Result:
    """The page of a case over a bare Flask page with the same HTML from memory."""
    few, _ = _cases(stage)
    client, path = stage.world.client("case-officer"), f"/cases/{few}"
    html = client.get(path).data
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: html)
    plain, ours, theirs = bare.test_client(), Sample(scale=1000), Sample(scale=1000)
    for _ in range(ROUNDS):
        ours.run(lambda: client.get(path))
        theirs.run(lambda: plain.get("/"))
    return {"": ours.median / theirs.median, "case_ms": ours, "bare_ms": theirs}


def statements(client: Client, path: str) -> float:
    """Return how many statements a page sends, once everything is warm."""
    client.get(path)
    with counted() as sent:
        response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return float(len(sent))


def case_with(world: World, entries: int) -> UUID:
    """A case with so many notes and needs, and one report."""
    case_id = intake.open_case(world)
    if entries:
        fill(world, case_id, entries)
    return case_id


def fill(world: World, case_id: UUID, entries: int) -> None:
    """Add notes and needs, half of each."""
    with intake.working(world, case_id) as subject:
        for number in range(entries // 2):
            cases.add_note(subject, f"Catatan contoh nomor {number}")
            need = NeedEntry("psychology", "soon", intake.NEED)
            cases.edit_need(subject, None, need, {"description": intake.NEED})


@cache
def _cases(stage: Stage) -> tuple[UUID, UUID]:
    return case_with(stage.world, 2), case_with(stage.world, ENTRIES)
