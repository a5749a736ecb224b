"""Pages of mediation within a case."""

from flask import Flask

from app.cases import service as cases
from app.cases.parts import CASE_PARTS, HAPPENINGS, ON_RECLASSIFIED, OPEN_DUTIES
from app.documents.prefilling import FILLERS
from app.mediation import letters, service
from app.mediation.views import editing, making
from app.mediation.views.making import case_part
from app.mediation.views.shared import blueprint

__all__ = ["blueprint", "editing", "init_room", "making"]


def init_room(_app: Flask) -> None:
    """Put the room's panel on the case page, and hear of changed kinds of violence."""
    cases.add_alongside(*service.TABLES)
    FILLERS["undangan_mediasi"] = letters.invitation
    FILLERS["notulen_mediasi"] = letters.minutes
    FILLERS["kesepakatan_mediasi"] = letters.agreement
    if case_part not in CASE_PARTS:
        CASE_PARTS.append(case_part)
    if service.duties not in OPEN_DUTIES:
        OPEN_DUTIES.append(service.duties)
    if service.recheck not in ON_RECLASSIFIED:
        ON_RECLASSIFIED.append(service.recheck)
    if service.happenings not in HAPPENINGS:
        HAPPENINGS.append(service.happenings)
