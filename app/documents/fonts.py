"""The typefaces of letters: taken from pinned packages, never from the machine.

Both families are licensed under the SIL Open Font License 1.1. Arimo has the metrics of Arial,
which the regional correspondence rules ask for; PT Serif stands in where a serif is customary.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from weasyprint.text.fonts import FontConfiguration

from app.documents.errors import RenderError
from app.documents.letter import PRINTABLE


@dataclass(frozen=True, slots=True)
class Face:
    """One weight of a typeface, and the pinned file (SHA-256) it is cut from."""

    package: str
    path: str
    sha256: str
    weight: int
    variable: bool

    @property
    def url(self) -> str:
        """Its name in the allow-list of resources."""
        return f"teduh:font/{self.sha256[:16]}-{self.weight}"

    def original(self) -> bytes:
        """Return the file as packaged.

        :raises RenderError: ``fonts_missing`` when absent or different from the pinned hash.
        """
        try:
            content = files(self.package).joinpath(self.path).read_bytes()
        except (ModuleNotFoundError, OSError):
            raise RenderError("fonts_missing", self.package) from None
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise RenderError("fonts_missing", self.package)
        return content


# Upright only: official letters set nothing in italics.
FAMILIES: Final[Mapping[str, tuple[Face, ...]]] = {
    "Arimo": tuple(
        Face(
            "fontpkg_arimo",
            "files/Arimo[wght].ttf",
            "e43898b143ec826ac8cb4034816458a7047fbe0836558de2a1f8c6223ae3e0ca",
            weight,
            variable=True,
        )
        for weight in (400, 700)
    ),
    "PT Serif": (
        Face(
            "fontpkg_pt_serif",
            "files/PT_Serif-Web-Regular.ttf",
            "a4951fade06ff8f09b7673aa81ffb65a8cd409e24d3289a6dc670bc4dda2557a",
            400,
            variable=False,
        ),
        Face(
            "fontpkg_pt_serif",
            "files/PT_Serif-Web-Bold.ttf",
            "038ba7336bd7ea14f12ad155bed51a4345cac5153275d521dec3ba04021c526e",
            700,
            variable=False,
        ),
    ),
}
# A fontconfig that knows no folder: the only fonts are those a letter's style sheet brings.
_NO_SYSTEM_FONTS: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig/>
"""
_environment_lock = Lock()


def configure() -> FontConfiguration:
    """Make a font configuration that sees no font of the machine."""
    with _environment_lock, tempfile.TemporaryDirectory(prefix="teduh-fonts-") as folder:
        config = Path(folder) / "fonts.conf"
        config.write_text(_NO_SYSTEM_FONTS, encoding="utf-8")
        before = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = str(config)
        try:
            return FontConfiguration()
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before


@cache
def resources(family: str) -> Mapping[str, bytes]:
    """Return a family's faces by the names under which a style sheet may ask for them.

    Made once per process, in about a third of a second a face.

    :raises RenderError: ``bad_office`` for an unknown family, ``fonts_missing``.
    """
    if family not in FAMILIES:
        raise RenderError("bad_office", "office.font")
    return {face.url: _cut(face, PRINTABLE[family]) for face in FAMILIES[family]}


def face_rules(family: str) -> str:
    """Return the ``@font-face`` rules of a family."""
    return "\n".join(
        f"@font-face {{ font-family: '{family}'; font-weight: {face.weight}; "
        f"src: url('{face.url}'); }}"
        for face in FAMILIES[family]
    )


@cache
def characters(family: str) -> frozenset[int]:
    """Return the code points that every face of a family can draw.

    :raises RenderError: as :func:`resources`.
    """
    drawn = [
        frozenset(TTFont(BytesIO(content), lazy=True).getBestCmap())
        for content in resources(family).values()
    ]
    return frozenset.intersection(*drawn)


def _cut(face: Face, characters: frozenset[int]) -> bytes:
    """Reduce a face to the characters of letters, at one weight.

    A variable font must be fixed to its weight here: Pango would space its bold letters with the
    widths of the regular ones.
    """
    font = TTFont(BytesIO(face.original()), recalcTimestamp=False)
    options = Options()
    options.hinting = False
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    if face.variable:
        instantiateVariableFont(font, {"wght": face.weight}, inplace=True)
    cut = BytesIO()
    font.save(cut)
    return cut.getvalue()
