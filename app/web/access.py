"""What a route must declare: who may use it, on which object."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tenants.policy import Permission, Standing


@dataclass(frozen=True, slots=True)
class Subject:
    """The object of a request, loaded inside the tenant before the decision.

    Attributes:
        kind: what it is, for the audit log (``case``, ``letter``, ...).
        row: the loaded object, for the view to hand to its service.
        standing: how the acting person stands to the object's case.
    """

    kind: str
    id: UUID
    row: Any = field(repr=False)
    case_id: UUID | None = None
    standing: Standing = field(default_factory=Standing)


@dataclass(frozen=True, slots=True)
class Public:
    """Anyone may use it; ``why`` says the reason."""

    why: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Any signed-in person of the tenant may use it; it shows only the person's own things.

    Args:
        fresh: as :class:`Needs`.
    """

    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """A permission, on an object if ``of`` loads one.

    Args:
        of: called with the path's values it names; returns the Subject and raises Missing when
            there is none in the tenant. The view then gets the Subject instead of those values.
        fresh: the person must have given password and code, or used a passkey, within the last
            minutes.
    """

    permission: Permission
    of: Callable[..., Subject] | None = None
    fresh: bool = False


Access = Public | SignedIn | Needs
