"""Taking a report: the case, its key, its code and all that was said."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert

from app.cases.codes import VIOLENCE, State
from app.cases.consents import today
from app.cases.entries import (
    IncidentEntry,
    NeedEntry,
    PerpetratorEntry,
    Report,
    SurvivorEntry,
    check_report,
    clean_district,
    in_order,
    is_child,
)
from app.cases.intake_codes import SIGNS
from app.cases.linking import find_links
from app.cases.models import (
    Acquaintance,
    AllegedPerpetrator,
    Case,
    CaseCounter,
    Incident,
    Need,
    Survivor,
)
from app.cases.outreach import check_outreach
from app.cases.parts import ON_REGISTERED
from tenants import audit, clock, vault
from tenants.confidential import DECLARED, CaseTable
from tenants.context import acting_person, current
from tenants.database import db
from tenants.disclosure import write
from tenants.errors import Invalid
from tenants.policy import Relation, Standing
from tenants.vocabulary import Tag

Row = TypeVar("Row", bound=CaseTable)


def register(report: Report, *, received_at: datetime | None = None) -> UUID:
    """Open a case for a report and return its id.

    The acting person becomes the one who took it. Nothing is written unless all of it can be.

    Args:
        received_at: when it came in, where that was earlier (a report that was on paper).

    Raises:
        Invalid: naming the field at fault.
        Refused: the person may not write one of the confidential fields.
    """
    day = today()
    check_report(report, day)
    check_outreach(report.outreach_id)
    person, moment = acting_person(), received_at or clock.now()
    if moment > clock.now():
        raise Invalid("received_at", "in-the-future")
    case = Case(
        code=_next_code(moment.date() if received_at else day),
        state=State.RECEIVED,
        channel=report.channel,
        risk=report.risk,
        registered_at=moment,
        registered_by=person.id,
        risk_at=moment,
        outreach_id=report.outreach_id,
    )
    db.session.add(case)
    db.session.flush()
    vault.create_data_key(case.id)
    standing = Standing(frozenset({Relation.INTAKE}))
    survivor = add_survivor(case.id, standing, report.survivor)
    add_incident(case.id, standing, report.incident)
    for perpetrator in report.perpetrators:
        acquaint(add_perpetrator(case.id, standing, perpetrator), [survivor.id])
    for need in report.needs:
        add_need(case.id, standing, need)
    db.session.flush()
    audit.record(
        Tag.CASE_REGISTERED,
        subject=("case", case.id),
        case_id=case.id,
        details={"code": case.code, "channel": case.channel},
    )
    find_links(case.id)
    for listener in ON_REGISTERED:
        listener(case.id)
    return case.id


def add_survivor(case_id: UUID, standing: Standing, entry: SurvivorEntry) -> Survivor:
    """Add a survivor whose entry was checked."""
    row = Survivor(
        case_id=case_id,
        age_group=entry.age_group,
        disability=entry.disability,
        is_child=is_child(entry.age_group),
        district=clean_district(entry.district),
        suffered=in_order(VIOLENCE, entry.suffered),
    )
    return seal(row, standing, entry)


def add_perpetrator(
    case_id: UUID, standing: Standing, entry: PerpetratorEntry
) -> AllegedPerpetrator:
    """Add an alleged perpetrator whose entry was checked."""
    row = AllegedPerpetrator(
        case_id=case_id,
        relation=entry.relation,
        age_group=entry.age_group,
        is_child=is_child(entry.age_group),
    )
    return seal(row, standing, entry)


def acquaint(row: AllegedPerpetrator, survivors: Iterable[UUID]) -> None:
    """Record what an alleged perpetrator is to each of these survivors."""
    db.session.flush()  # both must be there before what stands between them
    for survivor_id in survivors:
        db.session.add(
            Acquaintance(
                case_id=row.case_id,
                survivor_id=survivor_id,
                perpetrator_id=row.id,
                relation=row.relation,
            )
        )


def add_incident(case_id: UUID, standing: Standing, entry: IncidentEntry) -> Incident:
    """Add an incident whose entry was checked."""
    row = Incident(
        case_id=case_id,
        occurred_on=entry.occurred_on,
        place=entry.place,
        violence=in_order(VIOLENCE, entry.violence),
        domestic=entry.domestic,
        signs=in_order(SIGNS, entry.signs),
    )
    return seal(row, standing, entry)


def add_need(case_id: UUID, standing: Standing, entry: NeedEntry) -> Need:
    """Add a need whose entry was checked."""
    row = Need(
        case_id=case_id,
        service=entry.service,
        urgency=entry.urgency,
        state=entry.state,
        created_at=clock.now(),
    )
    return seal(row, standing, entry)


def seal(row: Row, standing: Standing, entry: Any) -> Row:
    """Seal the confidential values of an entry into its row; blank ones are left out."""
    values = {
        one.name: getattr(entry, one.name) or ""
        for one in fields(entry)
        if f"{row.__tablename__}.{one.name}" in DECLARED
    }
    write(row, standing, **{name: text for name, text in values.items() if text.strip()})
    db.session.add(row)
    return row


def _next_code(day: date) -> str:
    """Return the next case code of the year: gap-free, for it rolls back with the case.

    The id is a new one each time: PostgreSQL settles a conflict on one constraint, and two first
    reports of a year that met on the primary key as well would fail.
    """
    statement = insert(CaseCounter).values(
        tenant_id=current().tenant_id, id=uuid4(), year=day.year, last=1
    )
    number = db.session.scalar(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "year"], set_={"last": CaseCounter.last + 1}
        ).returning(CaseCounter.last)
    )
    return f"K-{day.year}-{number:04d}"
