"""What a letter says about the case: the listed fields, with the author's rights, and no more.

Every confidential value comes through :func:`tenants.disclosure.disclose` while the author is
acting, so that a letter can never say what its author may not see (invariant 16). With
``opened=False`` the same questions are asked and nothing is decrypted.
"""

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import force_locale

from app.accounts import service as accounts
from app.cases import service as cases
from app.documents.catalogue import DocumentType, Field, Kind, Source
from app.documents.errors import RenderError
from app.documents.letter import PRINTABLE, check_text
from app.mediation import service as mediations
from tenants import policy
from tenants.confidential import DECLARED, Confidential, FieldClass
from tenants.context import Purpose, acting_person
from tenants.disclosure import disclose
from tenants.policy import Access, Relation, Standing
from tenants.registry import organisation, profile

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the author chose and typed.

    Attributes:
        subject_id: the need or the mediation that the letter is about.
        typed: by name (``draft.facility``); None for what was left empty.
    """

    organisation_id: UUID | None = None
    subject_id: UUID | None = None
    survivor_id: UUID | None = None
    perpetrator_id: UUID | None = None
    companion_id: UUID | None = None
    typed: Mapping[str, str | None] = attribute(default_factory=dict, repr=False)

    def frozen(self) -> bytes:
        """Return what is sealed of it (organisation and subject have columns of their own)."""
        chosen = ("survivor_id", "perpetrator_id", "companion_id")
        content: dict[str, Any] = {
            name: str(value) if (value := getattr(self, name)) else None for name in chosen
        }
        content["typed"] = dict(self.typed)
        return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def read(cls, sealed: bytes, organisation_id: UUID | None, subject_id: UUID | None) -> "Entry":
        """Read what :meth:`frozen` wrote."""
        content = json.loads(sealed)
        typed = content.pop("typed")
        chosen = {name: UUID(value) if value else None for name, value in content.items()}
        return cls(organisation_id, subject_id, **chosen, typed=typed)


@dataclass(frozen=True, slots=True)
class Material:
    """The rows of the case that one letter speaks about."""

    rows: cases.CaseRows
    entry: Entry
    survivor: Any = None
    perpetrator: Any = None
    companion: Any = None
    need: Any = None
    mediation: Any = None
    mediator: Any = None
    consent: Any = None


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the letter.

    Attributes:
        value: only when it was opened and there is one.
        problem: ``empty``, ``hidden``, ``no-consent``, or what :func:`unfit` says; else None.
    """

    field: Field
    value: str | None = attribute(repr=False)
    problem: str | None


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a field's value comes from.

    Attributes:
        of: returns the row that holds the sealed field ``column``, or plain text without one.
        column: ``table.field`` of a confidential field.
        shape: what becomes of the value before it is printed.
    """

    of: Callable[[Material], Any]
    column: str | None = None
    shape: Callable[[str], str] = str


def gather(case_id: UUID, kind: DocumentType, entry: Entry) -> Material:
    """Load the rows that a letter of this kind needs, in a few statements.

    What was chosen is looked for in this case alone: an id of another one finds nothing.
    """
    rows = cases.rows(case_id)
    roots = {one.name.split(".")[0] for one in kind.case_fields}
    found: dict[str, Any] = {}
    if roots & {"survivor", "mediation"}:
        found["survivor"] = _chosen(rows.survivors, entry.survivor_id)
    if "mediation" in roots:
        found["perpetrator"] = _chosen(rows.perpetrators, entry.perpetrator_id)
        found["mediation"] = _chosen(mediations.for_case(case_id), entry.subject_id, sole=False)
        if found["mediation"] is not None:
            found["mediator"] = accounts.card(found["mediation"].mediator_id)
    if "need" in roots:
        served = [one for one in rows.needs if serves(kind, one)]
        found["need"] = _chosen(served, entry.subject_id)
    if "consent" in roots:
        found["consent"] = _chosen(cases.consents(case_id), entry.subject_id, sole=False)
    if "companion" in roots:
        found["companion"] = _chosen(cases.team(case_id), entry.companion_id)
    return Material(rows, entry, **found)


def serves(kind: DocumentType, need: Any) -> bool:
    """Tell whether a letter of this kind may speak of a need: it is for that service."""
    return not kind.services or need.service in kind.services


def read(
    kind: DocumentType,
    material: Material,
    standing: Standing,
    *,
    purpose: Purpose = Purpose.LETTER,
    consented: frozenset[FieldClass] | None = None,
    opened: bool = True,
    font: str | None = None,
) -> tuple[Line, ...]:
    """Return the letter's fields as the acting person may put them into it.

    What an emergency opens is opened one value at a time, for a purpose, and judged afterwards: it
    goes into no letter.

    Args:
        standing: how the acting person stands to the case.
        consented: the classes that the survivor lets the addressee have; None when consent is
            not asked (a paper of the file, a statutory basis).
        opened: False to ask the same questions without decrypting anything.
        font: the typeface in which the values at hand must be printable.
    """
    standing = replace(standing, relations=standing.relations - {Relation.EMERGENCY})
    lines = []
    for one in kind.fields:
        if one.source is Source.DRAFT:
            value: str | None = material.entry.typed.get(one.name)
            present = bool(value)
            hidden = present and not _may(None, None, one, standing, purpose)
            value = None if hidden else value
        else:
            source = _SOURCES[one.name]
            held = source.of(material)
            present = _present(source, held)
            hidden = not _may(source, held, one, standing, purpose)
            value = _open(source, held, standing, purpose) if opened and not hidden else None
        problem = None
        if hidden:
            problem = "hidden"
        elif one.required and not present:
            problem = "empty"
        elif present and consented is not None and not classes(one) <= consented:
            problem = "no-consent"
        elif value and font is not None:
            problem = unfit(one, value, font)
        lines.append(Line(one, value, problem))
    return tuple(lines)


def unfit(one: Field, value: str, font: str) -> str | None:
    """Return why a letter could not be made with a value: found before it has a number.

    Returns:
        ``too-long``, ``not-printable`` or ``no-date``; None when nothing is in the way.
    """
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n")
    if len(text) > one.max_length:
        return "too-long"
    try:
        check_text(text, one.name, multiline=one.multiline)
    except RenderError:
        return "not-printable"
    if any(ord(character) not in PRINTABLE[font] for character in set(text) - {"\n"}):
        return "not-printable"
    if one.kind is Kind.DATE:
        try:
            date.fromisoformat(text)
        except ValueError:
            return "no-date"
    return None


def classes(one: Field) -> frozenset[FieldClass]:
    """Return the classes that consent must cover: the listed one and the source's own."""
    found = {FieldClass(one.field_class)} if one.field_class else set()
    declared = _declared(_SOURCES.get(one.name))
    if declared is not None:
        found.add(declared.field_class)
    return frozenset(found)


def carried(kind: DocumentType, drawn: Mapping[str, Any]) -> frozenset[FieldClass]:
    """Return the classes of what a drawn letter says, as it was drawn."""
    said, found = drawn["values"], set[FieldClass]()
    for one in kind.fields:
        root, leaf = one.name.split(".")
        if said.get(root, {}).get(leaf):
            found |= classes(one)
    return frozenset(found)


def audit_names(kind: DocumentType) -> tuple[str, ...]:
    """Return the names of the confidential fields that a letter of this kind shows."""
    names: dict[str, None] = {}
    for one in kind.fields:
        source = _SOURCES.get(one.name)
        if source is not None and source.column:
            names[source.column] = None
        elif one.field_class:
            names[one.name] = None
    return tuple(names)


def known() -> frozenset[str]:
    """Return the names of all case fields that a document type may list."""
    return frozenset(_SOURCES)


def _chosen(rows: Iterable[Any], chosen: UUID | None, *, sole: bool = True) -> Any:
    """Return the chosen row; the only one when nothing was chosen; else None.

    A chosen one that is no longer there (a companion who left the team) leaves its fields empty.
    """
    listed = list(rows)
    if chosen is None:
        return listed[0] if sole and len(listed) == 1 else None
    return next((row for row in listed if row.id == chosen), None)


def _declared(source: _Source | None) -> Confidential | None:
    return DECLARED[source.column] if source and source.column else None


def _may(
    source: _Source | None, held: Any, one: Field, standing: Standing, purpose: Purpose
) -> bool:
    declared = _declared(source)
    if declared is not None:
        field_class = declared.field_class
        level = declared.level_for(held) if held is not None else declared.level
    elif one.field_class:
        field_class, level = FieldClass(one.field_class), 1
    else:
        return True
    decided = policy.decide(acting_person(), standing, field_class, level, purpose)
    return decided.access is Access.SHOWN


def _present(source: _Source, held: Any) -> bool:
    declared = _declared(source)
    if declared is None or held is None:
        return bool(held)
    return bool(getattr(held, declared.name))


def _open(source: _Source, held: Any, standing: Standing, purpose: Purpose) -> str | None:
    declared = _declared(source)
    if declared is None or held is None:
        return held or None
    seen = disclose(held, [declared.name], standing, purpose)[declared.name]
    return source.shape(seen.value) if seen.value else None


def _initials(name: str) -> str:
    """Return a name as initials: ``Bunga Contoh`` becomes ``B.C.``."""
    return "".join(f"{word[0].upper()}." for word in name.split()[:8] if word[0].isalpha())


def _urgency(material: Material) -> str | None:
    if material.need is None:
        return None
    with force_locale("id"):  # letters are written in Bahasa Indonesia
        return str(cases.urgency_name(material.need.urgency))


def _risk(material: Material) -> str:
    with force_locale("id"):
        return str(cases.risk_name(material.rows.case.risk))


def _services(consent: cases.Given | None) -> str | None:
    """Return for what an organisation may see it: the services that it gives."""
    if consent is None:
        return None
    with force_locale("id"):
        codes = organisation(consent.organisation_id).services
        return ", ".join(str(cases.service_name(code)) for code in codes)


def _allowed(consent: cases.Given | None) -> str | None:
    """Return what she allows, one line for each class."""
    if consent is None:
        return None
    with force_locale("id"):
        return "\n".join(str(cases.class_name(one)) for one in consent.classes)


def _giver(consent: cases.Given | None) -> str | None:
    if consent is None:
        return None
    with force_locale("id"):
        return str(cases.giver_name(consent.given_by))


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(ZoneInfo(profile().identity.timezone)) if moment else None


def _day(moment: datetime | None) -> str | None:
    local = _local(moment)
    return local.date().isoformat() if local else None


def _hour(moment: datetime | None) -> str | None:
    """Return a time as letters write it, ``09.00 WIB``; the zone's name is left out abroad."""
    local = _local(moment)
    if local is None:
        return None
    zone = {7: " WIB", 8: " WITA", 9: " WIT"}.get((local.utcoffset() or timedelta()) // _HOUR, "")
    return f"{local:%H.%M}{zone}"


_SOURCES: dict[str, _Source] = {
    "case.code": _Source(lambda m: m.rows.case.code),
    "case.registered_on": _Source(lambda m: _day(m.rows.case.registered_at)),
    "case.registered_time": _Source(lambda m: _hour(m.rows.case.registered_at)),
    "case.risk": _Source(_risk),
    "survivor.full_name": _Source(lambda m: m.survivor, "survivor.full_name"),
    "survivor.birth_date": _Source(lambda m: m.survivor, "survivor.birth_date"),
    "need.description": _Source(lambda m: m.need, "need.description"),
    "need.urgency": _Source(_urgency),
    "consent.organisation": _Source(lambda m: m.consent and m.consent.organisation),
    "consent.services": _Source(lambda m: _services(m.consent)),
    "consent.classes": _Source(lambda m: _allowed(m.consent)),
    "consent.given_by": _Source(lambda m: _giver(m.consent)),
    "consent.given_on": _Source(lambda m: m.consent and m.consent.given_on.isoformat()),
    "consent.expires_on": _Source(lambda m: m.consent and m.consent.expires_on.isoformat()),
    "companion.full_name": _Source(lambda m: m.companion and m.companion.name),
    "companion.title": _Source(lambda m: m.companion and m.companion.title),
    "companion.nip": _Source(lambda m: m.companion and m.companion.nip),
    "companion.phone": _Source(lambda m: m.companion and m.companion.phone),
    "police.report_number": _Source(lambda m: m.rows.legal, "legal_process.report_number"),
    "police.examination_request": _Source(
        lambda m: m.rows.legal, "legal_process.examination_request"
    ),
    "mediation.held_on": _Source(lambda m: _day(m.mediation and m.mediation.held_at)),
    "mediation.scheduled_on": _Source(lambda m: _day(m.mediation and m.mediation.scheduled_at)),
    "mediation.scheduled_time": _Source(lambda m: _hour(m.mediation and m.mediation.scheduled_at)),
    "mediation.venue": _Source(lambda m: m.mediation, "mediation.venue"),
    "mediation.mediator": _Source(lambda m: m.mediator and m.mediator.name),
    "mediation.first_party_name": _Source(lambda m: m.survivor, "survivor.full_name"),
    "mediation.second_party_name": _Source(
        lambda m: m.perpetrator, "alleged_perpetrator.full_name"
    ),
    "mediation.first_party": _Source(lambda m: m.survivor, "survivor.full_name", _initials),
    "mediation.second_party": _Source(
        lambda m: m.perpetrator, "alleged_perpetrator.full_name", _initials
    ),
}
