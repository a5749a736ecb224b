"""What the auditors read, for the head of the office: their own reading is recorded as well."""

from typing import Any

from flask import render_template

from app.audit import service
from app.audit.views.reading import places
from app.audit.views.room import blueprint
from app.web import Needs
from tenants.context import Person
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_WEEK = 7


def readers_part(person: Person) -> tuple[str, dict[str, Any]] | None:
    """Return how often the desk was used in the last days."""
    if not permits(person, Permission.AUDIT_OVERSEE):
        return None
    acts, exports = service.reading_counts(_WEEK)
    return "audit/home_readers.html", {"acts": acts, "exports": exports, "days": _WEEK}


@blueprint.route(
    "/audit/readers", access=Needs(Permission.AUDIT_OVERSEE), records=Tag.AUDIT_READERS_VIEWED
)
def readers() -> Any:
    """Who read the log, what of it, and who took it out."""
    before, after = places()
    page = service.reading(before=before, after=after)
    return render_template(
        "audit/readers.html",
        page=page,
        about=service.concerned(page),
        readers=service.readers() if before is None and after is None else None,
        days=service.READER_DAYS,
    )
