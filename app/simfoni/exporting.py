"""Exports for the ministry: asked for by one person, confirmed by another, each on record."""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from app.cases import service as cases
from app.simfoni import sheet, workbook
from app.simfoni.models import SimfoniExport
from app.web.access import Subject
from tenants import audit, clock, registry
from tenants.context import acting_person, current
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.vocabulary import Tag

LONGEST = 366  # days of one export
GOOD_FOR = timedelta(days=2)
"""How long a confirmed export can be fetched."""
WAITS_FOR = timedelta(days=7)
"""How long a request waits for its second person."""
FORMS = ("xlsx", "csv")


@dataclass(frozen=True, slots=True)
class ExportFile:
    """The bytes of an export and the name of the file."""

    name: str
    kind: str
    content: bytes


def exports() -> list[SimfoniExport]:
    """Return the exports that were asked for, the latest first; recorded."""
    query = select(SimfoniExport).order_by(SimfoniExport.asked_at.desc()).limit(100)
    rows = list(db.session.scalars(query))
    audit.record(Tag.SIMFONI_EXPORTS_LISTED, details={"count": len(rows)})
    return rows


def load_export(export_id: UUID) -> Subject:
    """Load an export for a route.

    Raises:
        Missing: there is none in the bound tenant.
    """
    row = db.session.get(SimfoniExport, (current().tenant_id, export_id))
    if row is None:
        raise Missing("simfoni_export")
    return Subject("simfoni_export", row.id, row)


def ask(since: date, until: date, form: str) -> UUID:
    """Ask for an export of the cases reported in a period, as far as one may read them.

    Raises:
        Invalid: ``until`` with ``before-it-begins``, ``not-yet`` or ``too-long``; ``form``.
    """
    if form not in FORMS:
        raise Invalid("form", "unknown")
    if until < since:
        raise Invalid("until", "before-it-begins")
    if until > clock.today(registry.profile().identity.timezone):
        raise Invalid("until", "not-yet")
    if (until - since).days >= LONGEST:
        raise Invalid("until", "too-long")
    row = SimfoniExport(
        since=since, until=until, form=form, asked_by=acting_person().id, asked_at=clock.now()
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        Tag.SIMFONI_EXPORT_ASKED,
        subject=("simfoni_export", row.id),
        details={"first_day": since.isoformat(), "last_day": until.isoformat()},
    )
    return row.id


def confirm(row: SimfoniExport) -> None:
    """Agree to an export that somebody else asked for.

    Raises:
        Refused: ``same-person``: nobody confirms what they asked for themselves.
        Conflict: ``export-confirmed`` before, by whoever of two came first;
            ``export-waited``: it was asked for too long ago.
    """
    if row.asked_by == acting_person().id:
        raise Refused("same-person")
    db.session.refresh(row, with_for_update=True)
    if row.confirmed_at is not None:
        raise Conflict("export-confirmed")
    if clock.now() - row.asked_at > WAITS_FOR:
        raise Conflict("export-waited")
    row.confirmed_by, row.confirmed_at = acting_person().id, clock.now()
    db.session.flush()
    audit.record(Tag.SIMFONI_EXPORT_CONFIRMED, subject=("simfoni_export", row.id))


def fetch(row: SimfoniExport) -> ExportFile:
    """Return the file to whoever asked for it, made now with that person's rights; recorded.

    Raises:
        Conflict: ``not-the-asker``; ``export-not-confirmed``; ``export-over``: it was confirmed
            too long ago.
    """
    person = acting_person()
    if row.asked_by != person.id:
        raise Conflict("not-the-asker")
    if row.confirmed_at is None:
        raise Conflict("export-not-confirmed")
    if clock.now() - row.confirmed_at > GOOD_FOR:
        raise Conflict("export-over")
    zone = registry.profile().identity.timezone
    begin = clock.begins(row.since, zone)
    end = clock.begins(row.until + timedelta(days=1), zone)
    rows = sheet.rows(sheet.split(cases.readable_facts(person, begin, end)))
    make = workbook.as_xlsx if row.form == "xlsx" else workbook.as_csv
    content = make([str(one) for one in sheet.COLUMNS], rows)
    audit.record(
        Tag.SIMFONI_EXPORTED,
        subject=("simfoni_export", row.id),
        details={"count": len(rows), "sha256": sha256(content).hexdigest()},
    )
    name = f"simfoni-{row.since}-{row.until}.{row.form}"
    kind = (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        if row.form == "xlsx"
        else "text/csv; charset=utf-8"
    )
    return ExportFile(name, kind, content)
