"""Pages of case conferences."""

from flask import Flask

from app.cases import service as cases
from app.cases.parts import CASE_PARTS
from app.conferences import letters, service
from app.conferences.views import pages
from app.conferences.views.pages import blueprint, case_part
from app.documents.prefilling import FILLERS

__all__ = ["blueprint", "init_room", "pages"]


def init_room(_app: Flask) -> None:
    """Put the room's panel on the case page, and what it knows into its letters."""
    cases.add_alongside(*service.TABLES)
    FILLERS["undangan_konferensi_kasus"] = letters.invitation
    FILLERS["notulen_konferensi_kasus"] = letters.minutes
    if case_part not in CASE_PARTS:
        CASE_PARTS.append(case_part)
