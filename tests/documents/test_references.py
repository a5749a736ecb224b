"""Every kind of letter looks as it did when somebody looked at it, and is archival inside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from app.documents.catalogue import Catalogue, load_catalogue
from app.documents.render import Renderer
from tests.documents import references
from tests.documents.offices import TEMPLATES
from tests.documents.references import PAPERS, SAMPLES

KEYS = tuple(sorted(load_catalogue(TEMPLATES).types))
MOST, MEAN = 6, 0.35  # steps of fifteen; another version of a library may move a hair line
FORBIDDEN = {"/JavaScript", "/JS", "/AA", "/OpenAction", "/EmbeddedFiles", "/Launch", "/RichMedia"}
KNOWN: dict[str, list[str]] = json.loads(references.FILE.read_text())


class Reader(PdfFileReader):
    """Reads the table of an object stream once; pyHanko does for each of its 3,000 objects anew."""

    def _get_object_from_stream(self, idnum: int, stmnum: int, _idx: int) -> Any:
        tables = self.__dict__.setdefault("tables", {})
        if stmnum not in tables:
            stream = generic.Reference(stmnum, 0, self).get_object()
            head = [int(one) for one in stream.data[: stream["/First"]].split()]
            places = {one: stream["/First"] + at for one, at in zip(*[iter(head)] * 2, strict=True)}
            tables[stmnum] = stream.data, places
        data, places = tables[stmnum]
        part = BytesIO(data)
        part.seek(places[idnum])
        return generic.read_object(part, generic.Reference(idnum, 0, self))


def walk(root: Any) -> Iterator[generic.DictionaryObject]:
    """Every dictionary that the document leads to: each object is read once."""
    waiting, seen = [root], set[Any]()
    while waiting:
        node = waiting.pop()
        if isinstance(node, generic.IndirectObject):
            if node.idnum in seen:
                continue
            seen.add(node.idnum)
            node = node.get_object()
        if isinstance(node, generic.DictionaryObject):
            yield node
            waiting += [node.raw_get(key) for key in node]
        elif isinstance(node, generic.ArrayObject):
            waiting += [node.raw_get(place) for place in range(len(node))]


def objections(pdf: bytes) -> list[str]:
    """What stands against a file being tagged PDF/A-3a that fetches and does nothing."""
    reader = Reader(BytesIO(pdf))
    root, found = reader.root, []
    metadata = root["/Metadata"].data.decode()
    wanted = {
        "marked": bool(root["/MarkInfo"]["/Marked"]),
        "language": str(root["/Lang"]) == "id",
        "structure": "/StructTreeRoot" in root,
        "intent": len(root["/OutputIntents"]) == 1,
        "part": 'pdfaid:part="3"' in metadata,
        "conformance": 'pdfaid:conformance="A"' in metadata,
        "title": bool(root["/ViewerPreferences"]["/DisplayDocTitle"]),
        "not encrypted": "/Encrypt" not in reader.trailer,
    }
    found += [name for name, holds in wanted.items() if not holds]
    figures = 0
    for one in walk(root):
        found += sorted(FORBIDDEN & set(one))
        if one.get("/Type") == "/FontDescriptor" and not {"/FontFile2", "/FontFile3"} & set(one):
            found.append("a font that is not embedded")
        if one.get("/S") == "/Figure":
            figures += 1
            if not one.get("/Alt"):
                found.append("a figure without words")
        if one.get("/Subtype") == "/Link" and not str(one["/A"].get("/URI", "")).startswith("http"):
            found.append("a link to elsewhere")
    if figures < 2:
        found.append("emblem and code are figures")
    return found


@pytest.mark.parametrize("key", KEYS)
def test_every_letter_looks_as_it_should_and_is_archival(
    key: str, catalogue: Catalogue, renderer: Renderer
) -> None:
    for sample in SAMPLES:
        for paper in PAPERS:
            name = f"{key}/{sample}/{paper}"
            pdf = references.render(catalogue, renderer, key, sample, paper)
            assert objections(pdf) == [], name
            pages = references.grids(pdf)
            assert len(pages) == len(KNOWN[name]), f"{name}: make references, and look"
            for page, known in zip(pages, KNOWN[name], strict=True):
                most, mean = references.distance(page, known)
                assert most <= MOST, f"{name}: make references, and look"
                assert mean <= MEAN, f"{name}: make references, and look"


def test_a_reference_of_no_letter_is_left_over() -> None:
    wanted = {f"{key}/{sample}/{paper}" for key in KEYS for sample in SAMPLES for paper in PAPERS}
    assert set(KNOWN) == wanted


def test_a_line_that_moves_is_seen(catalogue: Catalogue, renderer: Renderer) -> None:
    (known,) = KNOWN["surat_rujukan/shortest/A4"]
    kind = catalogue["surat_rujukan"]
    sample = json.loads(json.dumps(kind.samples["shortest"]))
    sample["letter"]["hal"] = "Hal lain yang jauh lebih panjang dan mengisi dua baris penuh di sini"
    snapshot = {"template": kind.reference(), **sample}
    (page, *_) = references.grids(renderer.render(kind, snapshot, references.OFFICE))
    assert references.distance(page, known) > (MOST, MEAN)
