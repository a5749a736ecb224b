"""Saved views: what an auditor asks the log again and again, under a name of their own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select
from sqlalchemy.sql import Select

from app.audit.models import SavedView
from app.web.access import Subject
from tenants import audit, vault
from tenants.clock import now
from tenants.confidential import clean
from tenants.context import acting_person, current
from tenants.database import db, hold
from tenants.errors import Conflict, Invalid, Missing
from tenants.vocabulary import Tag

MOST = 20
"""As many views an auditor keeps: more are no longer found faster than by the filter."""
MAX_NAME = 60
_PLACE = "saved-view"


@dataclass(frozen=True, slots=True)
class View:
    """One saved view, opened for its owner.

    Attributes:
        asked: the filter as it stands in an address.
    """

    id: UUID
    name: str = field(repr=False)
    asked: dict[str, str]


def views() -> list[View]:
    """Return the acting person's views by name: one statement."""
    found = [
        View(row.id, _name(row), json.loads(row.asked)) for row in db.session.scalars(_own_rows())
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.id))


def save(name: str | None, asked: Mapping[str, str]) -> None:
    """Keep a filter under a name; the same name once more takes the new filter.

    Raises:
        Invalid: ``name`` is missing, too long or holds what cannot be shown; ``filter`` is empty.
        Conflict: ``too-many-views``.
    """
    text = clean(name, "name", MAX_NAME)
    if text is None:
        raise Invalid("name", "required")
    if not asked:
        raise Invalid("filter", "required")
    person = acting_person().id
    hold(uuid5(person, _PLACE))
    rows = list(db.session.scalars(_own_rows()))
    written = json.dumps(dict(asked), sort_keys=True)
    row = next((one for one in rows if _name(one).casefold() == text.casefold()), None)
    if row is not None:
        row.asked, row.saved_at = written, now()
    elif len(rows) >= MOST:
        raise Conflict("too-many-views")
    else:
        view_id = uuid4()
        sealed = vault.seal_for_tenant(text.encode(), _PLACE, str(view_id))
        row = SavedView(id=view_id, account_id=person, name=sealed, asked=written, saved_at=now())
        db.session.add(row)
    db.session.flush()
    audit.record(Tag.AUDIT_VIEW_SAVED, subject=("saved_view", row.id))


def load_view(view_id: UUID) -> Subject:
    """Load one of the acting person's own views for a route.

    Raises:
        Missing: there is none, or it is another auditor's.
    """
    row = db.session.get(SavedView, (current().tenant_id, view_id))
    if row is None or row.account_id != acting_person().id:
        raise Missing("saved_view")
    return Subject("saved_view", row.id, row)


def remove(row: SavedView) -> None:
    """Remove a view."""
    db.session.delete(row)
    db.session.flush()
    audit.record(Tag.AUDIT_VIEW_REMOVED, subject=("saved_view", row.id))


def _own_rows() -> Select[SavedView]:
    return select(SavedView).where(SavedView.account_id == acting_person().id)


def _name(row: SavedView) -> str:
    return vault.open_for_tenant(row.name, _PLACE, str(row.id)).decode()
