"""What `make` needs from the operating system; installed by apt where that is allowed.

Runs before anything is installed, so it uses the standard library only and is started as a
plain script: `python3 app/local/system.py run|test`.
"""

from __future__ import annotations

import ctypes
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec

OLDEST_PYTHON = (3, 11)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def library(name: str) -> bool:
    """Whether the dynamic loader finds a shared library, e.g. `libpango-1.0.so.0`."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def program(*names: str) -> bool:
    """Whether one of the programs is on the path."""
    return any(shutil.which(name) for name in names)


def venv() -> bool:
    """Whether `python3 -m venv` can put pip into an environment (Debian splits that off)."""
    return find_spec("ensurepip") is not None and find_spec("venv") is not None


# Debian package -> whether what it brings is there. WeasyPrint loads the three libraries.
RUN: dict[str, Callable[[], bool]] = {
    "python3-venv": venv,
    "libpango-1.0-0": lambda: library("libpango-1.0.so.0"),
    "libpangoft2-1.0-0": lambda: library("libpangoft2-1.0.so.0"),
    "libharfbuzz-subset0": lambda: library("libharfbuzz-subset.so.0"),
}
TEST: dict[str, Callable[[], bool]] = {
    **RUN,
    "chromium": lambda: program(*CHROMIUM),
    "poppler-utils": lambda: program("pdfsig"),
    "libnss3-tools": lambda: program("certutil"),
    "libatomic1": lambda: library("libatomic.so.1"),  # for the driver that Playwright brings
}


def missing(wanted: dict[str, Callable[[], bool]]) -> list[str]:
    """The packages whose content is not there, in the order of the list."""
    return [package for package, present in wanted.items() if not present()]


def install_command(packages: list[str]) -> str:
    """The one line that installs the packages, for root."""
    return f"apt-get update && apt-get install -y --no-install-recommends {shlex.join(packages)}"


def may_install() -> list[str] | None:
    """The command prefix with which apt may be used without asking anyone; None if it may not."""
    if not program("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    asked = ["sudo", "-n", "true"]
    if program("sudo") and subprocess.run(asked, capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    return None


def main(purpose: str) -> int:
    """Check, install or say what to do. 0 when everything is there."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        print(f"teduh: Python {found} is too old; 3.11 or newer is needed: make PYTHON=python3.11")
        return 1
    wanted = RUN if purpose == "run" else TEST
    packages = missing(wanted)
    if not packages:
        return 0
    line = install_command(packages)
    prefix = may_install()
    if prefix is not None:
        print(f"teduh: installing {' '.join(packages)}", flush=True)
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", line]
        subprocess.run([*prefix, *quiet], check=False, stdin=subprocess.DEVNULL)
        packages = missing(wanted)
        if not packages:
            return 0
        line = install_command(packages)
    as_root = line if os.geteuid() == 0 else f"sudo sh -c '{line}'"
    print(f"teduh: system packages are missing. Run this, then make again:\n\n    {as_root}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
