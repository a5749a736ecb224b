"""Statistics: counted without opening anything, and published so that nobody is told of."""

from app.figures.counting import Row, Shown, exact, read, shown
from app.figures.history import Series, series
from app.figures.publishing import (
    Draft,
    draft,
    load_publication,
    proposed,
    publications,
    publish,
)
from app.figures.report import sign as sign_report
from app.figures.suppression import SMALL
from app.figures.tables import UNIT_NAMES, Unit

__all__ = [
    "SMALL",
    "UNIT_NAMES",
    "Draft",
    "Row",
    "Series",
    "Shown",
    "Unit",
    "draft",
    "exact",
    "load_publication",
    "proposed",
    "publications",
    "publish",
    "read",
    "series",
    "shown",
    "sign_report",
]
