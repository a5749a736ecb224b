"""What can go wrong between a person and the thing asked for.

Every capability raises these and nothing more special; the guard and the job boundary
turn them into an answer, a status and an audit event. A message never holds a value
from a confidential field.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenants.context import Purpose


class TeduhError(Exception):
    """Base of every error that Teduh raises on purpose."""


class Missing(TeduhError):
    """The object does not exist in the bound tenant, or belongs to another one.

    Both get the same answer (invariant 4).
    """


class Refused(TeduhError):
    """The person may not do this here.

    Args:
        reason: a code of :class:`tenants.policy.Reason`, or a short kebab-case word
            known to the pages; recorded in the audit log.
        purpose: what the person named, where one was asked for; recorded too.
    """

    def __init__(self, reason: str, purpose: "Purpose | None" = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.purpose = purpose


class LimitReached(TeduhError):
    """The person has done this as often today as the agency allows.

    Args:
        limit: its name in :data:`tenants.profile.LIMITS`.
    """

    reason = "daily-limit"

    def __init__(self, limit: str) -> None:
        super().__init__(limit)


class Conflict(TeduhError):
    """The object is not in the state that the action needs.

    Args:
        reason: a short kebab-case word for which the pages hold a sentence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Invalid(TeduhError):
    """A value was given that cannot be accepted.

    Args:
        field: the name of the field at fault.
        reason: a short kebab-case word for which the pages hold a sentence.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class Unreadable(TeduhError):
    """A sealed value does not open: moved, altered, or its key is destroyed."""


class AuditUnavailable(TeduhError):
    """The audit event could not be written, therefore nothing may be shown."""


class NoTenantBound(TeduhError):
    """A database transaction was begun without a tenant (a programming error)."""


class Tampered(TeduhError):
    """A database session holds what no code of ours puts there; it is closed."""
