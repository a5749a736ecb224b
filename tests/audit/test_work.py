"""What auditors do about something unusual: all of it on record, and no word of it in the log."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.audit import service
from app.local.postgres import Postgres
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.vocabulary import Outcome, Tag
from tests.audit.history import History, last_monday
from tests.world import World

MORNING = last_monday()
ANSWER = "Saya salah membuka tautan lama, sudah saya sampaikan ke kepala seksi"


def refuse(history: History, username: str = "companion", times: int = 6) -> None:
    """Let a person be refused again and again."""
    history.add(username, Tag.CASE_VIEWED, MORNING, outcome=Outcome.REFUSED, times=times)


def sign_of(world: World, username: str = "companion") -> Any:
    account = world.account(username)
    with world.acting("auditor"):
        return next(one.sign for one in service.news().notable if one.sign.person == account)


def last(world: World, tag: Tag) -> dict[str, Any]:
    return [one for one in world.events() if one["tag"] == tag.code][-1]


def test_a_review_is_recorded_with_its_reason_and_opens_again_when_more_happens(
    history: History, world: World
) -> None:
    refuse(history)
    sign = sign_of(world)
    client = world.client("auditor")
    page = client.post(f"/audit/unusual/{sign.id}/review", {"reason": "duty", "seen": "6"})
    assert page.status_code == 303
    event = last(world, Tag.AUDIT_SIGN_REVIEWED)
    person = str(world.account("companion"))
    assert event["details"] == {
        "rule": "refusals",
        "person": person,
        "day": MORNING.date().isoformat(),
        "reason": "duty",
    }
    assert (event["object_kind"], event["object_id"]) == ("audit_sign", str(sign.id))
    assert "Sudah ditinjau</" in client.get("/audit/start").text
    history.add("companion", Tag.CASE_VIEWED, MORNING + timedelta(hours=1), outcome=Outcome.REFUSED)
    assert "Sudah ditinjau</" not in client.get("/audit/start").text
    assert "terbuka kembali" in client.get(f"/audit/unusual/{sign.id}").text


def test_what_came_while_the_auditor_read_is_not_reviewed_with_the_rest(
    history: History, world: World
) -> None:
    refuse(history)
    client, path = world.client("auditor"), f"/audit/unusual/{sign_of(world).id}"
    page = client.get(path).text
    (seen,) = re.findall(r'name="seen"[^>]* value="(\d+)"', page)
    refuse(history, times=40)
    for fault in ("", "-1", "x"):
        answer = client.post(f"{path}/review", {"reason": "duty", "seen": fault})
        assert answer.status_code == 422
    assert client.post(f"{path}/review", {"reason": "duty", "seen": seen}).status_code == 303
    assert "terbuka kembali" in client.get(path).text
    many = "999999999"  # whoever forges the count settles no more than there is
    assert client.post(f"{path}/review", {"reason": "duty", "seen": many}).status_code == 303
    refuse(history, times=1)
    assert "terbuka kembali" in client.get(path).text


def test_a_review_without_a_reason_is_not_taken(history: History, world: World) -> None:
    refuse(history)
    sign = sign_of(world)
    response = world.client("auditor").post(
        f"/audit/unusual/{sign.id}/review", {"reason": "x", "seen": "6"}
    )
    assert response.status_code == 422
    with world.acting("auditor"):
        assert service.work_on([sign])[sign.id].review is None


def test_a_person_is_asked_answers_in_the_app_and_the_auditor_reads_it_on_record(
    history: History, world: World, postgres: Postgres
) -> None:
    refuse(history)
    sign = sign_of(world)
    auditor, companion = world.client("auditor"), world.client("companion")
    assert auditor.post(f"/audit/unusual/{sign.id}/ask").status_code == 303
    assert "1 penjelasan diminta dari Anda" in companion.get("/").text
    page = companion.get("/explanations").text
    assert "Ditolak 6 kali" in page
    found = re.search(r'action="(/explanations/[0-9a-f-]+)"', page)
    assert found is not None
    assert companion.post(found[1], {"answer": ANSWER}).status_code == 303
    assert "diminta dari Anda" not in companion.get("/").text
    assert ANSWER in companion.get("/explanations").text
    assert ANSWER in auditor.get(f"/audit/unusual/{sign.id}").text
    given, read = last(world, Tag.AUDIT_EXPLANATION_GIVEN), last(world, Tag.AUDIT_EXPLANATION_READ)
    assert given["actor"] == str(world.account("companion"))
    assert read["actor"] == str(world.account("auditor"))
    assert given["object_id"] == read["object_id"]
    name = world.settings["DATABASE_URL"].rsplit("/", 1)[-1].split("?")[0]
    with postgres.connect(name) as session:
        for table in ("audit_event", "explanation_request"):
            rows = session.execute(f"SELECT t::text FROM {table} AS t").fetchall()  # type: ignore[arg-type]
            assert rows
            assert not [row for row in rows if "salah membuka" in str(row)]
            assert not [row for row in rows if ANSWER.encode().hex()[:40] in str(row)]


def test_nobody_answers_or_reads_what_another_person_was_asked(
    history: History, world: World
) -> None:
    refuse(history)
    sign = sign_of(world)
    with world.acting("auditor"):
        service.ask(sign)
        request = service.work_on([sign])[sign.id].request
    assert request is not None
    other = world.client("case-officer")
    assert other.post(f"/explanations/{request.id}", {"answer": ANSWER}).status_code == 404
    assert "Ditolak" not in other.get("/explanations").text
    with world.acting("supervisor"), pytest.raises(Missing):
        service.explain(request.id, ANSWER)


def test_an_explanation_is_given_once_and_asked_for_once(history: History, world: World) -> None:
    refuse(history)
    sign = sign_of(world)
    with world.acting("auditor"):
        service.ask(sign)
        with pytest.raises(Conflict):
            service.ask(sign)
        request = service.work_on([sign])[sign.id].request
    assert request is not None
    client = world.client("companion")
    for wrong in ("", "  ", "x" * 4001, "a\x07b"):
        response = client.post(f"/explanations/{request.id}", {"answer": wrong})
        assert response.status_code == 422
    assert client.post(f"/explanations/{request.id}", {"answer": ANSWER}).status_code == 303
    again = client.post(f"/explanations/{request.id}", {"answer": "Lain"})
    assert again.status_code == 409
    assert ANSWER in client.get("/explanations").text


def test_a_finding_is_raised_shown_to_its_owner_and_closed(history: History, world: World) -> None:
    refuse(history)
    sign = sign_of(world)
    auditor, owner = world.client("auditor"), world.account("supervisor")
    response = auditor.post(
        f"/audit/unusual/{sign.id}/finding", {"severity": "high", "owner": str(owner)}
    )
    assert response.status_code == 303
    raised = last(world, Tag.AUDIT_FINDING_RAISED)["details"]
    assert (raised["severity"], raised["owner"]) == ("high", str(owner))
    assert "1 temuan untuk Anda bereskan" in world.client("supervisor").get("/").text
    assert "Masih terbuka" in auditor.get("/audit/findings").text
    where = response.headers["Location"]
    assert auditor.post(f"{where}/close", {"result": "instructed"}).status_code == 303
    assert last(world, Tag.AUDIT_FINDING_CLOSED)["details"] == {"result": "instructed"}
    assert auditor.post(f"{where}/close", {"result": "no-breach"}).status_code == 409
    assert "diberi tahu cara yang benar" in auditor.get(where).text
    assert "untuk Anda bereskan" not in world.client("supervisor").get("/").text


def test_a_finding_has_an_owner_who_is_not_the_person_concerned(
    history: History, world: World
) -> None:
    refuse(history)
    sign = sign_of(world)
    with world.acting("auditor"):
        for owner in (sign.person, UUID(int=7)):
            with pytest.raises(Invalid):
                service.raise_finding(sign, service.Severity.LOW, owner)
        service.raise_finding(sign, service.Severity.LOW, history.account("supervisor"))
        with pytest.raises(Conflict):
            service.raise_finding(sign, service.Severity.LOW, history.account("supervisor"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_finding SET person_id = owner_id",
        "UPDATE audit_finding SET sign_id = gen_random_uuid()",
        "UPDATE audit_finding SET day = day - 1",
        "DELETE FROM audit_finding",
        "UPDATE explanation_request SET person_id = asked_by",
        "DELETE FROM explanation_request",
    ],
)
def test_the_login_of_the_web_changes_not_whom_a_finding_or_a_question_is_about(
    world: World, statement: str
) -> None:
    with pytest.raises(ProgrammingError) as refused, world.acting("auditor"):
        db.session.execute(text(statement))
    assert isinstance(refused.value.orig, InsufficientPrivilege)


def test_an_auditor_does_not_settle_what_the_rules_found_of_themselves(
    history: History, world: World
) -> None:
    refuse(history, "auditor")
    sign = sign_of(world, "auditor")
    with world.acting("auditor"):
        for act in (
            lambda: service.review(sign, service.ReviewReason.DUTY, sign.count),
            lambda: service.ask(sign),
            lambda: service.raise_finding(
                sign, service.Severity.LOW, history.account("supervisor")
            ),
        ):
            with pytest.raises(Refused):
                act()


def test_the_start_page_costs_the_same_however_much_was_done(
    history: History, world: World
) -> None:
    from sqlalchemy import event

    client = world.client("auditor")
    for username in ("companion", "supervisor", "signatory"):
        refuse(history, username)
    seen: list[str] = []
    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    client.get("/audit/start")
    few = len(seen)
    for username in ("companion", "supervisor", "signatory"):
        sign = sign_of(world, username)
        with world.acting("auditor"):
            service.review(sign, service.ReviewReason.DUTY, sign.count)
            service.ask(sign)
    seen.clear()
    client.get("/audit/start")
    assert len(seen) == few
