"""The page of a statutory report, and its panel on the page of a case."""

from flask import Flask

from app.cases import service as cases
from app.cases.parts import CASE_PARTS, OPEN_DUTIES
from app.documents import service as documents
from app.statutory import service
from app.statutory.views.reporting import blueprint, case_part, open_duties

__all__ = ["blueprint", "init_room"]


def init_room(_app: Flask) -> None:
    """Put the room's panel on the case page, and answer whether its letter may be written."""
    cases.add_alongside(*service.TABLES, people=("done_by",))
    if case_part not in CASE_PARTS:
        CASE_PARTS.append(case_part)
    if open_duties not in OPEN_DUTIES:
        OPEN_DUTIES.append(open_duties)
    if service.asks_for not in documents.STATUTORY_GATES:
        documents.STATUTORY_GATES.append(service.asks_for)
