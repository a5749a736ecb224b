"""Typesetting a letter, beside what else one would typeset it with, in turns in one process."""

from __future__ import annotations

import base64
import gc
import statistics
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from weasyprint import HTML

from app.documents import emblem
from app.documents.catalogue import load_catalogue
from app.documents.letter import Office
from app.documents.render import Renderer
from app.documents.sign import sign
from tests.benchmarks import plain
from tests.benchmarks.figures import Result, Sample, figure
from tests.benchmarks.stage import FOLDER, ROOT, Stage
from tests.documents.offices import SIGNED_AT, make_chain

KIND = "surat_rujukan"
ROUNDS = 30


@figure("letter.render_vs_plain", most=0.40)
def render_vs_plain(_stage: Stage) -> Result:
    """CPU of our page over WeasyPrint as in its README on an equal letter."""
    ours, readme, installed = Sample(scale=1000), Sample(scale=1000), Sample(scale=1000)
    acts = [
        (ours, lambda: typeset()),
        (readme, lambda: plain_page()),
        (installed, lambda: plain_page(face=False)),
    ]
    in_turns(acts, ROUNDS)
    ratio = least(ours) / least(readme)
    return {
        "": ratio,
        "of_medians": statistics.median(ours.cpu) / statistics.median(readme.cpu),
        "installed_typeface": least(ours) / least(installed),
        "ours_ms": ours,
        "readme_ms": readme,
        "installed_ms": installed,
    }


@figure("letter.total_vs_typst", most=3)
def total_vs_typst(_stage: Stage) -> Result:
    """CPU of our page and signature over Typst's page and the same signature."""
    identity = make_chain("Dinas Contoh").identity()
    compile_typst = typst_letter()
    ours, theirs, signing = Sample(scale=1000), Sample(scale=1000), Sample(scale=1000)

    def signed(pdf: bytes) -> bytes:
        return sign(pdf, identity, reason="Penerbitan surat dinas", location="-", at=SIGNED_AT)

    fixed = typeset()
    acts = [
        (ours, lambda: signed(typeset())),
        (theirs, lambda: signed(compile_typst())),
        (signing, lambda: signed(fixed)),
    ]
    in_turns(acts, ROUNDS)
    return {
        "": least(ours) / least(theirs),
        "of_medians": statistics.median(ours.cpu) / statistics.median(theirs.cpu),
        "ours_ms": ours,
        "typst_ms": theirs,
        "signature_ms": signing,
    }


def in_turns(acts: list[tuple[Sample, Callable[[], object]]], rounds: int) -> None:
    """Do each act once to warm up, then all of them in turns."""
    for _, act in acts:
        act()
    gc.collect()
    gc.freeze()  # as the worker does before its first job
    for _ in range(rounds):
        for sample, act in acts:
            sample.run(act)
    gc.unfreeze()


def least(sample: Sample) -> float:
    """The least CPU of a sample: what the act takes when nothing else disturbs it."""
    return min(sample.cpu)


def facts() -> dict[str, Any]:
    """A letter nobody has seen: the same words each time, and an address of its own."""
    sample = load_catalogue_once()[KIND].samples["shortest"]
    address = f"https://contoh.example/verify/{uuid4()}"
    return {**sample, "letter": {**sample["letter"], "verification_url": address}}


def typeset() -> bytes:
    """Typeset one letter as a worker does."""
    kind = load_catalogue_once()[KIND]
    return renderer().render(kind, {"template": kind.reference(), **facts()}, office())


def plain_page(*, face: bool = True) -> bytes:
    """Typeset one letter as WeasyPrint's README does."""
    written = HTML(string=plain.page(facts(), plain.picture(), face=face)).write_pdf()
    assert written is not None
    return bytes(written)


def typst_letter() -> Callable[[], bytes]:
    """Return what typesets one letter with Typst, warm, each with words of its own."""
    import typst

    folder = FOLDER / "typst"
    folder.mkdir(exist_ok=True)
    (folder / "emblem.svg").write_bytes(emblem.draw())
    source = folder / "letter.typ"
    source.write_text(plain.TYPST, encoding="utf-8")
    compiler = typst.Compiler(
        str(source),
        root=str(folder),
        font_paths=[str(plain.TYPEFACE.parent)],
        ignore_system_fonts=True,
    )

    def compile_one() -> bytes:
        said = plain.typst_inputs(facts())
        made = compiler.compile(format="pdf", pdf_standards="a-3a", sys_inputs=said)
        assert isinstance(made, bytes)
        return made

    return compile_one


@cache
def load_catalogue_once() -> Any:
    """The document types."""
    return load_catalogue(Path(ROOT) / "doc_templates")


@cache
def renderer() -> Renderer:
    """A warm renderer."""
    return Renderer(load_catalogue_once())


@cache
def office() -> Office:
    """The letterhead of the letters."""
    return Office(
        government="Pemerintah Kabupaten Contoh",
        agency="Dinas Pemberdayaan Perempuan Contoh",
        address=("Jalan Contoh Raya Nomor 1", "pos-el dinas@contoh.example"),
        place="Contoh",
        emblem=emblem.draw(),
        mandates=("Keputusan Bupati Contoh Nomor 260/000/2026",),
    )


def emblem_text() -> str:
    """The plain letter's emblem, as a job's argument."""
    return base64.b64encode(plain.picture()).decode()
