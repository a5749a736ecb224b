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

from fontTools.ttLib import TTFont
from weasyprint.text.fonts import FontConfiguration

from app.documents.errors import RenderError


@dataclass(frozen=True, slots=True)
class FontFile:
    """One file of a typeface: where it lies, its SHA-256, and the style it provides."""

    package: str
    path: str
    sha256: str
    style: str
    weights: tuple[int, ...]

    def read(self) -> bytes:
        """Return the font's bytes.

        :raises RenderError: ``fonts_missing`` when absent or different from the pinned hash.
        """
        try:
            content = files(self.package).joinpath(self.path).read_bytes()
        except (ModuleNotFoundError, OSError):
            raise RenderError("fonts_missing", self.package) from None
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise RenderError("fonts_missing", self.package)
        return content


_ARIMO: Final = "fontpkg_arimo"
_PT_SERIF: Final = "fontpkg_pt_serif"

FAMILIES: Final[Mapping[str, tuple[FontFile, ...]]] = {
    "Arimo": (
        FontFile(
            _ARIMO, "files/Arimo[wght].ttf",
            "e43898b143ec826ac8cb4034816458a7047fbe0836558de2a1f8c6223ae3e0ca",
            "normal", (400, 700),
        ),
        FontFile(
            _ARIMO, "files/Arimo-Italic[wght].ttf",
            "a80fc54fd0233c1dfe298577c4d00f5ae81d5bb83510975e473c47e699b7f4ed",
            "italic", (400, 700),
        ),
    ),
    "PT Serif": (
        FontFile(
            _PT_SERIF, "files/PT_Serif-Web-Regular.ttf",
            "a4951fade06ff8f09b7673aa81ffb65a8cd409e24d3289a6dc670bc4dda2557a",
            "normal", (400,),
        ),
        FontFile(
            _PT_SERIF, "files/PT_Serif-Web-Bold.ttf",
            "038ba7336bd7ea14f12ad155bed51a4345cac5153275d521dec3ba04021c526e",
            "normal", (700,),
        ),
        FontFile(
            _PT_SERIF, "files/PT_Serif-Web-Italic.ttf",
            "f57e95ff9dc85691a3b2e193f2028db36f6663939a46c0fc4f286d618b80b7ce",
            "italic", (400,),
        ),
        FontFile(
            _PT_SERIF, "files/PT_Serif-Web-BoldItalic.ttf",
            "f003788ba08981eb0988b3557a6f224a53dab49c20e283e8b74d5af3c466f8be",
            "italic", (700,),
        ),
    ),
}  # fmt: skip

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
def resources() -> Mapping[str, bytes]:
    """Return every font by the name under which a style sheet may ask for it."""
    return {url(file): file.read() for faces in FAMILIES.values() for file in faces}


def url(file: FontFile) -> str:
    """Return the name of a font file in the allow-list of resources."""
    return f"teduh:font/{file.sha256[:16]}"


def face_rules(family: str) -> str:
    """Return the ``@font-face`` rules of a family.

    :raises RenderError: ``bad_office`` when the family is not one of :data:`FAMILIES`.
    """
    if family not in FAMILIES:
        raise RenderError("bad_office", "font")
    return "\n".join(
        f"@font-face {{ font-family: '{family}'; font-style: {file.style}; "
        f"font-weight: {weight}; src: url('{url(file)}'); }}"
        for file in FAMILIES[family]
        for weight in file.weights
    )


@cache
def characters(family: str) -> frozenset[int]:
    """Return the code points that every face of a family can draw."""
    drawn = [
        frozenset(TTFont(BytesIO(file.read()), lazy=True).getBestCmap())
        for file in FAMILIES[family]
    ]
    return frozenset.intersection(*drawn)
