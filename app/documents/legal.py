"""Legal bases as dated reference data (``doc_templates/_legal/bases.toml``).

A basis is printed only as far as it has been confirmed: an unconfirmed one not at all, unless the
tenant's own legal officer has confirmed it; an unconfirmed article never.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from app.documents.errors import TemplateError

_KEYS: Final = {
    "law", "article", "from", "until", "confirmed", "article_confirmed",
    "reveals_violence", "source",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wording:
    """How a basis reads from one day to another (both included)."""

    law: str
    article: str | None
    first_day: date
    last_day: date | None
    confirmed: bool
    article_confirmed: bool
    reveals_violence: bool
    source: str

    def holds(self, day: date) -> bool:
        """Whether this wording is in force on a day."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    @property
    def text(self) -> str:
        """What may be printed of it."""
        if self.article and self.article_confirmed:
            return f"{self.article} {self.law}"
        return self.law


def load_bases(path: Path) -> Mapping[str, tuple[Wording, ...]]:
    """Read the reference data.

    :raises TemplateError: with the basis named.
    """
    file = f"{path.parent.name}/{path.name}"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise TemplateError(file, str(problem)) from None
    bases = {key: tuple(_wording(file, key, one) for one in value) for key, value in data.items()}
    for key, wordings in bases.items():
        _check_order(file, key, wordings)
    return bases


def printed(
    wordings: Mapping[str, tuple[Wording, ...]],
    keys: Collection[str],
    day: date,
    confirmed: Collection[str] = (),
) -> tuple[str, ...]:
    """Return what a letter of that day may print of some bases.

    :param confirmed: keys that the tenant's own legal officer has confirmed.
    """
    return tuple(
        one.text
        for key in keys
        for one in wordings[key]
        if one.holds(day) and not one.reveals_violence and (one.confirmed or key in confirmed)
    )


def _wording(file: str, key: str, data: Mapping[str, Any]) -> Wording:
    unknown = sorted(set(data) - _KEYS)
    if unknown:
        raise TemplateError(file, "unknown key", f"{key}.{unknown[0]}")
    try:
        wording = Wording(
            law=data["law"],
            article=data.get("article"),
            first_day=data["from"],
            last_day=data.get("until"),
            confirmed=data["confirmed"],
            article_confirmed=data.get("article_confirmed", False),
            reveals_violence=data.get("reveals_violence", False),
            source=data["source"],
        )
    except KeyError as missing:
        raise TemplateError(file, "missing key", f"{key}.{missing.args[0]}") from None
    if type(wording.first_day) is not date or type(wording.last_day) not in {date, type(None)}:
        raise TemplateError(file, "from and until are dates", key)
    return wording


def _check_order(file: str, key: str, wordings: tuple[Wording, ...]) -> None:
    for earlier, later in pairwise(wordings):
        if earlier.last_day is None or earlier.last_day >= later.first_day:
            raise TemplateError(file, "two wordings hold on one day", key)
