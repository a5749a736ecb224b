"""Documents of the office: the way of letters, about no case and on no page of a case's letters."""

from __future__ import annotations

import json
from io import BytesIO
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.documents import service
from app.documents.home import home_letters
from app.documents.models import Letter, LetterCounter
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.vault import DataKey
from tests.documents.desk import Desk
from tests.documents.offices import TEMPLATES, page_texts

KEY = "laporan_audit"


def given(**changed: str | None) -> dict[str, str | None]:
    """What a report says, from its sample."""
    sample = json.loads((TEMPLATES / KEY / "sample.json").read_text())["shortest"]
    values = {f"report.{leaf}": value for leaf, value in sample["values"]["report"].items()}
    return values | {f"report.{leaf}": value for leaf, value in changed.items()}


def signed(desk: Desk) -> UUID:
    """A report that an auditor has signed, not yet made."""
    with desk.acting("auditor"):
        return service.issue_office(KEY, given())


def test_a_report_is_numbered_signed_issued_and_verified_like_a_letter(desk: Desk) -> None:
    letter_id = signed(desk)
    desk.run(letter_id)
    letter = desk.letter(letter_id)
    assert (letter.state, letter.case_id) == ("issued", None), letter.failure
    with desk.acting("auditor"):
        file = service.fetch_office(service.find_office(letter_id))
    text = " ".join(" ".join(page_texts(file.pdf)).split())
    assert str(letter.number) in text
    assert "Ida Contoh" in text
    assert "LAPORAN PEMERIKSAAN CATATAN AKSES" in text
    page = desk.world.anonymous().post("/verify", {"file": (BytesIO(file.pdf), "laporan.pdf")})
    assert str(letter.number) in page.text
    assert "Auditor" in page.text
    (issued,) = desk.events("letter:letter:issued", letter_id)
    assert (issued["case"], issued["fields"]) == (None, [])


def test_it_is_sealed_under_a_key_of_its_own(desk: Desk) -> None:
    letter_id = signed(desk)
    with desk.world.as_system():
        assert db.session.get(DataKey, (desk.tenant_id, letter_id)) is not None
    desk.tamper("UPDATE data_key SET wrapped = NULL WHERE id = %s", letter_id)
    desk.run(letter_id)
    assert desk.letter(letter_id).failure == "unreadable"


@pytest.mark.parametrize("username", ["auditor", "signatory", "case-officer", "supervisor"])
def test_on_the_pages_of_letters_it_does_not_exist(desk: Desk, username: str) -> None:
    letter_id = signed(desk)
    client = desk.client(username)
    for page in ("", "/edit", "/progress", "/review", "/file", "/withdraw"):
        assert client.get(f"/letters/{letter_id}{page}").status_code in {403, 404}, page
    assert client.post(f"/letters/{letter_id}/withdraw", {"reason": "other"}).status_code == 404
    assert str(letter_id) not in client.get("/").text


def test_a_parked_report_is_on_no_ones_list_of_letters(desk: Desk) -> None:
    letter_id = signed(desk)
    desk.tamper("UPDATE letter SET state = 'parked' WHERE id = %s", letter_id)
    with desk.acting("auditor") as context:
        assert context.person is not None
        assert home_letters(context.person).unfinished == []
        assert service.waiting_for(context.person) == []


def test_it_is_not_offered_in_a_case_and_a_letter_is_no_report(desk: Desk) -> None:
    client = desk.client("case-officer")
    where = f"/cases/{desk.case_id}/letters/new"
    assert KEY not in client.get(where).text
    assert client.get(f"{where}/{KEY}").status_code == 404
    with desk.acting("case-officer"), pytest.raises(Missing):
        service.create(desk.case_id, KEY, desk.entry("surat_rujukan"))
    with desk.acting("signatory"), pytest.raises(Missing):
        service.issue_office("surat_rujukan", {})
    letter_id = desk.issued()
    with desk.acting("auditor"):
        with pytest.raises(Missing):
            service.find_office(letter_id)
        with pytest.raises(Conflict):
            service.fetch_office(service.find(letter_id))


@pytest.mark.parametrize("username", ["signatory", "case-officer", "external-auditor"])
def test_only_the_role_it_names_signs_it(desk: Desk, username: str) -> None:
    with desk.acting(username), pytest.raises(Refused):
        service.issue_office(KEY, given())


@pytest.mark.parametrize(
    ("changed", "leaf", "problem"),
    [
        ({"remarks": "Tertib \U0001f600"}, "remarks", "not-printable"),
        ({"remarks": "x" * 4001}, "remarks", "too-long"),
        ({"conclusion": None}, "conclusion", "required"),
        ({"since": "kemarin"}, "since", "too-long|no-date"),
    ],
)
def test_what_cannot_be_printed_takes_no_number(
    desk: Desk, changed: dict[str, str | None], leaf: str, problem: str
) -> None:
    with desk.acting("auditor"):
        with pytest.raises(Invalid) as refused:
            service.issue_office(KEY, given(**changed))
        assert refused.value.field == leaf
        assert refused.value.reason in problem
        assert db.session.scalar(select(func.count()).select_from(LetterCounter)) == 0
        assert db.session.scalar(select(func.count()).select_from(Letter)) == 0


def test_whoever_may_no_longer_sign_stops_it_before_it_is_issued(desk: Desk) -> None:
    letter_id = signed(desk)
    desk.tamper("UPDATE account SET active = false WHERE username = 'auditor'")
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "parked"
    desk.tamper("UPDATE account SET active = true WHERE username = 'auditor'")


def test_what_it_said_is_read_from_what_was_signed(desk: Desk) -> None:
    letter_id = signed(desk)
    with desk.acting("auditor"):
        said = service.said(service.find_office(letter_id))
    assert said["report"]["conclusion"] == "Tertib"
