"""Addresses of static files, with their version, so that browsers may keep them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from flask import url_for
from flask_bootstrap import Bootstrap5

_STATIC = Path(__file__).parent / "static"


@lru_cache(maxsize=64)
def _fingerprint(name: str, changed_ns: int) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]


def static_file(name: str) -> str:
    """The address of `name` in this room's static folder; FileNotFoundError when it is missing."""
    changed = (_STATIC / name).stat().st_mtime_ns
    return url_for("ui.static", filename=name, v=_fingerprint(name, changed))


def bootstrap_file(name: str) -> str:
    """The address of a Bootstrap file as Bootstrap-Flask ships it, for example its stylesheet."""
    return url_for("bootstrap.static", filename=name, v=Bootstrap5.bootstrap_version)


@lru_cache(maxsize=1)
def version() -> str:
    """The version of the installed project, or an empty string when it runs uninstalled."""
    try:
        return metadata.version("teduh")
    except metadata.PackageNotFoundError:
        return ""
