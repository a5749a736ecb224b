"""Decides who may see or write which class of field, in which relation to the case. Default deny.

The caller loads the case and says how the person stands to it; the rules are those of
:mod:`tenants.rules`, narrowed as the bound tenant's profile says.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from tenants.confidential import FieldClass
from tenants.context import Person, Purpose
from tenants.grants import GRANTS, Permission, Relation
from tenants.rules import PURPOSES, RULES, Rule, in_force

__all__ = [
    "GRANTS",
    "PURPOSES",
    "RULES",
    "Access",
    "Decision",
    "Permission",
    "Reason",
    "Relation",
    "Rule",
    "Standing",
    "decide",
    "may_write",
    "permits",
    "purposes",
]


class Access(StrEnum):
    """What becomes of one field."""

    SHOWN = "shown"
    ON_DEMAND = "on_demand"  # masked; opened by naming a purpose, which is recorded
    DENIED = "denied"


class Reason(StrEnum):
    """Why a field is not shown."""

    OPEN_ON_DEMAND = "open-on-demand"
    NO_RELATION = "no-relation"
    ROLE = "role"
    LEVEL = "level"
    NO_CONSENT = "no-consent"
    CLOSED = "case-closed"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person stands to one case at this moment.

    Attributes:
        relations: empty for a stranger.
        consented: the classes that the survivor allows this person's organisation to see for
            the present purpose; only asked of partners.
        closed: the case is closed; then nothing is written and nothing shown unasked.
    """

    relations: frozenset[Relation] = field(default_factory=frozenset)
    consented: frozenset[FieldClass] = field(default_factory=frozenset)
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one field, and why."""

    access: Access
    reason: Reason | None = None


def permits(person: Person, permission: Permission, standing: Standing | None = None) -> bool:
    """Tell whether ``person`` has ``permission``, given the relation to the case at hand."""
    relations = standing.relations if standing else frozenset()
    return any(
        role in person.roles and (relation is None or relation in relations)
        for role, relation in GRANTS.get(permission, ())
    )


def purposes(person: Person) -> tuple[Purpose, ...]:
    """Return the purposes for which ``person`` may ask to see one hidden value."""
    return tuple(
        dict.fromkeys(one for role in PURPOSES if role in person.roles for one in PURPOSES[role])
    )


def decide(
    person: Person,
    standing: Standing,
    field_class: FieldClass,
    level: int,
    purpose: Purpose | None = None,
) -> Decision:
    """Decide about reading one field: the one function for page, search, export and letter.

    Args:
        level: the field's level in its row (a child or third party has raised it).
        purpose: the purpose the person has named, or None when just looking.
    """
    rules = list(_matching(person, standing, field_class))
    if not rules:
        return Decision(Access.DENIED, Reason.ROLE if standing.relations else Reason.NO_RELATION)
    if field_class not in standing.consented:
        rules = [rule for rule in rules if rule.relation is not Relation.PARTNER]
    if not rules:
        return Decision(Access.DENIED, Reason.NO_CONSENT)
    shown = max(rule.shown for rule in rules)
    on_demand = max(shown, *(rule.on_demand for rule in rules))
    if level <= shown and not standing.closed:
        return Decision(Access.SHOWN)
    if level <= on_demand:
        if purpose is not None:
            return Decision(Access.SHOWN)
        return Decision(Access.ON_DEMAND, Reason.OPEN_ON_DEMAND)
    return Decision(Access.DENIED, Reason.LEVEL)


def may_write(person: Person, standing: Standing, field_class: FieldClass, level: int) -> bool:
    """Tell whether ``person`` may write a field of this class and level in this case."""
    if standing.closed:
        return False
    return any(level <= rule.written for rule in _matching(person, standing, field_class))


def _matching(person: Person, standing: Standing, field_class: FieldClass) -> Iterable[Rule]:
    return (
        rule
        for rule in in_force()
        if rule.role in person.roles
        and rule.relation in standing.relations
        and rule.field_class is field_class
    )
