"""Reads ``document.toml`` and ``sample.json`` strictly: every mistake names its key."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.documents.errors import TemplateError
from tenants.context import Role
from tenants.profile import SERVICES

if TYPE_CHECKING:
    from app.documents.catalogue import Field

LANGUAGES: Final = {"id", "en"}
CLASSES: Final = {"identity", "contact", "location", "narrative", "clinical", "legal"}
# Kinds of organisations (``partner``: whichever of them), and those to whom a letter goes by hand.
BY_HAND: Final = {"file", "survivor", "officer", "party"}
ADDRESSEES: Final = BY_HAND | {
    "hospital", "police", "social_services", "legal_aid", "religious_affairs",
    "protection_agency", "court", "partner",
}  # fmt: skip
SIFAT: Final = {"Biasa", "Terbatas", "Rahasia", "Sangat Rahasia"}
OFFICE: Final = "office"  # about no case: made by a room of its own
SUBJECTS: Final = {
    "referral", "visum_request", "mediation", "services", "protection", OFFICE,
}  # fmt: skip
# Judged by the service that knows the case; the names are the whole vocabulary.
CONDITIONS: Final = {
    "no_sexual_violence", "sexual_violence", "domestic_violence",
    "police_request_number", "police_report_number",
}  # fmt: skip
# Who may sign beside the signatory: whoever works in the case, and so may see what it says.
COSIGNING: Final = {Role.CASE_OFFICER, Role.COMPANION}
NAMED: Final = {"companion", "mediator"}  # whom the letter names, and who alone signs as such
SAMPLES: Final = {"shortest", "longest"}
MAX_LENGTH: Final = 20_000

_DOCUMENT: Final[Mapping[str, type]] = {
    "key": str, "version": int, "title": dict, "family": str, "subject": str, "addressee": str,
    "signers": list, "sifat": str, "hal": str, "lampiran": str, "conditions": list,
    "legal_basis": dict, "fields": list,
}  # fmt: skip
_FIELD: Final[Mapping[str, type]] = {
    "name": str, "label": dict, "source": str, "class": str, "kind": str, "required": bool,
    "max_length": int, "multiline": bool, "help": dict,
}  # fmt: skip
_NAME: Final = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
_RESERVED: Final = {"letter", "office", "page", "loop"}


def read_document(path: Path, file: str) -> dict[str, Any]:
    """Read a document type's description.

    :returns: the arguments of ``DocumentType`` but for samples and digest; ``fields`` as
        mappings.
    :raises TemplateError: naming the key.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise TemplateError(file, f"cannot be read: {problem}") from None
    _check_keys(
        file,
        "",
        data,
        _DOCUMENT,
        optional={
            "statutory_basis": str,
            "services": list,
            "cosigners": list,
            "signed_on_paper": bool,
        },
    )
    _check_language(file, "title", data["title"])
    _check_choices(file, data)
    basis = data.pop("legal_basis")
    _check_keys(file, "legal_basis", basis, {"printed": list, "recorded": list})
    fields = [_read_field(file, field) for field in data.pop("fields")]
    _check_office(file, data, fields)
    names = [field["name"] for field in fields]
    for name in names:
        if names.count(name) > 1:
            raise TemplateError(file, "listed twice", name)
    return {
        **data,
        "signers": tuple(data["signers"]),
        "conditions": tuple(data["conditions"]),
        "statutory_basis": data.get("statutory_basis"),
        "services": tuple(data.get("services", ())),
        "signed_on_paper": data.get("signed_on_paper", False),
        "cosigners": [_read_cosigner(file, one) for one in data.get("cosigners", ())],
        "printed_bases": tuple(basis["printed"]),
        "recorded_bases": tuple(basis["recorded"]),
        "fields": fields,
    }


def read_samples(path: Path, file: str, fields: Iterable[Field]) -> Mapping[str, Any]:
    """Read the samples a type is shown and tested with: ``shortest`` and ``longest``.

    :raises TemplateError: a sample is missing, or does not fit the listed fields.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise TemplateError(file, f"cannot be read: {type(problem).__name__}") from None
    if not isinstance(data, dict) or set(data) != SAMPLES:
        raise TemplateError(file, "must hold the samples shortest and longest")
    names = {field.name for field in fields}
    for sample, content in data.items():
        if set(content) != {"letter", "values"}:
            raise TemplateError(file, "must hold letter and values", sample)
        given = {f"{root}.{leaf}" for root, group in content["values"].items() for leaf in group}
        for name in sorted(given ^ names):
            raise TemplateError(file, f"{sample}: sample and listed fields differ", name)
    return data


def _check_choices(file: str, data: Mapping[str, Any]) -> None:
    if data["key"] != file.split("/", 1)[0]:
        raise TemplateError(file, "must be the folder's name", "key")
    for key, choices in (("addressee", ADDRESSEES), ("sifat", SIFAT), ("subject", SUBJECTS)):
        if data[key] not in choices:
            raise TemplateError(file, f"must be one of {', '.join(sorted(choices))}", key)
    for condition in data["conditions"]:
        if condition not in CONDITIONS:
            raise TemplateError(file, "unknown condition", str(condition))
    for service in data.get("services", ()):
        if service not in SERVICES:
            raise TemplateError(file, "unknown service", str(service))
    if not data["signers"] or not set(data["signers"]) <= set(Role.__members__):
        raise TemplateError(file, "needs a role", "signers")
    _check_law(file, data)


def _check_law(file: str, data: Mapping[str, Any]) -> None:
    """Refuse a kind of letter that lacks the conditions which the law puts to it."""
    # A visum is requested by the investigator: without one's number no hospital may be asked.
    conditions = data["conditions"]
    asks_hospital = data["subject"] == "visum_request" and data["addressee"] == "hospital"
    if asks_hospital and "police_request_number" not in conditions:
        raise TemplateError(file, "a hospital needs police_request_number", "conditions")
    if data["subject"] == "mediation" and "no_sexual_violence" not in conditions:
        raise TemplateError(file, "mediation needs no_sexual_violence", "conditions")
    # Going without consent must never become a way around it for a case the law does not name.
    if "statutory_basis" in data and not {"sexual_violence", "domestic_violence"} & set(conditions):
        raise TemplateError(file, "a statutory basis needs the kind of case", "conditions")


def _check_office(file: str, data: Mapping[str, Any], fields: list[dict[str, Any]]) -> None:
    """A document of the office takes nothing from a case and goes to nobody's partner."""
    office = data["subject"] == OFFICE
    for field in fields:
        if (field["source"] == OFFICE) != office:
            raise TemplateError(file, "source office is for subject office", field["name"])
        if office and field["field_class"] is not None:
            raise TemplateError(file, "nothing confidential is of the office", field["name"])
    if office and (data["addressee"] != "file" or data["conditions"]):
        raise TemplateError(file, "an office document has no addressee and no condition", "subject")


def _read_cosigner(file: str, one: Any) -> dict[str, Any]:
    """Read who signs before the signatory: in which capacity, and which roles may."""
    _check_keys(file, "cosigners", one, {"capacity": dict, "roles": list}, {"named": str})
    _check_language(file, "cosigners", one["capacity"])
    if not one["roles"] or not set(one["roles"]) <= {role.name for role in COSIGNING}:
        raise TemplateError(file, "needs a role of the case's team", "cosigners")
    if one.get("named") not in {None, *NAMED}:
        raise TemplateError(file, f"named is one of {sorted(NAMED)}", "cosigners")
    return {
        "capacity": one["capacity"],
        "roles": tuple(one["roles"]),
        "named": one.get("named"),
    }


def _read_field(file: str, field: Any) -> dict[str, Any]:
    name = field.get("name", "?") if isinstance(field, dict) else "?"
    optional = {"class": str, "kind": str, "multiline": bool, "help": dict}
    required = {key: kind for key, kind in _FIELD.items() if key not in optional}
    _check_keys(file, str(name), field, required, optional)
    root = name.partition(".")[0]
    if not _NAME.fullmatch(name) or root in _RESERVED:
        raise TemplateError(file, "not a name of a field", name)
    if (field["source"] == "draft") != (root == "draft") or field["source"] not in {
        "case",
        "draft",
        OFFICE,
    }:
        raise TemplateError(file, "source is case, office, or draft for draft fields", name)
    if field.get("class") not in {None, *CLASSES}:
        raise TemplateError(file, "unknown class", name)
    if field.get("kind", "text") not in {"text", "date"}:
        raise TemplateError(file, "kind is text or date", name)
    if not 1 <= field["max_length"] <= MAX_LENGTH:
        raise TemplateError(file, "max_length is out of range", name)
    _check_language(file, name, field["label"])
    if field["source"] == "draft" and "help" not in field:
        raise TemplateError(file, "a field that is typed needs help", name)
    if "help" in field:
        _check_language(file, name, field["help"])
    return {
        "name": name,
        "label": field["label"],
        "source": field["source"],
        "field_class": field.get("class"),
        "kind": field.get("kind", "text"),
        "required": field["required"],
        "max_length": field["max_length"],
        "multiline": field.get("multiline", False),
        "help": field.get("help"),
    }


def _check_keys(
    file: str,
    where: str,
    data: Any,
    required: Mapping[str, type],
    optional: Mapping[str, type] | None = None,
) -> None:
    if not isinstance(data, dict):
        raise TemplateError(file, "must be a table", where)
    known = {**required, **(optional or {})}
    prefix = f"{where}: " if where else ""
    for key in sorted(set(data) - set(known)):
        raise TemplateError(file, "unknown key", f"{prefix}{key}")
    for key in sorted(set(required) - set(data)):
        raise TemplateError(file, "missing key", f"{prefix}{key}")
    for key, value in data.items():
        if type(value) is not known[key]:
            raise TemplateError(file, f"must be {known[key].__name__}", f"{prefix}{key}")


def _check_language(file: str, where: str, texts: Mapping[str, Any]) -> None:
    if set(texts) != LANGUAGES or not all(isinstance(text, str) for text in texts.values()):
        raise TemplateError(file, "needs a text in id and en", where)
