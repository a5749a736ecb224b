"""The panels of cases on the home page."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from app.cases import service
from app.cases.views.shared import names
from tenants.context import Person, Role
from tenants.policy import Permission, permits

Part = tuple[str, dict[str, Any]]

_HEADINGS: dict[service.Show, tuple[Any, Any]] = {
    service.Show.OVERDUE: (_l("Overdue: nobody has begun"), _l("Nothing is overdue")),
    service.Show.UNASSIGNED: (_l("Nobody is assigned"), _l("Every case has somebody")),
    service.Show.MINE: (_l("My cases"), _l("No case is assigned to you")),
    service.Show.ALL: (_l("Reports I took"), _l("You have taken no report yet")),
}


def home_part(person: Person) -> Part | None:
    """Return the cases that wait for a person, and where to take a report."""
    shown = _for(person)
    create = permits(person, Permission.CASE_CREATE)
    if not shown:
        return None
    panels = []
    for show, (total, lines) in service.waiting_lists(person, shown).items():
        title, nothing = _HEADINGS[show]
        more = url_for("cases.index", show=show.value or None) if total > len(lines) else ""
        panels.append(
            {"title": title, "nothing": nothing, "lines": lines, "total": total, "more": more}
        )
    return "cases/home_part.html", {"panels": panels, "may_create": create, **names()}


def _for(person: Person) -> list[service.Show]:
    if not permits(person, Permission.CASE_LIST):
        return []
    if person.has(Role.SUPERVISOR):
        return [service.Show.OVERDUE, service.Show.UNASSIGNED]
    if person.has(Role.CASE_OFFICER, Role.COMPANION):
        return [service.Show.MINE]
    return [service.Show.ALL]
