"""Declares confidential fields: class, level, sealing, blind index.

A field is declared once, beside its column::

    class Survivor(CaseTable):
        full_name_sealed: Mapped[bytes | None]
        full_name = Confidential(FieldClass.IDENTITY, level=2, index=canonical_name)

Reading ``survivor.full_name`` gives a :class:`Sealed` token, never the value: values come
out through :mod:`tenants.disclosure` only, after the policy has decided.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from hmac import digest
from typing import Any, Self, overload
from uuid import UUID, uuid4

from sqlalchemy import Index, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from tenants import vault
from tenants.context import current
from tenants.database import TenantTable, db, keyring
from tenants.errors import Invalid
from tenants.keyring import associated_data

MASK = "••••••"
# Turn the direction of writing: a letter would be read otherwise than it is written.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
MAX_LENGTH = 20_000  # characters; a narrative of about eight pages


class FieldClass(StrEnum):
    """What kind of secret a field is; consent and policy speak of these."""

    IDENTITY = "identity"
    CONTACT = "contact"
    LOCATION = "location"
    NARRATIVE = "narrative"
    CLINICAL = "clinical"
    LEGAL = "legal"


class CaseTable(TenantTable):
    """A table whose rows belong to one case and are sealed under its key."""

    __abstract__ = True

    case_id: Mapped[UUID] = mapped_column()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__tablename__" in cls.__dict__:
            columns = cls.__table__.c
            Index(f"ix_{cls.__tablename__}_case", columns.tenant_id, columns.case_id)

    @property
    def raised(self) -> bool:
        """Whether the row concerns a child or a third party, which raises each level by one."""
        return False


@dataclass(frozen=True, slots=True)
class Sealed:
    """Stands where a confidential value would; says nothing about it but whether it is there."""

    present: bool

    def __str__(self) -> str:
        return MASK if self.present else ""

    def __bool__(self) -> bool:
        return self.present


class Confidential:
    """Declares one confidential field over the column ``<name>_sealed``.

    Args:
        field_class: what kind of secret.
        level: 1 (of little harm) to 4 (can cost a life).
        index: canonical form for search by equality, or None for no blind index.
        limit: greatest length in characters.
    """

    def __init__(
        self,
        field_class: FieldClass,
        level: int,
        *,
        index: Callable[[str], str] | None = None,
        limit: int = MAX_LENGTH,
    ) -> None:
        if level not in range(1, 5):
            raise ValueError("a level is 1 to 4")
        self.field_class = field_class
        self.level = level
        self.index = index
        self.limit = limit
        self.name = ""
        self.table = ""

    def __set_name__(self, owner: type[CaseTable], name: str) -> None:
        self.name, self.table = name, owner.__tablename__
        DECLARED[f"{self.table}.{name}"] = self

    @overload
    def __get__(self, row: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, row: CaseTable, owner: type[Any]) -> Sealed: ...
    def __get__(self, row: CaseTable | None, owner: type[Any]) -> "Self | Sealed":
        return self if row is None else Sealed(getattr(row, f"{self.name}_sealed") is not None)

    def __set__(self, row: CaseTable, value: str | None) -> None:
        """Seal ``value`` into the row; None or blank text clears it."""
        column = f"{self.name}_sealed"
        text = clean(value, self.name, self.limit)
        if text is None:
            setattr(row, column, None)
        else:
            sealed = vault.seal_value(row.case_id, text.encode(), self.place(row.tenant_id, row.id))
            setattr(row, column, sealed)
        if self.index is not None:
            self._reindex(row, text)

    def open(self, row: CaseTable) -> str | None:
        """Return the value. Called by :mod:`tenants.disclosure` alone (a test holds it).

        Raises:
            Unreadable: moved, altered, or the case's key is destroyed.
        """
        sealed: bytes | None = getattr(row, f"{self.name}_sealed")
        if sealed is None:
            return None
        place = self.place(row.tenant_id, row.id)
        return vault.open_value(row.case_id, sealed, place).decode()

    def level_for(self, row: CaseTable) -> int:
        """Return the level of this field in ``row``: a child or third party raises it."""
        return min(4, self.level + (1 if row.raised else 0))

    def digest(self, value: str) -> bytes:
        """Return the blind index of ``value`` in the bound tenant (full HMAC-SHA256)."""
        if self.index is None:
            raise ValueError(f"{self.table}.{self.name} has no blind index")
        name = f"{self.table}.{self.name}".encode()
        key = keyring().index_key(current().tenant_id)
        return digest(key, associated_data(name, self.index(value).encode()), sha256)

    def place(self, tenant_id: UUID, row_id: UUID) -> vault.Place:
        """Return what the field of one row is bound to, by version of the case's key."""
        where = tenant_id.bytes, self.table.encode(), row_id.bytes, self.name.encode()
        return lambda version: associated_data(*where, str(version or 1).encode())

    def _reindex(self, row: CaseTable, text: str | None) -> None:
        field = f"{self.table}.{self.name}"
        db.session.execute(
            delete(vault.BlindIndex).where(
                vault.BlindIndex.row_id == row.id, vault.BlindIndex.field == field
            )
        )
        if text is not None:
            db.session.add(
                vault.BlindIndex(
                    id=uuid4(),
                    subject_id=row.case_id,
                    row_id=row.id,
                    field=field,
                    digest=self.digest(text),
                )
            )


DECLARED: dict[str, Confidential] = {}
"""Every confidential field by ``table.name``: the catalogue."""
CONTENTS: dict[str, int] = {}
"""Sealed contents with no field of a row, by ``table.name``: the lowest level at which one can be
as harmful as the highest fields. Class and level are those that whoever added it has chosen."""


def search(field: Confidential, value: str) -> list[UUID]:
    """Return the ids of the cases whose ``field`` equals ``value`` in canonical form."""
    rows = db.session.scalars(
        select(vault.BlindIndex.subject_id).where(
            vault.BlindIndex.field == f"{field.table}.{field.name}",
            vault.BlindIndex.digest == field.digest(value),
        )
    )
    return list(dict.fromkeys(rows))


def clean(value: str | None, field: str, limit: int = MAX_LENGTH) -> str | None:
    """Return ``value`` in NFC with stray blanks removed, or None when nothing is left.

    Raises:
        Invalid: longer than ``limit`` characters, or a control character other than a
            line break or tab, or one that turns the direction of writing.
    """
    if value is None:
        return None
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()
    if len(text) > limit:
        raise Invalid(field, "too-long")
    if not _TURNING.isdisjoint(text) or any(
        unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in text
    ):
        raise Invalid(field, "control-character")
    return text or None


def canonical_digits(value: str) -> str:
    """Return the digits of ``value``: the canonical form of a NIK."""
    return "".join(c for c in value if c.isdecimal())


def canonical_phone(value: str) -> str:
    """Return an Indonesian telephone number as digits beginning with 62."""
    digits = canonical_digits(value)
    return "62" + digits[1:] if digits.startswith("0") else digits


def canonical_year(value: str) -> str:
    """Return the year of a day in ISO 8601, or of a year alone: a birth date's searched part."""
    return value[:4]
