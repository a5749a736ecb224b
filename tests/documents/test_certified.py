"""Certified copies: marked, numbered, for one recipient, verifiable as what they are."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import text

from app.documents import service
from app.documents.models import LetterCopy
from tenants.database import db
from tenants.errors import Conflict, Invalid
from tests.documents.desk import Desk
from tests.documents.offices import page_texts
from workers import boundary, documents

RECIPIENT = "Panitera Penanda Contoh"


def test_a_copy_is_marked_numbered_recorded_and_verifies_as_a_copy(desk: Desk) -> None:
    letter_id = desk.issued()
    signatory, officer = desk.client("signatory"), desk.client("case-officer")
    path = f"/letters/{letter_id}/copies"
    assert officer.get(path).status_code == 403
    assert signatory.get(path).status_code == 302  # a password is asked first
    signatory.confirm()
    assert signatory.get(path).status_code == 200
    assert signatory.post(path, {"recipient": ""}).status_code == 422
    assert signatory.post(path, {"recipient": "x" * 151}).status_code == 422
    assert signatory.post(path, {"recipient": "\u4e2d"}).status_code == 422
    assert signatory.post(path, {"recipient": RECIPIENT}).status_code == 303
    with desk.rows_of(LetterCopy) as copies:
        (copy_id,) = [one.id for one in copies]
    assert officer.get(f"{path}/{copy_id}/file").status_code == 409  # not made yet
    boundary.use(desk.worker_app)
    for _ in range(2):  # the job may run twice
        documents.copy_letter(str(desk.tenant_id), str(copy_id))
    answer = officer.get(f"{path}/{copy_id}/file")
    assert answer.status_code == 200
    said = "\n".join(page_texts(answer.data))
    for part in ("SALINAN ke-1", RECIPIENT, "Sesuai dengan aslinya", "Fitri Contoh"):
        assert part in said, part
    assert "belum ditandatangani" not in said
    assert answer.data != desk.pdf(letter_id)
    page = officer.get(f"/letters/{letter_id}").text
    assert RECIPIENT in page

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
    desk.copied(letter_id, "Kantor Lain Contoh")
    with desk.rows_of(LetterCopy) as copies:
        assert sorted(one.number for one in copies) == [1, 2]
    with desk.acting("signatory"):
        service.withdraw(service.find(letter_id), service.WithdrawReason.CONTENT)
    with pytest.raises(Conflict, match="letter-state"):
        desk.copied(letter_id)
    with pytest.raises(Conflict, match="letter-state"):
        desk.copied(desk.submitted())
    with pytest.raises(Invalid):
        desk.copied(desk.issued(), "  ")


def test_no_copy_is_made_of_a_withdrawn_letter_or_by_whoever_signs_for_another_only(
    desk: Desk,
) -> None:
    letter_id, other = desk.issued(), desk.issued()
    with desk.acting("signatory"):
        copy_id = service.certify_copy(service.find(letter_id), RECIPIENT)
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
