"""Emblems of letterheads: what an office may bring, and a neutral one for those without.

The neutral emblem is drawn here: a shield sheltering a lamp. It imitates no government's arms.
"""

from __future__ import annotations

import math
from typing import Final

from app.documents.errors import RenderError

MAX_EMBLEM_BYTES: Final = 512 * 1024
_SHIELD: Final = "M50 3 L93 16 V54 C93 82 74 103 50 115 C26 103 7 82 7 54 V16 Z"
_INNER: Final = "M50 9 L87 20.5 V54 C87 78 71 97 50 108 C29 97 13 78 13 54 V20.5 Z"


def media_type(emblem: bytes) -> str:
    """Tell what an emblem is from its first bytes.

    Only JPEG and SVG are taken: a PNG is encoded anew for each letter, and transparency is
    a hazard in archival PDF.

    :raises RenderError: ``missing_emblem`` or ``bad_emblem``.
    """
    if not emblem:
        raise RenderError("missing_emblem")
    if len(emblem) > MAX_EMBLEM_BYTES:
        raise RenderError("bad_emblem")
    if emblem.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if emblem.lstrip().startswith((b"<svg", b"<?xml")):
        return "image/svg+xml"
    raise RenderError("bad_emblem")


def draw(colour: str = "#1f4e5f", accent: str = "#b8860b") -> bytes:
    """Draw the neutral emblem as SVG, 100 by 118 units.

    :param colour: of the shield, as ``#rrggbb``.
    :param accent: of the flame and its rays, as ``#rrggbb``.
    """
    rays = " ".join(_ray(index) for index in range(9))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 118" width="100" height="118">'
        f'<path d="{_SHIELD}" fill="{colour}"/>'
        f'<path d="{_INNER}" fill="#ffffff"/>'
        f'<path d="{rays}" stroke="{accent}" stroke-width="2.4"/>'
        f'<path d="M50 34 C60 46 62 52 58 60 C56 65 44 65 42 60 C38 52 42 46 50 34 Z"'
        f' fill="{accent}"/>'
        f'<path d="M24 70 Q50 60 76 70 Q72 92 50 92 Q28 92 24 70 Z" fill="{colour}"/>'
        f'<path d="M38 95 H62 V100 H38 Z" fill="{colour}"/>'
        "</svg>"
    ).encode()


def _ray(index: int) -> str:
    angle = math.radians(200 + index * 17.5)
    inner, outer = 20.0, 28.0
    x1, y1 = 50 + inner * math.cos(angle), 52 + inner * math.sin(angle)
    x2, y2 = 50 + outer * math.cos(angle), 52 + outer * math.sin(angle)
    return f"M{x1:.2f} {y1:.2f} L{x2:.2f} {y2:.2f}"
