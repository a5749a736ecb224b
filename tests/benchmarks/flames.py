"""Flame graphs of the hot paths: where the CPU's time goes, drawn as small SVG files.

    python -m tests.benchmarks.flames            writes docs/flames/*.svg

The process is asked a thousand times a second of its own CPU time what it is doing. A box is a
function, as wide as its share with all that it calls; below it stands who called it. What takes
less than a hundredth is left out.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from types import FrameType

from tests.benchmarks import letters
from tests.benchmarks.pages import case_with
from tests.benchmarks.stage import ROOT, Stage
from tests.documents.desk import open_desk

FOLDER = ROOT / "docs" / "flames"
WIDTH, ROW, LEAST = 1_000, 15, 0.01


@dataclass
class Box:
    """A function and what it calls, with the number of looks that found it at work."""

    looks: int = 0
    calls: dict[str, Box] = field(default_factory=dict)


def main() -> None:
    """Draw every hot path."""
    FOLDER.mkdir(exist_ok=True)
    letters.typeset()
    draw("letter-page", letters.typeset, 60)
    with Stage() as stage:
        world = stage.world
        path = f"/cases/{case_with(world, 20)}"
        officer, auditor = world.client("case-officer"), world.client("auditor")
        draw("page-of-a-case", lambda: officer.get(path), 60)
        draw("auditors-desk", lambda: auditor.get("/audit"), 60)
        with open_desk(world, stage.postgres) as desk:
            desk.issued()
            waiting = [desk.approved() for _ in range(30)]
            draw("letter-whole", lambda: desk.run(waiting.pop()), 30)


def draw(name: str, act: Callable[[], object], rounds: int) -> None:
    """Watch an act and write its picture."""
    top = watched(act, rounds)
    path = FOLDER / f"{name}.svg"
    path.write_text(picture(name, top), encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {top.looks} looks, {path.stat().st_size} bytes")


def watched(act: Callable[[], object], rounds: int) -> Box:
    """Do something often and note what is at work, a thousand times a second of CPU."""
    top = Box()

    def look(_number: int, frame: FrameType | None) -> None:
        stack: list[str] = []
        while frame is not None:
            stack.append(named(frame))
            frame = frame.f_back
        seen = stack[: stack.index(_HERE)] if _HERE in stack else stack
        box = top
        box.looks += 1
        for place in reversed(seen):
            box = box.calls.setdefault(place, Box())
            box.looks += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)
    try:
        for _ in range(rounds):
            act()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return top


def named(frame: FrameType) -> str:
    """Name a function by its module and itself."""
    module = str(frame.f_globals.get("__name__", "?"))
    return f"{module}.{frame.f_code.co_name}"


_HERE = f"{__name__}.watched"


def picture(name: str, top: Box) -> str:
    """Draw the boxes, the callers below."""
    drawn: list[tuple[float, int, float, str, float]] = []
    _place(top, 0.0, 0, max(1, top.looks), drawn)
    depth = 1 + max((level for _, level, _, _, _ in drawn), default=0)
    height = depth * ROW + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        ' font-family="sans-serif" font-size="10">',
        f'<text x="4" y="14" font-size="13">{escape(name)}: {top.looks} looks</text>',
    ]
    for left, level, width, place, share in drawn:
        y = height - (level + 1) * ROW
        room = int(width * WIDTH / 5.4)
        module, _, function = place.rpartition(".")
        label = place if len(place) <= room else function[:room]
        text = f'<text x="{left * WIDTH + 2:.0f}" y="{y + 11}">{escape(label)}</text>'
        parts.append(
            f'<g><title>{escape(place)} {share:.1%}</title><rect x="{left * WIDTH:.1f}" y="{y}"'
            f' width="{width * WIDTH:.1f}" height="{ROW - 1}" fill="{_colour(module)}"/>'
            f"{text if room > 3 else ''}</g>"
        )
    return "\n".join([*parts, "</svg>\n"])


def _place(
    box: Box,
    left: float,
    level: int,
    whole: int,
    drawn: list[tuple[float, int, float, str, float]],
) -> None:
    for place, below in sorted(box.calls.items()):
        share = below.looks / whole
        if share >= LEAST:
            drawn.append((left, level, share, place, share))
            _place(below, left, level + 1, whole, drawn)
        left += share


def _colour(module: str) -> str:
    """Ours stand out from the libraries'."""
    first = module.partition(".")[0]
    if first in {"app", "tenants", "workers"}:
        return "#f2a65a"
    return {"weasyprint": "#8ecae6", "sqlalchemy": "#b5c99a", "jinja2": "#d0b8e8"}.get(
        first, "#dddddd"
    )


if __name__ == "__main__":
    sys.exit(main())
