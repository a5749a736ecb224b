"""The document types: each a folder of data, checked whole when the catalogue is loaded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from jinja2 import DictLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.documents import legal, wording
from app.documents.document_file import OFFICE, read_document, read_samples
from app.documents.errors import TemplateError
from app.documents.template_reads import SHARED, find_reads
from tenants.context import Role

# What every template may read beside its own fields.
LETTER_NAMES: Final = frozenset(
    {
        "letter.number", "letter.date", "letter.place", "letter.sifat", "letter.lampiran",
        "letter.hal", "letter.copies", "letter.legal_bases", "letter.verification_url",
        "letter.final", "letter.addressee", "letter.addressee.title",
        "letter.addressee.attention", "letter.addressee.place", "letter.signer.title",
        "letter.signer.name", "letter.signer.rank", "letter.signer.nip", "letter.signer.prefix",
        "letter.checkpoint", "letter.checkpoint.size", "letter.checkpoint.root",
        "letter.cosigners",
    }
)  # fmt: skip
OFFICE_NAMES: Final = frozenset(
    {
        "office.government", "office.agency", "office.unit", "office.address", "office.place",
        "office.emblem_text", "office.mandates",
    }
)  # fmt: skip
PAGE_NAMES: Final = frozenset(
    {
        "page.title", "page.watermark", "page.draft", "page.certified", "page.created", "page.code",
    }
)  # fmt: skip
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{2,40}")


class Source(StrEnum):
    """Where a field's value comes from."""

    CASE = "case"
    DRAFT = "draft"
    OFFICE = "office"  # given by the room that makes a document of the office


class Kind(StrEnum):
    """How a field's value is written."""

    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Field:
    """One field a letter may read.

    ``name`` is dotted (``survivor.full_name``); ``field_class`` is the confidentiality class
    that consent and policy are asked about, ``None`` for what is not confidential; ``label`` and
    ``help`` are by language (``id``, ``en``). ``max_length`` counts characters.
    """

    name: str
    label: Mapping[str, str]
    source: Source
    field_class: str | None
    kind: Kind
    required: bool
    max_length: int
    multiline: bool
    help: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Cosigner:
    """Somebody who signs before the signatory.

    ``capacity`` is by language; ``named`` is whom the letter names, where nobody else may sign.
    """

    capacity: Mapping[str, str]
    roles: tuple[str, ...]
    named: str | None


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A kind of letter, as its folder describes it.

    ``services`` are those whose needs it may speak of; all when it names none. ``cosigners`` sign
    before the signatory, in this order. ``signed_on_paper``: outside parties sign a print of it.
    """

    key: str
    version: int
    title: Mapping[str, str]
    family: str
    subject: str
    addressee: str
    signers: tuple[str, ...]
    sifat: str
    hal: str
    lampiran: str
    fields: tuple[Field, ...]
    conditions: tuple[str, ...]
    services: tuple[str, ...]
    signed_on_paper: bool
    statutory_basis: str | None
    printed_bases: tuple[str, ...]
    recorded_bases: tuple[str, ...]
    cosigners: tuple[Cosigner, ...]
    samples: Mapping[str, Mapping[str, Any]]
    digest: str

    @property
    def case_fields(self) -> tuple[Field, ...]:
        """Fields taken from the case."""
        return tuple(field for field in self.fields if field.source is Source.CASE)

    @property
    def draft_fields(self) -> tuple[Field, ...]:
        """Fields the clerk types."""
        return tuple(field for field in self.fields if field.source is Source.DRAFT)

    @property
    def of_office(self) -> bool:
        """Whether it is a document of the office, about no case."""
        return self.subject == OFFICE

    @property
    def signing_roles(self) -> frozenset[Role]:
        """Who may sign it."""
        return frozenset(Role[name] for name in self.signers)

    @property
    def classes(self) -> frozenset[str]:
        """The confidentiality classes that consent must cover."""
        return frozenset(field.field_class for field in self.fields if field.field_class)

    def field(self, name: str) -> Field:
        """Return a field by its dotted name.

        :raises KeyError: not listed.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def reference(self) -> dict[str, Any]:
        """Return what a snapshot freezes of the template: key, version and digest."""
        return {"key": self.key, "version": self.version, "digest": self.digest}


class Catalogue:
    """All document types of the installation, with their compiled templates."""

    def __init__(
        self,
        types: Mapping[str, DocumentType],
        environment: ImmutableSandboxedEnvironment,
        bases: Mapping[str, tuple[legal.Wording, ...]],
        stylesheet: str,
    ) -> None:
        self.types = MappingProxyType(dict(types))
        self.environment = environment
        self.stylesheet = stylesheet
        self._bases = bases

    def __getitem__(self, key: str) -> DocumentType:
        return self.types[key]

    def legal_bases(
        self, document_type: DocumentType, day: date, confirmed: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """Return the bases a letter of that day prints, in order.

        :param confirmed: keys confirmed by the tenant's legal officer.
        """
        return legal.printed(self._bases, document_type.printed_bases, day, confirmed)

    def basis(self, key: str, day: date, confirmed: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return how one basis reads on a day.

        :param confirmed: keys confirmed by the tenant's legal officer.
        """
        return legal.printed(self._bases, (key,), day, confirmed)

    def compile(self) -> None:
        """Compile every template, which is otherwise done when one is first used."""
        for name in self.environment.list_templates():
            self.environment.get_template(name)

    def markup(self, document_type: DocumentType, context: Mapping[str, Any]) -> str:
        """Write a letter's HTML; values are escaped, an undefined name raises."""
        return self.environment.get_template(f"{document_type.key}/template.html").render(context)


def load_catalogue(path: Path) -> Catalogue:
    """Read and check every document type under a folder.

    :param path: ``doc_templates``.
    :raises TemplateError: naming the file and the field, for an unknown or missing key, a
        template that reads an unlisted field, a listed field that nothing reads, a missing sample.
    """
    bases = legal.load_bases(path / "_legal" / "bases.toml")
    folders = sorted(
        folder for folder in path.iterdir() if folder.is_dir() and folder.name[0] not in "_."
    )
    sources = {
        f"{SHARED}{file.name}": _text(file) for file in sorted((path / SHARED).glob("*.html"))
    }
    own = {f"{folder.name}/template.html": _text(folder / "template.html") for folder in folders}
    stylesheet = _text(path / SHARED / "letter.css")
    environment = _environment({**sources, **own})
    types = {}
    for folder in folders:
        if not _KEY.fullmatch(folder.name):
            raise TemplateError(folder.name, "not a key of a document type")
        types[folder.name] = _load_type(folder, {**sources, **own}, bases, stylesheet)
    return Catalogue(types, environment, bases, stylesheet)


def _load_type(
    folder: Path,
    sources: Mapping[str, str],
    bases: Mapping[str, tuple[legal.Wording, ...]],
    stylesheet: str,
) -> DocumentType:
    file = f"{folder.name}/document.toml"
    facts = read_document(folder / "document.toml", file)
    for key in (*facts["printed_bases"], *facts["recorded_bases"], facts["statutory_basis"]):
        if key is not None and key not in bases:
            raise TemplateError(file, "unknown legal basis", key)
    fields = tuple(
        Field(**{**field, "source": Source(field["source"]), "kind": Kind(field["kind"])})
        for field in facts.pop("fields")
    )
    cosigners = tuple(Cosigner(**one) for one in facts.pop("cosigners"))
    template = f"{folder.name}/template.html"
    texts = _check_reads(template, sources, frozenset(field.name for field in fields))
    digest = hashlib.sha256()
    for text in (_text(folder / "document.toml"), stylesheet, *texts):
        digest.update(hashlib.sha256(text.encode()).digest())
    return DocumentType(
        fields=fields,
        cosigners=cosigners,
        samples=read_samples(folder / "sample.json", f"{folder.name}/sample.json", fields),
        digest=digest.hexdigest(),
        **facts,
    )


def _check_reads(template: str, sources: Mapping[str, str], listed: frozenset[str]) -> list[str]:
    """Check a template and all it refers to; return their texts."""
    common = LETTER_NAMES | OFFICE_NAMES | PAGE_NAMES
    waiting, seen, reads = [template], dict[str, str](), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        if name not in sources:
            raise TemplateError(template, "refers to a template that does not exist", name)
        seen[name] = sources[name]
        allowed = common | listed if name == template else common
        found, shared = find_reads(name, sources[name], allowed)
        reads |= found
        waiting += sorted(shared)
    for field in sorted(listed - reads):
        raise TemplateError(template, "never reads this listed field", field)
    return [seen[name] for name in sorted(seen)]


def _environment(sources: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader(sources),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.clear()
    environment.filters = {
        name: environment.filters[name] for name in ("upper", "join", "length")
    } | {
        "long_date": wording.long_date,
        "weekday_date": wording.weekday_date,
        "spelled": wording.spelled,
        "counted": wording.counted,
        "lines": wording.lines,
        "rows": wording.rows,
        "bars": wording.bars,
    }
    return environment


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise TemplateError(
            f"{file.parent.name}/{file.name}", f"cannot be read: {type(problem).__name__}"
        ) from None
