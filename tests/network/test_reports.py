"""The signed report on duties, the letter to chair and regent, and the report of figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest

from app.local.postgres import Postgres
from app.reports.models import OfficeReport
from tenants.database import db
from tests.documents.desk import Desk, open_desk
from tests.documents.offices import page_texts
from tests.figures.test_publishing import Q1, write_cases
from tests.network.year_2021 import SINCE, UNTIL, write_year
from tests.world import Client, World

PERIOD = {"since": SINCE.isoformat(), "until": UNTIL.isoformat()}


@pytest.fixture
def desk(world: World, postgres: Postgres) -> Iterator[Desk]:
    """An agency with a log that is signed, with workers and with the invented year 2021."""
    with open_desk(world, postgres) as made:
        write_year(world)
        yield made


def confirmed(world: World, username: str = "signatory") -> Client:
    client = world.client(username)
    assert client.confirm().status_code == 303
    return client


def pdf_of(desk: Desk, client: Client, where: str) -> str:
    """What the file of a signed report says, once its job has run."""
    assert client.get(f"{where}/file").status_code == 409
    assert "sedang dibuat" in client.get(where).text
    with desk.world.as_system():
        report_id = UUID(where.rsplit("/", 1)[-1])
        letter_id = db.session.get_one(OfficeReport, (desk.tenant_id, report_id)).letter_id
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "issued", desk.letter(letter_id).failure
    file = client.get(f"{where}/file")
    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    return " ".join(" ".join(page_texts(file.data)).split())


def test_duties_are_reported_and_escalated_and_figures_are_reported_signed(desk: Desk) -> None:
    world = desk.world
    stale = world.client("signatory")
    assert stale.post("/duties/report", PERIOD).status_code == 401  # a fresh proof first
    client = confirmed(world)
    done = client.post("/duties/report", PERIOD)
    assert done.status_code == 303, done.text
    said = pdf_of(desk, client, done.headers["Location"])
    for text in ("Kewajiban yang disepakati 21", "Terlaksana 16", "Tidak terlaksana 5",
                 "Diambil alih tanpa disepakati 2", "Polres Pasuruan", "Forensik"):  # fmt: skip
        assert text in said, text
    assert "K-2021" not in said
    for receiver, name in (("chair", "Ketua PPT-PPA"), ("regent", "Bupati Pasuruan")):
        typed = PERIOD | {"organisation": "polres-pasuruan", "receiver": receiver}
        sent = client.post("/duties/letter", typed)
        assert sent.status_code == 303, sent.text
        letter = pdf_of(desk, client, sent.headers["Location"])
        assert name in letter
        assert "menyepakati 6 kewajiban" in letter
        assert "Forensik" in letter
        assert "Koordinasi pendataan korban" in letter
        assert "Pelaporan korban" not in letter
    hospital = PERIOD | {"organisation": "rsud-bangil", "receiver": "chair"}
    refused = client.post("/duties/letter", hospital)
    assert refused.status_code == 422
    assert "tidak melewatkan" in refused.text
    for wrong in ({"organisation": "x"}, {"receiver": "x"}, {"since": "2999-01-01"}):
        assert client.post("/duties/letter", hospital | wrong).status_code == 422
    empty = {"since": "2018-01-01", "until": "2018-12-31"}
    assert client.post("/duties/report", empty).status_code == 422

    write_cases(world)
    quarter = dict(zip(("since", "until"), map(date.isoformat, Q1), strict=True))
    published = client.post("/figures/publish", quarter).headers["Location"]
    signed = client.post(f"{published}/sign")
    assert signed.status_code == 303
    report = pdf_of(desk, client, signed.headers["Location"])
    assert "LAPORAN AGREGAT LAYANAN" in report
    assert re.search(r"Penyintas 7\b", report)
    assert "Sekar" not in report
    assert world.client("auditor").get("/reports").text.count("/reports/") >= 4
    tags = [one["tag"] for one in world.events()]
    assert tags.count("report:report:signed") >= 4
