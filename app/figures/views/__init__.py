"""Pages of the statistics."""

from app.figures.views import publishing, reading
from app.figures.views.room import blueprint

__all__ = ["blueprint", "publishing", "reading"]
