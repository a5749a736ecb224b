"""Several who sign one letter: in order, the same content, each exactly once in one PDF."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec
from sqlalchemy import text

from app.documents import certificates, chain, service
from app.documents import sign as signing
from app.documents.sign import HeldIdentity, Signature, sign_in_turn
from app.documents.verify import Reason, Verdict, verify
from tenants.database import db
from tenants.errors import Conflict, Invalid, Refused
from tests.documents.desk import Desk
from tests.documents.offices import SIGNED_AT, START, OfficeChain, page_texts

KEY = "notulen_konferensi_kasus"


def other_officer(office: OfficeChain) -> HeldIdentity:
    made = chain.make_officer(
        office.issuer, "Dinas Contoh", name="Dewi Contoh", title="Notulis", not_before=START
    )
    above = [office.issuer.certificate, office.root.certificate]
    return HeldIdentity(made.certificate, made.private_key, above)


@pytest.fixture(scope="module")
def minutes(unsigned_letter: bytes, office_chain: OfficeChain) -> bytes:
    """A letter signed by two."""
    signatures = [
        Signature(other_officer(office_chain), SIGNED_AT),
        Signature(office_chain.identity(), SIGNED_AT),
    ]
    return sign_in_turn(unsigned_letter, signatures, reason="Penerbitan", location="Contoh")


def judged(pdf: bytes, office: OfficeChain, signers: int = 2) -> Verdict:
    anchors = [office.root.certificate]
    return verify(pdf, trust_anchors=anchors, expected_sha256=None, at=SIGNED_AT, signers=signers)


def test_the_first_certifies_the_last_locks_and_both_hold(
    minutes: bytes, unsigned_letter: bytes, office_chain: OfficeChain
) -> None:
    verdict = judged(minutes, office_chain)
    assert verdict.valid, verdict.reasons
    assert verdict.signer_title == "Kepala Dinas"
    assert minutes.startswith(unsigned_letter)
    first, last = PdfFileReader(BytesIO(minutes)).embedded_signatures
    assert (first.docmdp_level.value, last.docmdp_level.value) == (2, 1)
    assert last.fieldmdp.action.value == "/All"
    assert (
        'pdfaid:conformance="A"' in PdfFileReader(BytesIO(minutes)).root["/Metadata"].data.decode()
    )


def test_what_is_done_to_it_afterwards_or_left_out_is_noticed(
    minutes: bytes, signed_letter: bytes, office_chain: OfficeChain
) -> None:
    ends = [found.end() for found in re.finditer(rb"%%EOF\r?\n?", minutes)]
    one_missing = minutes[: ends[-2]]  # the file as it was before the last signature
    assert judged(one_missing, office_chain).reasons == (Reason.SEVERAL_SIGNATURES,)
    assert not judged(one_missing, office_chain, 1).valid  # nor does it pass for a letter of one
    assert judged(signed_letter, office_chain).reasons == (Reason.SEVERAL_SIGNATURES,)
    assert judged(minutes, office_chain, 1).reasons == (Reason.SEVERAL_SIGNATURES,)
    assert not judged(minutes + b"\n% tambahan\n", office_chain).valid

    writer = IncrementalPdfFileWriter(BytesIO(minutes))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(90)
    writer.update_container(page)
    saved = BytesIO()
    writer.write(saved)
    assert not judged(saved.getvalue(), office_chain).valid


def test_a_last_signature_that_locks_nothing_is_not_accepted(
    unsigned_letter: bytes, office_chain: OfficeChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fields could be filled in afterwards: whoever made such a file, it is none of this office."""
    make = signing.append_signature_field

    def unlocked(writer: IncrementalPdfFileWriter, field: SigFieldSpec) -> None:
        make(writer, SigFieldSpec(field.sig_field_name))

    monkeypatch.setattr(signing, "append_signature_field", unlocked)
    signatures = [
        Signature(other_officer(office_chain), SIGNED_AT),
        Signature(office_chain.identity(), SIGNED_AT),
    ]
    pdf = sign_in_turn(unsigned_letter, signatures, reason="Penerbitan", location="Contoh")
    assert judged(pdf, office_chain).reasons == (Reason.NOT_CERTIFIED,)


def test_minutes_are_signed_in_turn_and_issued_once_with_both_signatures(desk: Desk) -> None:
    letter_id = desk.submitted(KEY)
    with pytest.raises(Refused):  # the chair signs after the note-taker
        desk.cosign(letter_id, "signatory")
    desk.cosign(letter_id, "companion")
    letter = desk.letter(letter_id)
    assert (letter.state, letter.sequence, desk.rows()[0].object_id != letter_id) == (
        "signing",
        1,
        True,
    )
    with pytest.raises(Conflict, match="not-your-turn"):
        desk.cosign(letter_id, "companion")
    with pytest.raises(Conflict, match="letter-changed"), desk.acting("signatory"):
        service.cosign(service.find(letter_id), "0" * 64)
    desk.cosign(letter_id, "signatory")
    assert desk.letter(letter_id).state == "queued"

    # Whatever dies on the way: an attempt that never came to its end, and a job run twice.
    assert desk.claim(letter_id) == 1
    desk.run(letter_id)
    issued = desk.letter(letter_id)
    assert issued.state == "issued", issued.failure
    desk.run(letter_id)
    assert desk.letter(letter_id).sha256 == issued.sha256
    pdf = desk.pdf(letter_id)
    titles = [
        one.signer_cert.subject.native["title"]
        for one in PdfFileReader(BytesIO(pdf)).embedded_signatures
    ]
    assert titles == ["Notulis", "Kepala Dinas"]
    text_of = "\n".join(page_texts(pdf))
    assert "Notulis," in text_of
    assert "Dewi Contoh" in text_of
    assert len(desk.events("letter:letter:issued", letter_id)) == 1
    with desk.acting("signatory"):
        anchor = certificates.anchor()
    sha = issued.sha256.hex() if issued.sha256 else ""
    verdict = verify(pdf, trust_anchors=[anchor], expected_sha256=sha, signers=2)
    assert verdict.valid, verdict.reasons
    public = desk.world.anonymous()
    page = public.post(
        "/verify", {"file": (BytesIO(pdf), "a.pdf")}, content_type="multipart/form-data"
    )
    assert "asli" in page.text
    statement = "UPDATE letter_signer SET signed_at = now() WHERE letter_id = :id"
    with pytest.raises(Exception, match="kept as it is"), desk.world.as_system():
        db.session.execute(text(statement), {"id": letter_id})


def test_a_signature_of_another_content_is_put_into_no_letter(desk: Desk) -> None:
    letter_id = desk.approved(KEY)
    desk.tamper(
        "UPDATE letter_signer SET signed_hash = %s WHERE letter_id = %s AND position = 1",
        b"\0" * 32,
        letter_id,
    )
    desk.run(letter_id)
    letter = desk.letter(letter_id)
    assert (letter.state, letter.failure) == ("parked", "snapshot-altered")


def test_a_frozen_letter_that_is_not_signed_to_the_end_keeps_its_number_as_void(
    desk: Desk,
) -> None:
    letter_id = desk.submitted(KEY)
    desk.cosign(letter_id, "companion")
    with desk.acting("signatory"):
        service.withdraw(service.find(letter_id), service.WithdrawReason.CONTENT)
    letter = desk.letter(letter_id)
    assert (letter.state, letter.number is not None, letter.withdraw_reason) == (
        "voided",
        True,
        "content",
    )


def test_whoever_was_taken_off_the_team_signs_no_more(desk: Desk) -> None:
    first, second = desk.submitted(KEY), desk.submitted(KEY)
    desk.cosign(second, "companion")
    officer = desk.account("case-officer")
    desk.tamper(
        "UPDATE letter_signer SET account_id = %s WHERE letter_id = %s AND signed_at IS NULL",
        officer,
        second,
    )
    desk.tamper("UPDATE team_member SET released_at = now() WHERE case_id = %s", desk.case_id)
    with pytest.raises(Refused):
        desk.cosign(first, "companion")
    digest = desk.letter(second).snapshot_hash
    with pytest.raises(Refused, match="no-permission"), desk.acting("case-officer"):
        service.cosign(service.find(second), digest.hex() if digest else "")
    assert [desk.letter(one).state for one in (first, second)] == ["submitted", "signing"]
    assert desk.client("companion").get(f"/letters/{first}/signature").status_code == 403


def test_who_signs_is_of_the_team_and_nobody_signs_twice(desk: Desk) -> None:
    letter_id = desk.draft(KEY)
    signatory, companion = desk.account("signatory"), desk.account("companion")
    wrong: list[tuple[list[Any], str]] = [
        ([], "required"),
        ([signatory], "twice"),
        ([desk.account("case-officer-2")], "unknown"),
        ([uuid4()], "unknown"),
        ([companion, desk.account("case-officer")], "required"),
    ]
    for chosen, reason in wrong:
        with pytest.raises(Invalid) as refusal, desk.acting("case-officer"):
            service.submit(service.find(letter_id), signatory, cosigners=chosen)
        assert (refusal.value.field, refusal.value.reason) == ("cosigners", reason)
    assert desk.letter(letter_id).state == "draft"


def test_each_signs_on_the_page_of_the_letter_when_it_is_their_turn(desk: Desk) -> None:
    letter_id, officer = desk.draft(KEY), desk.client("case-officer")
    chosen = {
        "signatory": str(desk.account("signatory")),
        "cosigner_1": str(desk.account("companion")),
    }
    assert "Notulis" in officer.get(f"/letters/{letter_id}").text
    assert officer.post(f"/letters/{letter_id}/submit", chosen).status_code == 303
    path = f"/letters/{letter_id}/signature"
    assert officer.get(path).status_code == 403  # of the team, and not among those who sign
    for username, state in (("companion", "signing"), ("signatory", "queued")):
        client = desk.client(username)
        assert str(letter_id) in client.get("/letters/queue").text
        assert client.get(path).status_code == 302
        client.confirm()
        page = client.get(path).text
        assert "Pendampingan dilanjutkan" in page
        found = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)
        assert found is not None
        assert client.post(path, {"seen": "0" * 64}).status_code == 409
        assert client.post(path, {"seen": found[1]}).status_code == 303
        assert desk.letter(letter_id).state == state
        assert client.post(path, {"seen": found[1]}).status_code == 409
