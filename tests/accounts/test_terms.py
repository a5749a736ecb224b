"""Accounts for a time: an external auditor comes in, reads the log alone, and is out at the end."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.accounts import service
from app.accounts.models import Account
from app.accounts.terms import end_of, last_day
from tenants.clock import now, today
from tenants.context import Role
from tenants.database import db
from tenants.errors import Invalid, Missing
from tests.world import Client, World

CHOSEN = "kuda tenang di tepi sungai"
GUEST = "external-auditor"


def confirmed(world: World) -> Client:
    """An administrator who has just given the password."""
    client = world.client("administrator")
    assert client.confirm().status_code == 303
    return client


def let_end(world: World, username: str = GUEST) -> None:
    """Let the account's time be over since a moment ago."""
    account = world.account(username)
    with world.as_system():
        ended = update(Account).where(Account.id == account).values(ends_at=now())
        db.session.execute(ended)


def last_event(world: World) -> dict[str, Any]:
    return world.events()[-1]


def test_the_administrator_invites_an_external_auditor_until_a_day(world: World) -> None:
    administrator, until = confirmed(world), today() + timedelta(days=14)
    form = {
        "name": "Lestari Contoh",
        "roles": ["external_auditor"],
        "organisation": "",
        "last_day": until.isoformat(),
    }
    made = administrator.post("/people/invite", form)
    assert made.status_code == 200, made.text
    invited = [one for one in world.events() if one["tag"] == "account:invitation:created"][-1]
    assert invited["details"]["ends"] == until.isoformat()
    link = re.search(r'/invitation/([\w-]+)"', made.text)
    assert link is not None
    guest = world.anonymous()
    typed = {"username": "lestari", "password": CHOSEN, "again": CHOSEN}
    assert guest.post(f"/invitation/{link[1]}", typed).status_code == 303
    guest.enrol()
    assert guest.get("/audit").status_code == 403
    world.confirm_waiting()
    assert guest.get("/audit").status_code == 200
    with world.as_system():
        (card,) = service.with_role(Role.EXTERNAL_AUDITOR)[-1:]
        assert last_day(card.ends_at) == until


@pytest.mark.parametrize(
    ("roles", "last", "reason"),
    [
        ({Role.EXTERNAL_AUDITOR}, None, "needed"),
        ({Role.EXTERNAL_AUDITOR}, today() - timedelta(days=1), "past"),
        ({Role.EXTERNAL_AUDITOR}, today() + timedelta(days=400), "too-far"),
        ({Role.COMPANION}, date(2020, 1, 1), "past"),
    ],
)
def test_an_end_must_make_sense(
    world: World, roles: set[Role], last: date | None, reason: str
) -> None:
    with world.acting("administrator"), pytest.raises(Invalid) as refused:
        service.invite(name="Lestari Contoh", roles=roles, created_by=None, last=last)
    assert (refused.value.field, refused.value.reason) == ("last_day", reason)


def test_an_external_auditor_without_an_end_is_not_invited_and_nothing_typed_is_lost(
    world: World,
) -> None:
    form = {"name": "Lestari Contoh", "roles": ["external_auditor"], "organisation": ""}
    page = confirmed(world).post("/people/invite", form)
    assert page.status_code == 422
    assert "isikan hari terakhirnya" in page.text
    assert "Lestari Contoh" in page.text


def test_an_external_auditor_holds_no_other_role(world: World) -> None:
    roles = {Role.EXTERNAL_AUDITOR, Role.CASE_OFFICER}
    with world.acting("administrator"), pytest.raises(Invalid):
        service.invite(name="L", roles=roles, created_by=None, last=today())


def test_the_day_after_the_last_begins_by_the_clock_of_the_office(world: World) -> None:
    with world.as_system():
        ends_at = end_of(date(2026, 12, 31))
        assert ends_at is not None
        assert ends_at.isoformat() == "2027-01-01T00:00:00+07:00"
        assert last_day(ends_at) == date(2026, 12, 31)


def test_after_the_end_the_next_request_is_refused_plainly_and_recorded(world: World) -> None:
    client = world.client(GUEST)
    assert client.get("/audit").status_code == 200
    let_end(world)
    answer = client.get("/audit")
    assert answer.status_code == 302
    event = last_event(world)
    assert (event["tag"], event["outcome"]) == ("audit:desk:viewed", "refused")
    assert event["reason"] == "account-ended"
    assert event["object_id"] == str(world.account(GUEST))
    page = client.get(answer.headers["Location"]).text
    assert "Akun Anda telah berakhir" in page
    assert "masa itu sudah lewat" in page


def test_after_the_end_signing_in_is_refused_plainly_and_recorded(world: World) -> None:
    let_end(world)
    guest = world.anonymous()
    answer = guest.sign_in(GUEST)
    assert answer.status_code == 403
    assert "masa itu sudah lewat" in answer.text
    event = last_event(world)
    assert (event["tag"], event["outcome"]) == ("account:session:opened", "refused")
    assert (event["reason"], event["object_id"]) == ("account-ended", str(world.account(GUEST)))
    assert guest.get("/audit").status_code == 302


def test_who_does_not_know_the_password_does_not_learn_that_an_account_has_ended(
    world: World,
) -> None:
    let_end(world)
    wrong = world.anonymous().sign_in(GUEST, "bukan kata sandinya sama sekali")
    unknown = world.anonymous().sign_in("siapa-saja", "bukan kata sandinya sama sekali")
    assert wrong.status_code == unknown.status_code == 422
    assert "masa itu" not in wrong.text


def test_after_the_end_no_job_runs_for_the_person_and_nobody_chooses_them(world: World) -> None:
    account = world.account(GUEST)
    let_end(world)
    with world.as_system():
        with pytest.raises(Missing):
            service.person_of(account)
        assert service.with_role(Role.EXTERNAL_AUDITOR) == []
        assert not service.card(account).active


def test_the_administrator_gives_more_time_and_both_days_are_on_record(world: World) -> None:
    account, until = world.account(GUEST), today() + timedelta(days=7)
    let_end(world)
    administrator = confirmed(world)
    page = administrator.get(f"/people/{account}").text
    assert "Berakhir" in page
    form = {"roles": ["external_auditor"], "organisation": "", "last_day": until.isoformat()}
    assert administrator.post(f"/people/{account}/edit", form).status_code == 303
    changed = [one for one in world.events() if one["tag"] == "account:term:changed"][-1]
    assert changed["details"]["after"] == until.isoformat()
    assert changed["object_id"] == str(account)
    assert world.client(GUEST).get("/audit").status_code == 200


def test_an_ended_account_is_not_turned_into_one_without_an_end(world: World) -> None:
    account = world.account(GUEST)
    form = {"roles": ["external_auditor"], "organisation": "", "last_day": ""}
    page = confirmed(world).post(f"/people/{account}/edit", form)
    assert page.status_code == 422
    assert "isikan hari terakhirnya" in page.text


def test_an_external_auditor_sees_the_log_and_settles_nothing(world: World) -> None:
    client = world.client(GUEST)
    for path in ("/audit/start", "/audit", "/audit/findings", "/audit/figures"):
        assert client.get(path).status_code == 200
    for path in ("/cases", "/letters/queue", "/people", "/audit/readers"):
        assert client.get(path).status_code in {403, 404}, path
