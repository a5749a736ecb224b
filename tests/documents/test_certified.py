"""Certified copies: marked, numbered, for one recipient, verifiable as what they are."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import text

from app.documents import service
from app.documents.models import LetterCopy
from tenants.database import db
from tenants.errors import Conflict, Invalid, Refused
from tests.documents.desk import COURT, Desk
from tests.documents.offices import page_texts
from workers import boundary, documents

RECIPIENT = "Pengadilan Penanda Contoh"
ASKED = {"to": "court", "court": RECIPIENT, "request": "Nomor 7/Contoh"}


def test_a_copy_is_marked_numbered_recorded_and_verifies_as_a_copy(desk: Desk) -> None:
    letter_id = desk.issued()
    signatory, officer = desk.client("signatory"), desk.client("case-officer")
    path = f"/letters/{letter_id}/copies"
    assert officer.get(path).status_code == 403
    assert signatory.get(path).status_code == 302  # a password is asked first
    signatory.confirm()
    assert signatory.get(path).status_code == 200
    for wrong in (
        {"to": ""},
        {"court": ""},
        {"court": "x" * 151},
        {"court": "\u4e2d"},
        {"request": ""},
        {"to": "siapa saja"},
        {"to": str(desk.places["religious_affairs"])},  # nothing of the case may go there
    ):
        assert signatory.post(path, {**ASKED, **wrong}).status_code == 422, wrong
    assert signatory.post(path, ASKED).status_code == 303
    with desk.rows_of(LetterCopy) as copies:
        (copy_id,) = [one.id for one in copies]
    assert officer.get(f"{path}/{copy_id}/file").status_code == 409  # not made yet
    boundary.use(desk.worker_app)
    for _ in range(2):  # the job may run twice
        documents.copy_letter(str(desk.tenant_id), str(copy_id))
    answer = officer.get(f"{path}/{copy_id}/file")
    assert answer.status_code == 200
    said = "\n".join(page_texts(answer.data))
    for part in (
        "SALINAN ke-1",
        RECIPIENT,
        "atas permintaan Nomor 7/Contoh",
        "Sesuai dengan aslinya",
        "Fitri Contoh",
    ):
        assert part in said, part
    assert "belum ditandatangani" not in said
    assert answer.data != desk.pdf(letter_id)
    page = officer.get(f"/letters/{letter_id}").text
    assert RECIPIENT in page.split("<main")[1]
    assert "Salinan ke-1" in page
    assert f"{path}/{copy_id}/file" in page

    public = desk.world.anonymous()
    file = {"file": (BytesIO(answer.data), "a.pdf")}
    verdict = public.post("/verify", file, content_type="multipart/form-data").text
    assert str(desk.letter(letter_id).number) in verdict
    assert "salinan" in verdict
    assert RECIPIENT not in verdict
    changed = {"file": (BytesIO(answer.data + b"%"), "a.pdf")}
    verdict = public.post("/verify", changed, content_type="multipart/form-data").text
    assert "salinan" not in verdict

    tags = [event["tag"] for event in desk.world.events() if ":copy:" in event["tag"]]
    assert tags.count("letter:copy:made") == 1
    assert RECIPIENT not in repr(desk.world.events())
    with desk.world.as_system():
        row = db.session.scalar(text("SELECT c::text FROM letter_copy c"))
    assert "Penanda" not in str(row)
    with pytest.raises(Exception, match="kept as it is"), desk.world.as_system():
        db.session.execute(text("UPDATE letter_copy SET number = 7"))


def test_copies_are_counted_and_only_of_a_letter_that_holds(desk: Desk) -> None:
    letter_id = desk.issued()
    desk.copied(letter_id)
    desk.copied(letter_id, service.Wanted("survivor"))
    with desk.rows_of(LetterCopy) as copies:
        assert sorted(one.number for one in copies) == [1, 2]
    with desk.acting("signatory"):
        service.withdraw(service.find(letter_id), service.WithdrawReason.CONTENT)
    with pytest.raises(Conflict, match="letter-state"):
        desk.copied(letter_id)
    with pytest.raises(Conflict, match="letter-state"):
        desk.copied(desk.submitted())
    with pytest.raises(Invalid):
        desk.copied(desk.issued(), service.Wanted("court", "  ", "  "))


def test_an_organisation_gets_a_copy_only_while_her_consent_covers_all_of_it(desk: Desk) -> None:
    letter_id, hospital = desk.issued(), service.Wanted(str(desk.places["hospital"]))
    legal_aid = service.Wanted(str(desk.places["legal_aid"]))
    signatory = desk.client("signatory")
    signatory.confirm()
    with pytest.raises(Refused, match="copy-no-consent"):
        desk.copied(letter_id, legal_aid)
    desk.consent("legal_aid", ["contact"])  # some of it is not all of it
    with pytest.raises(Refused, match="copy-no-consent"):
        desk.copied(letter_id, legal_aid)
    page = signatory.get(f"/letters/{letter_id}/copies").text
    assert (hospital.to in page, legal_aid.to in page) == (True, False)
    desk.copied(letter_id, hospital)
    with desk.acting("signatory"):
        waiting = service.certify_copy(service.find(letter_id), hospital)
    desk.consent("hospital", [])
    boundary.use(desk.worker_app)
    documents.copy_letter(str(desk.tenant_id), str(waiting))  # asked for while it was allowed
    with desk.rows_of(LetterCopy) as copies:
        found = {one.number: (one.ground, one.pdf is not None, one.failure) for one in copies}
    assert found == {1: ("consent", True, None), 2: ("consent", False, "no-consent")}
    with pytest.raises(Refused, match="copy-no-consent"):
        desk.copied(letter_id, hospital)
    certified = [one["details"] for one in desk.events("letter:copy:certified", letter_id)]
    assert {(one["ground"], one["organisation"]) for one in certified} == {
        ("consent", desk.places["hospital"].hex)
    }


def test_no_copy_is_made_of_a_withdrawn_letter_or_by_whoever_signs_for_another_only(
    desk: Desk,
) -> None:
    letter_id, other = desk.issued(), desk.issued()
    with desk.acting("signatory"):
        copy_id = service.certify_copy(service.find(letter_id), COURT)
        service.withdraw(service.find(letter_id), service.WithdrawReason.CONTENT)
    boundary.use(desk.worker_app)
    documents.copy_letter(str(desk.tenant_id), str(copy_id))
    with desk.rows_of(LetterCopy) as (copy,):
        assert (copy.ready_at, copy.failure) == (None, "not-allowed")
    with pytest.raises(Conflict, match="letter-state"), desk.acting("signatory"):
        service.retry_copy(copy)
    desk.delegated()
    with pytest.raises(Conflict, match="delegation-needed"):
        desk.copied(other)
    with pytest.raises(Conflict, match="delegation-needed"), desk.acting("signatory"):
        service.issue_office("laporan_agregat", {})
