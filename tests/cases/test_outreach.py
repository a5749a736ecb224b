"""Outreach, and the reports that followed it: low reporting becomes visible."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from app.cases import service as cases
from tenants.clock import now, today
from tenants.errors import Invalid
from tests.cases.intake import REPORT, case_row, events, take
from tests.world import World

TRIP = {
    "kind": "sakera_jempol",
    "held_on": today().isoformat(),
    "district": "Bangil",
    "place": "Balai desa",
    "reached": "43",
}


def test_a_report_is_tied_to_the_outreach_that_it_followed(world: World) -> None:
    client = world.client("intake-officer")
    assert "penjangkauan" not in client.get("/cases/new").text
    for wrong in (
        {"kind": "moon"},
        {"district": "Jalan 5"},
        {"reached": "-1"},
        {"reached": "many"},
        {"place": " "},
        {"held_on": (today() + timedelta(days=1)).isoformat()},
    ):
        assert client.post("/outreach", TRIP | wrong).status_code == 422
    assert client.post("/outreach", TRIP).status_code == 303
    with world.acting("intake-officer"):
        (trip,) = cases.recent()
    page = client.get("/cases/new").text
    assert "Sakera Jempol, Bangil" in page
    followed = take(world, replace(REPORT, outreach_id=trip.id))
    take(world)
    assert case_row(world, followed).outreach_id == trip.id
    with pytest.raises(Invalid):
        take(world, replace(REPORT, outreach_id=uuid4()))
    page = world.client("supervisor").get("/outreach").text
    assert "43 orang terjangkau, 1 laporan menyusul" in page
    assert events(world, "case:outreach:listed")[-1]["details"] == {"count": 1}
    assert world.client("supervisor").post("/outreach", TRIP).status_code == 403


def test_a_report_that_was_on_paper_keeps_its_day_and_its_year(world: World) -> None:
    earlier = now() - timedelta(days=400)
    with world.acting("intake-officer"):
        case_id = cases.register(REPORT, received_at=earlier)
        with pytest.raises(Invalid):
            cases.register(REPORT, received_at=now() + timedelta(hours=1))
    case = case_row(world, case_id)
    assert case.registered_at == earlier
    assert case.code == f"K-{earlier.year}-0001"
