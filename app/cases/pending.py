"""Cases that are not done with: what belongs to them is kept, however old it is."""

from uuid import UUID

from sqlalchemy import Select, select

from app.cases.models import Case


def open_ids() -> Select[UUID]:
    """Return the statement of the ids of the bound tenant's cases that are not closed."""
    return select(Case.id).where(Case.closed_at.is_(None))
