"""Signed letters are accepted by two programs, and nothing done to them afterwards is."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from app.documents import chain
from app.documents.errors import SigningError
from app.documents.sign import HeldIdentity, sign
from app.documents.verify import MAX_PDF_BYTES, Reason, Verdict, verify
from tests.documents.offices import SIGNED_AT, OfficeChain

Judge = Callable[..., Verdict]


@pytest.fixture
def judge(office_chain: OfficeChain, signed_letter: bytes) -> Judge:
    digest = hashlib.sha256(signed_letter).hexdigest()

    def run(pdf: bytes, expected: str | None = digest) -> Verdict:
        anchors = [office_chain.root.certificate]
        return verify(pdf, trust_anchors=anchors, expected_sha256=expected, at=SIGNED_AT)

    return run


def test_an_issued_letter_is_accepted_with_its_signer(judge: Judge, signed_letter: bytes) -> None:
    verdict = judge(signed_letter)
    assert verdict == Verdict(
        valid=True,
        reasons=(),
        sha256=hashlib.sha256(signed_letter).hexdigest(),
        signer_name="Dr. Sekar Contoh, M.Si.",
        signer_title="Kepala Dinas",
        organisation="Dinas Contoh",
        signed_at=SIGNED_AT,
    )


def test_the_signature_is_pades_certified_against_any_change(signed_letter: bytes) -> None:
    (signature,) = PdfFileReader(BytesIO(signed_letter)).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level is not None
    assert signature.docmdp_level.value == 1
    assert [int(side) for side in signature.sig_field["/Rect"]] == [0, 0, 0, 0]
    assert len(signature.signed_data["certificates"]) == 3


def test_signing_keeps_the_archival_form(signed_letter: bytes, unsigned_letter: bytes) -> None:
    assert signed_letter.startswith(unsigned_letter)
    root = PdfFileReader(BytesIO(signed_letter)).root
    assert bool(root["/MarkInfo"]["/Marked"])
    assert 'pdfaid:conformance="A"' in root["/Metadata"].data.decode()


def test_poppler_accepts_it_against_the_published_anchor(
    signed_letter: bytes, office_chain: OfficeChain, other_chain: OfficeChain, tmp_path: Path
) -> None:
    (tmp_path / "letter.pdf").write_bytes(signed_letter)
    own = run_pdfsig(tmp_path, office_chain.root.certificate, "own")
    assert "Signature is Valid." in own
    assert "Certificate is Trusted." in own
    assert "Total document signed" in own
    other = run_pdfsig(tmp_path, other_chain.root.certificate, "other")
    assert "Certificate is Trusted." not in other


def run_pdfsig(folder: Path, anchor: bytes, name: str) -> str:
    store = folder / name
    store.mkdir()
    (store / "anchor.pem").write_bytes(chain.to_pem(anchor))
    database = f"sql:{store}"
    subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True)
    subprocess.run(
        ["certutil", "-A", "-d", database, "-n", "anchor", "-t", "CT,C,C",
         "-i", str(store / "anchor.pem")],
        check=True,
    )  # fmt: skip
    seen = subprocess.run(
        ["pdfsig", "-nssdir", database, str(folder / "letter.pdf")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return seen.stdout


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.85])
def test_a_changed_byte_is_noticed(judge: Judge, signed_letter: bytes, share: float) -> None:
    changed = bytearray(signed_letter)
    changed[int(len(changed) * share)] ^= 1
    verdict = judge(bytes(changed))
    assert not verdict.valid
    assert Reason.DIGEST_DIFFERS in verdict.reasons
    assert not judge(bytes(changed), None).valid


def test_appended_bytes_are_noticed_without_the_recorded_hash(
    judge: Judge,
    signed_letter: bytes,
) -> None:
    verdict = judge(signed_letter + b"\n% tambahan\n", None)
    assert not verdict.valid
    assert Reason.BYTES_APPENDED in verdict.reasons


def test_a_later_save_that_changes_a_page_is_noticed(judge: Judge, signed_letter: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed_letter))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(90)
    writer.update_container(page)
    output = BytesIO()
    writer.write(output)
    verdict = judge(output.getvalue(), None)
    assert not verdict.valid
    assert {Reason.CONTENT_CHANGED, Reason.BYTES_APPENDED} <= set(verdict.reasons)


def test_a_later_save_that_adds_an_attachment_is_noticed(
    judge: Judge, signed_letter: bytes
) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed_letter))
    writer.root[pdf_name("/Tambahan")] = generic.pdf_string("x")
    writer.update_root()
    output = BytesIO()
    writer.write(output)
    assert not judge(output.getvalue(), None).valid


def test_a_note_stuck_onto_a_page_is_noticed(judge: Judge, signed_letter: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed_letter))
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Contents"): generic.pdf_string("Nomor yang lain"),
            pdf_name("/DA"): generic.pdf_string("/Helv 12 Tf 0 g"),
            pdf_name("/Rect"): generic.ArrayObject(
                [generic.NumberObject(n) for n in (9, 9, 90, 30)]
            ),
        }
    )
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Annots"] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(page)
    output = BytesIO()
    writer.write(output)
    verdict = judge(output.getvalue(), None)
    assert {Reason.CONTENT_CHANGED, Reason.BYTES_APPENDED} <= set(verdict.reasons)


def test_a_signature_wrapped_around_another_document_is_noticed(
    judge: Judge, signed_letter: bytes
) -> None:
    """The signed bytes moved behind a document of the forger's (signature wrapping)."""
    first = b"[0 "
    start = signed_letter.index(b"/ByteRange")
    assert first in signed_letter[start : start + 40]
    forged = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + signed_letter
    assert not judge(forged, None).valid
    widened = signed_letter.replace(b"/ByteRange [0 ", b"/ByteRange [1 ", 1)
    assert not judge(widened, None).valid


@pytest.mark.parametrize("kind", ["hide", "replace", "hide and replace"])
def test_content_hidden_before_the_signature_and_shown_after_it_is_noticed(
    judge: Judge, unsigned_letter: bytes, office_chain: OfficeChain, kind: str
) -> None:
    """The three shadow attacks of pdf-insecurity.org: a later save only turns something on."""
    prepared = IncrementalPdfFileWriter(BytesIO(unsigned_letter))
    page = prepared.root["/Pages"]["/Kids"][0]
    shadow = prepared.add_object(generic.StreamObject(stream_data=b"0 0 300 300 re f"))
    other = prepared.add_object(
        generic.DictionaryObject({**page, pdf_name("/Contents"): generic.ArrayObject([shadow])})
    )
    prepared.root["/Pages"][pdf_name("/Tersembunyi")] = generic.ArrayObject([other])
    prepared.update_container(prepared.root["/Pages"])
    output = BytesIO()
    prepared.write(output)
    signed = sign(
        output.getvalue(), office_chain.identity(), reason="x", location="x", at=SIGNED_AT
    )
    assert judge(signed, None).valid  # what is signed is what was approved; nobody sees the shadow

    later = IncrementalPdfFileWriter(BytesIO(signed))
    pages = later.root["/Pages"]
    shown = pages["/Kids"][0]
    drawn = generic.IndirectObject(shadow.idnum, 0, later)
    if kind == "hide and replace":  # another page, that was there all along
        pages["/Kids"] = generic.ArrayObject([generic.IndirectObject(other.idnum, 0, later)])
        later.update_container(pages)
    else:  # what was signed is covered, or another object takes its place
        under = [shown.raw_get("/Contents")] if kind == "hide" else []
        shown["/Contents"] = generic.ArrayObject([*under, drawn])
        later.update_container(shown)
    output = BytesIO()
    later.write(output)
    verdict = judge(output.getvalue(), None)
    assert {Reason.CONTENT_CHANGED, Reason.BYTES_APPENDED} <= set(verdict.reasons)


@pytest.mark.parametrize(
    ("entry", "instead"),
    [
        (rb"/ByteRange \[[^\]]*\]", b""),
        (rb"/ByteRange \[[^\]]*\]", b"/ByteRange null"),
        (rb"/ByteRange \[[^\]]*\]", b"/ByteRange [0 0 0 0]"),
        (rb"/ByteRange \[[^\]]*\]", b"/ByteRange [0 -1 0 -1]"),
        (rb"/Contents <[0-9a-fA-F]{60,}>", b""),
        (rb"/Contents <[0-9a-fA-F]{60,}>", b"/Contents null"),
        (rb"/Contents <[0-9a-fA-F]{60,}>", b"/Contents <00>"),
        (rb"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /keins"),
        (rb"/DocMDP", b"/DocMDQ"),
    ],
)
def test_a_signature_that_is_empty_or_made_invalid_is_no_signature(
    judge: Judge, signed_letter: bytes, entry: bytes, instead: bytes
) -> None:
    """Universal signature forgery (pdf-insecurity.org): what is missing is not passed over."""
    forged, changed = re.subn(entry, instead, signed_letter)
    assert changed
    assert not judge(forged, None).valid


def test_another_tenant_s_signature_is_not_trusted(
    judge: Judge,
    unsigned_letter: bytes,
    other_chain: OfficeChain,
) -> None:
    foreign = sign(unsigned_letter, other_chain.identity(), reason="x", location="x", at=SIGNED_AT)
    verdict = judge(foreign, None)
    assert verdict.reasons == (Reason.SIGNER_NOT_TRUSTED,)


def test_a_sound_letter_that_is_not_the_recorded_one_is_refused(
    judge: Judge,
    unsigned_letter: bytes,
    office_chain: OfficeChain,
) -> None:
    second = sign(unsigned_letter, office_chain.identity(), reason="x", location="x", at=SIGNED_AT)
    assert judge(second, None).valid
    assert judge(second).reasons == (Reason.DIGEST_DIFFERS,)


def test_an_unsigned_letter_is_not_a_letter(judge: Judge, unsigned_letter: bytes) -> None:
    assert judge(unsigned_letter, None).reasons == (Reason.NO_SIGNATURE,)


def test_a_letter_outlives_the_officer_s_certificate_when_its_hash_is_on_record(
    signed_letter: bytes, office_chain: OfficeChain
) -> None:
    anchors = [office_chain.root.certificate]
    later = SIGNED_AT + timedelta(days=3 * 365)
    assert not verify(signed_letter, trust_anchors=anchors, expected_sha256=None, at=later).valid
    digest = hashlib.sha256(signed_letter).hexdigest()
    assert verify(signed_letter, trust_anchors=anchors, expected_sha256=digest, at=SIGNED_AT).valid


def test_a_file_beyond_all_bounds_is_refused_unread(judge: Judge) -> None:
    assert judge(b"%PDF" + b"\0" * MAX_PDF_BYTES, None).reasons == (Reason.TOO_LARGE,)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\0" * 99, b"<html></html>"])
def test_what_is_no_pdf_is_refused(judge: Judge, content: bytes) -> None:
    assert judge(content, None).reasons == (Reason.NOT_A_PDF,)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_hostile_file_raises_or_passes(
    judge: Judge, signed_letter: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(signed_letter) - 1))
    end = data.draw(st.integers(start, len(signed_letter)))
    filling = data.draw(st.binary(max_size=64))
    changed = signed_letter[:start] + filling + signed_letter[end:]
    if changed != signed_letter:
        assert not judge(changed).valid
        # Within the signature's own container only the recorded hash proves every byte.
        container = signed_letter.index(b"/Contents <3082")
        assert not judge(changed, None).valid or start > container


def test_an_expired_certificate_does_not_sign(
    unsigned_letter: bytes, office_chain: OfficeChain
) -> None:
    with pytest.raises(SigningError, match="not_valid_then"):
        sign(
            unsigned_letter,
            office_chain.identity(),
            reason="x",
            location="x",
            at=datetime(2029, 1, 1, tzinfo=UTC),
        )


def test_a_key_that_belongs_to_another_certificate_is_refused(
    office_chain: OfficeChain, other_chain: OfficeChain
) -> None:
    with pytest.raises(SigningError, match="broken_identity"):
        HeldIdentity(office_chain.officer.certificate, other_chain.officer.private_key, [])


def test_a_signed_letter_is_not_signed_again(
    signed_letter: bytes, office_chain: OfficeChain
) -> None:
    with pytest.raises(SigningError, match="engine"):
        sign(signed_letter, office_chain.identity(), reason="x", location="x", at=SIGNED_AT)
