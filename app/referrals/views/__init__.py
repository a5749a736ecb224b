"""Pages of referrals: the agency's within a case, and the partner organisation's own."""

from flask import Flask

from app.cases import service as cases
from app.cases.parts import CASE_PARTS, HAPPENINGS, ON_CONSENT_REVOKED, OPEN_DUTIES
from app.referrals import service
from app.referrals.views import course, office, partners, progress
from app.referrals.views.parts import case_part, home_part
from app.referrals.views.shared import blueprint
from app.web.together import HOME_QUERIES
from app.web.views import HOME_PARTS

__all__ = ["blueprint", "course", "init_room", "office", "partners", "progress"]


def init_room(_app: Flask) -> None:
    """Put the room's panels on the case page and the home page."""
    if service.withdraw_without_consent not in ON_CONSENT_REVOKED:
        ON_CONSENT_REVOKED.append(service.withdraw_without_consent)
    for table in service.TABLES:
        HOME_QUERIES[table] = service.news_query
    cases.add_alongside(*service.TABLES)
    if service.duties not in OPEN_DUTIES:
        OPEN_DUTIES.append(service.duties)
    if case_part not in CASE_PARTS:
        CASE_PARTS.append(case_part)
    if home_part not in HOME_PARTS:
        HOME_PARTS.append(home_part)
    if service.happenings not in HAPPENINGS:
        HAPPENINGS.append(service.happenings)
