"""Pages of services: the three pillars within a case, and the programmes of the office."""

from flask import Flask

from app.cases import service as cases
from app.cases.parts import CASE_PARTS, HAPPENINGS, ON_CHILD_CHANGED, OPEN_DUTIES
from app.services import service
from app.services.views import in_case, programmes
from app.services.views.parts import case_part
from app.services.views.shared import blueprint

__all__ = ["blueprint", "in_case", "init_room", "programmes"]


def init_room(_app: Flask) -> None:
    """Put the room's panel on the case page, and name what a closure waits for."""
    cases.add_alongside(service.CareSession, people=("with_id",))
    cases.add_alongside(service.LegalChoice, people=("recorded_by",))
    cases.add_alongside(service.Participation, service.Livelihood)
    if case_part not in CASE_PARTS:
        CASE_PARTS.append(case_part)
    if service.duties not in OPEN_DUTIES:
        OPEN_DUTIES.append(service.duties)
    if service.set_about_child not in ON_CHILD_CHANGED:
        ON_CHILD_CHANGED.append(service.set_about_child)
    if service.happenings not in HAPPENINGS:
        HAPPENINGS.append(service.happenings)
