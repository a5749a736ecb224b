"""One box for NIK, telephone, full name and case code. Equality only; nothing is decrypted."""

import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from hmac import digest
from uuid import UUID

from sqlalchemy import select, tuple_

from app.cases.listing import Line, lines, readable
from app.cases.models import AllegedPerpetrator, Case, Survivor
from app.cases.reading import in_emergency, in_team, standing_of
from tenants import audit, limits
from tenants.confidential import (
    CaseTable,
    Confidential,
    canonical_digits,
    canonical_phone,
    clean,
)
from tenants.context import acting_person, current
from tenants.database import db, keyring
from tenants.errors import Invalid
from tenants.indonesian_names import canonical_name
from tenants.keyring import associated_data
from tenants.policy import Access, decide
from tenants.vault import BlindIndex
from tenants.vocabulary import Tag

TERM_LENGTH = 200  # characters
SHORTEST = 2  # characters of a term in canonical form
MOST = 50  # cases shown for one term
_CODE = re.compile(r"K-?(\d{4})-?(\d{1,6})", re.IGNORECASE)
_NAME_AND_YEAR = re.compile(r"(.*[^\W\d_].*?)[\s,]+((?:19|20)\d{2})")


class Kind(StrEnum):
    """What a term was taken for."""

    CODE = "code"
    NIK = "nik"
    PHONE = "phone"
    NAME = "name"
    NAME_AND_YEAR = "name-and-year"


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to."""

    kind: Kind
    lines: list[Line]


_FIELDS: dict[Kind, tuple[tuple[type[CaseTable], Confidential], ...]] = {
    Kind.NIK: ((Survivor, Survivor.nik),),
    Kind.PHONE: ((Survivor, Survivor.phone),),
    Kind.NAME: (
        (Survivor, Survivor.full_name),
        (AllegedPerpetrator, AllegedPerpetrator.full_name),
    ),
}
Wanted = dict[Confidential, str]
"""Fields of one table, and what each must equal."""


def search(term: str) -> Found:
    """Return the readable cases whose NIK, telephone, full name or code equals ``term``.

    A hit counts only where the person could see or open the very field that was hit. The term
    is not kept: the event holds its kind and a keyed hash.

    Raises:
        Invalid: ``term`` with ``missing``, ``too-short``, ``too-long`` or ``control-character``.
        LimitReached: the person has searched as often today as the agency allows.
    """
    text = clean(term, "term", TERM_LENGTH)
    if text is None:
        raise Invalid("term", "missing")
    kind, canonical = classify(text)
    if len(canonical) < SHORTEST:
        raise Invalid("term", "too-short")
    limits.check(Tag.CASES_SEARCHED, "searches_a_day")
    found = _by_code(canonical) if kind is Kind.CODE else _by_field(kind, text)
    result = Found(kind, lines(found[:MOST]))
    audit.record(
        Tag.CASES_SEARCHED,
        details={"kind": kind.value, "term": _trace(kind, canonical), "count": len(result.lines)},
    )
    return result


def classify(text: str) -> tuple[Kind, str]:
    """Return what a term is meant to be, and its canonical form."""
    code = _CODE.fullmatch(text)
    if code is not None:
        return Kind.CODE, f"K-{code[1]}-{int(code[2]):04d}"
    if re.fullmatch(r"[0-9+ ()./-]+", text):
        digits = canonical_digits(text)
        if len(digits) == 16:
            return Kind.NIK, digits
        return Kind.PHONE, canonical_phone(text)
    dated = _NAME_AND_YEAR.fullmatch(text)
    if dated is not None:
        return Kind.NAME_AND_YEAR, f"{canonical_name(dated[1])} {dated[2]}"
    return Kind.NAME, canonical_name(text)


def _by_code(code: str) -> list[Case]:
    query = select(Case).where(Case.code == code, readable(acting_person()))
    return list(db.session.scalars(query))


def _by_field(kind: Kind, text: str) -> list[Case]:
    found: dict[UUID, Case] = {}
    for table, wanted in _wanted(kind, text):
        for case in _readable_hits(table, wanted):
            found[case.id] = case
    return sorted(found.values(), key=lambda case: case.registered_at, reverse=True)


def _wanted(kind: Kind, text: str) -> list[tuple[type[CaseTable], Wanted]]:
    """Return in which tables a term is looked for, and which fields must equal what."""
    dated = _NAME_AND_YEAR.fullmatch(text) if kind is Kind.NAME_AND_YEAR else None
    if dated is not None:
        return [(Survivor, {Survivor.full_name: dated[1], Survivor.birth_date: dated[2]})]
    return [(table, {field: text}) for table, field in _FIELDS[kind]]


def _readable_hits(table: type[CaseTable], wanted: Wanted) -> list[Case]:
    person = acting_person()
    hits = [
        table.id.in_(
            select(BlindIndex.row_id).where(
                BlindIndex.field == f"{field.table}.{field.name}",
                BlindIndex.digest == field.digest(text),
            )
        )
        for field, text in wanted.items()
    ]
    query = (
        select(table, Case, in_team(person), in_emergency(person))
        .join(Case, tuple_(Case.tenant_id, Case.id) == tuple_(table.tenant_id, table.case_id))
        .where(*hits, readable(person))
        .limit(4 * MOST)
    )
    seen = []
    for row, case, member, emergency in db.session.execute(query):
        standing = standing_of(case, person, member=member, emergency=emergency)
        decided = (
            decide(person, standing, field.field_class, field.level_for(row)) for field in wanted
        )
        if all(one.access is not Access.DENIED for one in decided):
            seen.append(case)
    return seen


def _trace(kind: Kind, canonical: str) -> str:
    """Return a keyed hash of the term, so that a repeated search can be recognised.

    HMAC-SHA256 under the tenant's index key, kept apart from the blind indexes by its label.
    """
    key = keyring().index_key(current().tenant_id)
    return digest(
        key, associated_data(b"search", kind.value.encode(), canonical.encode()), sha256
    ).hex()
