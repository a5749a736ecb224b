"""Conditions said word for word as the indexes of the log say them.

A partial index serves a statement only when the planner sees the same words; a bound parameter
would hide them from it.
"""

from sqlalchemy import ColumnElement, literal

from tenants.audit import AuditEvent
from tenants.context import Purpose, Role
from tenants.vocabulary import Outcome, Tag

ALLOWED = literal(Outcome.ALLOWED.value, literal_execute=True)


def held(role: Role) -> ColumnElement[bool]:
    """Whether the person acted in a role."""
    return AuditEvent.roles.like(literal(f'%"{role.value}"%', literal_execute=True))


def tagged(tag: Tag) -> ColumnElement[bool]:
    """Whether an event has one tag of those with an index of their own."""
    return AuditEvent.tag == literal(tag.code, literal_execute=True)


def meant(purpose: Purpose) -> ColumnElement[bool]:
    """Whether it was done for a purpose."""
    return AuditEvent.purpose == literal(purpose.value, literal_execute=True)
