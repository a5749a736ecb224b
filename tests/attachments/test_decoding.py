"""What becomes of a file that was sent: a clean copy with nothing but what is seen, or a no."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.reader import PdfFileReader

from app.attachments import decoder, decoding
from tenants.errors import Invalid
from tests.attachments import pictures
from tests.attachments.pictures import TRACE


def refusal(data: bytes) -> str:
    """Why a file is not accepted."""
    with pytest.raises(Invalid) as refused:
        decoding.clean(data)
    assert refused.value.field == "file"
    return refused.value.reason


def test_a_photograph_keeps_its_picture_upright_and_nothing_of_the_camera() -> None:
    sent = pictures.photograph()
    assert TRACE.encode() in sent
    copy = decoding.clean(sent)
    assert (copy.media, copy.width, copy.height) == ("image/jpeg", 480, 640)
    assert TRACE.encode() not in copy.content
    for remark in (b"Exif", b"ICC_PROFILE", b"http://ns.adobe.com", b"JFXX"):
        assert remark not in copy.content
    picture = Image.open(BytesIO(copy.content))
    assert not picture.getexif()
    assert {"icc_profile", "comment", "exif"}.isdisjoint(picture.info)
    # It lay on its side: the red corner is now at the top on the right.
    red, green, _blue = picture.getpixel((470, 10))  # type: ignore[misc]
    assert red > 150 > green
    small = decoding.shrink(copy.content)
    assert max(small.width or 0, small.height or 0) <= decoder.PREVIEW_SIDE


def test_other_pictures_become_what_everybody_can_open() -> None:
    drawn = decoding.clean(pictures.drawing())
    assert (drawn.media, drawn.width) == ("image/png", 40)
    assert TRACE.encode() not in drawn.content
    assert Image.open(BytesIO(drawn.content)).mode == "RGBA"
    assert decoding.clean(pictures.modern()).media == "image/jpeg"


def test_what_is_no_photograph_and_no_paper_is_refused_by_what_is_in_it() -> None:
    photograph = pictures.photograph()
    for data, code in (
        (b"MZ\x90\x00 program", "unknown-type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "unknown-type"),
        (b"GIF89a" + photograph, "unknown-type"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "heic"),
        (photograph[:2_000], "broken"),
        (b"\xff\xd8\xff" + b"\x00" * 500, "broken"),
        (pictures.moving(), "animated"),
        (pictures.bomb(), "too-many-pixels"),
        (pictures.bomb(30_000, 10), "too-many-pixels"),
        (b"%PDF-1.7\nnothing", "broken"),
        (pictures.locked(), "pdf-encrypted"),
        (pictures.paper(pages=decoder.MAX_PAGES + 1), "too-many-pages"),
    ):
        assert refusal(data) == code, data[:40]


@pytest.mark.parametrize("kind", ["JavaScript", "Launch", "SubmitForm"])
def test_a_paper_that_acts_by_itself_is_refused(kind: str) -> None:
    assert refusal(pictures.paper(pictures.with_action(kind))) == "pdf-active"


def test_a_paper_that_carries_another_file_is_refused() -> None:
    assert refusal(pictures.paper(pictures.with_attached_file)) == "pdf-active"


def test_a_paper_keeps_its_pages_and_nothing_that_names_who_made_it() -> None:
    address = pictures.with_action("URI", URI=pdf_string("https://contoh.example/jejak"))
    sent = pictures.paper(address)
    assert sent.count(TRACE.encode()) > 1
    copy = decoding.clean(sent)
    assert (copy.media, copy.pages) == ("application/pdf", 1)
    assert TRACE.encode() not in copy.content
    assert b"contoh.example" not in copy.content
    page = PdfFileReader(BytesIO(copy.content)).root["/Pages"]["/Kids"][0]
    held = page["/Resources"]["/XObject"]["/I"]
    assert Image.open(BytesIO(held.encoded_data)).size == (32, 24)


def test_an_earlier_version_hidden_in_a_paper_stays_behind() -> None:
    """What was blacked out by an added revision must not travel along under it."""
    sent = pictures.paper()
    start = sent.rfind(b"startxref")
    old = int(sent[start:].split()[1])
    hidden = b"999 0 obj (" + TRACE.encode() + b" disembunyikan) endobj\n"
    added = hidden + b"xref\n0 0\ntrailer << /Size 1000 /Root 1 0 R /Prev %d >>\n" % old
    root = PdfFileReader(BytesIO(sent)).root_ref
    added = added.replace(b"/Root 1 0 R", b"/Root %d 0 R" % root.idnum)
    whole = sent + added + b"startxref\n%d\n%%%%EOF\n" % (len(sent) + len(hidden))
    assert b"disembunyikan" in whole
    assert b"disembunyikan" not in decoding.clean(whole).content


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no json\n\xff\xd8\xff",
        b"[]\n\xff\xd8\xff",
        b'{"media": "text/html"}\n<script>',
        b'{"media": "image/jpeg", "width": "1"}\n\xff\xd8\xff',
        b'{"media": "image/jpeg"}\n<html>',
    ],
)
def test_what_the_reading_process_answers_is_not_trusted_either(answer: bytes) -> None:
    with pytest.raises(Invalid):
        decoding._read(answer)


def test_the_reading_process_has_no_more_than_it_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Memory ends before the machine's does, and no file can be written."""
    monkeypatch.setattr(decoding, "MEMORY", 160_000_000)
    assert refusal(pictures.photograph((6_000, 5_000))) == "too-heavy"
    monkeypatch.setattr(decoding, "MEMORY", 1_500_000_000)
    monkeypatch.setattr(decoding, "PATIENCE", 0.0)
    assert refusal(pictures.drawing()) == "too-heavy"
    monkeypatch.setattr(decoding, "WAIT", 0.0)
    with decoding._PLACES, decoding._PLACES:
        assert refusal(pictures.drawing()) == "busy"
    script = (
        f"import sys; sys.path.insert(0, {str(decoding._PROGRAM.parent)!r}); import decoder\n"
        "decoder._give_up_rights(1_500_000_000, 5)\n"
        f"with open({str(tmp_path / 'copy')!r}, 'wb') as file: file.write(b'x' * 100)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode != 0
    assert b"File too large" in done.stderr


def test_the_reading_process_opens_no_file_and_no_socket_once_it_decodes() -> None:
    """Not even those that its user may open: the key ring, the database's socket."""
    script = (
        f"import sys; sys.path.insert(0, {str(decoding._PROGRAM.parent)!r}); import decoder\n"
        "import errno, socket\n"
        "def tried(data):\n"
        "    for attempt in (lambda: open('/etc/passwd'), lambda: socket.socket(socket.AF_UNIX)):\n"
        "        try: attempt()\n"
        "        except OSError as fault: assert fault.errno == errno.EMFILE, fault\n"
        "        else: sys.exit('it was opened')\n"
        "    return {'tried': True}, b''\n"
        "decoder._WORK['clean'] = tried\n"
        "decoder.main('clean', 1_500_000_000, 5)"
    )
    for sent in (pictures.drawing(), pictures.paper()):
        done = subprocess.run(
            [sys.executable, "-c", script], input=sent, capture_output=True, check=False
        )
        assert done.stdout == b'{"tried": true}\n', done.stderr


def test_a_reading_process_that_writes_without_end_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    endless = tmp_path / "endless.py"
    endless.write_text("import sys\nwhile True: sys.stdout.buffer.write(b'x' * 65536)")
    monkeypatch.setattr(decoding, "_PROGRAM", endless)
    monkeypatch.setattr(decoding, "MOST_ANSWERED", 1_000_000)
    assert refusal(pictures.photograph((3_000, 2_000))) == "too-heavy"
