"""A period that an auditor signs off: never changed again, never overlapping another.

What is signed is a document of the office; this room keeps which period it is of.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import exists, select

from app.audit import report
from app.audit.codes import Conclusion
from app.audit.models import SignedPeriod
from app.audit.survey import Survey, moments, survey
from app.documents import service as documents
from app.web.access import Subject
from tenants import audit, registry
from tenants.audit import AuditEvent, AuditPending
from tenants.clock import now, today
from tenants.confidential import clean
from tenants.context import acting_person, current
from tenants.database import db, hold
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.vocabulary import Tag

LONGEST = 366  # days
MAX_REMARKS = 4_000
LISTED = 200


@dataclass(frozen=True, slots=True)
class Period:
    """One signed period and the report of it.

    Attributes:
        said: what the report says, by the names of its fields, as it was signed.
    """

    row: SignedPeriod
    letter: Any
    said: dict[str, str | None]


def proposed() -> tuple[date, date]:
    """Return the period that is due: the month after the last one, or the last whole month."""
    first = today(registry.profile().identity.timezone).replace(day=1)
    until = first - timedelta(days=1)
    last = db.session.scalar(select(SignedPeriod.until).order_by(SignedPeriod.until.desc()))
    since = last + timedelta(days=1) if last is not None else until.replace(day=1)
    if since > until:
        until = today(registry.profile().identity.timezone) - timedelta(days=1)
    return min(since, until), until


def examine(since: date, until: date) -> tuple[Survey, str]:
    """Count what a period holds, and return it with the fingerprint that signing has to carry.

    Raises:
        Invalid, Conflict: as :func:`sign_off`.
    """
    _check(since, until)
    found = survey(since, until)
    return found, report.fingerprint(found)


def sign_off(
    since: date, until: date, conclusion: Conclusion, remarks: str | None, seen: str
) -> UUID:
    """Sign a period off: number, freeze and issue its report, and close the period for ever.

    Args:
        seen: the fingerprint of what the auditor has read.

    Raises:
        Refused: ``not-fresh``: the password was not given within the last minutes.
        Invalid: ``until`` with ``before-it-begins``, ``not-over`` or ``too-long``; ``remarks``.
        Conflict: ``period-overlaps`` another; ``period-not-sealed``: an event of it has no place
            in the signed log yet; ``period-changed`` since it was read; as
            :func:`documents.issue_office`.
    """
    if not acting_person().fresh:
        raise Refused("not-fresh")
    text = clean(remarks, "remarks", MAX_REMARKS)
    hold(uuid5(current().tenant_id, "signed-period"))
    found, fingerprint = examine(since, until)
    if fingerprint != seen:
        raise Conflict("period-changed")
    given = report.said(found, conclusion, text) | {"report.check": report.check()}
    letter_id = documents.issue_office(report.KEY, given)
    newest = audit.newest_checkpoint()
    row = SignedPeriod(
        id=uuid4(),
        since=since,
        until=until,
        conclusion=conclusion.value,
        letter_id=letter_id,
        size=newest.size if newest else 0,
        signed_by=acting_person().id,
        signed_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        Tag.AUDIT_PERIOD_SIGNED,
        subject=("audit_period", row.id),
        details={
            "first_day": since.isoformat(),
            "last_day": until.isoformat(),
            "findings": found.open_findings,
            "size": row.size,
        },
    )
    return row.id


def periods() -> list[SignedPeriod]:
    """Return the signed periods, the latest first; recorded."""
    query = select(SignedPeriod).order_by(SignedPeriod.until.desc()).limit(LISTED)
    rows = list(db.session.scalars(query))
    audit.record(Tag.AUDIT_PERIODS_LISTED, details={"count": len(rows)})
    return rows


def load_period(period_id: UUID) -> Subject:
    """Load a signed period for a route.

    Raises:
        Missing: there is none in the bound tenant.
    """
    row = db.session.get(SignedPeriod, (current().tenant_id, period_id))
    if row is None:
        raise Missing("audit_period")
    return Subject("audit_period", row.id, row)


def opened(row: SignedPeriod) -> Period:
    """Return a period with what was signed.

    Raises:
        Unreadable: what is stored is not what was signed.
    """
    letter = documents.find_office(row.letter_id)
    return Period(row, letter, documents.said(letter)["report"])


def file_of(row: SignedPeriod) -> documents.LetterFile:
    """Return the signed report.

    Raises:
        Conflict: ``letter-not-issued`` yet.
        Unreadable, StoreUnavailable: as :func:`documents.fetch_office`.
    """
    return documents.fetch_office(documents.find_office(row.letter_id))


def retry(row: SignedPeriod) -> None:
    """Have a report made that came to a halt, exactly as it was signed.

    Raises:
        Conflict: it did not come to a halt.
    """
    documents.retry(documents.find_office(row.letter_id))


def _check(since: date, until: date) -> None:
    if until < since:
        raise Invalid("until", "before-it-begins")
    if until >= today(registry.profile().identity.timezone):
        raise Invalid("until", "not-over")
    if (until - since).days >= LONGEST:
        raise Invalid("until", "too-long")
    overlapping = exists().where(SignedPeriod.since <= until, SignedPeriod.until >= since)
    if db.session.scalar(select(overlapping)):
        raise Conflict("period-overlaps")
    _, end = moments(since, until)
    waiting = exists().where(
        AuditPending.tenant_id == AuditEvent.tenant_id,
        AuditPending.id == AuditEvent.id,
        AuditEvent.at < end,
    )
    if db.session.scalar(select(waiting)):
        raise Conflict("period-not-sealed")
