"""Who may see or write which class of field, in which relation to the case. Default deny.

``RULES`` is the whole policy: what it does not name is denied. Everything here is pure: the
caller loads the case and says how the person stands to it; nothing below reads a table.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from tenants.confidential import FieldClass
from tenants.context import Person, Purpose, Role


class Relation(StrEnum):
    """How a person stands to one case."""

    TEAM = "team"  # assigned to the case
    INTAKE = "intake"  # took the report
    OVERSIGHT = "oversight"  # answers for the agency's cases
    SIGNING = "signing"  # a letter of the case waits for, or has, this person's approval
    PARTNER = "partner"  # the person's organisation holds a living referral of the case
    FORMER_PARTNER = "former_partner"  # it held one: sees that it existed, and no field


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


class Permission(StrEnum):
    """What a route or a service asks for. The values are ``scope:object:action``."""

    CASE_LIST = "case:case:list"
    CASE_CREATE = "case:case:create"
    CASE_READ = "case:case:read"
    CASE_EDIT = "case:case:edit"
    CASE_ASSIGN = "case:team:assign"
    CASE_REVEAL = "case:field:reveal"
    CASE_DESTROY = "case:key:destroy"
    CASE_ACCESS_LIST = "case:access:list"
    CONSENT_RECORD = "case:consent:record"
    REFERRAL_CREATE = "case:referral:create"
    REFERRAL_INBOX = "case:referral:inbox"
    REFERRAL_READ = "case:referral:read"
    REFERRAL_ANSWER = "case:referral:answer"
    MEDIATION_EDIT = "case:mediation:edit"
    LETTER_DRAFT = "letter:draft:edit"
    LETTER_READ = "letter:letter:read"
    LETTER_APPROVE = "letter:letter:approve"
    LETTER_DOWNLOAD = "letter:file:download"
    LETTER_WITHDRAW = "letter:letter:withdraw"
    LETTER_QUEUE = "letter:queue:list"
    AUDIT_READ = "audit:event:read"
    AUDIT_EXPORT = "audit:event:export"
    AUDIT_WORK = "audit:sign:settle"
    AUDIT_OVERSEE = "audit:reader:list"
    PEOPLE_MANAGE = "tenant:person:manage"
    TEMPLATE_LIST = "tenant:template:list"


_ANY = None
_R, _P = Relation, Permission

GRANTS: dict[Permission, frozenset[tuple[Role, Relation | None]]] = {
    _P.CASE_LIST: frozenset(
        (role, _ANY)
        for role in (
            Role.INTAKE_OFFICER,
            Role.CASE_OFFICER,
            Role.COMPANION,
            Role.SUPERVISOR,
        )
    ),
    _P.CASE_CREATE: frozenset({(Role.INTAKE_OFFICER, _ANY), (Role.CASE_OFFICER, _ANY)}),
    _P.CASE_READ: frozenset(
        {
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.COMPANION, _R.TEAM),
            (Role.INTAKE_OFFICER, _R.INTAKE),
            (Role.INTAKE_OFFICER, _R.TEAM),
            (Role.CASE_OFFICER, _R.INTAKE),
            (Role.SUPERVISOR, _R.OVERSIGHT),
        }
    ),
    _P.CASE_EDIT: frozenset(
        {
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.COMPANION, _R.TEAM),
            (Role.INTAKE_OFFICER, _R.INTAKE),
            (Role.INTAKE_OFFICER, _R.TEAM),
            (Role.CASE_OFFICER, _R.INTAKE),
        }
    ),
    _P.CASE_ASSIGN: frozenset({(Role.SUPERVISOR, _R.OVERSIGHT)}),
    _P.CASE_REVEAL: frozenset(
        {
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.COMPANION, _R.TEAM),
            (Role.INTAKE_OFFICER, _R.INTAKE),
            (Role.INTAKE_OFFICER, _R.TEAM),
            (Role.CASE_OFFICER, _R.INTAKE),
            (Role.SUPERVISOR, _R.OVERSIGHT),
        }
    ),
    _P.CASE_DESTROY: frozenset({(Role.SUPERVISOR, _R.OVERSIGHT)}),
    _P.CASE_ACCESS_LIST: frozenset(
        {
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.COMPANION, _R.TEAM),
            (Role.SUPERVISOR, _R.OVERSIGHT),
        }
    ),
    _P.CONSENT_RECORD: frozenset({(Role.CASE_OFFICER, _R.TEAM), (Role.COMPANION, _R.TEAM)}),
    _P.REFERRAL_CREATE: frozenset({(Role.CASE_OFFICER, _R.TEAM), (Role.COMPANION, _R.TEAM)}),
    _P.REFERRAL_INBOX: frozenset({(Role.PARTNER_OFFICER, _ANY)}),
    # Whoever answers too late is told so (409), not that the role is wrong: hence the former one.
    _P.REFERRAL_READ: frozenset(
        {(Role.PARTNER_OFFICER, _R.PARTNER), (Role.PARTNER_OFFICER, _R.FORMER_PARTNER)}
    ),
    _P.REFERRAL_ANSWER: frozenset(
        {(Role.PARTNER_OFFICER, _R.PARTNER), (Role.PARTNER_OFFICER, _R.FORMER_PARTNER)}
    ),
    _P.MEDIATION_EDIT: frozenset({(Role.CASE_OFFICER, _R.TEAM), (Role.COMPANION, _R.TEAM)}),
    _P.LETTER_DRAFT: frozenset({(Role.CASE_OFFICER, _R.TEAM), (Role.COMPANION, _R.TEAM)}),
    _P.LETTER_READ: frozenset(
        {
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.COMPANION, _R.TEAM),
            (Role.SIGNATORY, _R.SIGNING),
        }
    ),
    _P.LETTER_APPROVE: frozenset({(Role.SIGNATORY, _R.SIGNING)}),
    _P.LETTER_DOWNLOAD: frozenset(
        {
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.COMPANION, _R.TEAM),
            (Role.SIGNATORY, _R.SIGNING),
        }
    ),
    _P.LETTER_WITHDRAW: frozenset({(Role.SIGNATORY, _R.SIGNING)}),
    _P.LETTER_QUEUE: frozenset({(Role.SIGNATORY, _ANY)}),
    _P.AUDIT_READ: frozenset({(Role.AUDITOR, _ANY), (Role.EXTERNAL_AUDITOR, _ANY)}),
    _P.AUDIT_EXPORT: frozenset({(Role.AUDITOR, _ANY), (Role.EXTERNAL_AUDITOR, _ANY)}),
    # What the office's own auditor settles, and what people answer to them.
    _P.AUDIT_WORK: frozenset({(Role.AUDITOR, _ANY)}),
    # The head of the office sees what the auditors read, never what they write of it.
    _P.AUDIT_OVERSEE: frozenset({(Role.SIGNATORY, _ANY)}),
    _P.PEOPLE_MANAGE: frozenset({(Role.ADMINISTRATOR, _ANY)}),
    _P.TEMPLATE_LIST: frozenset({(Role.ADMINISTRATOR, _ANY), (Role.AUDITOR, _ANY)}),
}
"""Which role, in which relation to the case (None: needs none), has which permission."""


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
    # The signatory sees what the letter says, nothing else of the case; the page for it is
    # the letter's preview (no permission to read the case exists for this relation).
    *_rules(
        Role.SIGNATORY,
        Relation.SIGNING,
        identity=(4, 4, 0),
        contact=(4, 4, 0),
        location=(3, 3, 0),
        narrative=(3, 3, 0),
        clinical=(2, 2, 0),
        legal=(4, 4, 0),
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
)


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
        for rule in RULES
        if rule.role in person.roles
        and rule.relation in standing.relations
        and rule.field_class is field_class
    )
