"""What one person asks for and another confirms: roles, and a lost second step."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select, text

from app.accounts import confirmations, service
from app.accounts.models import Account, Confirmation
from tenants.context import Role
from tenants.database import db
from tenants.errors import Conflict, Missing, Refused
from tests.world import CONTOH, PASSWORD, Client, World

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def give(world: World, username: str, *roles: Role, by: str = "administrator") -> None:
    """An administrator gives somebody these roles."""
    account = world.account(username)
    with world.acting(by):
        service.edit_member(account, roles=roles, organisation_id=None, official=service.Official())


def another_administrator(world: World, username: str = "kedua") -> UUID:
    with world.as_system():
        return service.create_account(
            username=username, name="Nia Contoh", password=PASSWORD, roles={Role.ADMINISTRATOR}
        )


def only(world: World) -> UUID:
    """The one request that waits."""
    with world.as_system():
        return db.session.scalars(
            select(Confirmation.id).where(Confirmation.decided_at.is_(None))
        ).one()


def roles(world: World, username: str) -> frozenset[Role]:
    account = world.account(username)
    with world.as_system():
        return service.card(account).roles


def proven(world: World, username: str) -> Client:
    client = world.client(username)
    client.confirm()
    return client


def test_a_role_holds_once_somebody_else_has_confirmed_it(world: World) -> None:
    another_administrator(world)
    give(world, "companion", Role.COMPANION, Role.CASE_OFFICER)
    request = only(world)
    assert roles(world, "companion") == {Role.COMPANION}
    for username in ("administrator", "companion"):
        with world.acting(username), pytest.raises(Refused, match="own-request"):
            service.confirm(request)
    with world.acting("administrator", CONTOH), pytest.raises(Missing):
        service.confirm(request)
    with world.acting("kedua"):
        service.confirm(request)
    assert roles(world, "companion") == {Role.COMPANION, Role.CASE_OFFICER}
    with world.acting("supervisor"), pytest.raises(Missing):
        service.confirm(request)
    asked, decided = (
        next(one for one in world.events() if one["tag"] == f"account:confirmation:{what}")
        for what in ("asked", "decided")
    )
    assert asked["actor"] == str(world.account("administrator"))
    assert decided["actor"] == str(world.account("kedua"))
    person = str(world.account("companion"))
    told = {"kind": "roles", "person": person, "roles": ["case_officer"]}
    assert asked["details"] == told
    assert decided["details"] == {**told, "verdict": "confirmed"}


def test_what_is_refused_taken_back_or_asked_anew_gives_nothing(world: World) -> None:
    both = (Role.COMPANION, Role.CASE_OFFICER)
    for username, verdict in (("supervisor", "refused"), ("administrator", "withdrawn")):
        give(world, "companion", *both)
        with world.acting(username):
            service.refuse(only(world))
        assert world.events()[-1]["details"]["verdict"] == verdict
    give(world, "companion", *both)
    first = only(world)
    give(world, "companion", *both)  # saved once more: the request stays as it is
    assert only(world) == first
    give(world, "companion", Role.COMPANION, Role.INTAKE_OFFICER)
    assert only(world) != first
    give(world, "companion", Role.COMPANION)
    with world.acting("supervisor"):
        assert service.waiting() == []
    assert roles(world, "companion") == {Role.COMPANION}


def test_another_organisation_is_another_right(world: World) -> None:
    officer = world.account("hospital-officer")
    with world.as_system():
        hospital = service.card(officer).organisation_id
        police = service.card(world.account("police-officer")).organisation_id
    with world.acting("administrator"):
        service.edit_member(
            officer,
            roles={Role.PARTNER_OFFICER},
            organisation_id=police,
            official=service.Official(),
        )
    assert hospital != police
    assert roles(world, "hospital-officer") == frozenset()
    assert "Polres Pasuruan" in world.client("supervisor").get("/people/waiting").text
    world.confirm_waiting()
    assert roles(world, "hospital-officer") == {Role.PARTNER_OFFICER}


def test_saving_a_person_s_page_as_it_is_keeps_what_waits(world: World) -> None:
    give(world, "companion", Role.COMPANION, Role.CASE_OFFICER)
    request, path = only(world), f"/people/{world.account('companion')}/edit"
    page = proven(world, "administrator").get(path).text
    ticked = re.findall(r'checked[^>]*value="(\w+)"', page)
    assert set(ticked) == {"companion", "case_officer"}
    give(world, "companion", *map(Role, ticked))
    assert only(world) == request


def test_a_request_ends_after_a_week_and_with_whoever_made_it(world: World) -> None:
    another_administrator(world)
    with time_machine.travel(START, tick=False) as clock:
        give(world, "companion", Role.COMPANION, Role.CASE_OFFICER)
        request = only(world)
        clock.shift(confirmations.WAITS_FOR)
        with world.acting("supervisor"), pytest.raises(Missing):
            service.confirm(request)
        give(world, "case-officer", Role.COMPANION, Role.CASE_OFFICER, by="kedua")
        with world.acting("administrator"):
            assert len(service.waiting()) == 1
            service.disable(world.account("kedua"))
            assert service.waiting() == []


def test_a_role_that_no_longer_fits_or_a_shut_account_is_not_confirmed(world: World) -> None:
    give(world, "companion", Role.AUDITOR)
    give(world, "companion", Role.AUDITOR)
    request = only(world)
    with world.acting("administrator"):
        service.disable(world.account("companion"))
    with world.acting("supervisor"), pytest.raises(Conflict, match="person-disabled"):
        service.confirm(request)
    with world.acting("administrator"):
        service.enable(world.account("companion"))
    with world.as_system():
        from app.accounts.people import grant

        grant(world.account("companion"), {Role.COMPANION})
    with world.acting("supervisor"), pytest.raises(Exception, match="apart"):
        service.confirm(request)
    assert roles(world, "companion") == {Role.COMPANION}


def test_the_database_itself_wants_two_persons(world: World) -> None:
    give(world, "companion", Role.COMPANION, Role.CASE_OFFICER)
    request = only(world)
    statement = text(
        "UPDATE confirmation SET verdict = 'confirmed', decided_by = :who, decided_at = now()"
        " WHERE id = :id"
    )
    for username in ("administrator", "companion"):
        who = world.account(username)
        with pytest.raises(Exception, match="two_persons"), world.as_system():
            db.session.execute(statement, {"who": who, "id": request})
    with pytest.raises(Exception, match="permission denied"), world.as_system():
        db.session.execute(text("UPDATE confirmation SET roles = '{administrator}'"))


def test_the_operators_link_gives_a_first_or_second_administrator_what_nobody_need_confirm(
    world: World,
) -> None:
    with world.as_system():
        token = service.invite(name="Nia Contoh", roles={Role.ADMINISTRATOR}, created_by=None)
    guest = world.anonymous()
    typed = {"username": "kedua", "password": PASSWORD, "again": PASSWORD}
    assert guest.post(f"/invitation/{token}", typed).status_code == 303
    guest.enrol()
    assert guest.get("/people").status_code == 200
    give(world, "companion", Role.COMPANION, Role.CASE_OFFICER)
    world.confirm_waiting("kedua")
    assert Role.CASE_OFFICER in roles(world, "companion")


def test_any_other_role_of_the_operators_link_waits_for_a_second_person(world: World) -> None:
    wanted = {Role.SUPERVISOR, Role.CASE_OFFICER}
    with world.as_system():
        token = service.invite(name="Nia Contoh", roles=wanted, created_by=None)
    guest = world.anonymous()
    typed = {"username": "kedua", "password": PASSWORD, "again": PASSWORD}
    assert guest.post(f"/invitation/{token}", typed).status_code == 303
    assert roles(world, "kedua") == frozenset()
    world.confirm_waiting("administrator")
    assert roles(world, "kedua") == wanted


def test_of_two_who_decide_at_once_one_does(world: World) -> None:
    another_administrator(world)
    give(world, "companion", Role.COMPANION, Role.CASE_OFFICER)
    request, together = only(world), Barrier(2)

    def decide(act: Any) -> bool:
        username = "kedua" if act is service.confirm else "supervisor"
        with world.acting(username):
            together.wait(timeout=20)
            try:
                act(request)
            except Missing:
                return False
        return True

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(decide, (service.confirm, service.refuse)))
    assert sorted(done) == [False, True]
    assert (Role.CASE_OFFICER in roles(world, "companion")) is done[0]


def test_of_two_administrators_who_shut_each_other_out_one_stays(world: World) -> None:
    second, first = another_administrator(world), world.account("administrator")
    together = Barrier(2)

    def shut(pair: tuple[str, UUID]) -> str:
        username, target = pair
        with world.acting(username):
            together.wait(timeout=20)
            try:
                service.disable(target)
            except Refused as refused:
                return str(refused)
        return "done"

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(shut, (("administrator", second), ("kedua", first))))
    assert sorted(done) == ["done", "no-longer-administrator"]
    with world.as_system():
        kept = db.session.scalars(
            select(Account.id).where(Account.id.in_([first, second]), Account.active)
        )
        assert len(kept.all()) == 1


def test_the_pages_ask_the_second_person_and_tell_whoever_waits(world: World) -> None:
    administrator, supervisor = proven(world, "administrator"), proven(world, "supervisor")
    officer = world.account("case-officer")
    form = {"roles": ["case_officer", "companion"], "organisation": ""}
    assert administrator.post(f"/people/{officer}/edit", form).status_code == 303
    assert "Menunggu: Tim Pendampingan" in administrator.get("/people").text
    own = administrator.get("/people/waiting").text
    assert "orang lain yang harus mengesahkan" in own
    assert "Saya tahu dan mengesahkannya" not in own
    assert "Bela Contoh" in supervisor.get("/").text
    page = supervisor.get("/people/waiting").text
    assert "Saya tahu dan mengesahkannya" in page
    request = only(world)
    stale = world.client("supervisor")
    assert stale.post(f"/people/waiting/{request}/confirm").status_code == 401
    assert administrator.post(f"/people/waiting/{request}/confirm").status_code == 403
    done = supervisor.post(f"/people/waiting/{request}/confirm")
    assert (done.status_code, done.location) == (303, "/people/waiting")
    assert "sebagai orang kedua" in supervisor.get("/people/waiting").text
    assert roles(world, "case-officer") == {Role.CASE_OFFICER, Role.COMPANION}
    for username in ("case-officer", "auditor", "signatory"):
        assert world.client(username).get("/people/waiting").status_code == 403


def test_a_lost_second_step_is_set_up_anew_by_two_and_its_holder_is_told(world: World) -> None:
    officer = world.account("case-officer")
    lost, administrator = world.client("case-officer"), proven(world, "administrator")
    page = administrator.get(f"/people/{officer}/second-step")
    assert "Apakah Bela Contoh kehilangan langkah kedua?" in page.text
    assert administrator.post(f"/people/{officer}/second-step").status_code == 303
    assert lost.get("/account").status_code == 200
    assert world.client("case-officer").get("/account").status_code == 200
    own = world.account("administrator")
    assert administrator.post(f"/people/{own}/second-step").status_code == 403
    request = only(world)
    assert proven(world, "supervisor").post(f"/people/waiting/{request}/confirm").location
    assert lost.get("/account").status_code == 302
    refused = world.anonymous()
    assert refused.come_in("case-officer").status_code == 422
    back = world.anonymous()
    first = back.post("/sign-in", {"username": "case-officer", "password": PASSWORD})
    assert first.location.startswith("/sign-in/enrol")
    assert back.enrol().status_code == 200
    shown = back.get("/account").text
    assert "Dua rekan membuka jalan" in shown
    assert "diminta oleh Juwita Contoh, disahkan oleh Eka Contoh" in shown
    assert administrator.post(f"/people/{officer}/second-step").status_code == 303
    with world.acting("administrator"):
        service.refuse(only(world))
        with db.session.begin_nested():
            from app.accounts import second_factor

            second_factor.remove_all(officer)
        with pytest.raises(Conflict, match="no-factor"):
            service.ask_for_reset(officer)
