"""The owner of a finding says what was done; an auditor sends it back or closes it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.audit import service
from app.local.postgres import Postgres
from tenants.errors import Missing, Refused
from tenants.vocabulary import Outcome, Tag
from tests.audit.history import History, last_monday
from tests.audit.ledger import Ledger
from tests.world import World

MORNING = last_monday()
DONE = "Susunan tim sudah saya perbaiki hari ini"


@pytest.fixture
def finding(history: History, world: World) -> UUID:
    """An open finding about the companion that the supervisor has to put right."""
    history.add("companion", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED, times=6)
    companion, owner = history.account("companion"), history.account("supervisor")
    with world.acting("auditor"):
        signs = {one.sign.person: one.sign for one in service.news().notable}
        return service.raise_finding(signs[companion], service.Severity.HIGH, owner)


def test_the_owner_answers_the_auditor_sends_back_and_closes(world: World, finding: UUID) -> None:
    owner, auditor = world.client("supervisor"), world.client("auditor")
    where = f"/audit/findings/{finding}"
    assert "1 temuan untuk Anda bereskan" in owner.get("/").text
    assert owner.post(f"/explanations/findings/{finding}", {"text": DONE}).status_code == 303
    assert "untuk Anda bereskan" not in owner.get("/").text
    assert DONE in owner.get("/explanations").text
    assert "1 temuan sudah dijawab" in auditor.get("/").text
    assert DONE in auditor.get(where).text
    assert "Dijawab" in auditor.get("/audit/findings").text
    missing = "Sebutkan juga siapa yang memeriksanya"
    assert auditor.post(f"{where}/return", {"text": missing}).status_code == 303
    assert "1 temuan untuk Anda bereskan" in owner.get("/").text
    assert missing in owner.get("/explanations").text
    assert owner.post(f"/explanations/findings/{finding}", {"text": "Saya"}).status_code == 303
    assert auditor.post(f"{where}/close", {"result": "rights-changed"}).status_code == 303
    late = owner.post(f"/explanations/findings/{finding}", {"text": "Lagi"})
    assert late.status_code == 409
    assert auditor.post(f"{where}/return", {"text": "Lagi"}).status_code == 409
    tags = [one["tag"] for one in world.events() if one["object_id"] == str(finding)]
    for tag in ("audit:finding:answered", "audit:finding:returned", "audit:finding:closed"):
        assert tag in tags


def test_no_word_of_it_is_readable_in_the_database_or_the_log(
    world: World, finding: UUID, postgres: Postgres
) -> None:
    owner = world.client("supervisor")
    assert owner.post(f"/explanations/findings/{finding}", {"text": DONE}).status_code == 303
    name = world.settings["DATABASE_URL"].rsplit("/", 1)[-1].split("?")[0]
    with postgres.connect(name) as session:
        for table in ("audit_event", "finding_note"):
            rows = session.execute(f"SELECT t::text FROM {table} AS t").fetchall()  # type: ignore[arg-type]
            assert rows
            assert not [row for row in rows if "perbaiki" in str(row)]
            assert not [row for row in rows if DONE.encode().hex()[:40] in str(row)]


def test_nobody_but_the_owner_answers_and_no_other_auditor_reads(
    world: World, finding: UUID
) -> None:
    for username in ("companion", "case-officer", "auditor", "external-auditor"):
        client = world.client(username)
        answer = client.post(f"/explanations/findings/{finding}", {"text": DONE})
        assert answer.status_code == 404, username
    with world.acting("supervisor"):
        service.answer(finding, DONE)
    outside = world.client("external-auditor")
    assert DONE not in outside.get(f"/audit/findings/{finding}").text
    assert DONE not in world.client("companion").get("/explanations").text
    with world.acting("companion"), pytest.raises(Missing):
        service.answer(finding, DONE)


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "a\x07b"])
def test_an_answer_that_cannot_be_kept_loses_nothing_else(
    world: World, finding: UUID, text: str
) -> None:
    owner, auditor = world.client("supervisor"), world.client("auditor")
    assert owner.post(f"/explanations/findings/{finding}", {"text": text}).status_code == 422
    back = auditor.post(f"/audit/findings/{finding}/return", {"text": text})
    assert back.status_code == 422
    with world.acting("auditor"):
        assert service.notes([finding])[finding] == []


def test_an_auditor_reads_and_sends_back_nothing_about_a_finding_that_concerns_them(
    history: History, world: World
) -> None:
    history.add("auditor", Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED, times=6)
    with world.as_system():
        from app.audit.models import AuditFinding
        from tenants.clock import now
        from tenants.database import db

        row = AuditFinding(
            sign_id=history.account("auditor"), rule="refusals", day=MORNING.date(), times=6,
            person_id=history.account("auditor"), severity="low", raised_at=now(),
            owner_id=history.account("supervisor"), raised_by=history.account("signatory"),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        finding_id = row.id
    with world.acting("supervisor"):
        service.answer(finding_id, DONE)
    page = world.client("auditor").get(f"/audit/findings/{finding_id}")
    assert page.status_code == 200
    assert DONE not in page.text
    assert "/return" not in page.text
    with world.acting("auditor"), pytest.raises(Refused):
        service.give_back_finding(service.load_finding(finding_id).row, DONE)


def test_checkpoints_are_found_by_day_and_a_page_is_short(ledger: Ledger) -> None:
    for _ in range(12):
        ledger.write()
        ledger.sign()
    client = ledger.world.client("auditor")
    page = client.get("/audit/checkpoints").text
    assert page.count('/file"') == 10
    yesterday = (MORNING - timedelta(days=40)).date()
    assert client.get(f"/audit/checkpoints?day={yesterday}").text.count('/file"') == 0
    assert client.get("/audit/checkpoints?day=9999-12-31").text.count('/file"') == 10
    assert client.get("/audit/checkpoints?day=kemarin").status_code == 422
