"""Translation catalogues, one beside each room: compile them, refresh them, find what is missing.

python -m app.ui.catalogue compile    write .mo beside every .po that is newer
python -m app.ui.catalogue update     bring new sentences into each room's .po
python -m app.ui.catalogue missing    list sentences without translation; exit 1 if any
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

APP = Path(__file__).resolve().parents[1]
TRANSLATED = ("id",)
_SHARED = "ui"
_METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
_OPTIONS = {
    "**/templates/**.html": {"extensions": "jinja2.ext.do", "silent": "false"},
    "**/templates/**.txt": {"extensions": "jinja2.ext.do", "silent": "false"},
}
_KEYWORDS = DEFAULT_KEYWORDS | {
    "_l": None,
    "_lp": ((1, "c"), 2),
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "mark": None,
    "mark_plural": (1, 2),
}

MessageId = str | tuple[str, ...]
Key = tuple[str | None, MessageId]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Room:
    """One folder of `app/` with its own catalogue."""

    name: str
    folder: Path

    @property
    def translations(self) -> Path:
        """The folder that Flask-Babel reads."""
        return self.folder / "translations"

    def catalogue(self, language: str) -> Path:
        """The .po file of this room in `language`."""
        return self.translations / language / "LC_MESSAGES" / "messages.po"


def rooms(app_folder: Path = APP) -> list[Room]:
    """Every folder of the application, the shared look first so that a room may override it."""
    folders = [p for p in app_folder.iterdir() if p.is_dir() and not p.name.startswith(("_", "."))]
    folders.sort(key=lambda folder: (folder.name != _SHARED, folder.name))
    return [Room(folder.name, folder) for folder in folders]


def compile_stale(app_folder: Path = APP) -> list[Path]:
    """Write the .mo of every .po that is newer than it; returns what was written.

    Several processes may start at once: each writes a temporary file and renames it. A folder
    that cannot be written (an installed, read-only program) is reported in the log.
    """
    written = []
    for source in sorted(app_folder.glob("*/translations/*/LC_MESSAGES/messages.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        try:
            _compile(source, target)
        except OSError as error:
            log.warning("cannot compile the translations in %s: %s", source.parent, error.strerror)
            continue
        written.append(target)
    return written


def _compile(source: Path, target: Path) -> None:
    changed = source.stat().st_mtime_ns
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".messages-", suffix=".mo")
    try:
        with os.fdopen(handle, "wb") as out:
            write_mo(out, _read(source))
        Path(name).chmod(0o644)
        os.utime(name, ns=(changed, changed))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def used(room: Room) -> Iterator[Key]:
    """Every sentence that the room's code and templates ask to have translated."""
    # The modules directly in app/ have no catalogue of their own: the shared look carries them.
    scans: list[tuple[Path, Callable[[object], bool] | None]] = [(room.folder, None)]
    if room.name == _SHARED:
        scans.append((room.folder.parent, lambda _folder: False))
    for folder, enter in scans:
        for name, _line, text, _comments, context in extract_from_dir(
            folder,
            method_map=_METHODS,
            options_map=_OPTIONS,
            keywords=_KEYWORDS,
            directory_filter=enter,
        ):
            if isinstance(text, tuple):
                text = tuple(part for part in text if part)
                text = text[0] if len(text) == 1 else text
            if name and text:
                yield context, text


def missing(language: str = "id", app_folder: Path = APP) -> list[tuple[str, str]]:
    """What keeps a page from speaking `language`: pairs of room and problem, empty when complete.

    A problem is a sentence without translation, a translation whose placeholders differ from its
    sentence, or one sentence translated differently by two rooms (only one of them would be read).
    """
    problems: list[tuple[str, str]] = []
    known: dict[Key, tuple[str, object]] = {}
    for room in rooms(app_folder):
        for message in _read(room.catalogue(language)):
            if not message.id or not _done(message):
                continue
            text = message.id if isinstance(message.id, str) else tuple(message.id)
            key = (message.context, text)
            earlier = known.setdefault(key, (room.name, message.string))
            if earlier[1] != message.string:
                problems.append((room.name, f"differs from {earlier[0]}: {message.id!r}"))
            problems += [(room.name, f"{fault}: {message.id!r}") for fault in message.check()]
    for room in rooms(app_folder):
        wanted = dict.fromkeys(used(room))
        problems += [(room.name, f"untranslated: {key[1]!r}") for key in wanted if key not in known]
    return problems


def update(language: str = "id", app_folder: Path = APP) -> dict[str, int]:
    """Bring each room's .po in line with its code; returns rooms with sentences left to translate.

    A sentence that the shared look already translates is not repeated in a room. Translations
    are kept; those of sentences no longer used are dropped.
    """
    left: dict[str, int] = {}
    shared: set[Key] = set()
    for room in rooms(app_folder):
        wanted = [key for key in dict.fromkeys(used(room)) if key not in shared]
        path = room.catalogue(language)
        if not wanted and not path.exists():
            continue
        template = Catalog()
        for context, text in wanted:
            template.add(text, context=context)
        catalogue = _read(path)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        if room.name == _SHARED:
            shared = set(wanted)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.header_comment = f"# Teduh: {room.name}, {language}"
        with path.open("wb") as out:
            write_po(
                out, catalogue, width=100, no_location=True, sort_output=True, ignore_obsolete=True
            )
        open_ones = sum(1 for message in catalogue if message.id and not _done(message))
        if open_ones:
            left[room.name] = open_ones
    return left


def _read(path: Path) -> Catalog:
    language = path.parents[1].name
    if not path.exists():
        return _new(language)
    with path.open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def _new(language: str) -> Catalog:
    beginning = datetime(2026, 11, 24, tzinfo=UTC)
    catalogue = Catalog(
        locale=language,
        project="Teduh",
        version="1",
        msgid_bugs_address="-",
        last_translator="Teduh",
        language_team=language,
        creation_date=beginning,
        revision_date=beginning,
        fuzzy=False,
    )
    # Indonesian nouns do not change with number; Babel has no plural rule for it and assumes two.
    catalogue.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    return catalogue


def _done(message: Message) -> bool:
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    return not message.fuzzy and bool(texts) and all(texts)


def main(arguments: list[str]) -> int:
    """The command line; returns the exit status."""
    match arguments:
        case ["compile"]:
            for path in compile_stale():
                _say(str(path.relative_to(APP.parent)))
            return 0
        case ["update"]:
            for language in TRANSLATED:
                for name, count in update(language).items():
                    _say(f"app/{name} ({language}): {count} left to translate")
            return 0
        case ["missing"]:
            found = [(lang, *problem) for lang in TRANSLATED for problem in missing(lang)]
            for language, name, problem in found:
                _say(f"app/{name} ({language}): {problem}")
            return 1 if found else 0
    sys.stderr.write(f"{__doc__}\n")
    return 2


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
