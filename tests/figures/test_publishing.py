"""Figures are published once, for whole months, and what was published stays."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from app.cases.models import AllegedPerpetrator, Case, Incident, Need, Survivor
from app.figures import service
from app.figures.history import Series
from app.figures.models import FigurePublication
from tenants import vault
from tenants.clock import today
from tenants.context import acting_person
from tenants.database import db
from tenants.errors import Conflict, Invalid
from tests.figures.attack import breached
from tests.world import CONTOH, World

YEAR = 2024
Q1, Q2 = (date(YEAR, 1, 1), date(YEAR, 3, 31)), (date(YEAR, 4, 1), date(YEAR, 6, 30))
HALF, WHOLE = (date(YEAR, 7, 1), date(YEAR, 12, 31)), (date(YEAR, 1, 1), date(YEAR, 12, 31))
MONTHS = (1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6, 6, 7, 8, 9, 10, 11, 12)
AGES = ("25-44",) * 4 + ("18-24", "13-17", "25-44", "45-59", "25-44", "25-44")
DISTRICTS = ("Bangil", "Bangil", "Gempol", "Bangil", "Pandaan")


def write_cases(world: World) -> list[UUID]:
    """Twenty invented cases of one year, coded and empty of anything confidential."""
    with world.acting("case-officer"):
        return [_case(number, month) for number, month in enumerate(MONTHS)]


def _case(number: int, month: int) -> UUID:
    case_id, moment = uuid4(), datetime(YEAR, month, 10, 3, tzinfo=UTC)
    vault.create_data_key(case_id)
    closed = moment + timedelta(days=20) if number % 2 else None
    db.session.add(
        Case(
            id=case_id,
            code=f"K-{YEAR}-8{number:03}",
            state="terminated" if closed else "monitoring",
            channel=("direct", "telephone")[number % 3 == 0],
            risk="medium",
            registered_at=moment,
            registered_by=acting_person().id,
            closed_at=closed,
        )
    )
    db.session.flush()
    age = AGES[number % len(AGES)]
    district = DISTRICTS[number % len(DISTRICTS)]
    own = {"case_id": case_id}
    db.session.add_all(
        [
            Survivor(
                **own, age_group=age, disability="none", is_child=age == "13-17", district=district
            ),
            AllegedPerpetrator(**own, relation="spouse", age_group="25-44", is_child=False),
            Incident(
                **own,
                place="household",
                violence=["physical", "psychological"] if number % 4 else ["sexual"],
                domestic=True,
                occurred_on=moment.date() - timedelta(days=number),
            ),
            Need(**own, service="psychology", urgency="soon", state="met", created_at=moment),
        ]
    )
    return case_id


def publish(world: World, span: tuple[date, date]) -> UUID:
    with world.acting("signatory"):
        return service.publish(*span)


def published(world: World) -> dict[tuple[date, date], dict[str, object]]:
    with world.as_system():
        rows = db.session.scalars(select(FigurePublication)).all()
        return {(row.since, row.until): dict(service.read(row.counts)) for row in rows}


def test_parts_and_year_are_published_and_the_attack_on_all_of_them_finds_nobody(
    world: World,
) -> None:
    ids = write_cases(world)
    for span in (Q1, Q2, HALF):
        publish(world, span)
    before = published(world)
    with world.acting("case-officer"):  # a later correction
        first = db.session.scalars(select(Survivor).where(Survivor.case_id == ids[0])).one()
        first.age_group = "60+"
    publish(world, WHOLE)
    after = published(world)
    assert all(after[span] == before[span] for span in before)
    for key in ("age", "channel", "disability"):
        parts = [after[span][key] for span in (Q1, Q2, HALF)]
        year = after[WHOLE][key]
        assert year.total == len(MONTHS)  # type: ignore[attr-defined]
        summed = sum((Counter(one.cells) for one in parts), Counter())  # type: ignore[attr-defined]
        assert +summed == +Counter(year.cells)  # type: ignore[attr-defined]
        narrow = [one for one in parts if sum(c > 0 for c in one.cells.values()) <= 3]  # type: ignore[attr-defined]
        assert breached(narrow[:1], None, several=False) == []  # type: ignore[arg-type]
    page = world.client("case-officer").get("/figures")
    assert page.text.count("/figures/") >= 4
    with world.as_system():
        row = db.session.scalars(
            select(FigurePublication).where(FigurePublication.until == Q1[1])
        ).one()
        with pytest.raises(Exception, match="permission denied"):
            db.session.execute(text("UPDATE figure_publication SET counts = '{}'"))
    shown = world.client("auditor").get(f"/figures/{row.id}")
    assert "disembunyikan" in shown.text
    assert "Bangil" not in shown.text or "Gempol" in shown.text
    assert shown.text.count('role="img"') >= 3
    event = world.events()[-1]
    assert (event["tag"], event["fields"]) == ("figures:publication:viewed", [])


def test_what_overlaps_is_not_whole_or_not_over_is_not_published(world: World) -> None:
    write_cases(world)
    publish(world, Q1)
    for span in (Q1, (date(YEAR, 3, 1), date(YEAR, 4, 30)), WHOLE):
        with pytest.raises(Conflict, match="figures-overlap"):
            publish(world, span)
    for since, until, reason in (
        (date(YEAR, 4, 2), date(YEAR, 6, 30), "not-whole-months"),
        (date(YEAR, 4, 1), date(YEAR, 6, 29), "not-whole-months"),
        (date(YEAR, 12, 1), date(YEAR + 1, 1, 31), "not-one-year"),
        (date(YEAR, 6, 1), date(YEAR, 5, 31), "before-it-begins"),
        (today().replace(day=1), date(today().year, 12, 31), "not-over"),
    ):
        with pytest.raises(Invalid) as refused:
            publish(world, (since, until))
        assert refused.value.reason == reason
    with pytest.raises(Conflict, match="figures-too-few"):
        publish(world, (date(YEAR - 1, 1, 1), date(YEAR - 1, 12, 31)))
    client = world.client("signatory")
    for query, status in ((f"since={Q1[0]}&until={Q1[1]}", 409), ("since=x&until=x", 422)):
        assert client.get(f"/figures/publish?{query}").status_code == status
        assert client.post("/figures/publish", dict(q.split("=") for q in query.split("&"))
                           ).status_code == status  # fmt: skip


def test_too_few_are_named_without_a_count_and_a_month_of_two_tells_nothing(world: World) -> None:
    write_cases(world)
    client = world.client("signatory")
    january = f"since={date(YEAR, 1, 1)}&until={date(YEAR, 1, 31)}"
    page = client.get(f"/figures/publish?{january}")
    assert page.status_code == 200
    assert "kurang dari 5" in page.text
    assert 'role="img"' not in page.text
    answer = client.post("/figures/publish", {"since": f"{YEAR}-01-01", "until": f"{YEAR}-01-31"})
    assert answer.status_code == 409
    quarter = {"since": Q1[0].isoformat(), "until": Q1[1].isoformat()}
    done = client.post("/figures/publish", quarter)
    assert done.status_code == 303
    assert client.get(done.headers["Location"]).status_code == 200
    assert client.get("/figures/exact").status_code == 403


def test_exact_counts_are_for_who_may_read_each_case_and_open_nothing(world: World) -> None:
    write_cases(world)
    client = world.client("supervisor")
    page = client.get(f"/figures/exact?since={WHOLE[0]}&until={WHOLE[1]}")
    assert page.status_code == 200
    assert "disembunyikan" not in page.text.split("<main")[1].replace("yang disembunyikan", "")
    event = world.events()[-1]
    assert (event["tag"], event["fields"]) == ("figures:count:viewed", [])
    assert client.get("/figures/exact?since=2026-01-01&until=2025-01-01").status_code == 422
    assert client.get("/figures/exact?since=x").status_code == 422
    with world.acting("supervisor", CONTOH):
        assert all(one.total == 0 for one in service.exact(*WHOLE))


def test_table_1_stands_in_series_of_one_unit_each(world: World) -> None:
    with world.acting("supervisor"):
        series = {one.unit: one for one in service.series()}
    assert {unit: [(c.year, c.count) for c in one.counts] for unit, one in series.items()} == {
        "kasus": [(2015, 58), (2021, 27)],
        "korban": [(2019, 23), (2020, 41)],
    }
    assert [change for _, change in series["korban"].change()] == [None, 78]
    assert [change for _, change in series["kasus"].change()] == [None, None]
    mixed = [*series["kasus"].counts, *series["korban"].counts]
    with pytest.raises(ValueError, match="one unit"):
        Series("kasus", mixed)
    page = world.client("companion").get("/figures")
    assert page.text.count('role="img"') == 2
    assert "+78%" in page.text
