"""Pages of letters: writing, signing, fetching, and checking one from its QR code."""

from flask import Flask

from app.cases.parts import CASE_PARTS
from app.documents import home, service
from app.documents.views import (
    checking,
    consent_forms,
    copying,
    cosigning,
    delegating,
    drafting,
    fetching,
    following,
    receiving,
    registering,
    several,
    signing,
    trusting,
    watching,
)
from app.documents.views.parts import case_part, home_part, own_part
from app.documents.views.receiving import inbox_part
from app.documents.views.shared import blueprint
from app.web.together import HOME_QUERIES
from app.web.views import HOME_PARTS

__all__ = [
    "blueprint",
    "checking",
    "consent_forms",
    "copying",
    "cosigning",
    "delegating",
    "drafting",
    "fetching",
    "following",
    "init_room",
    "receiving",
    "registering",
    "several",
    "signing",
    "trusting",
    "watching",
]


def init_room(app: Flask) -> None:
    """Load the document types, and put the room's panels on the case page and the home page."""
    service.equip(app)
    HOME_QUERIES.update(home.QUERIES)
    if case_part not in CASE_PARTS:
        CASE_PARTS.append(case_part)
    for part in (home_part, own_part, inbox_part):
        if part not in HOME_PARTS:
            HOME_PARTS.append(part)
