"""Signed reports of the office: made by the room that knows the figures, kept and handed out here.

They are documents of the office (ADR 8): numbered, frozen, signed and verified like letters.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.documents import service as documents
from app.reports.models import OfficeReport
from app.web.access import Subject
from tenants import audit
from tenants.clock import now
from tenants.context import acting_person, current
from tenants.database import db
from tenants.errors import Missing
from tenants.vocabulary import Tag

LISTED = 200
__all__ = ["file_of", "letter_of", "lines", "load_report", "reports", "retry", "sign", "table"]


def sign(kind: str, since: date, until: date, given: Mapping[str, str | None]) -> UUID:
    """Sign a report of a period as the acting person, ask for its issue, and return its id.

    Args:
        kind: key of a document type of the office.
        given: what it says, by the names of its fields.

    Raises:
        Refused, Invalid, Conflict: as :func:`documents.issue_office`.
    """
    letter_id = documents.issue_office(kind, given)
    row = OfficeReport(
        kind=kind,
        since=since,
        until=until,
        letter_id=letter_id,
        signed_by=acting_person().id,
        signed_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        Tag.REPORT_SIGNED,
        subject=("office_report", row.id),
        details={
            "type": kind,
            "first_day": since.isoformat(),
            "last_day": until.isoformat(),
        },
    )
    return row.id


def reports() -> list[OfficeReport]:
    """Return the signed reports, the latest first; recorded."""
    query = select(OfficeReport).order_by(OfficeReport.signed_at.desc()).limit(LISTED)
    rows = list(db.session.scalars(query))
    audit.record(Tag.REPORTS_LISTED, details={"count": len(rows)})
    return rows


def load_report(report_id: UUID) -> Subject:
    """Load a signed report for a route.

    Raises:
        Missing: there is none in the bound tenant.
    """
    row = db.session.get(OfficeReport, (current().tenant_id, report_id))
    if row is None:
        raise Missing("office_report")
    return Subject("office_report", row.id, row)


def letter_of(row: OfficeReport) -> Any:
    """Return the letter of a report, with its number and where it stands."""
    return documents.find_office(row.letter_id)


def file_of(row: OfficeReport) -> documents.LetterFile:
    """Return the signed report as a file.

    Raises:
        Conflict: ``letter-not-issued`` yet.
        Unreadable, StoreUnavailable: as :func:`documents.fetch_office`.
    """
    return documents.fetch_office(letter_of(row))


def retry(row: OfficeReport) -> None:
    """Have a report made that came to a halt, exactly as it was signed.

    Raises:
        Conflict: it did not come to a halt.
    """
    documents.retry(letter_of(row))


def table(rows: Iterable[tuple[object, ...]]) -> str:
    """Return the rows of a table as a report's field has them; a cell never ends a cell."""
    return "\n".join(" | ".join(lines(cell) for cell in row) for row in rows)


def lines(cell: object) -> str:
    """Return the text of one cell: one line, without the mark that parts cells."""
    return " ".join(str(cell).replace("|", "/").split()) or "-"
