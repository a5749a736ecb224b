"""Pages of transfers: what goes to another agency, and what comes from one."""

from flask import Flask

from app.cases import service as cases
from app.cases.parts import CASE_PARTS, ON_CONSENT_REVOKED, ON_DESTROYED
from app.transfers import service
from app.transfers.views import arriving, sending
from app.transfers.views.sending import case_part
from app.transfers.views.shared import blueprint

__all__ = ["arriving", "blueprint", "init_room", "sending"]


def init_room(_app: Flask) -> None:
    """Put the room's panel on the case page, and hear of what ends a transfer."""
    cases.add_alongside(*service.TABLES)
    if case_part not in CASE_PARTS:
        CASE_PARTS.append(case_part)
    if service.take_back_without_consent not in ON_CONSENT_REVOKED:
        ON_CONSENT_REVOKED.append(service.take_back_without_consent)
    if service.take_back not in ON_DESTROYED:
        ON_DESTROYED.append(service.take_back)
