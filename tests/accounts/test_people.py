"""The administrator's page of people, and everyone's own account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from app.accounts import service
from app.accounts.sign_in import FAILURES_TO_LOCK
from tenants.context import Role
from tenants.errors import Missing
from tests.world import CONTOH, PASSWORD, PEOPLE, Client, World

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CHOSEN = "kuda tenang di tepi sungai"


def confirmed(world: World, username: str = "administrator") -> Client:
    client = world.client(username)
    assert client.confirm().status_code == 303
    return client


def tags(world: World) -> list[str]:
    return [str(one["tag"]) for one in world.events()]


def test_people_are_listed_with_roles_and_state(world: World) -> None:
    for _ in range(FAILURES_TO_LOCK):
        world.anonymous().sign_in("companion", "salah sekali pokoknya")
    administrator = world.client("administrator")
    page = administrator.get("/people").text
    for text in ("Bela Contoh", "case-officer-2", "Tim Pendampingan", "Aktif", "Terkunci"):
        assert text in page
    listed = [one for one in world.events() if one["tag"] == "account:person:listed"]
    assert listed[0]["details"] == {"count": len(PEOPLE)}


def test_page_of_people_never_shows_a_hash_or_another_agencys_people(world: World) -> None:
    with world.acting("administrator", CONTOH):
        service.create_account(
            username="hanya-di-kota",
            name="Oki Contoh Kota",
            password=CHOSEN,
            roles={Role.CASE_OFFICER},
        )
    administrator = confirmed(world)
    for path in ("/people", f"/people/{world.account('case-officer')}"):
        page = administrator.get(path).text
        assert "argon2" not in page
        assert "Oki Contoh Kota" not in page
    foreign = world.account("hanya-di-kota", CONTOH)
    for path in (f"/people/{foreign}", f"/people/{foreign}/disable"):
        assert administrator.get(path).status_code == 404
    missing = administrator.get(f"/people/{uuid4()}")
    assert missing.status_code == 404


@pytest.mark.parametrize("username", ["case-officer", "supervisor", "auditor", "hospital-officer"])
def test_only_the_administrator_manages_people(world: World, username: str) -> None:
    client, target = world.client(username), world.account("companion")
    assert client.get("/people").status_code == 403
    assert client.get(f"/people/{target}").status_code == 403
    for act in ("disable", "enable", "unlock", "end-sessions", "edit"):
        assert client.post(f"/people/{target}/{act}").status_code == 403
    assert world.client("companion").get("/account").status_code == 200


def test_disabled_person_is_out_at_the_next_request_and_back_when_enabled(world: World) -> None:
    target, person = world.account("case-officer"), world.client("case-officer")
    administrator = confirmed(world)
    assert administrator.get(f"/people/{target}/disable").status_code == 200
    assert person.get("/account").status_code == 200
    assert administrator.post(f"/people/{target}/disable").status_code == 303
    assert person.get("/account").status_code == 302
    assert world.anonymous().sign_in("case-officer").status_code == 422
    with world.as_system(), pytest.raises(Missing):
        service.person_of(target)
    with world.as_system():
        assert service.card(target).name == "Bela Contoh"
        assert target not in {one.id for one in service.with_role(Role.CASE_OFFICER)}
    assert administrator.post(f"/people/{target}/disable").status_code == 409
    assert "Nonaktif" in administrator.get(f"/people/{target}").text
    assert administrator.post(f"/people/{target}/enable").status_code == 303
    assert person.get("/account").status_code == 302
    assert world.anonymous().sign_in("case-officer").status_code == 303
    assert {"account:person:disabled", "account:person:enabled"} <= set(tags(world))


def test_administrator_signs_a_person_out_everywhere(world: World) -> None:
    target, person = world.account("case-officer"), world.client("case-officer")
    other, administrator = world.client("supervisor"), confirmed(world)
    assert "di 1 perangkat" in administrator.get(f"/people/{target}").text
    assert administrator.post(f"/people/{target}/end-sessions").status_code == 303
    assert person.get("/account").status_code == 302
    assert other.get("/account").status_code == 200
    ended = [one for one in world.events() if one["tag"] == "account:session:all-ended"]
    assert ended[0]["details"] == {"person": str(target), "count": 1}


def test_administrator_unlocks_a_locked_person(world: World) -> None:
    with time_machine.travel(START, tick=False):
        for _ in range(FAILURES_TO_LOCK):
            world.anonymous().sign_in("case-officer", "salah sekali pokoknya")
        assert world.anonymous().sign_in("case-officer").status_code == 422
        target = world.account("case-officer")
        assert confirmed(world).post(f"/people/{target}/unlock").status_code == 303
        assert world.anonymous().sign_in("case-officer").status_code == 303


def test_changed_roles_and_particulars_are_recorded_and_count_at_once(world: World) -> None:
    target, person = world.account("case-officer"), world.client("case-officer")
    administrator = confirmed(world)
    page = administrator.get(f"/people/{target}/edit").text
    assert 'checked id="roles-1"' in page
    form = {
        "roles": ["supervisor", "signatory"],
        "organisation": "",
        "title": "Kepala Bidang",
        "rank": "Penata",
        "nip": "000000000000000001",
        "phone": "",
    }
    assert administrator.post(f"/people/{target}/edit", form).status_code == 303
    assert "Kepala Seksi, Pejabat penandatangan" not in page
    between = person.get("/account").text
    assert "Kepala Seksi" not in between
    assert "Tim Teknis" not in between
    assert "Kepala Seksi" in administrator.get(f"/people/{target}").text
    world.confirm_waiting()
    shown = person.get("/account").text
    assert "Kepala Bidang" in shown
    assert "Kepala Seksi" in shown
    assert "Tim Teknis" not in shown
    found = {one["tag"]: one for one in world.events()}
    changed = [one["details"] for one in world.events() if one["tag"] == "account:role:changed"]
    assert changed == [
        {"before": ["case_officer"], "after": []},
        {"before": [], "after": ["signatory", "supervisor"]},
    ]
    assert found["account:person:edited"]["details"] == {"fields": ["title", "rank", "nip"]}
    with world.as_system():
        assert target in {one.id for one in service.with_role(Role.SIGNATORY)}
        assert service.person_of(target).roles == {Role.SUPERVISOR, Role.SIGNATORY}


def test_faulty_change_of_roles_is_explained_and_changes_nothing(world: World) -> None:
    target, administrator = world.account("case-officer"), confirmed(world)
    form = {"roles": ["case_officer", "auditor"], "organisation": "", "title": "Tidak disimpan"}
    answer = administrator.post(f"/people/{target}/edit", form)
    assert answer.status_code == 422
    assert "masing-masing berdiri sendiri" in answer.text
    assert "Tidak disimpan" in answer.text
    assert administrator.post(f"/people/{target}/edit", {"roles": ["dewa"]}).status_code == 422
    with world.as_system():
        assert service.card(target).roles == {Role.CASE_OFFICER}
        assert service.card(target).title is None


def test_change_of_roles_needs_a_fresh_password(world: World) -> None:
    target, administrator = world.account("case-officer"), world.client("administrator")
    path, form = f"/people/{target}/edit", {"roles": ["supervisor"], "organisation": ""}
    assert administrator.get(path).location == f"/confirm?next={path}"
    assert administrator.post(path, form).status_code == 401
    with world.as_system():
        assert service.card(target).roles == {Role.CASE_OFFICER}


def test_administrator_cannot_lock_themselves_out(world: World) -> None:
    own, administrator = world.account("administrator"), confirmed(world)
    assert administrator.post(f"/people/{own}/disable").status_code == 403
    form = {"roles": ["auditor"], "organisation": ""}
    answer = administrator.post(f"/people/{own}/edit", form)
    assert answer.status_code == 422
    assert "peran administrator Anda sendiri" in answer.text
    assert administrator.get("/people").status_code == 200
    kept = {"roles": ["administrator"], "organisation": "", "title": "Kepala Subbagian"}
    assert administrator.post(f"/people/{own}/edit", kept).status_code == 303


def test_person_changes_the_password_and_is_signed_out_elsewhere(world: World) -> None:
    elsewhere, here = world.client("case-officer"), world.client("case-officer")
    form = {"present": PASSWORD, "password": CHOSEN, "again": CHOSEN}
    assert here.post("/account/password", form).status_code == 303
    assert "Kata sandi Anda sudah diganti." in here.get("/account").text
    assert elsewhere.get("/account").status_code == 302
    assert world.anonymous().sign_in("case-officer").status_code == 422
    assert world.anonymous().sign_in("case-officer", CHOSEN).status_code == 303
    assert "account:password:changed" in tags(world)


def test_a_changed_password_proves_nobody_anew(world: World) -> None:
    client = world.client("case-officer")
    before = client.flask.get_cookie("session", domain=client.host)
    form = {"present": PASSWORD, "password": CHOSEN, "again": CHOSEN}
    assert client.post("/account/password", form).status_code == 303
    after = client.flask.get_cookie("session", domain=client.host)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert client.get("/account/app").location.startswith("/confirm?next=")


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"present": "salah sekali pokoknya"}, "bukan kata sandi Anda sekarang"),
        ({"password": "pendek", "again": "pendek"}, "kurang dari 15 karakter"),
        ({"password": "case-officer case-officer", "again": "case-officer case-officer"}, "mudah"),
        ({"again": "lain sama sekali lho"}, "Kedua kata sandi berbeda"),
    ],
)
def test_faulty_change_of_password_is_explained_and_changes_nothing(
    world: World, form: dict[str, str], sentence: str
) -> None:
    client = world.client("case-officer")
    whole = {"present": PASSWORD, "password": CHOSEN, "again": CHOSEN, **form}
    answer = client.post("/account/password", whole)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert world.anonymous().sign_in("case-officer").status_code == 303


def test_guessing_the_present_password_locks_the_account(world: World) -> None:
    client = world.client("case-officer")
    form = {"present": "salah sekali pokoknya", "password": CHOSEN, "again": CHOSEN}
    for _ in range(FAILURES_TO_LOCK):
        client.post("/account/password", form)
    assert client.post("/account/password", {**form, "present": PASSWORD}).status_code == 422
    assert world.anonymous().sign_in("case-officer").status_code == 422


def test_cards_of_several_people_come_in_one_call(world: World) -> None:
    ids = {name: world.account(name) for name in ("signatory", "hospital-officer")}
    with world.as_system():
        found = service.cards([*ids.values(), uuid4()])
    assert set(found) == set(ids.values())
    signatory = found[ids["signatory"]]
    assert (signatory.title, signatory.nip) == ("Kepala Dinas", "0" * 18)
    assert found[ids["hospital-officer"]].organisation_id is not None
    with world.as_system(CONTOH):
        assert service.cards(ids.values()) == {}


def test_person_of_another_agency_is_missing(world: World) -> None:
    account_id = world.account("case-officer", CONTOH)
    with world.as_system(), pytest.raises(Missing):
        service.person_of(account_id)
    with world.as_system(CONTOH):
        assert service.person_of(account_id).roles == {Role.CASE_OFFICER}


def test_seen_person_shows_when_last_used(world: World) -> None:
    with time_machine.travel(START, tick=False) as clock:
        world.client("case-officer")
        clock.shift(timedelta(minutes=5))
        page = world.client("administrator").get(f"/people/{world.account('case-officer')}").text
    assert "24 Nov 2026, 09.00 WIB" in page


def test_chosen_language_follows_the_person_to_another_device(world: World) -> None:
    client = world.client("case-officer")
    assert "Akun saya" in client.get("/account").text
    assert client.post("/language", {"language": "en", "next": "/account"}).status_code == 303
    assert "My account" in client.get("/account").text
    assert "My account" in world.client("case-officer").get("/account").text
    assert "Akun saya" in world.client("case-officer-2").get("/account").text


def test_the_page_that_asks_for_the_password_again_speaks_of_no_user_name(world: World) -> None:
    wrong = {"password": "salah sekali pokoknya", "code": "000000"}
    refused = world.client("administrator").post("/confirm", wrong)
    assert refused.status_code == 422
    assert "Kata sandi atau kodenya tidak benar" in refused.text
    assert "Nama pengguna" not in refused.text
