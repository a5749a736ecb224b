"""How many statements a page sends: a number, and the same however much there is to show."""

from __future__ import annotations

import pytest

from tests.benchmarks.pages import case_with, fill, statements
from tests.cases import intake
from tests.world import World

MOST = 12
MORE = 60
"""Entries that come besides: a statement for each would be seen at once."""


def test_a_case_sends_as_many_statements_for_many_entries_as_for_few(world: World) -> None:
    case_id = case_with(world, 2)
    path = f"/cases/{case_id}"
    client = world.client("case-officer")
    few = statements(client, path)
    fill(world, case_id, MORE)
    assert statements(client, path) == few
    assert few <= MOST


@pytest.mark.parametrize(
    ("username", "path"),
    [("case-officer", "/cases"), ("case-officer", "/"), ("supervisor", "/"), ("auditor", "/audit")],
)
def test_a_list_sends_as_many_statements_for_many_lines_as_for_few(
    world: World, username: str, path: str
) -> None:
    intake.open_case(world)
    client = world.client(username)
    few = statements(client, path)
    for _ in range(8):
        intake.open_case(world)
    assert statements(client, path) == few
    assert few <= MOST
