"""Pages of referrals: the agency's within a case, and the partner organisation's own."""

from flask import Flask

from app.cases import service as cases
from app.cases.parts import CASE_PARTS, HAPPENINGS, OPEN_DUTIES
from app.referrals import service
from app.referrals.views import office, partners
from app.referrals.views.parts import case_part, home_part
from app.referrals.views.shared import blueprint
from app.web.views import HOME_PARTS

__all__ = ["blueprint", "init_room", "office", "partners"]


def init_room(_app: Flask) -> None:
    """Put the room's panels on the case page and the home page."""
    cases.add_alongside(*service.TABLES)
    if service.duties not in OPEN_DUTIES:
        OPEN_DUTIES.append(service.duties)
    if case_part not in CASE_PARTS:
        CASE_PARTS.append(case_part)
    if home_part not in HOME_PARTS:
        HOME_PARTS.append(home_part)
    if service.happenings not in HAPPENINGS:
        HAPPENINGS.append(service.happenings)
