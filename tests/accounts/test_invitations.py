"""Invitations: made once, used once, and never a password in another's hands."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import create_engine, select

from app.accounts import service
from app.accounts.invitations import VALID_FOR
from app.accounts.models import Account, Invitation
from tenants.context import Role
from tenants.database import db, through
from tenants.errors import Invalid
from tests.world import CONTOH, PASUR, Client, World

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CHOSEN = "kuda tenang di tepi sungai"
GONE = "Tautan ini tidak berlaku lagi"


def invite(world: World, *roles: Role, tenant: str = PASUR, **more: Any) -> str:
    with world.acting("administrator", tenant) as context:
        return service.invite(
            name="Mira Contoh",
            roles=roles or {Role.CASE_OFFICER},
            created_by=context.person.id if context.person else None,
            **more,
        )


def accept(client: Client, token: str, **more: str) -> Any:
    form = {"username": "mira", "password": CHOSEN, "again": CHOSEN, **more}
    return client.post(f"/invitation/{token}", form)


def confirmed(world: World) -> Client:
    client = world.client("administrator")
    assert client.confirm().status_code == 303
    return client


def hospital(world: World) -> UUID:
    with world.as_system():
        found = service.card(
            db.session.scalar(select(Account.id).where(Account.username == "hospital-officer"))  # type: ignore[arg-type]
        ).organisation_id
    assert found is not None
    return found


def test_administrator_invites_and_the_person_makes_the_account(world: World) -> None:
    administrator = confirmed(world)
    form = {"name": "Mira  Contoh ", "roles": ["case_officer", "companion"], "organisation": ""}
    made = administrator.post("/people/invite", form)
    assert made.status_code == 200
    link = re.search(r'data-code="(http://[^"]+)"', made.text)
    assert link is not None
    base, token = link[1].rsplit("/invitation/", 1)
    assert base == f"http://{PASUR}.localhost:8000"
    guest = world.anonymous()
    page = guest.get(f"/invitation/{token}")
    assert page.status_code == 200
    assert "Mira Contoh" in page.text
    assert "Tim Teknis, Tim Pendampingan" in page.text
    assert page.text.count('autocomplete="new-password"') == 2
    done = accept(guest, token, phone="0343 000111")
    assert (done.status_code, done.location) == (303, "/sign-in/enrol")
    assert guest.get("/account").status_code == 302
    assert guest.enrol().status_code == 200
    assert "Akun Anda sudah siap" in guest.get("/account").text
    assert "Peran Anda menunggu" in guest.get("/").text
    assert guest.get("/cases").status_code == 403
    assert world.anonymous().sign_in("mira", CHOSEN).status_code == 303
    world.confirm_waiting()
    assert guest.get("/cases").status_code == 200
    with world.as_system():
        card = service.card(world.account("mira"))
    assert card.name == "Mira Contoh"
    assert card.roles == {Role.CASE_OFFICER, Role.COMPANION}
    assert card.phone == "0343 000111"


def test_every_step_of_an_invitation_is_recorded(world: World) -> None:
    token = invite(world, Role.CASE_OFFICER)
    guest = world.anonymous()
    guest.get(f"/invitation/{token}")
    accept(guest, token)
    guest.enrol()
    found = {one["tag"]: one for one in world.events()}
    made = found["account:invitation:created"]
    assert made["actor"] == str(world.account("administrator"))
    assert made["details"] == {"roles": ["case_officer"], "organisation": None, "ends": None}
    assert found["account:invitation:viewed"]["actor"] is None
    person = str(world.account("mira"))
    assert found["account:invitation:accepted"]["actor"] == person
    assert found["account:session:opened"]["actor"] == person
    assert not any(token in str(one) or CHOSEN in str(one) for one in world.events())


def test_link_is_kept_only_as_a_hash(world: World) -> None:
    token = invite(world)
    assert len(token) == 43
    with world.as_system():
        kept = db.session.scalars(select(Invitation.token_hash)).all()
    assert sha256(token.encode()).digest() in kept


def test_used_unknown_expired_revoked_and_foreign_links_get_the_same_page(world: World) -> None:
    with time_machine.travel(START, tick=False) as clock:
        expired = invite(world)
        clock.shift(VALID_FOR)
        foreign = invite(world, tenant=CONTOH)
        revoked = invite(world)
        with world.acting("administrator"):
            service.revoke(service.find_invitation(revoked).id)
        used = invite(world)
        assert accept(world.anonymous(), used).status_code == 303
        tokens = [used, expired, revoked, foreign, "tidak-ada", "%00" * 5]
        for act in ("get", "post"):
            client = world.anonymous()
            answers = [
                client.get(f"/invitation/{t}") if act == "get" else accept(client, t, username="x2")
                for t in tokens
            ]
            assert [one.status_code for one in answers] == [404] * len(tokens)
            assert all(GONE in one.text for one in answers)
            pages = {
                re.sub(r'(nonce="|csrf_token" value="|name="next" value=")[^"]*', "", one.text)
                for one in answers
            }
            assert len(pages) == 1
        assert world.anonymous(CONTOH).get(f"/invitation/{foreign}").status_code == 200
    refused = [one for one in world.events() if one["reason"] == "link-not-valid"]
    assert len(refused) == 2 * len(tokens)
    assert {one["outcome"] for one in refused} == {"missing"}


def test_link_runs_out_after_72_hours_and_not_before(world: World) -> None:
    with time_machine.travel(START, tick=False) as clock:
        token = invite(world)
        clock.shift(VALID_FOR.total_seconds() - 1)
        assert world.anonymous().get(f"/invitation/{token}").status_code == 200
        clock.shift(1)
        assert world.anonymous().get(f"/invitation/{token}").status_code == 404


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"username": "case-officer"}, "Nama pengguna ini sudah dipakai"),
        ({"username": "Tidak Boleh!"}, "Gunakan 3 sampai 40 huruf kecil"),
        ({"username": "a" * 41}, "Gunakan 3 sampai 40 huruf kecil"),
        ({"username": "mi\x00ra"}, "Gunakan 3 sampai 40 huruf kecil"),
        ({"password": "pendek", "again": "pendek"}, "kurang dari 15 karakter"),
        ({"password": "mira-mira-mira-mira", "again": "mira-mira-mira-mira"}, "mudah ditebak"),
        ({"again": "kuda tenang di tepi sumur"}, "Kedua kata sandi berbeda"),
        ({"again": ""}, "Wajib diisi"),
    ],
)
def test_what_cannot_be_accepted_is_explained_and_the_link_stays_good(
    world: World, form: dict[str, str], sentence: str
) -> None:
    token, guest = invite(world), world.anonymous()
    answer = accept(guest, token, **form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert CHOSEN not in answer.text
    assert accept(guest, token).status_code == 303


def test_signatory_gives_title_rank_and_nip(world: World) -> None:
    token, guest = invite(world, Role.SIGNATORY), world.anonymous()
    page = guest.get(f"/invitation/{token}").text
    assert all(f'name="{name}"' in page for name in ("title", "rank", "nip"))
    assert 'name="phone"' not in page
    official = {"title": "Kepala Dinas", "rank": "Pembina", "nip": "0" * 18}
    for field in official:
        assert accept(guest, token, **{**official, field: " "}).status_code == 422
    wrong = accept(guest, token, **{**official, "nip": "123"})
    assert "NIP terdiri atas 18 angka" in wrong.text
    too_long = accept(guest, token, **{**official, "title": "x" * 121})
    assert "paling banyak 120 karakter" in too_long.text
    control = accept(guest, token, **{**official, "rank": "Pem\x07bina"})
    assert "tidak dapat dicetak" in control.text
    assert accept(guest, token, **official).status_code == 303


def test_companion_gives_an_office_telephone(world: World) -> None:
    token, guest = invite(world, Role.COMPANION), world.anonymous()
    assert accept(guest, token).status_code == 422
    assert accept(guest, token, phone="bukan nomor").status_code == 422
    assert accept(guest, token, phone="+62 343 000111").status_code == 303


def test_guest_cannot_choose_name_roles_or_organisation(world: World) -> None:
    token, guest = invite(world, Role.CASE_OFFICER), world.anonymous()
    asked = {"roles": "administrator", "name": "Orang Lain", "organisation": str(hospital(world))}
    assert accept(guest, token, **asked).status_code == 303
    world.confirm_waiting()
    with world.as_system():
        card = service.card(world.account("mira"))
    assert (card.name, card.roles, card.organisation_id) == (
        "Mira Contoh",
        frozenset({Role.CASE_OFFICER}),
        None,
    )


@pytest.mark.parametrize(
    ("roles", "organisation", "field"),
    [
        ((), False, "roles"),
        ((Role.PARTNER_OFFICER,), False, "organisation"),
        ((Role.PARTNER_OFFICER, Role.CASE_OFFICER), True, "roles"),
        ((Role.CASE_OFFICER,), True, "organisation"),
        ((Role.ADMINISTRATOR, Role.CASE_OFFICER), False, "roles"),
        ((Role.ADMINISTRATOR, Role.SIGNATORY), False, "roles"),
        ((Role.AUDITOR, Role.SUPERVISOR), False, "roles"),
        ((Role.AUDITOR, Role.ADMINISTRATOR), False, "roles"),
    ],
)
def test_roles_that_must_not_meet_are_refused(
    world: World, roles: tuple[Role, ...], organisation: bool, field: str
) -> None:
    where = hospital(world) if organisation else None
    with pytest.raises(Invalid) as refused, world.acting("administrator"):
        service.check_roles(roles, where)
    assert refused.value.field == field
    form = {
        "name": "Mira Contoh",
        "roles": [role.value for role in roles],
        "organisation": str(where or ""),
    }
    assert confirmed(world).post("/people/invite", form).status_code == 422


def test_partner_officer_is_invited_for_an_organisation(world: World) -> None:
    form = {"name": "Nia", "roles": "partner_officer", "organisation": str(hospital(world))}
    administrator = confirmed(world)
    assert administrator.post("/people/invite", form).status_code == 200
    assert "Petugas lembaga layanan – " in administrator.get("/people").text


def test_organisation_of_another_agency_is_no_choice(world: World) -> None:
    with world.as_system(CONTOH):
        from tenants.registry import organisations

        foreign = str(organisations()[0].id)
    form = {"name": "Nia", "roles": "partner_officer", "organisation": foreign}
    unknown = {**form, "organisation": "00000000-0000-4000-8000-000000000000"}
    administrator = confirmed(world)
    assert administrator.post("/people/invite", form).status_code == 422
    assert administrator.post("/people/invite", unknown).status_code == 422


def test_administrator_takes_an_invitation_back(world: World) -> None:
    token = invite(world)
    administrator = world.client("administrator")
    page = administrator.get("/people").text
    path = re.search(r'action="(/people/invitations/[^"]+/revoke)"', page)
    assert path is not None
    assert administrator.post(path[1]).status_code == 303
    assert world.anonymous().get(f"/invitation/{token}").status_code == 404
    assert administrator.post(path[1]).status_code == 404


def test_who_is_shut_out_does_not_come_back_by_an_invitation_of_their_own(world: World) -> None:
    """An administrator may have made links before the others noticed."""
    with world.acting("administrator"):
        for username in ("kedua", "ketiga"):
            service.create_account(
                username=username, name="Nia Contoh", password=CHOSEN, roles={Role.ADMINISTRATOR}
            )
    tokens = {}
    for username in ("kedua", "ketiga", "administrator"):
        with world.acting(username) as context:
            assert context.person is not None
            tokens[username] = service.invite(
                name="Mira Contoh", roles={Role.SUPERVISOR}, created_by=context.person.id
            )
    with world.acting("administrator"):
        service.disable(world.account("kedua"))
        service.edit_member(
            world.account("ketiga"),
            roles={Role.CASE_OFFICER},
            organisation_id=None,
            official=service.Official(),
        )
    for username in ("kedua", "ketiga"):
        assert accept(world.anonymous(), tokens[username]).status_code == 404, username
    revoked = [one for one in world.events() if one["tag"] == "account:invitation:revoked"]
    assert len(revoked) == 2
    assert accept(world.anonymous(), tokens["administrator"]).status_code == 303


def test_of_two_who_use_one_link_at_once_one_gets_the_account(world: World) -> None:
    token, start = invite(world), Barrier(2)

    def use(username: str) -> int:
        guest = world.anonymous()
        guest.get(f"/invitation/{token}")
        start.wait(timeout=20)
        return int(accept(guest, token, username=username).status_code)

    with ThreadPoolExecutor() as threads:
        answers = sorted(threads.map(use, ("mira", "mira2")))
    assert answers == [303, 404]
    with world.as_system():
        made = db.session.scalars(select(Account.username).where(Account.name == "Mira Contoh"))
        assert len(list(made)) == 1


def test_operator_can_invite_although_its_role_reads_nothing(world: World) -> None:
    with world.app.app_context():
        operator = create_engine(world.settings["OPERATOR_DATABASE_URL"])
    with through_operator(world, operator):
        token = service.invite(name="Mira Contoh", roles={Role.ADMINISTRATOR}, created_by=None)
    operator.dispose()
    assert accept(world.anonymous(), token).status_code == 303


def through_operator(world: World, engine: Any) -> Any:
    from contextlib import contextmanager

    from tenants.context import Channel, Context, bind
    from tenants.database import transaction

    @contextmanager
    def opened() -> Any:
        found = world.tenant()
        with world.app.app_context(), through(engine):
            context = Context(found.tenant_id, found.slug, channel=Channel.COMMAND)
            with bind(context), transaction():
                yield

    return opened()
