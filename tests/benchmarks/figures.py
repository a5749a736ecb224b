"""What is measured: each key is one function, and the results are flat.

A function gets the stage and returns a number, or a :class:`Sample` of repeated runs, from which
its median stands under the key and minimum and CPU beside it (``key.min``, ``key.cpu``).
"""

from __future__ import annotations

import json
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.stage import FOLDER, Stage

RESULTS = FOLDER / "results.json"


@dataclass
class Sample:
    """Repeated runs of one thing: seconds by the wall and of this process's CPU.

    Attributes:
        scale: by which both are multiplied, e.g. 1000 for milliseconds.
    """

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    scale: float = 1.0

    def run(self, act: Callable[[], object]) -> None:
        """Do it once more."""
        cpu, wall = _cpu(), time.perf_counter()
        act()
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(_cpu() - cpu)

    def numbers(self, key: str) -> dict[str, float]:
        """Median, minimum and the CPU's, under their keys."""
        named = {"": statistics.median(self.wall), ".min": min(self.wall)}
        if self.cpu:
            named |= {".cpu": statistics.median(self.cpu), ".cpu_min": min(self.cpu)}
        return {key + end: value * self.scale for end, value in named.items()}

    @property
    def median(self) -> float:
        """The wall's median in seconds."""
        return statistics.median(self.wall)


Result = float | Sample | Mapping[str, float | Sample]
"""What a function returns; a mapping adds figures beside its own key (``""``)."""


@dataclass(frozen=True)
class Figure:
    """One key.

    Attributes:
        most: the target: not above it.
        least: the target: not below it.
        full: measured by ``make bench-full`` only.
    """

    key: str
    what: str
    measure: Callable[[Stage], Result] = field(repr=False)
    most: float | None = None
    full: bool = False
    least: float | None = None

    def missed(self, value: float) -> bool:
        """Tell whether the target was missed."""
        above = self.most is not None and value > self.most
        return above or (self.least is not None and value < self.least)

    @property
    def target(self) -> str:
        """The target as the table shows it."""
        if self.most is not None:
            return f"<= {self.most:g}"
        return "" if self.least is None else f">= {self.least:g}"


FIGURES: dict[str, Figure] = {}


def figure(
    key: str, *, most: float | None = None, least: float | None = None, full: bool = False
) -> Callable[[Callable[[Stage], Result]], Callable[[Stage], Result]]:
    """Make a function the way to measure a key; its docstring's first line says what it is."""

    def declare(measure: Callable[[Stage], Result]) -> Callable[[Stage], Result]:
        what = (measure.__doc__ or key).strip().splitlines()[0]
        FIGURES[key] = Figure(key, what, measure, most, full, least)
        return measure

    return declare


def flatten(key: str, result: Result) -> dict[str, float]:
    """Return the flat keys of one result."""
    if isinstance(result, Sample):
        return result.numbers(key)
    if isinstance(result, Mapping):
        every: dict[str, float] = {}
        for name, value in result.items():
            every |= flatten(f"{key}.{name}" if name else key, value)
        return every
    return {key: float(result)}


def known() -> dict[str, float]:
    """Return what earlier runs measured."""
    if not RESULTS.exists():
        return {}
    kept: dict[str, float] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return kept


def keep(measured: Mapping[str, float], path: Path = RESULTS) -> None:
    """Put new figures in the place of older ones; all others stay."""
    replaced = {_key(key) for key in measured}
    before = known()
    kept = {key: value for key, value in before.items() if _key(key) not in replaced}
    whole = dict(sorted({**kept, **measured}.items()))
    path.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def table(measured: Mapping[str, float]) -> str:
    """Return the figures as lines that a person reads."""
    lines = [f"{'key':<40} {'result':>12} {'target':>10}  what"]
    for key, value in measured.items():
        one = FIGURES.get(key)
        target, what = ("", "") if one is None else (one.target, one.what)
        missed = one is not None and one.missed(value)
        lines.append(f"{key:<40} {value:>12.4g} {target:>10}{' !' if missed else '  '}{what}")
    return "\n".join(lines)


def _key(written: str) -> str:
    return ".".join(written.split(".")[:2])


def _cpu() -> float:
    """Seconds of CPU of this process and of the children it has waited for."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)
