"""A month's case data is compared with the police until no difference is left."""

from __future__ import annotations

import re
from datetime import date, timedelta

from sqlalchemy import select

from app.network import service
from app.network.models import ReconciliationLine
from tenants.clock import today
from tenants.database import db
from tests.network.year_2021 import SINCE, UNTIL, write_year
from tests.world import World

JUNE = date(2021, 6, 1)
"""A month in which the invented year has referrals to the police."""


def police_duty(world: World) -> tuple[int, int]:
    """How many months count for the police's duty, and how many events stand behind it."""
    with world.acting("supervisor"):
        line, events = service.events(service.duty("polres-koordinasi-pendataan"), SINCE, UNTIL)
    return line.judgement.kept, len(events)


def test_a_month_is_compared_to_the_end_and_then_counts_for_the_duty(world: World) -> None:
    write_year(world)
    client = world.client("supervisor")
    page = client.get("/duties/months")
    assert page.status_code == 200
    organisation = re.findall(r'<option[^>]*value="([0-9a-f-]{36})"', page.text)[0]
    months = {"organisation": organisation, "month": JUNE.isoformat()}
    begun = client.post("/duties/months", months)
    assert begun.status_code == 303, begun.text
    where = begun.headers["Location"]
    for wrong in (
        {}, {"month": today().isoformat()}, {"month": "x"}, {"organisation": "x"},
    ):  # fmt: skip
        assert client.post("/duties/months", months | wrong).status_code == 422
    with world.as_system():
        lines = [str(one.id) for one in db.session.scalars(select(ReconciliationLine))]
    assert lines
    page = client.get(where)
    assert "K-2021-9" in page.text
    stranger = world.client("intake-officer")  # records duties, but has none of these cases
    seen = stranger.get(where)
    assert (seen.status_code, "K-2021-9" in seen.text) == (200, False)
    assert "kasus yang bukan untuk Anda baca" in seen.text
    assert stranger.post(where, {f"found-{lines[0]}": "yes"}).status_code == 403
    assert stranger.post(f"{where}/settle").status_code == 403
    assert client.post(f"{where}/settle").status_code == 409
    assert police_duty(world) == (0, 1)

    first, others = lines[0], lines[1:]
    typed = {f"found-{one}": "yes" for one in others} | {f"found-{first}": "no"}
    typed |= {"theirs": str(len(others) + 2), "surplus": ""}
    assert client.post(where, typed | {"theirs": "-1"}).status_code == 422
    assert client.post(where, typed).status_code == 303
    assert client.post(f"{where}/settle").status_code == 409
    assert client.post(where, typed | {"theirs": "0", f"found-{first}": "yes"}).status_code == 422
    typed |= {f"why-{first}": "not-wanted", "surplus": "counted-otherwise"}
    assert client.post(where, typed).status_code == 303
    assert "tuntaskan bulan ini" in client.get(where).text
    assert client.post(f"{where}/settle").status_code == 303
    assert client.post(where, typed).status_code == 409
    assert client.post(f"{where}/settle").status_code == 409
    assert "tidak ingin melapor" in client.get(where).text
    assert police_duty(world) == (1, 1)
    tags = [one["tag"] for one in world.events() if one["tag"].startswith("network:month")]
    assert {"network:month:begun", "network:month:answered", "network:month:settled"} <= set(tags)


def test_a_month_without_cases_is_settled_by_a_number(world: World) -> None:
    month = today().replace(day=1) - timedelta(days=40)
    with world.acting("supervisor"):
        (police,) = service.partners()
        row = service.load_reconciliation(service.begin(police.id, month)).row
        assert not service.compared(row).even
        service.answer(row, 0, None, {})
        assert service.compared(row).even
        service.settle(row)
        assert [one.settled_at is not None for one, _ in service.months()] == [True]
