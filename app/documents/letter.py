"""The frozen facts of a letter that are not case fields: letterhead, number, date, people.

Both records are read strictly from plain mappings (JSON in a snapshot): an unknown or missing
key, a wrong type or a control character is an error, never a blank.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from app.documents.errors import RenderError

DRAFT_WATERMARK: Final = "DRAF – BELUM DITANDATANGANI"
COPY_WATERMARK: Final = "SALINAN"
PAPERS: Final = {"A4": (210, 297), "F4": (215, 330)}  # millimetres
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
# Bidirectional overrides can make a letter show something else than it says.
_INVISIBLE: Final = {0x061C, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2060, 0x2070)}
MAX_TEXT: Final = 500
# Latin with the signs of Indonesian letters: a third of the time and a twentieth of the size.
_LATIN: Final = frozenset(
    {*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028), 0x20AC, 0x2212}
)
PRINTABLE: Final[Mapping[str, frozenset[int]]] = {
    "Arimo": _LATIN,
    "PT Serif": _LATIN
    - {
        0x10A, 0x10B, 0x114, 0x115, 0x120, 0x121, 0x128, 0x129, 0x12C, 0x12D, 0x132, 0x133, 0x138,
        0x13F, 0x140, 0x149, 0x14A, 0x14B, 0x14E, 0x14F, 0x166, 0x167, 0x168, 0x169, 0x174, 0x175,
        0x176, 0x177, 0x2010, 0x2012, 0x2015, 0x2016, 0x2017, 0x201B, 0x201F, 0x2023, 0x2024,
        0x2025, 0x2027,
    },
}  # fmt: skip
"""What each typeface can print: known without loading it, so that a letter is judged in time."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Page margins in millimetres."""

    top: int = 20
    right: int = 20
    bottom: int = 22
    left: int = 30


@dataclass(frozen=True, slots=True)
class Office:
    """The letterhead of one tenant, and how its letters look."""

    government: str
    agency: str
    address: tuple[str, ...]
    place: str
    emblem: bytes = field(repr=False)
    unit: str | None = None
    emblem_text: str = "Lambang instansi"
    mandates: tuple[str, ...] = ()
    confirmed_bases: tuple[str, ...] = ()
    paper: str = "F4"
    font: str = "Arimo"
    font_size: int = 12
    margins: Margins = Margins()

    def __post_init__(self) -> None:
        """Refuse what the style sheet cannot honour.

        :raises RenderError: ``bad_office`` with the setting's name.
        """
        sides = (self.margins.top, self.margins.right, self.margins.bottom, self.margins.left)
        for name, good in (
            ("paper", self.paper in PAPERS),
            ("font_size", 10 <= self.font_size <= 13),
            ("margins", all(10 <= side <= 45 for side in sides)),
            ("address", 1 <= len(self.address) <= 4),
        ):
            if not good:
                raise RenderError("bad_office", name)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Office:
        """Read what :meth:`frozen` wrote.

        :raises RenderError: ``bad_office`` with the key's name.
        """
        source = _Source(data, "bad_office", "office")
        margins = source.mapping("margins")
        try:
            emblem = base64.b64decode(source.text("emblem", limit=1_000_000), validate=True)
        except binascii.Error:
            raise RenderError("bad_office", "office.emblem") from None
        office = cls(
            government=source.text("government"),
            agency=source.text("agency"),
            unit=source.maybe("unit"),
            address=source.texts("address"),
            place=source.text("place"),
            emblem=emblem,
            emblem_text=source.text("emblem_text"),
            mandates=source.texts("mandates"),
            confirmed_bases=source.texts("confirmed_bases"),
            paper=source.text("paper"),
            font=source.text("font"),
            font_size=source.number("font_size"),
            margins=Margins(*(margins.number(s) for s in ("top", "right", "bottom", "left"))),
        )
        margins.close()
        source.close()
        return office

    def frozen(self) -> dict[str, Any]:
        """Return the letterhead as JSON, for a letter's snapshot."""
        return {
            "government": self.government,
            "agency": self.agency,
            "unit": self.unit,
            "address": list(self.address),
            "place": self.place,
            "emblem": base64.b64encode(self.emblem).decode(),
            "emblem_text": self.emblem_text,
            "mandates": list(self.mandates),
            "confirmed_bases": list(self.confirmed_bases),
            "paper": self.paper,
            "font": self.font,
            "font_size": self.font_size,
            "margins": {
                "top": self.margins.top,
                "right": self.margins.right,
                "bottom": self.margins.bottom,
                "left": self.margins.left,
            },
        }


@dataclass(frozen=True, slots=True)
class Signer:
    """The signature block: ``prefix`` stands above the title, as a.n. with what belongs to it."""

    title: str
    name: str
    rank: str | None
    nip: str | None
    prefix: str | None


@dataclass(frozen=True, slots=True)
class Cosigner:
    """Somebody who signs before the signatory, and in which capacity."""

    capacity: str
    name: str
    nip: str | None

    def __iter__(self) -> Iterator[str | None]:
        """Give capacity, name and NIP to a template's loop."""
        return iter((self.capacity, self.name, self.nip))


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom: ``title`` follows "Yth.", ``attention`` follows "u.p.", ``place`` follows "di"."""

    title: str
    attention: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """State of the tenant's audit log at approval: number of events and root hash (hex)."""

    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a template may read as ``letter``."""

    number: str | None
    date: date
    place: str
    sifat: str
    lampiran: str
    hal: str
    addressee: Addressee | None
    signer: Signer
    copies: tuple[str, ...]
    legal_bases: tuple[str, ...]
    verification_url: str | None
    checkpoint: Checkpoint | None
    cosigners: tuple[Cosigner, ...] = ()

    @property
    def final(self) -> bool:
        """Whether it has all that an issued letter must carry."""
        return None not in {self.number, self.verification_url, self.checkpoint}

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Letter:
        """Read a letter's facts from a snapshot.

        :raises RenderError: ``bad_letter`` with the key's name.
        """
        source = _Source(data, "bad_letter", "letter")
        addressee = source.maybe_mapping("addressee")
        signer = source.mapping("signer")
        checkpoint = source.maybe_mapping("checkpoint")
        try:
            day = date.fromisoformat(source.text("date"))
        except ValueError:
            raise RenderError("bad_letter", "letter.date") from None
        letter = cls(
            number=source.maybe("number"),
            date=day,
            place=source.text("place"),
            sifat=source.text("sifat"),
            lampiran=source.text("lampiran"),
            hal=source.text("hal"),
            addressee=None
            if addressee is None
            else Addressee(
                addressee.text("title"), addressee.maybe("attention"), addressee.text("place")
            ),
            signer=Signer(
                signer.text("title"), signer.text("name"), signer.maybe("rank"),
                signer.maybe("nip"), signer.maybe("prefix", multiline=True),
            ),
            copies=source.texts("copies"),
            legal_bases=source.texts("legal_bases"),
            verification_url=source.maybe("verification_url"),
            checkpoint=None
            if checkpoint is None
            else Checkpoint(checkpoint.number("size"), checkpoint.text("root")),
            cosigners=_cosigners(source),
        )  # fmt: skip
        for part in (source, addressee, signer, checkpoint):
            if part is not None:
                part.close()
        letter._check()
        return letter

    def _check(self) -> None:
        url = self.verification_url
        if url is not None and not re.fullmatch(r"https?://[!-~]{3,300}", url):
            raise RenderError("bad_letter", "letter.verification_url")
        if self.checkpoint and not (
            self.checkpoint.size >= 0 and _SHA256.fullmatch(self.checkpoint.root)
        ):
            raise RenderError("bad_letter", "letter.checkpoint")


def _cosigners(source: _Source) -> tuple[Cosigner, ...]:
    """Read who signs before the signatory: nobody, where the snapshot does not say."""
    found = []
    for one in source.maybe_mappings("cosigners"):
        found.append(Cosigner(one.text("capacity"), one.text("name"), one.maybe("nip")))
        one.close()
    return tuple(found)


def check_text(text: str, where: str, *, multiline: bool = False) -> None:
    """Refuse characters that do not belong into a letter.

    :raises RenderError: ``control_character``.
    """
    for character in text:
        if character == "\n" and multiline:
            continue
        if unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} or (
            ord(character) in _INVISIBLE
        ):
            raise RenderError("control_character", where)


class _Source:
    """Reads a mapping key by key and notices what is left."""

    def __init__(self, data: object, code: str, where: str) -> None:
        self._code = code
        self._where = where
        if not isinstance(data, Mapping):
            raise RenderError(code, where)
        self._left = dict(data)

    def text(self, key: str, limit: int = MAX_TEXT) -> str:
        return self._checked(self._take(key), key, limit)

    def maybe(self, key: str, *, multiline: bool = False) -> str | None:
        value = self._take(key)
        return None if value is None else self._checked(value, key, MAX_TEXT, multiline)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._take(key)
        if not isinstance(value, list | tuple) or len(value) > 20:
            raise self._bad(key)
        return tuple(self._checked(one, key, MAX_TEXT) for one in value)

    def number(self, key: str) -> int:
        value = self._take(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._bad(key)
        return value

    def mapping(self, key: str) -> _Source:
        return _Source(self._take(key), self._code, f"{self._where}.{key}")

    def maybe_mapping(self, key: str) -> _Source | None:
        value = self._take(key)
        return None if value is None else _Source(value, self._code, f"{self._where}.{key}")

    def maybe_mappings(self, key: str) -> list[_Source]:
        """Read a list of mappings that need not be there."""
        value = self._left.pop(key, ())
        if not isinstance(value, list | tuple) or len(value) > 5:
            raise self._bad(key)
        return [_Source(one, self._code, f"{self._where}.{key}") for one in value]

    def close(self) -> None:
        if self._left:
            raise self._bad(str(min(self._left)))

    def _take(self, key: str) -> object:
        if key not in self._left:
            raise self._bad(key)
        return self._left.pop(key)

    def _checked(self, value: object, key: str, limit: int, multiline: bool = False) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > limit:
            raise self._bad(key)
        check_text(value, f"{self._where}.{key}", multiline=multiline)
        return value

    def _bad(self, key: str) -> RenderError:
        return RenderError(self._code, f"{self._where}.{key}")
