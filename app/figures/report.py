"""The words of the signed report of figures: always in Bahasa Indonesia, as it was published."""

from uuid import UUID

from flask_babel import force_locale

from app.figures import counting
from app.figures.counting import Shown
from app.figures.models import FigurePublication
from app.figures.tables import TABLES, UNIT_NAMES
from app.reports import service as reports
from app.ui.formats import show_number
from tenants import registry

KEY = "laporan_agregat"
HIDDEN = "*"


def sign(row: FigurePublication) -> UUID:
    """Sign the report of published figures and return the report's id.

    Raises:
        Refused, Invalid, Conflict: as :func:`reports.sign`.
    """
    return reports.sign(KEY, row.since, row.until, said(row))


def said(row: FigurePublication) -> dict[str, str | None]:
    """Return every field of the report by its dotted name."""
    with force_locale("id"):
        shown = counting.shown(counting.read(row.counts))
        totals = {one.table.unit: one.total for one in shown}
        return {
            "report.since": row.since.isoformat(),
            "report.until": row.until.isoformat(),
            "report.regency": registry.profile().identity.regency,
            "report.totals": reports.table(
                (UNIT_NAMES[unit], show_number(total)) for unit, total in totals.items()
            ),
        } | _tables(shown)


def _tables(shown: list[Shown]) -> dict[str, str | None]:
    found: dict[str, str | None] = {f"report.{table.key}": None for table in TABLES}
    for one in shown:
        if not one.withheld and one.total:
            found[f"report.{one.table.key}"] = reports.table(
                (
                    row.label,
                    show_number(row.count) if row.count is not None else HIDDEN,
                    round(100 * row.share) if row.count is not None else 0,
                )
                for row in one.rows
            )
    return found
