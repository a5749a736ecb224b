"""The signatory's desk: a password just given, one's own letters, exactly what was read."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from app.accounts import service as accounts
from app.cases import models as case_models
from app.documents import service
from app.documents.states import ATTEMPTS
from tenants.context import Role
from tests.documents.desk import Desk
from tests.world import PASSWORD, Client


@pytest.fixture
def signatory(desk: Desk) -> Client:
    """The signatory, with a password just given."""
    client = desk.client("signatory")
    assert client.confirm().status_code == 303
    return client


def seen(client: Client, letter_id: UUID) -> str:
    """What the page of approval would send."""
    page = client.get(f"/letters/{letter_id}/approval").get_data(as_text=True)
    found = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def last(desk: Desk, tag: str) -> dict[str, Any]:
    return desk.events(tag)[-1]


def another_signatory(desk: Desk) -> Client:
    with desk.world.as_system():
        accounts.create_account(
            username="signatory-2",
            name="Kirana Contoh",
            password=PASSWORD,
            roles=frozenset({Role.SIGNATORY}),
            title="Sekretaris Dinas",
        )
    client = desk.client("signatory-2")
    client.confirm()
    return client


def test_a_letter_is_read_approved_and_followed_on_its_pages(desk: Desk, signatory: Client) -> None:
    letter_id = desk.submitted()
    answer = signatory.post(f"/letters/{letter_id}/approval", {"seen": seen(signatory, letter_id)})
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/letters/{letter_id}/progress",
    )
    assert signatory.json(f"/letters/{letter_id}/progress.json")["state"] == "queued"
    desk.run(letter_id)
    news = signatory.json(f"/letters/{letter_id}/progress.json")
    assert (news["done"], news["state"]) == (True, "issued")


@pytest.mark.parametrize("page", ["approval", "withdrawal"])
def test_without_a_password_just_given_nothing_is_signed_or_taken_back(
    desk: Desk, page: str
) -> None:
    letter_id = desk.submitted() if page == "approval" else desk.issued()
    before = desk.letter(letter_id).state
    client = desk.client("signatory")
    path = f"/letters/{letter_id}/{page}"
    assert client.get(path).headers["Location"].startswith("/confirm")
    asked = client.post(path, {"seen": "0" * 64, "reason": "content"})
    assert asked.status_code == 401
    assert "Pastikan bahwa ini Anda" in asked.text
    assert desk.letter(letter_id).state == before
    tag = "letter:letter:approved" if page == "approval" else "letter:letter:withdrawn"
    assert last(desk, tag)["outcome"] == "refused"


def test_a_signatory_has_nothing_to_do_with_letters_laid_before_another(desk: Desk) -> None:
    letter_id = desk.submitted()
    stranger = another_signatory(desk)
    for page in ("", "/review", "/approval", "/return", "/withdrawal", "/file", "/progress"):
        assert stranger.get(f"/letters/{letter_id}{page}").status_code == 403, page
    for page, data in (
        ("/approval", {"seen": "0" * 64}),
        ("/return", {"reason": "content"}),
        ("/withdrawal", {"reason": "content"}),
        ("/retry", {}),
        ("/previews", {}),
    ):
        assert stranger.post(f"/letters/{letter_id}{page}", data).status_code == 403, page
    assert desk.letter(letter_id).state == "submitted"
    assert str(letter_id) not in stranger.get("/letters/queue").get_data(as_text=True)


@pytest.mark.parametrize("who", ["case-officer", "companion", "supervisor", "administrator"])
def test_nobody_but_a_signatory_approves(desk: Desk, who: str) -> None:
    letter_id = desk.submitted()
    client = desk.client(who)
    client.confirm()
    answer = client.post(f"/letters/{letter_id}/approval", {"seen": "0" * 64})
    assert answer.status_code == 403
    assert desk.letter(letter_id).state == "submitted"


def test_an_approval_is_of_what_was_read_and_of_no_other_letter(
    desk: Desk, signatory: Client
) -> None:
    one, other = desk.submitted(), desk.submitted(service_unit="Poli Psikologi")
    wrong = signatory.post(f"/letters/{one}/approval", {"seen": seen(signatory, other)})
    assert wrong.status_code == 409
    assert "berubah" in wrong.get_data(as_text=True)
    read = seen(signatory, one)
    with desk.rows_of(case_models.Need) as rows:
        rows[0].description = "Sesuatu yang lain"
    assert signatory.post(f"/letters/{one}/approval", {"seen": read}).status_code == 409
    assert signatory.post(f"/letters/{one}/approval", {}).status_code == 422
    assert signatory.post(f"/letters/{one}/approval", {"seen": read}, csrf=False).status_code == 400
    assert desk.letter(one).state == "submitted"
    assert last(desk, "letter:letter:approved")["outcome"] != "allowed"
    assert (
        signatory.post(f"/letters/{one}/approval", {"seen": seen(signatory, one)}).status_code
        == 303
    )


def test_two_clicks_approve_once(desk: Desk, signatory: Client) -> None:
    letter_id = desk.submitted()
    data = {"seen": seen(signatory, letter_id)}
    assert signatory.post(f"/letters/{letter_id}/approval", data).status_code == 303
    assert signatory.post(f"/letters/{letter_id}/approval", data).status_code == 409
    assert len([one for one in desk.rows() if one.object_id == letter_id]) == 1
    assert desk.letter(letter_id).sequence == 1


def test_a_number_is_made_void_on_the_page_and_keeps_its_reason(
    desk: Desk, signatory: Client
) -> None:
    letter_id = desk.approved()
    answer = signatory.post(f"/letters/{letter_id}/withdrawal", {"reason": "not-needed"})
    assert answer.status_code == 303
    letter = desk.letter(letter_id)
    assert (letter.state, letter.withdraw_reason) == ("voided", "not-needed")
    event = last(desk, "letter:number:voided")
    assert event["details"] == {"number": letter.number, "reason": "not-needed"}
    assert event["outcome"] == "allowed"
    page = signatory.get(f"/letters/{letter_id}").get_data(as_text=True)
    assert "Sudah tidak diperlukan" in page


def test_an_issued_letter_is_taken_back_on_the_page(desk: Desk, signatory: Client) -> None:
    letter_id = desk.issued()
    answer = signatory.post(f"/letters/{letter_id}/withdrawal", {"reason": "addressee"})
    assert answer.status_code == 303
    assert desk.letter(letter_id).state == "withdrawn"
    (event,) = desk.events("letter:letter:withdrawn", letter_id)
    assert (event["reason"], event["outcome"]) == ("addressee", "allowed")


def test_a_stopped_letter_says_why_to_both_who_wait_and_may_be_tried_again(desk: Desk) -> None:
    letter_id = desk.approved()
    desk.consent("hospital", [])
    desk.run(letter_id)
    for who in ("signatory", "case-officer"):
        client = desk.client(who)
        news = client.json(f"/letters/{letter_id}/progress.json")
        assert news["done"] is True
        assert "Persetujuan" in news["sentence"]
        assert str(letter_id) in client.get("/").get_data(as_text=True)
        page = client.get(f"/letters/{letter_id}").get_data(as_text=True)
        assert news["sentence"] in page
    assert desk.events("letter:job:parked", letter_id)[-1]["actor"] == str(
        desk.account("signatory")
    )
    desk.consent("hospital", ["identity", "clinical"])
    assert desk.client("case-officer").post(f"/letters/{letter_id}/retry").status_code == 303
    assert last(desk, "letter:job:retried")["actor"] == str(desk.account("case-officer"))
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "issued"
    assert desk.letter(letter_id).attempt == ATTEMPTS + 1


def test_only_a_stopped_letter_is_tried_again(desk: Desk) -> None:
    client = desk.client("case-officer")
    for letter_id in (desk.draft(), desk.approved(), desk.issued()):
        before = desk.letter(letter_id)
        assert client.post(f"/letters/{letter_id}/retry").status_code == 409
        assert desk.letter(letter_id).state == before.state


def test_a_letter_that_a_person_discards_meanwhile_cannot_be_approved(
    desk: Desk, signatory: Client
) -> None:
    letter_id = desk.submitted()
    read = seen(signatory, letter_id)
    with desk.acting("signatory"):
        service.give_back(service.find(letter_id), service.ReturnReason.CONTENT)
    with desk.acting("case-officer"):
        service.discard(service.find(letter_id))
    assert signatory.post(f"/letters/{letter_id}/approval", {"seen": read}).status_code in {
        403,
        409,
    }
    assert desk.letter(letter_id).number is None
