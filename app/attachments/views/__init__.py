"""Pages of photographs and papers: within a case, and within a referral for its organisation."""

from flask import Flask

from app.attachments import service
from app.attachments.views import adding, opening, partners, sharing
from app.attachments.views.parts import case_part
from app.attachments.views.shared import blueprint
from app.cases import service as cases
from app.cases.parts import CASE_PARTS, ON_DESTROYED, SIGNED_PAPERS

__all__ = ["adding", "blueprint", "init_room", "opening", "partners", "sharing"]


def init_room(_app: Flask) -> None:
    """Put the room's panel on the case page, and hear of the end of a case's key."""
    cases.add_alongside(*service.TABLES, people=("uploaded_by",))
    if case_part not in CASE_PARTS:
        CASE_PARTS.append(case_part)
    if service.signed_consents not in SIGNED_PAPERS:
        SIGNED_PAPERS.append(service.signed_consents)
    if service.with_case not in ON_DESTROYED:
        ON_DESTROYED.append(service.with_case)
