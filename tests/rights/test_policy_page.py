"""The page that shows who sees what, as it holds in this office."""

from __future__ import annotations

from html import unescape

import pytest

from app.rights import table
from app.rights.views import LIMIT_NAMES, RELATION_NAMES
from tenants import registry
from tenants.confidential import DECLARED
from tenants.context import Role
from tenants.grants import Relation
from tenants.policy import RULES
from tenants.profile import LIMITS, Narrowing
from tests.world import World


@pytest.mark.parametrize("username", ["administrator", "auditor", "supervisor", "signatory"])
def test_whoever_answers_for_it_reads_the_whole_table(world: World, username: str) -> None:
    page = unescape(world.client(username).get("/policy").text)
    assert "Anggota tim kasus" in page
    assert "membuka ≤" in page
    assert "alamat korban" in page
    assert page.count("<table") == len({rule.role for rule in RULES}) + 1


def test_the_page_holds_every_rule_and_every_confidential_field(world: World) -> None:
    with world.as_system():
        shown = {
            (part.role, row.relation, each): (cell.shown, cell.on_demand, cell.written)
            for part in table.parts()
            for row in part.rows
            for each, cell in row.cells.items()
            if cell is not None
        }
        assert {one.name for one in table.fields()} == set(DECLARED)
        assert {part.role for part in table.parts()} == set(Role)
    assert shown == {
        (one.role, one.relation, one.field_class): (one.shown, one.on_demand, one.written)
        for one in RULES
    }
    assert set(RELATION_NAMES) == set(Relation)
    assert set(LIMIT_NAMES) == set(LIMITS)


def test_where_the_office_is_stricter_the_page_says_so(world: World) -> None:
    with world.as_system():
        profile = registry.profile()
    stricter = (Narrowing("supervisor", "oversight", "legal", shown=0, on_demand=0),)
    client = world.client("auditor")
    assert "Lebih ketat di sini" not in client.get("/policy").text
    before = profile.policy
    object.__setattr__(profile, "policy", stricter)
    try:
        assert client.get("/policy").text.count("Lebih ketat di sini") == 1
    finally:
        object.__setattr__(profile, "policy", before)
