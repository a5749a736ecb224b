"""Pages for the ministry's register."""

from flask import Flask

from app.cases import service as cases
from app.cases.parts import CASE_PARTS
from app.simfoni import service
from app.simfoni.views import entering, exporting
from app.simfoni.views.parts import case_part
from app.simfoni.views.room import blueprint

__all__ = ["blueprint", "entering", "exporting", "init_room"]


def init_room(_app: Flask) -> None:
    """Put the room's panel on the case page."""
    cases.add_alongside(*service.TABLES)
    if case_part not in CASE_PARTS:
        CASE_PARTS.append(case_part)
