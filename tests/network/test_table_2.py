"""Table 2 of the study for 2021, computed from an invented year of events, and its pages."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.network import service
from app.network.codes import Verdict
from app.network.models import DutyEvidence
from app.referrals.models import Referral
from tenants.clock import today
from tenants.database import db
from tests.network.year_2021 import SINCE, UNTIL, write_year
from tests.world import CONTOH, World

TABLE = Path(__file__).with_name("table-2-2021.csv")
SPAN = f"since={SINCE}&until={UNTIL}"


def verdicts(world: World) -> dict[str, Verdict]:
    with world.acting("supervisor"):
        card = service.computed(SINCE, UNTIL)
    return {line.duty.key: line.verdict for part in card.parts for line in part.lines}


def test_table_2_is_computed_from_events_row_by_row(world: World) -> None:
    write_year(world)
    with world.acting("supervisor"):
        card = service.computed(SINCE, UNTIL)
    rows = list(csv.DictReader(TABLE.open(encoding="utf-8")))
    lines = [line for part in card.parts for line in part.lines]
    assert [line.duty.title.lower() for line in lines] == [row["duty"].lower() for row in rows]
    done = {Verdict.PERFORMED, Verdict.STOOD_IN}
    assert [(line.agreed, line.verdict in done) for line in lines] == [
        (row["agreed"] == "1", row["performed"] == "1") for row in rows
    ]
    totals = card.totals
    counts = (totals.rows, totals.agreed, totals.performed, totals.missed, totals.stood_in)
    assert counts == (23, 21, 16, 5, 2)
    assert totals.not_asked == 0


def test_changing_one_event_changes_the_score(world: World) -> None:
    write_year(world)
    before = verdicts(world)
    assert before["kemenag-mediasi"] is Verdict.MISSED
    with world.acting("case-officer"):
        unanswered = select(Referral).where(
            Referral.service == "mediation", Referral.state == "requested"
        )
        mediated = db.session.scalars(unanswered).one()
        mediated.state, mediated.answered_at = "done", mediated.requested_at
    after = verdicts(world)
    assert after.pop("kemenag-mediasi") is Verdict.PERFORMED
    before.pop("kemenag-mediasi")
    assert after == before
    with world.acting("supervisor"):
        held = select(DutyEvidence).where(DutyEvidence.duty == "rsud-koordinasi-hasil")
        service.take_back(db.session.scalars(held).first())
    assert verdicts(world)["rsud-koordinasi-hasil"] is Verdict.MISSED


def test_without_events_nobody_performed_anything(world: World) -> None:
    assert not {Verdict.PERFORMED, Verdict.STOOD_IN} & set(verdicts(world).values())


def test_each_row_opens_to_its_events_as_far_as_the_reader_may_read(world: World) -> None:
    ids = write_year(world)
    chief, head = world.client("supervisor"), world.client("signatory")
    page = chief.get(f"/duties?{SPAN}")
    assert page.status_code == 200
    assert "Polres Pasuruan" in page.text
    assert 'role="img"' in page.text
    duty = f"/duties/polres-forensik?{SPAN}"
    assert duty.replace("&", "&amp;") in page.text
    for client, reads in ((chief, True), (head, False)):
        seen = client.get(duty)
        assert seen.status_code == 200
        assert seen.text.count("Tidak dilaksanakan") >= 3
        assert ("K-2021-9" in seen.text) is reads
        assert ("06/2021" in seen.text) is not reads  # of others' cases the month alone
        assert (f"/cases/{ids[5]}" in seen.text or "/referrals/" in seen.text) is reads
    events = [one for one in world.events() if one["tag"] == "network:duty:viewed"]
    assert events[-1]["details"] == {"duty": "polres-forensik", "count": 3}
    assert events[-1]["fields"] == []
    police = world.client("police-officer")
    assert police.get("/duties").status_code == 403
    assert police.get(duty).status_code == 403
    own = police.get(f"/duties/own?{SPAN}")
    assert own.status_code == 200
    assert "Forensik" in own.text
    assert "Rehabilitasi sosial" not in own.text
    assert "K-2021-9" not in own.text
    assert police.get("/duties/own?since=x").status_code == 422


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=2026-02-01&until=2026-01-01", "mendahului hari pertama"),
        ("since=2024-01-01&until=2026-01-01", "paling lama satu tahun"),
        ("since=2026-01-01&until=2999-01-01", "belum tiba"),
        ("since=2026-01-02&until=2026-01-31", "tanggal satu"),
        ("since=2026-01-01&until=2026-01-30", "tanggal satu"),
        ("since=kemarin&until=2026-01-01", "perbaiki"),
    ],
)
def test_a_period_that_cannot_be_judged_says_why(world: World, query: str, sentence: str) -> None:
    client = world.client("supervisor")
    for path in ("/duties", "/duties/polres-forensik"):
        answer = client.get(f"{path}?{query}")
        assert (answer.status_code, sentence in answer.text) == (422, True), answer.text[-800:]


def test_evidence_is_entered_once_counts_and_can_be_taken_back(world: World) -> None:
    client, day = world.client("supervisor"), today()
    typed = {"duty": "polres-pendataan", "happened_on": day.isoformat(), "kept": "yes"}
    assert client.post("/duties/evidence/new", typed).status_code == 303
    again = client.post("/duties/evidence/new", typed | {"kept": "no"})
    assert again.status_code == 409
    assert "sudah dicatat" in again.text
    for wrong in (
        {"duty": "polres-forensik"}, {"duty": "x"}, {"kept": ""}, {"happened_on": "x"},
        {"happened_on": str(day + timedelta(days=2))}, {"happened_on": "2018-12-31"},
    ):  # fmt: skip
        assert client.post("/duties/evidence/new", typed | wrong).status_code == 422, wrong
    page = client.get("/duties/polres-pendataan")
    assert "Eka Contoh" in page.text
    with world.as_system():
        (row,) = db.session.scalars(select(DutyEvidence)).all()
    back = f"/duties/evidence/{row.id}/take-back"
    assert client.post(back).status_code == 303
    assert client.post(back).status_code == 409
    assert "Eka Contoh" not in client.get("/duties/polres-pendataan").text.split("<main")[1]
    with world.as_system():
        (kept,) = db.session.scalars(select(DutyEvidence)).all()
        assert kept.withdrawn_by == world.account("supervisor")
        with pytest.raises(Exception, match="permission denied"):
            db.session.execute(text("UPDATE duty_evidence SET kept = false"))


def test_an_office_without_a_register_is_told_what_to_do(world: World) -> None:
    page = world.client("supervisor", CONTOH).get("/duties")
    assert page.status_code == 200
    assert "Tidak ada kewajiban yang berlaku" in page.text
