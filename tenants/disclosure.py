"""The one path from a sealed value to somebody's eyes.

Page, search, letter, preview and job all come through :func:`disclose`. What may not be
seen is not decrypted. The names of the fields that were opened are kept for the audit
event of the request or job; the values never are.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType

from tenants import policy
from tenants.confidential import DECLARED, CaseTable, Confidential
from tenants.context import Purpose, acting_person
from tenants.errors import Refused
from tenants.policy import Access, Reason, Standing

_seen: ContextVar[dict[str, None] | None] = ContextVar("teduh_fields_seen", default=None)


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One field as the acting person may see it.

    Attributes:
        name: ``table.field``.
        value: the value when shown and present; else None.
        present: something is stored (said only when the field is not denied).
    """

    name: str
    access: Access
    value: str | None
    present: bool
    reason: Reason | None

    @property
    def shown(self) -> bool:
        """Whether the policy lets the value be seen now."""
        return self.access is Access.SHOWN

    @property
    def on_demand(self) -> bool:
        """Whether it is masked and can be opened by naming a purpose."""
        return self.access is Access.ON_DEMAND and self.present


def start_record() -> None:
    """Begin a new list of opened fields (the guard and the job boundary call this)."""
    _seen.set({})


def fields_seen() -> tuple[str, ...]:
    """Return the names of the fields opened since :func:`start_record`, in order."""
    return tuple(_seen.get() or ())


def note_field(name: str) -> None:
    """Add ``name`` to the fields of the event being made (a field that was written)."""
    seen = _seen.get()
    if seen is None:
        seen = {}
        _seen.set(seen)
    seen[name] = None


def disclose(
    row: CaseTable,
    names: Iterable[str],
    standing: Standing,
    purpose: Purpose | None = None,
) -> MappingProxyType[str, Disclosed]:
    """Return the fields ``names`` of ``row`` as the acting person may see them.

    Args:
        row: a row of a table with confidential fields.
        names: field names without the table, e.g. ``full_name``.
        standing: how the acting person stands to the row's case.
        purpose: given when the person has named one; opens what is on demand.

    Raises:
        Unreadable: a value does not open (moved, altered, or the key is destroyed).
    """
    person = acting_person()
    found: dict[str, Disclosed] = {}
    for name in names:
        declared = declaration(row, name)
        level = declared.level_for(row)
        decision = policy.decide(person, standing, declared.field_class, level, purpose)
        full_name = f"{declared.table}.{name}"
        present = getattr(row, f"{name}_sealed") is not None
        value = None
        if decision.access is Access.SHOWN and present:
            value = declared.open(row)
            note_field(full_name)
        found[name] = Disclosed(
            full_name,
            decision.access,
            value,
            present and decision.access is not Access.DENIED,
            decision.reason,
        )
    return MappingProxyType(found)


def write(row: CaseTable, standing: Standing, **values: str | None) -> None:
    """Seal ``values`` into ``row`` if the acting person may write every one of them.

    Raises:
        Refused: the policy does not let this person write one of the fields.
        Invalid: a value is too long or holds a control character.
        Unreadable: the case's key is destroyed.
    """
    person = acting_person()
    for name in values:
        declared = declaration(row, name)
        level = declared.level_for(row)
        if not policy.may_write(person, standing, declared.field_class, level):
            raise Refused("field-not-writable")
    for name, value in values.items():
        setattr(row, name, value)
        note_field(f"{row.__tablename__}.{name}")


def declaration(row: CaseTable, name: str) -> Confidential:
    """Return the declaration of a field.

    Raises:
        KeyError: the table declares no such confidential field.
    """
    return DECLARED[f"{row.__tablename__}.{name}"]
