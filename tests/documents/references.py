"""What every kind of letter looks like, as a few numbers for each page.

``make references`` makes them anew and puts pictures beside them, to be looked at before they are
committed. A page is a grid of squares, each as dark as its ink (0 to 15): the whole file stays
small, and a line that moves is seen.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from app.documents import emblem
from app.documents.catalogue import Catalogue, load_catalogue
from app.documents.letter import Office
from app.documents.render import Renderer
from tests.documents.offices import TEMPLATES

FILE = Path(__file__).with_name("references.json")
COLUMNS, ROWS = 20, 32
INK = 15
RESOLUTION = 24  # points of the picture to an inch: enough to see lines move
SAMPLES, PAPERS = ("shortest", "longest"), ("A4", "F4")

OFFICE = Office(
    government="Pemerintah Kabupaten Contoh",
    agency="Dinas Pemberdayaan Perempuan Contoh",
    address=("Jalan Contoh Raya Nomor 1", "pos-el dinas@contoh.example"),
    place="Contoh",
    emblem=emblem.draw(),
    mandates=("Keputusan Bupati Contoh Nomor 260/000/2026",),
)


def render(catalogue: Catalogue, renderer: Renderer, key: str, sample: str, paper: str) -> bytes:
    """Set one sample on one paper."""
    kind = catalogue[key]
    snapshot = {"template": kind.reference(), **kind.samples[sample]}
    return renderer.render(kind, snapshot, replace(OFFICE, paper=paper))


def grids(pdf: bytes) -> list[str]:
    """Return each page as one hexadecimal digit for each square, row by row."""
    command = ["pdftoppm", "-gray", "-r", str(RESOLUTION), "-"]
    drawn = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    return [_grid(*page) for page in _pages(drawn)]


def distance(page: str, other: str) -> tuple[int, float]:
    """Return by how much the squares of two pages differ: at most, and on average."""
    steps = [abs(int(one, 16) - int(two, 16)) for one, two in zip(page, other, strict=True)]
    return max(steps), sum(steps) / len(steps)


def _pages(drawn: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Read the pictures (PGM) that stand one behind the other."""
    at = 0
    while at < len(drawn):
        head = drawn[at : at + 40].split(b"\n", 3)
        width, height = map(int, head[1].split())
        start = at + sum(len(line) + 1 for line in head[:3])
        at = start + width * height
        yield width, height, drawn[start:at]


def _grid(width: int, height: int, pixels: bytes) -> str:
    digits = []
    for row in range(ROWS):
        top, bottom = row * height // ROWS, (row + 1) * height // ROWS
        for column in range(COLUMNS):
            left, right = column * width // COLUMNS, (column + 1) * width // COLUMNS
            rows = (pixels[y * width + left : y * width + right] for y in range(top, bottom))
            light = sum(map(sum, rows))
            ink = 1 - light / (255 * (bottom - top) * (right - left))
            # Half of a square black is as dark as text ever is.
            digits.append(f"{min(INK, round(ink * 2 * INK)):x}")
    return "".join(digits)


def main(folder: Path) -> None:
    """Write the references, and the pictures to look at."""
    catalogue = load_catalogue(TEMPLATES)
    renderer = Renderer(catalogue)
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for key in sorted(catalogue.types):
        for sample in SAMPLES:
            for paper in PAPERS:
                name = f"{key}/{sample}/{paper}"
                pdf = render(catalogue, renderer, key, sample, paper)
                found[name] = grids(pdf)
                picture = str(folder / name.replace("/", "-"))
                command = ["pdftoppm", "-png", "-r", "70", "-", picture]
                subprocess.run(command, input=pdf, check=True)
    FILE.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
