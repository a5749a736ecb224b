"""Pages of tasks: those of a case, work lists, how the work is spread."""

from flask import Flask

from app.cases import service as case_service
from app.cases.parts import CASE_PARTS
from app.tasks import events, service
from app.tasks.views import cases, work
from app.tasks.views.cases import case_part
from app.tasks.views.shared import blueprint
from app.tasks.views.work import home_part
from app.web.together import HOME_QUERIES
from app.web.views import HOME_PARTS
from tenants.audit import LISTENERS

__all__ = ["blueprint", "cases", "init_room", "work"]


def init_room(_app: Flask) -> None:
    """Put the room's panels on the case page and first on the home page."""
    if events.hear not in LISTENERS:
        LISTENERS.append(events.hear)
    for table in service.TABLES:
        HOME_QUERIES[table] = service.first_query
    case_service.add_alongside(*service.TABLES, people=("owner_id",))
    if case_part not in CASE_PARTS:
        CASE_PARTS.insert(0, case_part)
    if home_part not in HOME_PARTS:
        HOME_PARTS.insert(0, home_part)
