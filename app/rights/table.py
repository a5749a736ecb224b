"""The policy of the bound tenant, put in order for reading."""

from dataclasses import dataclass

from tenants import registry
from tenants.confidential import DECLARED, FieldClass
from tenants.context import Purpose, Role
from tenants.grants import Relation
from tenants.policy import PURPOSES, Rule
from tenants.rules import RULES, in_force


@dataclass(frozen=True, slots=True)
class Cell:
    """Up to which level one class is shown, opened and written; ``narrowed`` by the agency."""

    shown: int
    on_demand: int
    written: int
    narrowed: bool

    @property
    def nothing(self) -> bool:
        """Whether the class stays closed."""
        return not (self.shown or self.on_demand or self.written)


@dataclass(frozen=True, slots=True)
class Row:
    """What one relation to a case opens to one role; a class without a rule is None."""

    relation: Relation
    cells: dict[FieldClass, Cell | None]


@dataclass(frozen=True, slots=True)
class Part:
    """The rules of one role, and the purposes that it may name.

    ``title`` is the agency's own; empty for a role that has none.
    """

    role: Role
    title: str
    rows: tuple[Row, ...]
    purposes: tuple[Purpose, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """One confidential field and how it is protected."""

    name: str
    field_class: FieldClass
    level: int


def parts() -> list[Part]:
    """Return the policy as it holds here, role by role. A role that sees no case has no rows."""
    rules, profile = in_force(), registry.profile()
    table = {(one.role, one.relation, one.field_class): one for one in RULES}
    return [
        Part(
            role,
            profile.roles.get(role.value, ""),
            _rows(role, rules, table),
            PURPOSES.get(role, ()),
        )
        for role in Role
    ]


def fields() -> list[Kept]:
    """Return every confidential field by class and level, the most protected first."""
    order = list(FieldClass)
    found = [Kept(name, one.field_class, one.level) for name, one in DECLARED.items()]
    return sorted(found, key=lambda one: (order.index(one.field_class), -one.level, one.name))


def _rows(
    role: Role,
    rules: tuple[Rule, ...],
    table: dict[tuple[Role, Relation, FieldClass], Rule],
) -> tuple[Row, ...]:
    own = [one for one in rules if one.role is role]
    return tuple(
        Row(
            relation,
            {
                each: next(
                    (
                        _cell(one, table[role, relation, each])
                        for one in own
                        if one.relation is relation and one.field_class is each
                    ),
                    None,
                )
                for each in FieldClass
            },
        )
        for relation in dict.fromkeys(one.relation for one in own)
    )


def _cell(rule: Rule, usual: Rule) -> Cell:
    return Cell(rule.shown, rule.on_demand, rule.written, rule != usual)
