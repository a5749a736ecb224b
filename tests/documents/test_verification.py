"""The verification page: about the letter, to anyone; about the case, to nobody."""

from __future__ import annotations

import json
import tempfile
from io import BytesIO
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from sqlalchemy import create_engine, text

from app.documents import service, verification
from app.documents.states import Proof
from app.documents.token import new_token, token_hash
from app.documents.views.checking import MAX_FILE_BYTES
from app.local.postgres import Postgres
from tests.documents.desk import NAME, NEED, REPORT, Desk, open_desk
from tests.world import CONTOH, Client

REAL = "Surat ini asli dan berlaku"
UNKNOWN = "Instansi ini tidak mengenal surat ini"
NOT_OURS = "Berkas ini bukan surat instansi ini"


def said(desk: Desk, path: str, tenant: str | None = None) -> str:
    """The words of the page, for nobody in particular."""
    return desk.world.anonymous(tenant or desk.tenant).get(path).get_data(as_text=True)


def upload(client: Client, pdf: bytes, token: str = "", **options: Any) -> Any:
    """Send a file as a browser does, without werkzeug's own temporary file on the way."""
    head = 'Content-Disposition: form-data; name="{}"'
    parts = (
        (head.format("csrf_token"), client.csrf_token().encode()),
        (head.format("token"), token.encode()),
        (head.format("file") + '; filename="surat.pdf"\r\nContent-Type: application/pdf', pdf),
    )
    body = b"".join(
        b"--frame\r\n" + name.encode() + b"\r\n\r\n" + value + b"\r\n" for name, value in parts
    )
    return client.flask.post(
        "/verify",
        base_url=client.base,
        data=body + b"--frame--\r\n",
        content_type="multipart/form-data; boundary=frame",
        **options,
    )


def later_save(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(90)
    writer.update_container(page)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def test_the_code_on_a_letter_leads_to_its_number_date_signer_and_hash(desk: Desk) -> None:
    letter_id = desk.issued()
    letter = desk.letter(letter_id)
    page = said(desk, desk.verification_path(letter_id))
    assert REAL in page
    assert letter.number is not None
    assert letter.number in page
    assert "Kepala Dinas" in page
    assert letter.sha256 is not None
    assert letter.sha256.hex()[:8] in page
    assert "BSrE" in page  # to say that it is none


@pytest.mark.parametrize("kind", ["surat_rujukan", "permohonan_visum", "notulen_mediasi"])
def test_the_page_tells_nothing_about_the_case(desk: Desk, kind: str) -> None:
    letter_id = desk.issued(kind)
    client = desk.world.anonymous()
    pages = [
        client.get(desk.verification_path(letter_id)).get_data(as_text=True),
        upload(client, desk.pdf(letter_id)).get_data(as_text=True),
    ]
    with desk.acting("case-officer"):
        title = service.document_type(kind).title["id"]
    for page in pages:
        assert REAL in page
        for word in (
            *NAME.split(), NEED, REPORT, "RSUD Bangil", "Kepolisian", title, "Rujukan", "Visum",
            "Mediasi", "0343-000000", str(desk.case_id), str(letter_id), "Rahasia",
        ):  # fmt: skip
            assert word not in page, word


def test_a_letter_taken_back_is_shown_as_withdrawn(desk: Desk) -> None:
    letter_id = desk.issued()
    with desk.acting("signatory"):
        service.withdraw(service.find(letter_id), service.WithdrawReason.CONSENT)
    page = said(desk, desk.verification_path(letter_id))
    assert "Surat ini sudah dicabut" in page
    assert REAL not in page
    assert "persetujuan" not in page.lower()  # the reason is about the case
    answer = upload(desk.world.anonymous(), desk.pdf(letter_id)).get_data(as_text=True)
    assert "Surat ini sudah dicabut" in answer


def test_a_replaced_letter_names_the_one_that_replaces_it(desk: Desk) -> None:
    old = desk.issued()
    path = desk.verification_path(old)
    with desk.acting("case-officer"):
        new = service.replace(service.find(old)).id
        service.submit(service.find(new), desk.account("signatory"))
    desk.approve(new)
    assert REAL in said(desk, path)  # until the new one is issued
    desk.run(new)
    page = said(desk, path)
    assert REAL not in page
    assert str(desk.letter(new).number) in page
    assert REAL in said(desk, desk.verification_path(new))


def test_what_was_never_issued_is_unknown(desk: Desk) -> None:
    letter_id = desk.approved()
    token = new_token()
    for state in ("queued", "rendering", "parked", "voided"):
        kept = token_hash(token)
        desk.tamper("UPDATE letter SET state = %s, verification_hash = %s", state, kept)
        assert UNKNOWN in said(desk, f"/verify/{token}")
        assert desk.letter(letter_id).state == state


def test_another_agencys_letter_is_unknown_like_one_that_does_not_exist(
    desk: Desk, postgres: Postgres
) -> None:
    path = desk.verification_path(desk.issued())
    assert REAL in said(desk, path)
    answers = []
    for asked in (path, f"/verify/{new_token()}", "/verify/x"):
        response = desk.world.anonymous(CONTOH).get(asked)
        body = response.get_data(as_text=True)
        answers.append((response.status_code, body.count("\n"), UNKNOWN in body))
    assert set(answers) == {(200, answers[0][1], True)}
    with open_desk(desk.world, postgres, CONTOH) as other:
        answer = upload(desk.world.anonymous(), other.pdf(other.issued()))
    assert NOT_OURS in answer.get_data(as_text=True)


def test_the_issued_file_is_real_and_any_other_is_not(desk: Desk) -> None:
    pdf = desk.pdf(desk.issued())
    client = desk.world.anonymous()
    assert REAL in upload(client, pdf).get_data(as_text=True)
    changed = bytearray(pdf)
    changed[len(pdf) // 2] ^= 1
    for forged in (bytes(changed), pdf + b"\n", later_save(pdf), pdf[:-1], b"%PDF-1.7", b"x"):
        page = upload(client, forged).get_data(as_text=True)
        assert NOT_OURS in page
        assert REAL not in page


def test_the_file_of_another_letter_than_the_scanned_one_is_named_so(desk: Desk) -> None:
    first, second = desk.issued(), desk.issued("permohonan_visum")
    path, pdf = desk.verification_path(first), desk.pdf(second)
    client = desk.world.anonymous()
    token = path.rsplit("/", 1)[-1]
    assert f'value="{token}"' in client.get(path).get_data(as_text=True)
    other = upload(client, pdf, token=token).get_data(as_text=True)
    assert "Berkas ini surat lain" in other
    assert REAL not in other
    assert REAL in upload(client, desk.pdf(first), token=token).get_data(as_text=True)
    assert REAL in upload(client, pdf).get_data(as_text=True)


def test_a_strangers_file_is_not_even_parsed(desk: Desk) -> None:
    with desk.world.as_system():
        found = verification.check_file(b"%PDF-1.7 a bomb")
    assert found.proof is Proof.UNKNOWN
    assert found.reasons == (verification.Reason.DIGEST_DIFFERS,)


def test_an_upload_is_bounded_and_never_touches_a_disk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    client = desk.world.anonymous()
    assert upload(client, b"x" * (MAX_FILE_BYTES - 1)).status_code == 200
    assert upload(client, b"x" * (MAX_FILE_BYTES + 1)).status_code == 413
    assert upload(client, b"x" * (2 * MAX_FILE_BYTES)).status_code == 413
    assert client.post("/verify", {}).status_code == 422


def test_nothing_of_the_page_is_kept_by_a_browser_or_a_search_engine(desk: Desk) -> None:
    response = desk.world.anonymous().get(desk.verification_path(desk.issued()))
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_every_look_is_recorded_without_the_code(desk: Desk) -> None:
    path = desk.verification_path(desk.issued())
    said(desk, path)
    said(desk, f"/verify/{new_token()}")
    upload(desk.world.anonymous(), b"x")
    events = desk.events("letter:verification:viewed")
    assert [one["details"]["result"] for one in events] == ["valid", "unknown", "unknown"]
    assert path.rsplit("/", 1)[1] not in json.dumps(events)


def test_one_address_looks_so_often_a_minute_and_no_more(desk: Desk) -> None:
    client, path = desk.world.anonymous(), desk.verification_path(desk.issued())
    here = {"REMOTE_ADDR": "192.0.2.1"}
    for _ in range(verification.LIMIT):
        assert client.get(path, environ_overrides=here).status_code == 200
    refused = client.get(path, environ_overrides=here)
    assert refused.status_code == 429
    assert REAL not in refused.get_data(as_text=True)
    assert upload(client, b"x", environ_overrides=here).status_code == 429
    assert client.get(path, environ_overrides={"REMOTE_ADDR": "192.0.2.2"}).status_code == 200
    assert desk.events("letter:verification:viewed")[-2]["outcome"] != "allowed"


def test_a_letter_of_a_destroyed_case_still_verifies(desk: Desk) -> None:
    letter_id = desk.issued()
    path, pdf = desk.verification_path(letter_id), desk.pdf(letter_id)
    owner = create_engine(desk.world.settings["MIGRATION_DATABASE_URL"])
    with owner.begin() as connection:
        connection.execute(text("UPDATE data_key SET wrapped = NULL, destroyed_at = now()"))
    owner.dispose()
    assert REAL in said(desk, path)
    assert REAL in upload(desk.world.anonymous(), pdf).get_data(as_text=True)
