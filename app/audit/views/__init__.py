"""Pages of the auditors' desk, and of whoever is asked by an auditor."""

from flask import Flask

from app.audit.views import overseeing, periods, reading, subjects, working
from app.audit.views.overseeing import readers_part
from app.audit.views.reading import home_part
from app.audit.views.room import blueprint
from app.audit.views.working import work_part
from app.web.views import HOME_PARTS

__all__ = ["blueprint", "init_room", "overseeing", "periods", "reading", "subjects", "working"]


def init_room(_app: Flask) -> None:
    """Put the room's panels on the home page."""
    for part in (home_part, work_part, readers_part):
        if part not in HOME_PARTS:
            HOME_PARTS.append(part)
