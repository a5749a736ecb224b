"""Contrast of the palette, computed from the style sheet itself (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app.ui

SHEET = (Path(app.ui.__file__).parent / "static" / "teduh.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"--t-([a-z-]+):\s*(#[0-9a-f]{6})\b", SHEET))

TEXT = [
    *((ink, ground) for ink in ("ink", "soft", "main", "main-strong", "stop")
      for ground in ("ground", "paper")),
    ("on-deep", "deep"), ("on-deep-soft", "deep"), ("on-deep", "main-strong"),
    ("on-deep", "main"), ("on-deep", "stop"), ("on-deep", "soft"), ("deep", "paper"),
    ("good", "good-tint"), ("active", "active-tint"), ("waiting", "waiting-tint"),
    ("stop", "stop-tint"), ("soft", "neutral-tint"), ("soft", "mask"), ("ink", "focus"),
    ("main", "main-tint"), ("main-strong", "main-tint"),
    *(("ink", tint) for tint in
      ("good-tint", "active-tint", "waiting-tint", "stop-tint", "main-tint", "mask")),
]  # fmt: skip
SHAPES = [
    *((edge, ground) for edge in ("edge", "main", "stop", "good", "active")
      for ground in ("ground", "paper")),
    ("focus", "deep"), ("ink", "ground"),
]  # fmt: skip


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_computed_as_the_standard_defines_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_stands_out_from_its_ground(ink: str, ground: str) -> None:
    assert contrast(COLOURS[ink], COLOURS[ground]) >= 4.5


@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_borders_and_shapes_stand_out_from_their_ground(shape: str, ground: str) -> None:
    assert contrast(COLOURS[shape], COLOURS[ground]) >= 3


def test_every_colour_of_the_palette_is_checked_or_only_a_hairline() -> None:
    checked = {name for pair in [*TEXT, *SHAPES] for name in pair}
    assert set(COLOURS) - checked == {"line", "deep-line"}
