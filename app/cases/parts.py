"""Where other rooms add to the case page, and what they hear of."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.web.access import Subject

Part = Callable[[Subject], tuple[str, dict[str, Any]] | None]

CASE_PARTS: list[Part] = []
"""Each gives (template, values) for a case page, or None where it has nothing to show. The
template finds the values as ``part``; ``section`` among them, (anchor, title), is where the
page's list of its sections leads. ``steps`` and ``alerts`` among them (lists of :class:`Step`)
stand at the top of the page: what is next, and what is at risk."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of what is next, of what is at risk, or of what a closure waits for.

    Attributes:
        text: what it is, in the reader's language; nothing confidential.
        endpoint, values: the page where it is done; no endpoint for no link.
        due: by when.
        who: whose it is; empty for the team's.
    """

    text: Any
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    due: date | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """One moment of the course of a case, as the timeline shows it; nothing confidential."""

    at: datetime
    title: Any
    kind: str = "neutral"
    actor: str = ""
    text: str = ""


HAPPENINGS: list[Callable[[UUID], Iterable[Happened]]] = []
"""Each gives what of a room belongs into the course of a case."""

OPEN_DUTIES: list[Callable[[UUID], Iterable[Step]]] = []
"""Each names, one by one, what of a case is still open; a case is not closed before."""

ON_REGISTERED: list[Callable[[UUID], object]] = []
"""Called with the case's id in the transaction that registers it."""

ON_RECLASSIFIED: list[Callable[[UUID], object]] = []
"""Called with the case's id, in the same transaction, when something has changed on which a rule
of law hangs: an incident's kinds of violence, who is reported, a confirmation of diversion."""

ON_CHILD_CHANGED: list[Callable[[UUID, bool], object]] = []
"""Called with a survivor's id and whether she is a child, in the same transaction, when that is
corrected: what is kept of a child is one level higher."""


ON_DESTROYED: list[Callable[[UUID], object]] = []
"""Called with the case's id, in the same transaction, when its key is destroyed: whoever keeps
something of the case outside the sealed columns lets go of it."""


SIGNED_PAPERS: list[Callable[[UUID], Collection[UUID]]] = []
"""Each gives the consents of a case whose signed paper is kept."""


ON_CONSENT_REVOKED: list[Callable[[UUID, UUID], object]] = []
"""Called with case and organisation, in the same transaction, when she has withdrawn a consent."""


def revoked(case_id: UUID, organisation_id: UUID) -> None:
    """Tell every listener that a consent is withdrawn."""
    for listener in ON_CONSENT_REVOKED:
        listener(case_id, organisation_id)


def child_changed(survivor_id: UUID, is_child: bool) -> None:
    """Tell every listener that a survivor is a child after all, or is none."""
    for listener in ON_CHILD_CHANGED:
        listener(survivor_id, is_child)


def reclassified(case_id: UUID) -> None:
    """Tell every listener."""
    for listener in ON_RECLASSIFIED:
        listener(case_id)


def open_duties(case_id: UUID) -> list[Step]:
    """Return what of a case is still open, as every room names it."""
    return [one for room in OPEN_DUTIES for one in room(case_id)]
