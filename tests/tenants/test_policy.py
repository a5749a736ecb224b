"""The policy: default deny, and what each role sees in each relation (invariants 8 and 24)."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.confidential import FieldClass
from tenants.context import Person, Purpose, Role
from tenants.policy import (
    GRANTS,
    RULES,
    Access,
    Permission,
    Reason,
    Relation,
    Rule,
    Standing,
    decide,
    may_write,
    permits,
)
from tenants.profile import Narrowing
from tenants.rules import narrow

NARROWINGS = st.lists(
    st.builds(
        Narrowing,
        st.sampled_from([one.value for one in Role]),
        st.sampled_from([one.value for one in Relation]),
        st.sampled_from([one.value for one in FieldClass]),
        *(st.none() | st.integers(0, 4) for _ in range(3)),
    ),
    max_size=6,
).map(tuple)
CASE_RELATIONS = st.frozensets(st.sampled_from(Relation), max_size=5)
ROLES = st.frozensets(st.sampled_from(Role), max_size=8)
CLASSES = st.sampled_from(FieldClass)
LEVELS = st.integers(1, 4)
STANDINGS = st.builds(Standing, CASE_RELATIONS, st.frozensets(CLASSES), st.booleans())
PURPOSES = st.none() | st.sampled_from(Purpose)


def person(*roles: Role) -> Person:
    return Person(id=uuid4(), name="Contoh", roles=frozenset(roles))


def stands(*relations: Relation, consented: frozenset[FieldClass] = frozenset()) -> Standing:
    return Standing(frozenset(relations), consented)


@given(ROLES, CLASSES, LEVELS, PURPOSES)
def test_a_stranger_to_the_case_sees_nothing_whatever_the_roles(
    roles: frozenset[Role], field_class: FieldClass, level: int, purpose: Purpose | None
) -> None:
    decision = decide(person(*roles), Standing(), field_class, level, purpose)
    assert decision.access is Access.DENIED


@given(CASE_RELATIONS, CLASSES, LEVELS, PURPOSES)
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.EXTERNAL_AUDITOR, Role.ADMINISTRATOR])
def test_auditor_and_administrator_see_no_field_in_any_relation(
    role: Role,
    relations: frozenset[Relation],
    field_class: FieldClass,
    level: int,
    purpose: Purpose | None,
) -> None:
    assert decide(person(role), stands(*relations), field_class, level, purpose).access is (
        Access.DENIED
    )


@given(CLASSES, LEVELS, PURPOSES, st.frozensets(CLASSES))
def test_a_partner_sees_only_consented_classes_and_never_a_location(
    field_class: FieldClass, level: int, purpose: Purpose | None, consented: frozenset[FieldClass]
) -> None:
    standing = stands(Relation.PARTNER, consented=consented)
    decision = decide(person(Role.PARTNER_OFFICER), standing, field_class, level, purpose)
    if decision.access is not Access.DENIED:
        assert field_class in consented
        assert field_class is not FieldClass.LOCATION


def rules_for(one: Person, standing: Standing, field_class: FieldClass) -> list[Rule]:
    """The rules that speak of this person, this case and this class."""
    return [
        rule
        for rule in RULES
        if rule.role in one.roles
        and rule.relation in standing.relations
        and rule.field_class is field_class
    ]


@given(st.sampled_from(RULES), ROLES, STANDINGS, CLASSES, LEVELS, PURPOSES)
def test_nobody_sees_or_writes_what_no_rule_grants(
    rule: Rule,
    roles: frozenset[Role],
    standing: Standing,
    field_class: FieldClass,
    level: int,
    purpose: Purpose | None,
) -> None:
    """Default deny, for any roles and any way to stand to a case, with one rule's among them."""
    one = person(rule.role, *roles)
    standing = replace(standing, relations=standing.relations | {rule.relation})
    matching = rules_for(one, standing, field_class)
    granted = [
        found
        for found in matching
        if found.relation is not Relation.PARTNER or field_class in standing.consented
    ]
    decision = decide(one, standing, field_class, level, purpose)
    if decision.access is not Access.DENIED:
        assert any(level <= max(found.shown, found.on_demand) for found in granted)
    if decision.access is Access.SHOWN and purpose is None:
        assert any(level <= found.shown for found in granted)
        assert not standing.closed
    if may_write(one, standing, field_class, level):
        assert any(level <= found.written for found in matching)
        assert not standing.closed


@given(ROLES, STANDINGS, CLASSES, LEVELS, PURPOSES)
def test_without_consent_a_partner_sees_no_more_than_without_the_partnership(
    roles: frozenset[Role],
    standing: Standing,
    field_class: FieldClass,
    level: int,
    purpose: Purpose | None,
) -> None:
    """Also for one person in several roles."""
    one = person(Role.PARTNER_OFFICER, *roles)
    partner = replace(
        standing,
        relations=standing.relations | {Relation.PARTNER},
        consented=standing.consented - {field_class},
    )
    alone = replace(partner, relations=standing.relations - {Relation.PARTNER})
    seen = decide(one, partner, field_class, level, purpose).access
    assert seen is decide(one, alone, field_class, level, purpose).access


def test_a_partner_officer_sees_a_consented_class_and_not_another() -> None:
    standing = stands(Relation.PARTNER, consented=frozenset({FieldClass.CLINICAL}))
    officer = person(Role.PARTNER_OFFICER)
    assert decide(officer, standing, FieldClass.CLINICAL, 2).access is Access.SHOWN
    refused = decide(officer, standing, FieldClass.IDENTITY, 2)
    assert (refused.access, refused.reason) == (Access.DENIED, Reason.NO_CONSENT)


@given(ROLES, CASE_RELATIONS, CLASSES, LEVELS)
def test_naming_a_purpose_opens_only_what_is_on_demand(
    roles: frozenset[Role], relations: frozenset[Relation], field_class: FieldClass, level: int
) -> None:
    one, standing = person(*roles), stands(*relations)
    unasked = decide(one, standing, field_class, level)
    asked = decide(one, standing, field_class, level, Purpose.CONTACT)
    opened = unasked.access is not Access.DENIED
    assert asked.access is (Access.SHOWN if opened else Access.DENIED)


@given(ROLES, CASE_RELATIONS, CLASSES, LEVELS)
def test_a_higher_level_never_shows_more(
    roles: frozenset[Role], relations: frozenset[Relation], field_class: FieldClass, level: int
) -> None:
    order = [Access.DENIED, Access.ON_DEMAND, Access.SHOWN]
    one, standing = person(*roles), stands(*relations)
    lower = decide(one, standing, field_class, level).access
    higher = decide(one, standing, field_class, min(4, level + 1)).access
    assert order.index(higher) <= order.index(lower)


@given(ROLES, CASE_RELATIONS, CLASSES, LEVELS)
def test_a_closed_case_is_not_written_and_shows_nothing_unasked(
    roles: frozenset[Role], relations: frozenset[Relation], field_class: FieldClass, level: int
) -> None:
    standing = Standing(relations, frozenset(FieldClass), closed=True)
    one = person(*roles)
    assert not may_write(one, standing, field_class, level)
    assert decide(one, standing, field_class, level).access is not Access.SHOWN


def test_a_child_raises_what_was_shown_to_on_demand() -> None:
    officer, standing = person(Role.CASE_OFFICER), stands(Relation.TEAM)
    assert decide(officer, standing, FieldClass.IDENTITY, 2).access is Access.SHOWN
    assert decide(officer, standing, FieldClass.IDENTITY, 3).access is Access.ON_DEMAND


def test_every_rule_is_consistent_and_no_pair_stands_twice() -> None:
    seen = set()
    for rule in RULES:
        key = (rule.role, rule.relation, rule.field_class)
        assert key not in seen
        seen.add(key)
        assert 0 <= rule.shown <= rule.on_demand <= 4
        assert 0 <= rule.written <= 4


def test_every_permission_is_granted_to_somebody_and_case_permissions_need_a_relation() -> None:
    assert set(GRANTS) == set(Permission)
    needs_none = {  # lists of what one may see, and what is about no case yet
        Permission.CASE_LIST,
        Permission.CASE_CREATE,
        Permission.CLOCK_LIST,
        Permission.EMERGENCY_LIST,
        Permission.EMERGENCY_OPEN,
        Permission.OUTREACH_LIST,
        Permission.OUTREACH_RECORD,
        Permission.PROGRAMME_LIST,
        Permission.PROGRAMME_RUN,
        Permission.REFERRAL_INBOX,
        Permission.SHELTER_MANAGE,
        Permission.TRANSFER_RECEIVE,
        Permission.WORK_LIST,
        Permission.WORK_SPREAD,
    }
    for permission, grants in GRANTS.items():
        assert grants
        if permission.value.startswith("case:") and permission not in needs_none:
            assert all(relation is not None for _, relation in grants), permission


def test_a_permission_needs_both_the_role_and_the_relation() -> None:
    officer = person(Role.CASE_OFFICER)
    assert permits(officer, Permission.CASE_READ, stands(Relation.TEAM))
    assert not permits(officer, Permission.CASE_READ, stands(Relation.OVERSIGHT))
    assert not permits(officer, Permission.CASE_READ)
    assert not permits(person(Role.AUDITOR), Permission.CASE_READ, stands(Relation.TEAM))


@given(NARROWINGS)
def test_an_agency_can_narrow_the_policy_and_never_loosen_it(
    narrowings: tuple[Narrowing, ...],
) -> None:
    for rule, usual in zip(narrow(narrowings), RULES, strict=True):
        assert (rule.role, rule.relation, rule.field_class) == (
            usual.role,
            usual.relation,
            usual.field_class,
        )
        assert rule.shown <= usual.shown
        assert rule.on_demand <= usual.on_demand
        assert rule.written <= usual.written


def test_what_may_not_be_opened_is_not_shown_either() -> None:
    found = narrow((Narrowing("signatory", "signing", "clinical", on_demand=1),))
    (rule,) = [one for one in found if one not in RULES]
    assert (rule.shown, rule.on_demand) == (1, 1)
