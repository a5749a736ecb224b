"""The table of the policy: who sees, opens and writes which class of field, up to which level.

What it does not name is denied. An agency may narrow a rule in its profile and loosen none.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from tenants import registry
from tenants.confidential import FieldClass
from tenants.context import Purpose, Role, bound
from tenants.grants import Relation
from tenants.profile import Narrowing


@dataclass(frozen=True, slots=True)
class Rule:
    """Up to which level a role in a relation sees, may open, and may write one class."""

    role: Role
    relation: Relation
    field_class: FieldClass
    shown: int
    on_demand: int
    written: int


def _rules(role: Role, relation: Relation, **classes: tuple[int, int, int]) -> list[Rule]:
    return [Rule(role, relation, FieldClass(name), *levels) for name, levels in classes.items()]


# Each triple: shown up to level, opened on demand up to level, written up to level.
RULES: tuple[Rule, ...] = (
    *_rules(
        Role.CASE_OFFICER,
        Relation.TEAM,
        identity=(2, 4, 4),
        contact=(2, 4, 4),
        location=(1, 4, 4),
        narrative=(3, 4, 4),
        clinical=(1, 3, 3),
        legal=(3, 4, 4),
    ),
    *_rules(
        Role.COMPANION,
        Relation.TEAM,
        identity=(2, 4, 3),
        contact=(3, 4, 4),
        location=(1, 4, 4),
        narrative=(3, 4, 4),
        clinical=(2, 4, 4),
        legal=(2, 3, 3),
    ),
    *_rules(
        Role.INTAKE_OFFICER,
        Relation.INTAKE,
        identity=(2, 4, 4),
        contact=(2, 4, 4),
        location=(0, 3, 4),
        narrative=(0, 3, 4),
        clinical=(0, 0, 4),
        legal=(1, 3, 3),
    ),
    *_rules(
        Role.INTAKE_OFFICER,
        Relation.TEAM,
        identity=(2, 4, 4),
        contact=(2, 4, 4),
        location=(0, 3, 4),
        narrative=(0, 3, 4),
        legal=(1, 3, 3),
    ),
    *_rules(
        Role.CASE_OFFICER,
        Relation.INTAKE,
        identity=(2, 4, 4),
        contact=(2, 4, 4),
        location=(0, 3, 4),
        narrative=(2, 4, 4),
        clinical=(0, 0, 4),
        legal=(1, 3, 3),
    ),
    *_rules(
        Role.SUPERVISOR,
        Relation.OVERSIGHT,
        identity=(0, 3, 0),
        contact=(0, 3, 0),
        location=(0, 2, 0),
        narrative=(0, 3, 0),
        legal=(2, 3, 0),
    ),
    # What the table above denies, an emergency opens: one value at a time, for a purpose, for an
    # hour or so, and somebody else judges it afterwards. What is written is its reason.
    *(
        rule
        for role in (Role.CASE_OFFICER, Role.COMPANION, Role.SUPERVISOR)
        for rule in _rules(
            role,
            Relation.EMERGENCY,
            identity=(0, 4, 0),
            contact=(0, 4, 0),
            location=(0, 4, 0),
            narrative=(0, 4, 2),
            clinical=(0, 4, 0),
            legal=(0, 4, 0),
        )
    ),
    *_rules(
        Role.INTAKE_OFFICER,
        Relation.EMERGENCY,
        identity=(0, 4, 0),
        contact=(0, 4, 0),
        location=(0, 4, 0),
        narrative=(0, 3, 2),
        clinical=(0, 3, 0),
        legal=(0, 3, 0),
    ),
    # This relation exists on the page of an emergency alone: its reason, and the judgement.
    *_rules(Role.SUPERVISOR, Relation.REVIEWING, narrative=(2, 2, 2)),
    *_rules(Role.SIGNATORY, Relation.REVIEWING, narrative=(2, 2, 2)),
    # Signatory and reviewer see what the letter says, nothing else of the case; the page for it
    # is the letter's preview (no permission to read the case exists for these relations).
    *(
        rule
        for role, relation in (
            (Role.SIGNATORY, Relation.SIGNING),
            (Role.SIGNATORY, Relation.INITIALLING),
            (Role.SUPERVISOR, Relation.INITIALLING),
        )
        for rule in _rules(
            role,
            relation,
            identity=(4, 4, 0),
            contact=(4, 4, 0),
            location=(3, 3, 0),
            narrative=(3, 3, 0),
            clinical=(2, 2, 0),
            legal=(4, 4, 0),
        )
    ),
    # Each of these also needs the survivor's consent for this organisation and class; what is
    # written is the partner's own answer.
    *_rules(
        Role.PARTNER_OFFICER,
        Relation.PARTNER,
        identity=(3, 4, 0),
        contact=(3, 4, 0),
        narrative=(3, 4, 0),
        clinical=(3, 4, 2),
        legal=(3, 4, 0),
    ),
    # What a law has the office tell an organisation, without consent and in a letter alone: no
    # health, no place.
    *_rules(
        Role.PARTNER_OFFICER,
        Relation.ADDRESSEE,
        identity=(4, 4, 0),
        contact=(4, 4, 0),
        narrative=(4, 4, 0),
        legal=(4, 4, 0),
    ),
)


_TEAM_PURPOSES = (
    Purpose.CONTACT,
    Purpose.SAFETY,
    Purpose.HANDLING,
    Purpose.IDENTIFICATION,
    Purpose.REFERRAL,
    Purpose.STATUTORY_REPORT,
    Purpose.CORRECTION,
)
PURPOSES: dict[Role, tuple[Purpose, ...]] = {
    Role.CASE_OFFICER: _TEAM_PURPOSES,
    Role.COMPANION: _TEAM_PURPOSES,
    Role.INTAKE_OFFICER: _TEAM_PURPOSES,
    Role.SUPERVISOR: (Purpose.SUPERVISION, Purpose.SAFETY, Purpose.IDENTIFICATION),
    Role.PARTNER_OFFICER: (Purpose.REFERRAL,),
}
"""For what a role may ask to see one value; who has none cannot ask."""


def in_force() -> tuple[Rule, ...]:
    """Return the rules as they hold for the bound tenant: the table, narrowed by its profile."""
    if bound() is None:
        return RULES
    return narrow(registry.profile().policy)


@lru_cache(maxsize=1024)
def narrow(narrowings: tuple[Narrowing, ...]) -> tuple[Rule, ...]:
    """Return the table with each narrowing taken into account; none can loosen it."""
    found = list(RULES)
    for one in narrowings:
        found = [
            _narrower(rule, one)
            if (rule.role, rule.relation, rule.field_class)
            == (one.role, one.relation, one.field_class)
            else rule
            for rule in found
        ]
    return tuple(found)


def rule_for(role: str, relation: str, field_class: str) -> Rule | None:
    """Return the rule of the table with these codes, or None."""
    wanted = (role, relation, field_class)
    matching = (one for one in RULES if (one.role, one.relation, one.field_class) == wanted)
    return next(matching, None)


def _narrower(rule: Rule, one: Narrowing) -> Rule:
    def least(present: int, wanted: int | None) -> int:
        return present if wanted is None else min(present, wanted)

    on_demand = least(rule.on_demand, one.on_demand)
    return replace(
        rule,
        shown=min(least(rule.shown, one.shown), on_demand),
        on_demand=on_demand,
        written=least(rule.written, one.written),
    )
