"""The same letter as one would make it without Teduh: HTML as in WeasyPrint's README, and Typst.

Nothing here knows of Teduh, so that a plain RQ worker loads nothing else. Words, pictures, paper
and typeface are those of the letter that is measured beside it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import segno

Facts = Mapping[str, Any]
TYPEFACE = Path(str(files("fontpkg_arimo"))) / "files" / "Arimo[wght].ttf"

_FACE = (
    f"@font-face {{ font-family: Arimo; font-weight: 400 700; src: url('{TYPEFACE.as_uri()}') }}"
)
_STYLE = """
@page { size: 215mm 330mm; margin: 20mm 20mm 22mm 30mm;
  @top-left { content: "R"; color: #b00020; font: 700 13pt Arimo }
  @bottom-left { content: string(audit); font: 5.5pt Arimo; color: #555; width: 82% }
  @bottom-right { content: "Halaman " counter(page) " dari " counter(pages); font: 8pt Arimo } }
html { font-family: Arimo; font-size: 12pt; line-height: 1.25 }
body { margin: 0; string-set: audit attr(data-audit) }
p, h1 { margin: 0; font-size: 1em; font-weight: 400 }
.kop { display: flex; align-items: center; gap: 4mm; padding-bottom: 2.5mm;
  border-bottom: 2.2pt solid black; margin-bottom: 4mm }
.kop img { width: 21mm; height: 24.5mm }
.kop div { flex: 1; text-align: center }
.kop h1 { font-size: 1.28em; font-weight: 700 }
.kop small { font-size: .76em; display: block }
.date { text-align: right; margin-bottom: 2mm }
.row { display: flex; gap: 4mm }
.row .key { width: 21mm; flex: none }
.row .value { flex: 1 }
.facts { padding-left: 10mm; margin-bottom: 2.6mm }
.facts .key { width: 51mm }
.numbers, .addressee { margin-bottom: 4mm }
.indent { text-align: justify; text-indent: 10mm; margin-bottom: 2.4mm }
.signature { display: flex; margin-top: 2mm; break-inside: avoid }
.signature > div { flex: 1 }
.mark { display: flex; align-items: center; gap: 3mm; margin: 2mm 0 }
.mark img { width: 21mm; height: 21mm }
.mark p { font-size: .68em }
.name, b { font-weight: 700 }
.notice { margin-top: 4mm; border-top: .5pt solid #888; font-size: 7.5pt }
"""


def page(facts: Facts, emblem: bytes, *, face: bool = True) -> str:
    """Write the letter as one does: style and pictures inside, boxes of flexbox.

    Args:
        emblem: a PNG.
        face: bring the typeface along; else the machine's is taken.
    """
    letter = facts["letter"]
    signer = letter["signer"]
    rows = "".join(
        f'<div class="row"><span class="key">{key}</span><span>:</span>'
        f'<span class="value">{escape(value)}</span></div>'
        for key, value in stated(facts)
    )
    numbers = "".join(
        f'<div class="row"><span class="key">{name}</span><span>:</span>'
        f'<span class="value">{escape(letter[name.lower()])}</span></div>'
        for name in ("Sifat", "Lampiran", "Hal")
    )
    paragraphs = "".join(f'<p class="indent">{escape(text)}</p>' for text in words(facts)[1:])
    address = escape(letter["verification_url"])
    return f"""<!DOCTYPE html><html lang="id"><head><meta charset="utf-8">
<title>{escape(letter["hal"])}</title><style>{_FACE if face else ""}{_STYLE}</style></head>
<body data-audit="{escape(audit(facts))}">
<header class="kop"><img src="{_data(emblem)}" alt="Lambang"><div>
<p>PEMERINTAH KABUPATEN CONTOH</p><h1>DINAS PEMBERDAYAAN PEREMPUAN CONTOH</h1>
<small>Jalan Contoh Raya Nomor 1</small><small>pos-el dinas@contoh.example</small></div></header>
<p class="date">{escape(letter["place"])}, {letter["date"]}</p>
<div class="numbers"><div class="row"><span class="key">Nomor</span><span>:</span>
<span class="value">{escape(letter["number"])}</span></div>{numbers}</div>
<div class="addressee"><p>Yth. {escape(letter["addressee"]["title"])}</p>
<p>di {escape(letter["addressee"]["place"])}</p></div>
<p class="indent">{escape(words(facts)[0])}</p><div class="facts">{rows}</div>{paragraphs}
<div class="signature"><div></div><div><p>{escape(signer["title"])},</p>
<div class="mark"><img src="{_data(code(letter["verification_url"]))}" alt="Kode QR">
<p>Ditandatangani<br>secara elektronik</p></div>
<p class="name">{escape(signer["name"])}</p><p>{escape(signer["rank"] or "")}</p>
<p>NIP {escape(signer["nip"] or "")}</p></div></div>
<p class="notice">Dokumen ini ditandatangani secara elektronik. Keaslian dapat diperiksa di
<a href="{address}">{address}</a></p></body></html>"""


def make(facts: Facts, emblem: str) -> int:
    """A plain job: render the letter; return its size."""
    from weasyprint import HTML

    written = HTML(string=page(facts, base64.b64decode(emblem))).write_pdf()
    return len(written or b"")


def code(address: str, kind: str = "png") -> bytes:
    """Draw a QR code as its library does."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind=kind, scale=8, border=2)
    return drawn.getvalue()


def stated(facts: Facts) -> list[tuple[str, str]]:
    """The lines about the person."""
    values = facts["values"]
    return [
        ("Kode kasus", values["case"]["code"]),
        ("Nama", values["survivor"]["full_name"]),
        ("Tanggal lahir", values["survivor"]["birth_date"]),
        ("Layanan yang dibutuhkan", values["need"]["description"]),
        ("Tingkat kemendesakan", values["need"]["urgency"]),
    ]


def words(facts: Facts) -> list[str]:
    """The paragraphs; the first stands before the lines about the person."""
    companion = facts["values"]["companion"]
    return [
        "Berdasarkan Keputusan Bupati Contoh Nomor 260/000/2026, dengan hormat kami merujuk "
        "penerima layanan berikut untuk memperoleh layanan kesehatan:",
        f"Yang bersangkutan didampingi oleh {companion['full_name']}, petugas kami, yang dapat "
        f"dihubungi melalui telepon {companion['phone']}. Mohon jawaban penerimaan rujukan "
        "disampaikan kepada kami beserta jadwal layanannya.",
        "Identitas penerima layanan bersifat rahasia. Data dalam surat ini hanya untuk keperluan "
        "layanan dimaksud dan mohon tidak diteruskan kepada pihak lain.",
        "Demikian disampaikan, atas perhatian dan kerja sama Saudara kami ucapkan terima kasih.",
    ]


def audit(facts: Facts) -> str:
    """The line at the foot of the page."""
    checkpoint = facts["letter"]["checkpoint"]
    return f"Catatan audit: {checkpoint['size']} / {checkpoint['root']}"


def typst_inputs(facts: Facts) -> dict[str, str]:
    """What the Typst letter reads."""
    letter = facts["letter"]
    kept = {
        key: str(letter[key]) for key in ("number", "date", "place", "sifat", "lampiran", "hal")
    }
    return {
        **kept,
        **{f"signer-{key}": str(value) for key, value in letter["signer"].items()},
        **{f"to-{key}": str(value) for key, value in letter["addressee"].items()},
        **{f"word-{number}": text for number, text in enumerate(words(facts))},
        **{f"fact-{number}": value for number, (_, value) in enumerate(stated(facts))},
        "url": letter["verification_url"],
        "audit": audit(facts),
        "qr": code(letter["verification_url"], "svg").decode(),
    }


@cache
def picture(seed: int = 7) -> bytes:
    """An emblem as offices send theirs: a PNG with transparency, 420 by 490 points."""
    from PIL import Image

    image = Image.radial_gradient("L").resize((420, 490))
    ring = image.point(lambda value: 255 if value // (16 + seed) % 2 else 90)
    drawn = Image.merge("RGBA", (image, ring, image.rotate(90).resize((420, 490)), ring))
    kept = BytesIO()
    drawn.save(kept, "png")
    return kept.getvalue()


def _data(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


TYPST = r"""
#let its = sys.inputs
#set document(title: its.hal, date: datetime(year: 2026, month: 11, day: 24))
#set page(width: 215mm, height: 330mm,
  margin: (top: 20mm, right: 20mm, bottom: 22mm, left: 30mm),
  header: text(fill: rgb("#b00020"), size: 13pt, weight: "bold")[R],
  footer: grid(columns: (82%, 18%), text(size: 5.5pt, fill: rgb("#555"), its.audit),
    text(size: 8pt, context [Halaman #counter(page).display()
      dari #counter(page).final().first()])))
#set text(font: "Arimo", size: 12pt, lang: "id")
#set par(justify: true)
#grid(columns: (21mm, 1fr), gutter: 4mm, align: horizon,
  image("emblem.svg", width: 21mm, alt: "Lambang"),
  align(center)[PEMERINTAH KABUPATEN CONTOH \
    #text(size: 1.28em, weight: "bold")[DINAS PEMBERDAYAAN PEREMPUAN CONTOH] \
    #text(size: .76em)[Jalan Contoh Raya Nomor 1 \ pos-el dinas\@contoh.example]])
#line(length: 100%, stroke: 2.2pt)
#align(right)[#its.place, #its.date]
#grid(columns: (21mm, 4mm, 1fr), row-gutter: 2mm,
  [Nomor], [:], its.number, [Sifat], [:], its.sifat,
  [Lampiran], [:], its.lampiran, [Hal], [:], its.hal)
Yth. #its.to-title \ di #its.to-place

#its.word-0
#pad(left: 10mm, grid(columns: (51mm, 4mm, 1fr), row-gutter: 2mm,
  [Kode kasus], [:], its.fact-0, [Nama], [:], its.fact-1, [Tanggal lahir], [:], its.fact-2,
  [Layanan yang dibutuhkan], [:], its.fact-3, [Tingkat kemendesakan], [:], its.fact-4))
#its.word-1

#its.word-2

#its.word-3
#grid(columns: (46%, 54%), [], [#its.signer-title,
  #grid(columns: (21mm, 1fr), gutter: 3mm, align: horizon,
    image(bytes(its.qr), format: "svg", width: 21mm, alt: "Kode QR"),
    text(size: .68em)[Ditandatangani \ secara elektronik])
  *#its.signer-name* \ #its.signer-rank \ NIP #its.signer-nip])
#line(length: 100%, stroke: .5pt)
#text(size: 7.5pt)[Dokumen ini ditandatangani secara elektronik. Keaslian dapat diperiksa di
  #link(its.url)]
"""
