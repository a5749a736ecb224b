"""Invented photographs and papers, with everything in them that must not stay."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import StandardSecurityHandler
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter, copy_into_new_writer

TRACE = "PENANDA-KAMERA"
_ORIENTATION, _MAKER, _DESCRIPTION, _GPS = 0x0112, 0x010F, 0x010E, 0x8825


def photograph(size: tuple[int, int] = (640, 480), *, trace: str = TRACE) -> bytes:
    """A JPEG as a telephone makes it: lying on its side, with maker, place and thumbnail."""
    picture = Image.effect_noise(size, 40).convert("RGB")
    picture.paste((200, 30, 30), (0, 0, size[0] // 4, size[1] // 4))
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    exif[_MAKER] = exif[_DESCRIPTION] = trace
    exif.get_ifd(_GPS).update({1: "S", 2: (7.0, 38.0, 0.0), 3: "E", 4: (112.0, 54.0, 0.0)})
    out = BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture.save(out, "JPEG", exif=exif, comment=trace.encode(), icc_profile=profile, quality=80)
    return out.getvalue() + trace.encode()  # what a telephone hangs behind the picture


def drawing() -> bytes:
    """A PNG with transparency and a text chunk."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", TRACE)
    out = BytesIO()
    Image.new("RGBA", (40, 30), (0, 90, 0, 128)).save(out, "PNG", pnginfo=texts)
    return out.getvalue()


def modern() -> bytes:
    """A WebP."""
    out = BytesIO()
    Image.new("RGB", (64, 48), "navy").save(out, "WEBP")
    return out.getvalue()


def moving() -> bytes:
    """A WebP that moves."""
    out = BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of some hundred bytes that says it holds billions of pixels."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    chunks = (
        len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def paper(change: Callable[[PdfFileWriter], None] | None = None, pages: int = 1) -> bytes:
    """A PDF of scanned pages, with a camera's words inside the picture and in its properties."""
    writer = PdfFileWriter()
    picture = photograph((32, 24))
    image = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Image"),
            pdf_name("/Width"): generic.NumberObject(32),
            pdf_name("/Height"): generic.NumberObject(24),
            pdf_name("/ColorSpace"): pdf_name("/DeviceRGB"),
            pdf_name("/BitsPerComponent"): generic.NumberObject(8),
            pdf_name("/Filter"): pdf_name("/DCTDecode"),
        },
        encoded_data=picture,
    )
    place = writer.add_object(image)
    for _number in range(pages):
        content = generic.StreamObject(stream_data=b"q 200 0 0 150 0 0 cm /I Do Q")
        page = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Page"),
                pdf_name("/MediaBox"): generic.ArrayObject(
                    [generic.NumberObject(n) for n in (0, 0, 200, 150)]
                ),
                pdf_name("/Resources"): generic.DictionaryObject(
                    {pdf_name("/XObject"): generic.DictionaryObject({pdf_name("/I"): place})}
                ),
                pdf_name("/Contents"): writer.add_object(content),
            }
        )
        writer.insert_page(page)
    writer.set_info(generic.DictionaryObject({pdf_name("/Author"): pdf_string(TRACE)}))
    if change is not None:
        change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def with_action(kind: str, **more: Any) -> Callable[[PdfFileWriter], None]:
    """Let the first page have a note that does something when it is pressed."""

    def change(writer: PdfFileWriter) -> None:
        action = generic.DictionaryObject({pdf_name("/S"): pdf_name(f"/{kind}")})
        for name, value in more.items():
            action[pdf_name(f"/{name}")] = value
        note = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Link"),
                pdf_name("/Rect"): generic.ArrayObject(
                    [generic.NumberObject(n) for n in (0, 0, 9, 9)]
                ),
                pdf_name("/A"): writer.add_object(action),
            }
        )
        page = writer.root["/Pages"]["/Kids"][0]
        page[pdf_name("/Annots")] = generic.ArrayObject([writer.add_object(note)])

    return change


def with_attached_file(writer: PdfFileWriter) -> None:
    """Let the document carry another file."""
    carried = generic.StreamObject(stream_data=TRACE.encode())
    held = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Filespec"),
            pdf_name("/F"): pdf_string("x.exe"),
            pdf_name("/EF"): generic.DictionaryObject({pdf_name("/F"): writer.add_object(carried)}),
        }
    )
    names = generic.ArrayObject([pdf_string("x"), writer.add_object(held)])
    writer.root[pdf_name("/Names")] = generic.DictionaryObject(
        {
            pdf_name("/EmbeddedFiles"): generic.DictionaryObject({pdf_name("/Names"): names}),
        }
    )


def locked() -> bytes:
    """A PDF with a password."""
    writer = copy_into_new_writer(PdfFileReader(BytesIO(paper())))
    writer.encrypt(owner_pass="rahasia contoh", user_pass="rahasia contoh")
    assert isinstance(writer.security_handler, StandardSecurityHandler)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
