"""Pages of clocks: what is due, how one ends, why one rests."""

from flask import Flask

from app.cases import service as cases
from app.cases.parts import CASE_PARTS, ON_RECLASSIFIED
from app.clocks import events, service
from app.clocks.views import pages
from app.clocks.views.pages import blueprint
from app.clocks.views.parts import case_part
from app.web.together import HOME_QUERIES
from tenants.audit import LISTENERS

__all__ = ["blueprint", "init_room", "pages"]


def init_room(_app: Flask) -> None:
    """Hear what is done, and put the room's panel on the case page."""
    if events.hear not in LISTENERS:
        LISTENERS.append(events.hear)
    if events.recheck not in ON_RECLASSIFIED:
        ON_RECLASSIFIED.append(events.recheck)
    for table in service.TABLES:
        HOME_QUERIES[table] = service.first_query
    cases.add_alongside(*service.TABLES)
    if case_part not in CASE_PARTS:
        CASE_PARTS.insert(0, case_part)  # what is due comes before what was done
