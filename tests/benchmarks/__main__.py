"""``make bench`` and ``make bench-full``: measure, write var/bench/results.json, show a table.

    python -m tests.benchmarks [--full] [KEY ...]

KEY is a figure or the beginning of one, e.g. ``audit.`` or ``page.case_queries``.
"""

from __future__ import annotations

import argparse
import sys
import time
from importlib import import_module

from tests.benchmarks.figures import FIGURES, RESULTS, Figure, flatten, keep, table
from tests.benchmarks.stage import Size, Stage

MODULES = (
    *("log", "crypto", "pages", "letters", "pipeline", "processes"),
    *("desk", "partitions", "survivors", "chaos"),
)


def main() -> int:
    """Measure what was asked for; exit code 1 when a target was missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("keys", nargs="*")
    options.add_argument("--full", action="store_true", help="what takes long, instead of the rest")
    usual = Size()
    options.add_argument("--agencies", type=int, default=usual.agencies, help="for a smaller try")
    options.add_argument("--survivors", type=int, default=usual.survivors)
    chosen = options.parse_args()
    for name in MODULES:
        import_module(f"tests.benchmarks.{name}")
    wanted = [one for one in FIGURES.values() if _is_wanted(one, chosen.keys, full=chosen.full)]
    if not wanted:
        print("no figure has such a key; there are: " + " ".join(sorted(FIGURES)), file=sys.stderr)
        return 2
    measured: dict[str, float] = {}
    with Stage(Size(chosen.agencies, chosen.survivors)) as stage:
        for one in wanted:
            begun = time.monotonic()
            found = flatten(one.key, one.measure(stage))
            print(
                f"{one.key}: {found[one.key]:.4g}  ({time.monotonic() - begun:.0f} s)", flush=True
            )
            measured |= found
            keep(found)
    print(f"\n{table(measured)}\n\nkept in {RESULTS}")
    return int(any(one.missed(measured[one.key]) for one in wanted))


def _is_wanted(one: Figure, keys: list[str], *, full: bool) -> bool:
    begun = not keys or any(one.key.startswith(key) for key in keys)
    return one.key in keys or (begun and one.full == full)


if __name__ == "__main__":
    sys.exit(main())
