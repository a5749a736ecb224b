"""PAdES B-T with an authority on this machine; certificates watched and revoked."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import text

from app.config import SettingsError, from_environment
from app.documents import certificates, service
from app.documents.errors import SigningError
from app.documents.sign import sign
from app.documents.time_stamps import TimeStampAuthority
from app.documents.verify import Reason, verify
from tenants.database import db
from tests.documents import authority
from tests.documents.desk import Desk
from tests.documents.offices import SIGNED_AT, OfficeChain

NOWHERE = "http://127.0.0.1:9/"


def is_stamped(pdf: bytes) -> bool:
    """Whether the one signature of a file carries a time stamp."""
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    attributes = signature.signer_info["unsigned_attrs"]
    return any(one["type"].native == "signature_time_stamp_token" for one in attributes)


def stamped(pdf: bytes, office: OfficeChain, url: str, anchors: list[bytes]) -> bytes:
    """Sign a letter with a time stamp of the authority at an address."""
    return sign(
        pdf,
        office.identity(),
        reason="Penerbitan",
        location="Contoh",
        at=SIGNED_AT,
        timestamper=TimeStampAuthority(url, anchors),
    )


def test_a_time_stamp_is_trusted_from_its_own_anchor_and_from_no_other(
    unsigned_letter: bytes, office_chain: OfficeChain
) -> None:
    with authority.running() as stamps:
        pdf = stamped(unsigned_letter, office_chain, stamps.url, [stamps.certificate])
    assert is_stamped(pdf)
    anchors = [office_chain.root.certificate]

    def judged(times: list[bytes]) -> tuple[bool, tuple[Reason, ...]]:
        found = verify(
            pdf, trust_anchors=anchors, expected_sha256=None, at=SIGNED_AT, timestamp_anchors=times
        )
        return found.valid, found.reasons

    assert judged([stamps.certificate]) == (True, ())
    assert not judged([])[0]
    assert not judged(anchors)[0]
    # An authority for time is none for letters.
    other = verify(
        pdf, trust_anchors=[stamps.certificate], expected_sha256=None, at=SIGNED_AT,
        timestamp_anchors=[stamps.certificate],
    )  # fmt: skip
    assert Reason.SIGNER_NOT_TRUSTED in other.reasons


def test_what_an_authority_answers_is_checked_before_it_goes_into_a_letter(
    unsigned_letter: bytes, office_chain: OfficeChain
) -> None:
    def refused(url: str, anchors: list[bytes]) -> str:
        with pytest.raises(SigningError) as refusal:
            stamped(unsigned_letter, office_chain, url, anchors)
        return refusal.value.code

    with authority.running() as stamps:
        for wrong in (
            "leads elsewhere",
            "another imprint",
            "another nonce",
            "altered",
            "too long",
            "no token",
        ):
            stamps.manner.wrong = wrong
            assert refused(stamps.url, [stamps.certificate]) == "timestamp-refused", wrong
        stamps.manner.wrong = ""
        for anchors in ([], [office_chain.root.certificate]):  # not the one that is configured
            assert refused(stamps.url, anchors) == "timestamp-refused"
    assert refused(NOWHERE, []) == "timestamp-unavailable"


def test_letters_are_issued_with_a_time_stamp_where_the_operator_has_an_authority(
    desk: Desk, tmp_path: Path
) -> None:
    letter_id = desk.approved()
    anchor = tmp_path / "authority.pem"

    def ask(url: str) -> None:
        for app in (desk.worker_app, desk.world.app):
            usual = app.extensions["settings"]
            app.extensions["settings"] = replace(usual, timestamp_url=url, timestamp_anchor=anchor)
        desk.run(letter_id)

    with authority.running() as stamps:
        anchor.write_bytes(stamps.pem)
        for url, wrong, *halt in (
            (NOWHERE, "", "queued", "timestamp-unavailable"),
            (stamps.url, "altered", "parked", "timestamp-refused"),
        ):
            stamps.manner.wrong = wrong
            ask(url)
            letter = desk.letter(letter_id)
            assert [letter.state, letter.failure] == halt
            said = desk.client("signatory").get(f"/letters/{letter_id}/progress").text
            assert "penanda waktu" in said
        stamps.manner.wrong = ""
        with desk.acting("signatory"):
            service.retry(service.find(letter_id))
        ask(stamps.url)
    assert desk.letter(letter_id).state == "issued", desk.letter(letter_id).failure
    pdf = desk.pdf(letter_id)
    assert is_stamped(pdf)
    page = desk.world.anonymous().post(
        "/verify", {"file": (BytesIO(pdf), "a.pdf")}, content_type="multipart/form-data"
    )
    assert "asli dan berlaku" in page.text


def test_an_authority_without_its_anchor_is_refused_at_the_start(desk: Desk) -> None:
    with pytest.raises(SettingsError, match="TIMESTAMP_ANCHOR"):
        from_environment({**desk.world.settings, "TIMESTAMP_URL": NOWHERE})


def test_a_revoked_certificate_signs_nothing_and_older_letters_say_so(desk: Desk) -> None:
    issued, waiting = desk.issued(), desk.approved()
    public = desk.world.anonymous()
    path = desk.verification_path(issued)
    assert "Dicabut" not in public.get(path).text
    first = desk.letter(issued).certificate_id
    administrator = desk.client("administrator")
    assert "Fitri Contoh" in administrator.get("/certificates").text
    where = f"/certificates/{first}/revocation"
    assert administrator.post(where, {"reason": "left"}).status_code == 401
    administrator.confirm()
    assert administrator.get(where).status_code == 200
    assert administrator.post(where, {"reason": "x"}).status_code == 422
    assert administrator.post(where, {"reason": "compromised"}).status_code == 303
    assert administrator.post(where, {"reason": "left"}).status_code == 409

    page = public.get(path).text
    assert "asli dan berlaku" in page
    assert "Dicabut" in page
    desk.run(waiting)
    assert desk.letter(waiting).state == "parked"
    renewed = desk.issued()
    assert desk.letter(renewed).certificate_id != first
    assert "Dicabut" not in public.get(desk.verification_path(renewed)).text
    undo = text("UPDATE signing_certificate SET revoked_at = NULL WHERE revoked_at IS NOT NULL")
    with pytest.raises(Exception, match="kept as it is"), desk.world.as_system():
        db.session.execute(undo)


def test_the_office_s_own_certificates_are_watched(desk: Desk) -> None:
    with desk.job():
        assert certificates.watch() == 0
    desk.tamper("UPDATE signing_certificate SET not_after = now() + interval '1 year'"
                " WHERE kind = 'issuing'")  # fmt: skip
    with desk.job():
        assert certificates.watch() == 1
    assert "operator" in desk.client("administrator").get("/certificates").text.lower()
