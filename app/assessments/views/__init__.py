"""Pages of assessments and of the plan within a case."""

from flask import Flask

from app.assessments import service
from app.assessments.views import answering, planning
from app.assessments.views.parts import case_part
from app.assessments.views.shared import blueprint
from app.cases import service as cases
from app.cases.parts import CASE_PARTS, HAPPENINGS, ON_CHILD_CHANGED, OPEN_DUTIES

__all__ = ["answering", "blueprint", "init_room", "planning"]


def init_room(_app: Flask) -> None:
    """Put the room's panel on the case page, and name what a closure waits for."""
    cases.add_alongside(service.Assessment)
    cases.add_alongside(service.PlanItem, people=("owner_id",))
    if case_part not in CASE_PARTS:
        CASE_PARTS.append(case_part)
    if service.duties not in OPEN_DUTIES:
        OPEN_DUTIES.append(service.duties)
    if service.set_about_child not in ON_CHILD_CHANGED:
        ON_CHILD_CHANGED.append(service.set_about_child)
    if service.happenings not in HAPPENINGS:
        HAPPENINGS.append(service.happenings)
