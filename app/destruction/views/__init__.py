"""The pages on which a case ends, and its certificate."""

from flask import Flask

from app.destruction.views import deciding, settling
from app.destruction.views.shared import blueprint, home_part
from app.web.views import HOME_PARTS

__all__ = ["blueprint", "deciding", "init_room", "settling"]


def init_room(_app: Flask) -> None:
    """Put what waits for the second person on the home page."""
    if home_part not in HOME_PARTS:
        HOME_PARTS.append(home_part)
