"""What a letter says now and what it said before: field by field, word by word."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from app.documents import content, letters, workshop
from app.documents.catalogue import DocumentType
from app.documents.models import Letter
from tenants import vault
from tenants.context import acting_person
from tenants.errors import Refused

_WORD = re.compile(r"\S+\s*|\s+")


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words and what became of them."""

    mark: Mark
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that reads differently now; ``label`` is by language."""

    label: Mapping[str, Any]
    pieces: tuple[Piece, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed since a letter was returned, or since the one that it replaces.

    Attributes:
        number: of the letter that is replaced; None when this one came back from its author.
    """

    number: str | None
    changes: tuple[Change, ...] = field(repr=False)


def keep(letter: Letter, drawn: Mapping[str, Any]) -> bytes:
    """Return what a letter says, sealed, to be compared later."""
    said = content.canonical({**drawn, "office": None})
    return vault.seal_for_subject(letter.key_holder, said, *_place(letter.id))


def compare(letter: Letter, drawn: Mapping[str, Any]) -> Comparison | None:
    """Compare what a letter says with its predecessor; None when it has none to be read.

    Raises:
        Unreadable: the case's key is destroyed.
    """
    kind = workshop.document_type(letter.type)
    if letter.earlier is not None:
        said = vault.open_for_subject(letter.key_holder, letter.earlier, *_place(letter.id))
        return Comparison(None, changes(kind, json.loads(said), drawn))
    if letter.supersedes_id is None:
        return None
    before = letters.find(letter.supersedes_id)
    if before.snapshot is None:
        return None
    try:
        content.judge_reader(before, acting_person(), letters.standing(letter))
    except Refused:
        return None
    place = letters.snapshot_place(before.id)
    said = vault.open_for_subject(before.key_holder, before.snapshot, *place)
    return Comparison(before.number, changes(kind, json.loads(said), drawn))


def changes(
    kind: DocumentType, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Change, ...]:
    """Return what reads differently in two letters of one kind, in the order of the page."""
    found = []
    for label, old, new in _pairs(kind, before, after):
        if old != new:
            found.append(Change(label, pieces(old, new)))
    return tuple(found)


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return a text with what is gone and what is new, whole words at a time."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    found: list[Piece] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if what == "equal":
            found.append(Piece(Mark.SAME, "".join(old[old_from:old_to])))
            continue
        for mark, words in ((Mark.GONE, old[old_from:old_to]), (Mark.NEW, new[new_from:new_to])):
            if words:
                found.append(Piece(mark, "".join(words)))
    return tuple(found)


def _pairs(
    kind: DocumentType, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any], str, str]]:
    for label, path in _FACTS:
        yield label, _at(before["letter"], path), _at(after["letter"], path)
    for one in kind.fields:
        path = tuple(one.name.split("."))
        yield one.label, _at(before["values"], path), _at(after["values"], path)


def _at(tree: Any, path: tuple[str, ...]) -> str:
    for key in path:
        tree = (tree or {}).get(key)
    return str(tree) if tree else ""


def _place(letter_id: UUID) -> tuple[str, ...]:
    return ("letter", str(letter_id), "earlier")


def _in_both(label: Any) -> Mapping[str, Any]:
    return {"id": label, "en": label}


_FACTS: tuple[tuple[Mapping[str, Any], tuple[str, ...]], ...] = (
    (_in_both(_l("Subject")), ("hal",)),
    (_in_both(_l("Goes to")), ("addressee", "title")),
    (_in_both(_l("Signed as")), ("signer", "title")),
    (_in_both(_l("Signed by")), ("signer", "name")),
)
