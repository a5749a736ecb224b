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
from tests.benchmarks.stage import Stage

MODULES = ("log", "crypto", "pages", "processes", "desk", "partitions", "chaos")


def main() -> int:
    """Measure what was asked for; exit code 1 when a target was missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("keys", nargs="*")
    options.add_argument("--full", action="store_true", help="what takes long, instead of the rest")
    chosen = options.parse_args()
    for name in MODULES:
        import_module(f"tests.benchmarks.{name}")
    wanted = [one for one in FIGURES.values() if _is_wanted(one, chosen.keys, full=chosen.full)]
    if not wanted:
        print("no figure has such a key; there are: " + " ".join(sorted(FIGURES)), file=sys.stderr)
        return 2
    measured: dict[str, float] = {}
    with Stage() as stage:
        for one in wanted:
            begun = time.monotonic()
            found = flatten(one.key, one.measure(stage))
            print(
                f"{one.key}: {found[one.key]:.4g}  ({time.monotonic() - begun:.0f} s)", flush=True
            )
            measured |= found
            keep(found)
    print(f"\n{table(measured)}\n\nkept in {RESULTS}")
    return int(any(one.most is not None and measured[one.key] > one.most for one in wanted))


def _is_wanted(one: Figure, keys: list[str], *, full: bool) -> bool:
    begun = not keys or any(one.key.startswith(key) for key in keys)
    return one.key in keys or (begun and one.full == full)


if __name__ == "__main__":
    sys.exit(main())
