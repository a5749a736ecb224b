"""Pages of the safe house: the houses, and the stays."""

from flask import Flask

from app.cases import service as cases
from app.cases.parts import CASE_PARTS, ON_DESTROYED, OPEN_DUTIES
from app.shelter import service
from app.shelter.views import places, stays
from app.shelter.views.shared import blueprint
from app.shelter.views.stays import case_part

__all__ = ["blueprint", "init_room", "places", "stays"]


def init_room(_app: Flask) -> None:
    """Put the room's panel on the case page, and tie a stay to the life of its case."""
    cases.add_alongside(*service.TABLES)
    if case_part not in CASE_PARTS:
        CASE_PARTS.append(case_part)
    if service.duties not in OPEN_DUTIES:
        OPEN_DUTIES.append(service.duties)
    if service.end_with_case not in ON_DESTROYED:
        ON_DESTROYED.append(service.end_with_case)
