"""Pages of cases: take a report, read and change a case, consent, team, search."""

from flask import Flask

from app.cases import service
from app.cases.parts import OPEN_DUTIES
from app.cases.views import (
    closing,
    consenting,
    editing,
    emergencies,
    importing,
    linking,
    listing,
    looking,
    outreach,
    registering,
    talking,
    teams,
)
from app.cases.views.emergencies import emergency_part
from app.cases.views.parts import home_part
from app.cases.views.shared import blueprint
from app.web.views import HOME_PARTS

__all__ = [
    "blueprint",
    "closing",
    "consenting",
    "editing",
    "emergencies",
    "importing",
    "init_room",
    "linking",
    "listing",
    "looking",
    "outreach",
    "registering",
    "talking",
    "teams",
]


def init_room(_app: Flask) -> None:
    """Put the room's panels on the home page: what was opened in an emergency comes first."""
    if service.need_duties not in OPEN_DUTIES:
        OPEN_DUTIES.append(service.need_duties)
    for part in (emergency_part, home_part):
        if part not in HOME_PARTS:
            HOME_PARTS.append(part)
