"""Publishing figures: a period once and for ever, and the year as the sum of its periods."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from sqlalchemy import select

from app.figures import counting
from app.figures.counting import Figures
from app.figures.models import FigurePublication
from app.figures.tables import Unit
from app.web.access import Subject
from tenants import audit, registry
from tenants.clock import now, today
from tenants.context import acting_person, current
from tenants.database import db, hold
from tenants.errors import Conflict, Invalid, Missing
from tenants.vocabulary import Tag


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be published of a period.

    Attributes:
        too_few: units of which nothing would be published, since too few were counted.
        parts: the periods that a year is made of; none for a period of its own.
    """

    since: date
    until: date
    figures: Figures
    too_few: list[Unit]
    parts: int


def publications() -> list[FigurePublication]:
    """Return what was published, the latest first, a year before its parts."""
    query = select(FigurePublication)
    return list(
        db.session.scalars(
            query.order_by(FigurePublication.until.desc(), FigurePublication.since).limit(200)
        )
    )


def load_publication(publication_id: UUID) -> Subject:
    """Load published figures for a route.

    Raises:
        Missing: there are none in the bound tenant.
    """
    row = db.session.get(FigurePublication, (current().tenant_id, publication_id))
    if row is None:
        raise Missing("figure_publication")
    return Subject("figure_publication", row.id, row)


def draft(since: date, until: date) -> Draft:
    """Return what would be published of a period.

    Raises:
        Invalid: ``until`` with ``before-it-begins``, ``not-whole-months``, ``not-one-year`` or
            ``not-over``.
        Conflict: ``figures-overlap``: a part of the period is published already, and the whole is
            not a year made of its periods.
    """
    _check(since, until)
    parts = _parts(since, until)
    if parts:
        figures = counting.together([counting.read(one.counts) for one in parts])
    else:
        figures = counting.protected(since, until)
    return Draft(since, until, figures, counting.too_few(figures), len(parts))


def publish(since: date, until: date) -> UUID:
    """Publish the figures of a period.

    Raises:
        Invalid, Conflict: as :func:`draft`; ``figures-too-few``: nothing could be published, so
            a longer period has to be taken.
    """
    hold(uuid5(current().tenant_id, "figure-publication"))
    made = draft(since, until)
    if not made.figures or all(one.total == 0 for one in made.figures.values()):
        raise Conflict("figures-too-few")
    row = FigurePublication(
        since=since,
        until=until,
        counts=counting.write(made.figures),
        published_by=acting_person().id,
        published_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        Tag.FIGURES_PUBLISHED,
        subject=("figure_publication", row.id),
        details={"first_day": since.isoformat(), "last_day": until.isoformat()},
    )
    return row.id


def proposed() -> tuple[date, date]:
    """Return the period that is due: from the day after the last one to the last quarter's end."""
    day = today(registry.profile().identity.timezone)
    quarter = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    until = quarter - timedelta(days=1)
    first = date(until.year, until.month - 2, 1)
    query = select(FigurePublication.until).order_by(FigurePublication.until.desc()).limit(1)
    last = db.session.scalar(query)
    if last is not None and date(until.year, 1, 1) <= last + timedelta(days=1) <= until:
        first = last + timedelta(days=1)
    return first, until


def _parts(since: date, until: date) -> list[FigurePublication]:
    """Return the published periods that make up a whole year; none when nothing overlaps."""
    query = select(FigurePublication).where(
        FigurePublication.since <= until, FigurePublication.until >= since
    )
    found = list(db.session.scalars(query.order_by(FigurePublication.since)))
    if not found:
        return []
    whole_year = (since.month, since.day, until.month, until.day) == (1, 1, 12, 31)
    day = since
    for one in found:
        if one.since != day:
            raise Conflict("figures-overlap")
        day = one.until + timedelta(days=1)
    if not whole_year or len(found) < 2 or day != until + timedelta(days=1):
        raise Conflict("figures-overlap")
    return found


def _check(since: date, until: date) -> None:
    if until < since:
        raise Invalid("until", "before-it-begins")
    if since.day != 1 or (until + timedelta(days=1)).day != 1:
        raise Invalid("until", "not-whole-months")
    if since.year != until.year:
        raise Invalid("until", "not-one-year")
    if until >= today(registry.profile().identity.timezone):
        raise Invalid("until", "not-over")
