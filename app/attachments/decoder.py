"""Reads one file that a person sent, and writes back a clean copy: a process of its own.

What it reads may have been made to break whoever reads it. So it is started with nothing: no
environment, bounded memory and time, and no network where the system lets it give that up. What it
needs is imported before anything of the file is decoded; from then on it can open no file and no
socket, not even those that its user may open. The file comes in on standard input and the copy goes
out on standard output; neither is ever on a disk. It imports nothing of Teduh.

Arguments: ``clean`` or ``preview``, then the limits of memory (octets) and time (seconds of CPU).
Answer: one line of JSON, then the copy. ``{"refused": code}`` where there is none.
"""

import codecs
import ctypes
import json
import resource
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from typing import Any

MAX_PIXELS = 64_000_000
MAX_SIDE = 20_000
MAX_PAGES = 200
MAX_OBJECTS = 50_000
PREVIEW_SIDE = 1_280
JPEG_QUALITY = 92

_HEIF = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000

# What a page could do when it is opened, or bring along.
_ACTIONS = frozenset(
    f"/{name}"
    for name in (
        "JavaScript", "Launch", "SubmitForm", "ImportData", "ResetForm", "GoToR", "GoToE", "Movie",
        "Sound", "Rendition", "RichMediaExecute", "GoTo3DView",
    )
)  # fmt: skip
_KEYS = frozenset(
    {"/JS", "/JavaScript", "/XFA", "/EF", "/RichMediaContent", "/3DD", "/EmbeddedFiles"}
)
_NOTES = frozenset(
    f"/{name}" for name in ("FileAttachment", "RichMedia", "Movie", "Sound", "Screen", "3D")
)
# What tells of people and places, or does something by itself that nobody would miss.
_DROPPED = ("/OpenAction", "/AA", "/Metadata", "/PieceInfo", "/LastModified", "/Thumb")


# What reading and writing would import on the way, where nothing can be opened any more.
_PICTURE_PARTS = tuple(
    f"PIL.{name}"
    for name in (
        "ImageCms", "ImageColor", "ImageFile", "ImageOps", "ImagePalette", "JpegImagePlugin",
        "MpoImagePlugin", "PngImagePlugin", "TiffImagePlugin", "WebPImagePlugin",
    )
)  # fmt: skip
_PDF_PARTS = tuple(
    f"pyhanko.{name}"
    for name in (
        "pdf_utils.crypt", "pdf_utils.crypt.pdfmac", "pdf_utils.filters", "pdf_utils.generic",
        "pdf_utils.metadata.xmp_xml", "pdf_utils.reader", "pdf_utils.writer", "sign.fields",
    )
)  # fmt: skip
_CODECS = ("ascii", "latin-1", "cp1252", "utf-8", "utf-16", "utf-16-be", "utf-16-le")

# JPEG: the marker of coded pixels, the end, what is only said, and what stands among the pixels.
_SCAN, _END = 0xDA, 0xD9
_REMARKS = frozenset({0xFE, *range(0xE0, 0xF0)}) - {0xE0, 0xEE}
_WITHIN_SCAN = frozenset({0x00, *range(0xD0, 0xD8)})


class Refused(Exception):
    """The file is not accepted, with the code of why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def kind_of(data: bytes) -> str:
    """Return the kind of a file by its first bytes.

    Raises:
        Refused: ``heic`` for what an iPhone makes unless told otherwise; ``unknown-type``.
    """
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:5] == b"%PDF-":
        return "PDF"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF:
        raise Refused("heic")
    raise Refused("unknown-type")


def clean(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return what a file is, and a copy of it with nothing in it but what is seen.

    Raises:
        Refused: with the code of why.
    """
    kind = kind_of(data)
    return _clean_pdf(data) if kind == "PDF" else _clean_picture(data, kind)


def preview(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return a small copy of a picture that was cleaned before."""
    picture = _opened(data, kind_of(data))
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return _written(picture, "JPEG", quality=82)


def _clean_picture(data: bytes, kind: str) -> tuple[dict[str, Any], bytes]:
    from PIL import ImageOps

    picture = _opened(data, kind)
    turned = ImageOps.exif_transpose(picture)
    coloured = _in_usual_colours(turned)
    if kind == "PNG":
        return _written(coloured, "PNG", optimize=False)
    return _written(coloured, "JPEG", quality=JPEG_QUALITY)


def _opened(data: bytes, kind: str) -> Any:
    """Decode a picture whole, as the one kind that it says it is."""
    from PIL import Image

    # The header is looked at before anything is decoded: a few bytes can stand for terabytes.
    Image.MAX_IMAGE_PIXELS = None
    picture = Image.open(BytesIO(data), formats=[kind])
    width, height = picture.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise Refused("too-many-pixels")
    if getattr(picture, "n_frames", 1) > 1:
        raise Refused("animated")
    picture.load()
    return picture


def _in_usual_colours(picture: Any) -> Any:
    """Return a picture in sRGB: its own colour profile, which can name a device, then goes."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "CMYK", "L"}:
        try:
            usual = ImageCms.createProfile("sRGB")
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            found = ImageCms.profileToProfile(picture, source, usual, outputMode="RGB")
            return found if found is not None else picture
        except ImageCms.PyCMSError:
            pass  # a broken profile: the picture is shown without it
    return picture


def _written(picture: Any, kind: str, **options: Any) -> tuple[dict[str, Any], bytes]:
    """Write the pixels alone into a fresh file."""
    from PIL import Image

    mode = "RGB" if kind == "JPEG" else _plain_mode(picture)
    if kind == "JPEG" and picture.mode in {"RGBA", "LA", "PA", "P"}:
        ground = Image.new("RGB", picture.size, "white")
        shown = picture.convert("RGBA")
        ground.paste(shown, mask=shown.getchannel("A"))
        picture = ground
    pixels = picture.convert(mode)
    pixels.info = {}  # whatever else the file carried would be written again from here
    out = BytesIO()
    pixels.save(out, kind, **options)
    width, height = pixels.size
    media = {"JPEG": "image/jpeg", "PNG": "image/png"}[kind]
    return {"media": media, "width": width, "height": height}, out.getvalue()


def _plain_mode(picture: Any) -> str:
    if picture.mode in {"P", "PA", "LA", "RGBA"} and (
        picture.mode != "P" or "transparency" in picture.info
    ):
        return "RGBA"
    return "L" if picture.mode in {"1", "L", "I", "F"} or picture.mode.startswith("I;") else "RGB"


def _clean_pdf(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Write the pages of a PDF into a fresh file: what no page leads to stays behind."""
    from pyhanko.pdf_utils import generic as generics
    from pyhanko.pdf_utils import reader as readers
    from pyhanko.pdf_utils import writer as writers

    generic: Any = generics  # pyHanko's are typed in part
    reader: Any = readers.PdfFileReader(BytesIO(data), strict=False)
    if "/Encrypt" in reader.trailer_view:
        raise Refused("pdf-encrypted")
    reader.root.pop("/URI", None)
    _check_objects(reader.root)
    pages = _count_pages(reader.root["/Pages"])
    if pages == 0:
        raise Refused("broken")
    writer: Any = writers.copy_into_new_writer(reader, {"info": generic.DictionaryObject()})
    for place, held in list(writer.objects.items()):
        if isinstance(held, generic.StreamObject) and _is_jpeg(held):
            stripped = without_remarks(held.encoded_data)
            writer.objects[place] = generic.StreamObject(dict(held), encoded_data=stripped)
    out = BytesIO()
    writer.write(out)
    return {"media": "application/pdf", "pages": pages}, out.getvalue()


def _check_objects(root: Any) -> None:
    """Refuse what acts by itself, and drop what nobody sees, in everything that is reached."""
    from pyhanko.pdf_utils import generic

    waiting, seen, met = [root], set(), 0
    while waiting:
        held = waiting.pop()
        if isinstance(held, generic.IndirectObject):
            where = (held.idnum, held.generation)
            if where in seen:
                continue
            seen.add(where)
            reference: Any = held
            held = reference.get_object()
        if isinstance(held, generic.DictionaryObject):
            _check_dictionary(held)
            waiting.extend(held.raw_get(key) for key in held)
        elif isinstance(held, generic.ArrayObject):
            waiting.extend(held.raw_get(at) for at in range(len(held)))
        met += 1
        if met > MAX_OBJECTS * 20 or len(seen) > MAX_OBJECTS:
            raise Refused("too-heavy")


def _check_dictionary(held: Any) -> None:
    if not _KEYS.isdisjoint(held) or _named(held, "/S") in _ACTIONS:
        raise Refused("pdf-active")
    if _named(held, "/Subtype") in _NOTES:
        raise Refused("pdf-active")
    for dropped in _DROPPED:
        held.pop(dropped, None)
    if _named(held, "/S") == "/URI":
        held.pop("/URI", None)  # an address that somebody could follow


def _named(held: Any, key: str) -> str:
    return str(held.get(key, "")) if key in held else ""


def _count_pages(root: Any) -> int:
    waiting: list[Any] = [root]
    pages = met = 0
    while waiting:
        held = waiting.pop().get_object()
        kids = held.get("/Kids")
        if kids is None:
            pages += 1
        else:
            waiting.extend(kids.raw_get(at) for at in range(len(kids)))
        met += 1
        if pages > MAX_PAGES or met > MAX_PAGES * 4:
            raise Refused("too-many-pages")
    return pages


def _is_jpeg(held: Any) -> bool:
    chosen = held.get("/Filter")
    names = [chosen] if isinstance(chosen, str) else list(chosen or ())
    return [str(one) for one in names] == ["/DCTDecode"]


def without_remarks(jpeg: bytes) -> bytes:
    """Return a JPEG without what a camera wrote beside or behind the picture, which stays as it is.

    Kept are the segments that a decoder needs: APP0 (JFIF), APP14 (Adobe's colours), and what is
    no APP or comment at all. What cannot be followed is cut off there.
    """
    if jpeg[:2] != b"\xff\xd8":
        return jpeg
    kept, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _END:
            break
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == _SCAN:
            end = _after_scan(jpeg, end)
        if marker not in _REMARKS:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, b"\xff\xd9"])


def _after_scan(jpeg: bytes, at: int) -> int:
    """Return where the coded pixels end: at a marker that is none of those within them."""
    while (at := jpeg.find(b"\xff", at)) >= 0 and at + 1 < len(jpeg):
        if jpeg[at + 1] not in _WITHIN_SCAN:
            return at
        at += 2
    return len(jpeg)


_WORK: dict[str, Callable[[bytes], tuple[dict[str, Any], bytes]]] = {
    "clean": clean,
    "preview": preview,
}


def _give_up_rights(memory: int, seconds: int) -> None:
    """Keep only what the work needs; whatever goes wrong afterwards stays in here."""
    for which, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(which, (most, most))
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is not None:
        unshare(_NEW_USER | _NEW_NETWORK)  # refused in some containers; then it is not there


def _bring_in(kind: str) -> None:
    """Import what a kind of file needs."""
    for name in _PDF_PARTS if kind == "PDF" else _PICTURE_PARTS:
        import_module(name)
    for name in _CODECS:
        codecs.lookup(name)  # a codec is a module too
    if kind == "PDF":
        import_module("tzlocal").get_localzone()  # the writer asks; read once, it is remembered
    else:
        import_module("PIL.Image").preinit()


def _open_no_more() -> None:
    """Let no new descriptor be made: no file, no socket; standard input and output stay open."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def main(work: str, memory: int, seconds: int) -> None:
    """Do one piece of work between standard input and standard output."""
    _give_up_rights(memory, seconds)
    warnings.simplefilter("ignore")
    data = sys.stdin.buffer.read()
    copy = b""
    try:
        _bring_in(kind_of(data))
        _open_no_more()
        facts, copy = _WORK[work](data)
    except Refused as refused:
        facts = {"refused": refused.code}
    except (MemoryError, RecursionError):
        facts = {"refused": "too-heavy"}
    except Exception:  # noqa: BLE001 (a decoder can fail in any way; its words are never shown)
        facts = {"refused": "broken"}
    out = sys.stdout.buffer
    out.write(json.dumps(facts).encode() + b"\n")
    out.write(copy)
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
