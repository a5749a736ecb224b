"""Icons, cut one by one from the sprite that Bootstrap-Flask ships.

The whole sprite is about 1.1 MB, too much for a telephone; one icon inside the page is some
300 bytes and asks for no further request.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import flask_bootstrap
from markupsafe import Markup

_SPRITE = Path(flask_bootstrap.__file__).parent / "static/bootstrap5/icons/bootstrap-icons.svg"
_SYMBOL = re.compile(r'<symbol[^>]*? id="([^"]+)">(.*?)</symbol>', re.DOTALL)


@lru_cache(maxsize=256)
def icon(name: str) -> Markup:
    """The icon `name` of Bootstrap Icons as inline SVG, hidden from screen readers.

    Raises KeyError for a name the sprite does not hold.
    """
    sprite = _SPRITE.read_text(encoding="utf-8")
    end = sprite.find(f' id="{name}">')
    match = _SYMBOL.search(sprite, sprite.rfind("<symbol", 0, end)) if end > 0 else None
    if match is None or match[1] != name:
        raise KeyError(f"no icon is named {name!r}")
    return Markup(  # noqa: S704 - drawn by the installed package, no text of ours or of a user
        '<svg class="t-icon" viewBox="0 0 16 16" width="16" height="16" fill="currentColor"'
        f' aria-hidden="true" focusable="false">{match[2]}</svg>'
    )
