"""Renders letters: from a frozen snapshot to a tagged PDF/A-3a, fetching nothing.

One :class:`Renderer` lives as long as its process: parsed style sheets and the font
configuration are kept, which halves the time of a letter (docs: a letter takes about 0.1 s).
Equal input gives equal bytes: dates come from the letter, fonts from pinned packages.
"""

from __future__ import annotations

import gc
import logging
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from types import SimpleNamespace, TracebackType
from typing import Any, Final, Self

import pydyf
import segno
from jinja2 import TemplateError as JinjaError
from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from app.documents import emblem, fonts
from app.documents.catalogue import Catalogue, DocumentType, Field, Kind
from app.documents.errors import RenderError
from app.documents.letter import COPY_WATERMARK, PAPERS, Letter, Office, check_text

MAX_PAGES: Final = 40
# Codes of secret letters, in red at the top left of each page.
_CODES: Final = {"Rahasia": "R", "Sangat Rahasia": "SR"}
_KEPT_STYLESHEETS: Final = 32
# The templates' own lines between two tags: the engine would make a box of each and drop it.
_BETWEEN_TAGS: Final = re.compile(r">\s*\n\s*<")
# Trying all eight takes segno four fifths of its time. The addresses are random, so that no mask
# is better than another in the long run, and each symbol says which one it has.
_QR_MASK: Final = 3


class Renderer:
    """Turns snapshots into PDF. Make one per process; calls from threads wait for each other."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Load, check and cut the fonts, so that the first letter does not wait for them.

        :raises RenderError: ``fonts_missing``.
        """
        self._catalogue = catalogue
        self._fonts = fonts.configure()
        for family in fonts.FAMILIES:
            fonts.characters(family)
        self._stylesheets: dict[tuple[object, ...], CSS] = {}
        self._lock = threading.Lock()

    def render(
        self,
        document_type: DocumentType,
        snapshot: Mapping[str, Any],
        office: Office,
        *,
        draft_watermark: str | None = None,
        certified: Sequence[str] = (),
    ) -> bytes:
        """Render one letter.

        :param snapshot: ``{"template": DocumentType.reference(), "letter": {...},
            "values": {root: {leaf: text or None}}}``; more keys are ignored.
        :param draft_watermark: printed across each page of a preview; without it the letter must
            have number, verification address and audit checkpoint.
        :param certified: what certifies a copy, line by line; it is marked as one on each page.
        :returns: PDF/A-3a, unsigned.
        :raises RenderError: whatever is missing, unknown or refused; it carries no value.
        """
        frozen = snapshot.get("template") or {}
        if (frozen.get("key"), frozen.get("version")) != (document_type.key, document_type.version):
            raise RenderError("template_changed")
        letter = Letter.read(snapshot.get("letter") or {})
        if draft_watermark is None and not letter.final:
            raise RenderError("not_final")
        for line in certified:
            check_text(line, "page.certified")
        drawn = fonts.characters(office.font)
        context = {
            **_read_values(document_type, snapshot.get("values") or {}, drawn),
            "letter": letter,
            "office": office,
            "page": SimpleNamespace(
                title=_title(document_type, letter),
                watermark=COPY_WATERMARK if certified else draft_watermark,
                draft=draft_watermark is not None,
                certified=tuple(certified),
                created=letter.date.isoformat(),
                code=_CODES.get(letter.sifat, ""),
            ),
        }
        try:
            markup = self._catalogue.markup(document_type, context)
        except (JinjaError, ValueError, TypeError):
            raise RenderError("engine") from None
        resources = {"teduh:emblem": (office.emblem, emblem.media_type(office.emblem))}
        if letter.verification_url:
            resources["teduh:qr"] = (_qr(letter.verification_url), "image/svg+xml")
        markup = _BETWEEN_TAGS.sub("><", markup)
        with self._lock:
            return self._typeset(unicodedata.normalize("NFC", markup), office, resources, drawn)

    def _typeset(
        self,
        markup: str,
        office: Office,
        resources: Mapping[str, tuple[bytes, str]],
        drawn: frozenset[int],
    ) -> bytes:
        stylesheet = self._stylesheet(office)
        if any(ord(character) not in drawn for character in set(markup) - {"\n"}):
            raise RenderError("unprintable_character")
        fetcher = _Fetcher(resources)
        with _Complaints() as complaints, _uncollected():
            try:
                html = HTML(string=markup, base_url="teduh:/", url_fetcher=fetcher)
                document = html.render(
                    font_config=self._fonts, stylesheets=[stylesheet], pdf_variant="pdf/a-3a"
                )
                if len(document.pages) > MAX_PAGES:
                    raise RenderError("too_many_pages")
                pdf = document.write_pdf(pdf_variant="pdf/a-3a", finisher=_press)
            except RenderError:
                raise
            except FatalURLFetchingError:
                # A BaseException: uncaught it would end the worker instead of parking the letter.
                raise RenderError("resource_refused") from None
            except Exception:  # noqa: BLE001  the engine's message may quote the letter
                raise RenderError("engine") from None
        if fetcher.refused:  # inside a picture, where the engine only logs it
            raise RenderError("resource_refused")
        if complaints.count or not isinstance(pdf, bytes):
            raise RenderError("engine")
        return pdf

    def _stylesheet(self, office: Office) -> CSS:
        key = (office.paper, office.font, office.font_size, office.margins)
        if key not in self._stylesheets:
            if len(self._stylesheets) >= _KEPT_STYLESHEETS:
                self._stylesheets.clear()
            cut = fonts.resources(office.font)
            files = {url: (content, "font/ttf") for url, content in cut.items()}
            try:
                self._stylesheets[key] = CSS(
                    string=fonts.face_rules(office.font) + self._rules(office),
                    font_config=self._fonts,
                    url_fetcher=_Fetcher(files),
                    base_url="teduh:/",
                )
            except FatalURLFetchingError:
                raise RenderError("resource_refused") from None
        return self._stylesheets[key]

    def _rules(self, office: Office) -> str:
        width, height = PAPERS[office.paper]
        words = {
            "WIDTH": width,
            "HEIGHT": height,
            "TOP": office.margins.top,
            "RIGHT": office.margins.right,
            "BOTTOM": office.margins.bottom,
            "LEFT": office.margins.left,
            "MIDDLE": (height - office.margins.top - office.margins.bottom) // 2 - 8,
            "SIZE": office.font_size,
            "FONT": office.font,
        }
        return re.sub(
            r"\$([A-Z]+)\$", lambda found: str(words[found[1]]), self._catalogue.stylesheet
        )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: a letter makes many small objects and drops them at once."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _press(_document: object, pdf: pydyf.PDF) -> None:
    """Compress each stream once; the engine would do it again to compute the file's identifier."""
    pdf.objects[:] = [
        _Pressed(one) if isinstance(one, pydyf.Stream) else one for one in pdf.objects
    ]


class _Pressed(pydyf.Stream):  # type: ignore[misc]  # pydyf is not typed
    """A stream as it will stand in the file."""

    def __init__(self, stream: pydyf.Stream) -> None:
        super().__init__()
        self.number, self.generation, self.free = stream.number, stream.generation, stream.free
        self._data: bytes = stream.data

    @property
    def data(self) -> bytes:
        return self._data


class _Fetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint is not typed
    """Serves names from memory and ``data:``; everything else fails the letter."""

    def __init__(self, resources: Mapping[str, tuple[bytes, str]]) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
        self._resources = resources
        self.refused = False

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if url in self._resources:
            content, kind = self._resources[url]
            return URLFetcherResponse(url, BytesIO(content), {"Content-Type": kind})
        if not url.startswith("data:"):
            self.refused = True
            raise ValueError("not on the list of resources")
        return super().fetch(url, headers)


class _Complaints(logging.Handler):
    """Counts what WeasyPrint only warns about, and keeps its words out of every log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.count += 1

    def __enter__(self) -> Self:
        # However quiet the program wants its logs: what is not heard here would ship silently.
        _engine_log.setLevel(logging.WARNING)
        _engine_log.addHandler(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _engine_log.removeHandler(self)


_engine_log = logging.getLogger("weasyprint")
_engine_log.handlers = [logging.NullHandler()]
_engine_log.propagate = False
for _name in ("fontTools", "PIL"):
    logging.getLogger(_name).setLevel(logging.ERROR)


def _read_values(
    document_type: DocumentType, values: Mapping[str, Any], drawn: frozenset[int]
) -> dict[str, SimpleNamespace]:
    """Return the listed values by root, each checked.

    :raises RenderError: with the field's name.
    """
    listed = {field.name for field in document_type.fields}
    for root, group in values.items():
        if not isinstance(group, Mapping):
            raise RenderError("unlisted_value")
        for leaf in group:
            if f"{root}.{leaf}" not in listed:
                raise RenderError("unlisted_value")
    roots: dict[str, SimpleNamespace] = {}
    for field in document_type.fields:
        root, leaf = field.name.split(".")
        group = values.get(root) or {}
        if leaf not in group:
            raise RenderError("missing_value", field.name)
        value = _check_value(field, group[leaf], drawn)
        setattr(roots.setdefault(root, SimpleNamespace()), leaf, value)
    return roots


def _check_value(field: Field, value: object, drawn: frozenset[int]) -> str | None:
    if value is None or value == "":
        if field.required:
            raise RenderError("missing_value", field.name)
        return None
    if not isinstance(value, str):
        raise RenderError("wrong_type", field.name)
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n")
    if len(text) > field.max_length:
        raise RenderError("too_long", field.name)
    check_text(text, field.name, multiline=field.multiline)
    if field.required and not text.strip():
        raise RenderError("missing_value", field.name)
    if any(ord(character) not in drawn for character in set(text) - {"\n"}):
        raise RenderError("unprintable_character", field.name)
    if field.kind is Kind.DATE:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise RenderError("wrong_type", field.name) from None
    return text


def _title(document_type: DocumentType, letter: Letter) -> str:
    title = document_type.title["id"]
    return f"{title} {letter.number}" if letter.number else title


def _qr(address: str) -> bytes:
    """Draw a QR code as one SVG path of horizontal runs, with its quiet zone."""
    drawing = BytesIO()
    segno.make(address, error="m", micro=False, mask=_QR_MASK).save(
        drawing, kind="svg", border=2, xmldecl=False, omitsize=True, dark="#000", light="#fff"
    )
    return drawing.getvalue()
