"""The three pillars: offered to everyone, chosen freely, and never stopped without a word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.cases import service as cases
from app.services import service as services
from app.services.models import CareSession, LegalChoice, Programme
from tenants.clock import now, today
from tenants.database import db
from tenants.errors import Conflict, Invalid
from tests.cases.intake import close, open_case, working
from tests.world import World

SPOKEN = "Ia menceritakan malam itu"
WORDS = "Saya ingin aman dulu"


def survivor(world: World, case_id: UUID) -> UUID:
    with world.as_system():
        return cases.rows(case_id).survivors[0].id


def planned(world: World, case_id: UUID, **changed: Any) -> UUID:
    usual: dict[str, Any] = {
        "survivor_id": survivor(world, case_id),
        "kind": "counselling",
        "accepted": True,
        "at": now(),
        "with_id": world.account("companion"),
    }
    with working(world, case_id, "companion") as case:
        return services.offer(case, **(usual | changed))


def duties(world: World, case_id: UUID) -> list[str]:
    with world.acting("companion"):
        return [one.endpoint for one in services.duties(case_id)]


def test_the_first_session_is_offered_to_everyone_and_a_refusal_counts_as_an_offer(
    world: World,
) -> None:
    case_id = open_case(world)
    her = str(survivor(world, case_id))
    client = world.client("companion")
    page = client.get(f"/cases/{case_id}").text
    assert "Tawarkan konseling pertama" in page
    assert duties(world, case_id) == ["services.index"]
    where = f"/cases/{case_id}/services"
    said = {"kind": "counselling", "survivor": her, "accepted": "no"}
    assert client.post(f"{where}/sessions", said | {"kind": "moon"}).status_code == 422
    assert client.post(f"{where}/sessions", said | {"accepted": "yes"}).status_code == 422  # no day
    assert client.post(f"{where}/sessions", said).status_code == 303
    assert duties(world, case_id) == []
    assert "Ditawarkan, dan ia menolak" in client.get(where).text
    for wrong in (
        {"with_id": world.account("supervisor")},
        {"at": now() + timedelta(days=500)},
        {"survivor_id": world.account("companion")},
    ):
        with pytest.raises(Invalid):
            planned(world, case_id, **wrong)


def test_a_session_is_held_or_missed_and_a_missed_one_is_danger_until_she_is_reached(
    world: World,
) -> None:
    case_id = open_case(world)
    held, missed = planned(world, case_id), planned(world, case_id, kind="support")
    client = world.client("companion")
    where = f"/cases/{case_id}/services/sessions"
    assert client.post(f"{where}/{held}", {"state": "held"}).status_code == 422  # nothing written
    assert client.post(f"{where}/{held}", {"state": "held", "content": SPOKEN}).status_code == 303
    assert client.post(f"{where}/{held}", {"state": "missed"}).status_code == 409
    assert SPOKEN not in client.get(f"/cases/{case_id}/services").text  # specially protected
    opened = client.post(
        f"/cases/{case_id}/services/values/{held}/reveal",
        {"field": "care_session.content", "purpose": "handling"},
    )
    assert SPOKEN in opened.text
    later = planned(world, case_id, at=now() + timedelta(days=7))
    assert client.post(f"{where}/{later}", {"state": "missed"}).status_code == 422  # not yet
    assert client.post(f"{where}/{later}", {"state": "cancelled"}).status_code == 303
    assert client.post(f"{where}/{missed}", {"state": "missed"}).status_code == 303
    alarm = "belum ada yang memastikan bahwa ia aman"
    assert alarm in client.get(f"/cases/{case_id}").text
    assert duties(world, case_id) == ["services.session"]
    assert client.post(f"{where}/{missed}/reached").status_code == 303
    assert client.post(f"{where}/{missed}/reached").status_code == 409
    assert alarm not in client.get(f"/cases/{case_id}").text
    with world.as_system():
        rows = db.session.query(CareSession).all()
        assert not any(SPOKEN.encode() in (row.content_sealed or b"") for row in rows)


def test_her_choice_about_the_law_is_free_changeable_and_never_rewritten(world: World) -> None:
    case_id = open_case(world)
    client = world.client("case-officer")
    where = f"/cases/{case_id}/services/choice"
    said = {"choice": "police", "rights_explained": "y", "free": "y", "words": WORDS}
    for lacking in ("choice", "rights_explained", "free"):
        answer = client.post(where, {name: one for name, one in said.items() if name != lacking})
        assert answer.status_code == 422
        assert WORDS in answer.text
    assert client.post(where, said).status_code == 303
    assert client.post(where, said | {"choice": "withdrawn", "words": ""}).status_code == 303
    page = client.get(f"/cases/{case_id}/services").text
    assert page.index("menarik permintaannya") < page.index("ingin melapor ke polisi")
    assert WORDS in page
    with world.as_system():
        assert db.session.query(LegalChoice).count() == 2
        with pytest.raises(ProgrammingError):
            db.session.execute(text("UPDATE legal_choice SET choice = 'none'"))
        db.session.rollback()


def test_a_programme_takes_women_follows_them_and_stops_only_with_a_reason(world: World) -> None:
    case_id = open_case(world)
    boss, client = world.client("supervisor"), world.client("companion")
    begin = {"name": "Menjahit", "kind": "skill", "begun_on": today().isoformat()}
    assert client.post("/programmes", begin).status_code == 403
    assert boss.post("/programmes", begin | {"kind": "moon"}).status_code == 422
    assert boss.post("/programmes", begin).status_code == 303
    assert boss.post("/programmes", begin).status_code == 422  # the name is taken
    with world.as_system():
        programme = db.session.query(Programme).one().id
    her = survivor(world, case_id)
    where = f"/cases/{case_id}/services/participations"
    said = {"programme": str(programme), "survivor": str(her)}
    assert client.post(where, said).status_code == 303
    assert client.post(where, said).status_code == 422  # she takes part already
    with world.as_system():
        part = services.participations(case_id)[0].id
        assert services.to_look_after(case_id)[0][1] == today() + timedelta(days=90)
    one = f"{where}/{part}"
    assert client.post(f"{one}/livelihood", {"situation": "moon"}).status_code == 422
    lives = {"situation": "irregular", "remark": "Menjahit pesanan"}
    assert client.post(f"{one}/livelihood", lives).status_code == 303
    assert "1 sekarang, 1 seluruhnya" in boss.get("/programmes").text
    assert duties(world, case_id) == ["services.index", "services.index"]
    assert client.post(f"{one}/leave", {"reason": "works"}).status_code == 303
    assert client.post(f"{one}/leave", {"reason": "works"}).status_code == 409
    assert client.post(f"{one}/livelihood", {"situation": "on_her_own"}).status_code == 303
    assert "Menjahit pesanan" in client.get(f"/cases/{case_id}/services").text
    end = f"/programmes/{programme}/end"
    assert boss.post(end, {"state": "stopped"}).status_code == 422
    assert boss.post(end, {"state": "stopped", "reason": "no_budget"}).status_code == 422
    why = {"state": "stopped", "reason": "no_budget", "note": "Anggaran 2027 tidak disetujui"}
    assert boss.post(end, why).status_code == 303
    assert boss.post(end, why).status_code == 409
    assert "Anggaran 2027 tidak disetujui" in client.get("/programmes").text
    with world.as_system(), pytest.raises(IntegrityError):  # nor past the service
        db.session.execute(text("UPDATE programme SET end_note = NULL"))


def test_a_closed_case_takes_no_services(world: World) -> None:
    case_id = open_case(world)
    session = planned(world, case_id)
    close(world, case_id)
    with working(world, case_id, "companion") as case:
        with pytest.raises(Conflict):
            services.choose(case, choice="none", rights_explained=True, free=True, words=None)
        with pytest.raises(Conflict):
            services.end_session(
                services.load_session(case_id, session), state="missed", content=None
            )
