"""Instruments as data: one file each, with their questions, the class of each answer, the score.

A file is checked when it is loaded: an answer may only have a class and level for which a sealed
column exists, and only an instrument with a ``[scoring]`` table is scored at all.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_pgettext as _lp

from app.assessments.models import COLUMNS
from tenants.profile import SERVICES

FOLDER = Path(__file__).parent / "instruments"


class InstrumentError(ValueError):
    """An instrument's file cannot be used; says which and why."""


class Kind(StrEnum):
    """How a question is answered."""

    YES_NO = "yes-no"
    SCALE = "scale"
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"


OPTIONS: dict[str, dict[str, Any]] = {
    "yes-no": {"yes": _lp("answer", "Yes"), "no": _lp("answer", "No")},
    "scale": {
        "0": _lp("answer", "Not at all"),
        "1": _lp("answer", "Some days"),
        "2": _lp("answer", "Most days"),
        "3": _lp("answer", "Every day"),
    },
    "difficulty": {
        "none": _lp("answer", "No difficulty"),
        "some": _lp("answer", "Some difficulty"),
        "much": _lp("answer", "Much difficulty"),
        "cannot": _lp("answer", "Cannot at all"),
    },
}
"""The answers to choose from, by the name that an instrument gives them."""


@dataclass(frozen=True, slots=True)
class Said:
    """One text in both languages."""

    id: str
    en: str

    def __str__(self) -> str:
        locale = get_locale()
        return self.en if locale is not None and locale.language == "en" else self.id


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    Attributes:
        column: the sealed column for answers of its class and level.
        options: value -> word, empty for a number or a text.
        yes: what a "yes" adds to the score.
        suggests: the service that a "yes" asks for.
    """

    code: str
    kind: Kind
    text: Said
    column: str
    options: Mapping[str, Any]
    yes: int = 0
    suggests: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """What a score up to a number means."""

    up_to: int
    kind: str
    text: Said


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of one instrument.

    Attributes:
        paired: a case is closed only with a first and a second assessment by it.
        bands: empty where the instrument is not scored.
    """

    key: str
    version: int
    since: date
    title: Said
    lead: Said
    items: tuple[Item, ...]
    paired: bool
    bands: tuple[Band, ...]

    def item(self, code: str) -> Item | None:
        """Return a question by its code."""
        return next((one for one in self.items if one.code == code), None)

    def score(self, answers: Mapping[str, str]) -> int | None:
        """Return the score of some answers; None where the instrument has none.

        What was not answered adds nothing.
        """
        if not self.bands:
            return None
        total = 0
        for one in self.items:
            said = answers.get(one.code)
            if one.kind is Kind.SCALE and said:
                total += int(said)
            elif one.kind is Kind.YES_NO and said == "yes":
                total += one.yes
        return total

    def band(self, score: int | None) -> Band | None:
        """Return what a score means."""
        if score is None:
            return None
        return next((one for one in self.bands if score <= one.up_to), None)

    def suggested(self, answers: Mapping[str, str]) -> list[str]:
        """Return the services for which the answers ask, in the order of the questions."""
        return [
            one.suggests for one in self.items if one.suggests and answers.get(one.code) == "yes"
        ]


@lru_cache(maxsize=1)
def instruments() -> dict[tuple[str, int], Instrument]:
    """Return every version of every instrument, by key and version.

    Raises:
        InstrumentError: a file cannot be used.
    """
    found: dict[tuple[str, int], Instrument] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        one = read(path.name, tomllib.loads(path.read_text(encoding="utf-8")))
        if (one.key, one.version) in found:
            raise InstrumentError(f"{path.name}: {one.key} {one.version} is there twice")
        found[one.key, one.version] = one
    return found


def newest(on: date) -> dict[str, Instrument]:
    """Return the version of each instrument that holds on a day, in the order of work."""
    order = ("risk", "needs", "psychosocial", "disability", "children")
    found: dict[str, Instrument] = {}
    for one in sorted(instruments().values(), key=lambda each: each.version):
        if one.since <= on:
            found[one.key] = one
    return dict(sorted(found.items(), key=lambda each: _rank(order, each[0])))


def read(name: str, content: Mapping[str, Any]) -> Instrument:
    """Return the instrument that a file holds.

    Raises:
        InstrumentError: something is missing, or an answer has a class and level for which no
            sealed column exists.
    """
    try:
        items = tuple(_item(name, one) for one in content["items"])
        bands = tuple(
            Band(int(one["up_to"]), one["kind"], Said(one["id"], one["en"]))
            for one in content.get("scoring", {}).get("bands", ())
        )
        made = Instrument(
            key=content["key"],
            version=content["version"],
            since=content["since"],
            title=Said(**content["title"]),
            lead=Said(**content["lead"]),
            items=items,
            paired=bool(content.get("paired", False)),
            bands=bands,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InstrumentError(f"{name}: {error}") from None
    if len({one.code for one in items}) != len(items):
        raise InstrumentError(f"{name}: two questions have one code")
    return made


def _item(name: str, content: Mapping[str, Any]) -> Item:
    kind = Kind(content["kind"])
    column = COLUMNS.get((content["class"], content["level"]))
    if column is None:
        raise InstrumentError(
            f"{name}: no sealed column for {content['class']} of level {content['level']}"
        )
    suggests = content.get("suggests", "")
    if suggests and suggests not in SERVICES:
        raise InstrumentError(f"{name}: {suggests} is no service")
    offered = OPTIONS.get(str(content.get("options", kind.value)), {})
    return Item(
        code=content["code"],
        kind=kind,
        text=Said(**content["text"]),
        column=column,
        options=offered,
        yes=int(content.get("yes", 0)),
        suggests=suggests,
    )


def _rank(order: tuple[str, ...], key: str) -> tuple[int, str]:
    return (order.index(key) if key in order else len(order), key)
