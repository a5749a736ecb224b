"""Coded facts of cases, for counting: no sealed column is read, so nothing is ever opened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.cases.codes import State
from app.cases.listing import readable
from app.cases.models import AllegedPerpetrator, Case, Incident, Need, Survivor, TeamMember
from tenants.context import Person
from tenants.database import db
from tenants.errors import Missing


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A case; ``assigned_at`` is when the first person of the team was assigned."""

    id: UUID
    code: str
    registered_at: datetime
    closed_at: datetime | None
    channel: str
    risk: str
    state: str
    assigned_at: datetime | None


@dataclass(frozen=True, slots=True)
class SurvivorFact:
    """A survivor of a case; ``suffered`` are the kinds of violence where they were told apart."""

    case_id: UUID
    age_group: str
    disability: str
    district: str | None
    suffered: list[str]


@dataclass(frozen=True, slots=True)
class PerpetratorFact:
    """A person reported in a case."""

    case_id: UUID
    relation: str
    age_group: str


@dataclass(frozen=True, slots=True)
class IncidentFact:
    """An incident of a case."""

    case_id: UUID
    place: str
    violence: list[str]
    domestic: bool
    occurred_on: date | None


@dataclass(frozen=True, slots=True)
class NeedFact:
    """A need of a case, and what became of it."""

    id: UUID
    case_id: UUID
    service: str
    state: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """Cases that were registered between two moments, and what belongs to them."""

    cases: Sequence[CaseFact]
    survivors: Sequence[SurvivorFact]
    perpetrators: Sequence[PerpetratorFact]
    incidents: Sequence[IncidentFact]
    needs: Sequence[NeedFact]


def registered(begin: datetime, end: datetime) -> list[CaseFact]:
    """Return the cases registered from ``begin`` on and before ``end``; not the destroyed ones."""
    return _cases(Case.registered_at, begin, end)


def closed(begin: datetime, end: datetime) -> list[CaseFact]:
    """Return the cases closed from ``begin`` on and before ``end``; not the destroyed ones."""
    return _cases(Case.closed_at, begin, end)


def needs(begin: datetime, end: datetime) -> list[NeedFact]:
    """Return the needs recorded from ``begin`` on and before ``end``."""
    columns = (Need.id, Need.case_id, Need.service, Need.state, Need.created_at)
    query = select(*columns).where(Need.created_at >= begin, Need.created_at < end)
    return [NeedFact(*row) for row in db.session.execute(query.order_by(Need.created_at, Need.id))]


def facts(begin: datetime, end: datetime) -> Facts:
    """Return all coded facts of the cases registered from ``begin`` on and before ``end``."""
    cases = registered(begin, end)
    return Facts(cases, *facts_of(one.id for one in cases))


def facts_of(case_ids: Iterable[UUID]) -> tuple[Any, ...]:
    """Return survivors, perpetrators, incidents and needs of cases, as :class:`Facts` has them."""
    ids = list(case_ids)

    def read(table: type[Any], kind: type[Any], *columns: Any) -> list[Any]:
        query = select(table.case_id, *columns).where(table.case_id.in_(ids)).order_by(table.id)
        return [kind(*row) for row in db.session.execute(query)]

    columns = (Need.id, Need.case_id, Need.service, Need.state, Need.created_at)
    query = select(*columns).where(Need.case_id.in_(ids)).order_by(Need.created_at, Need.id)
    return (
        read(
            Survivor,
            SurvivorFact,
            Survivor.age_group,
            Survivor.disability,
            Survivor.district,
            Survivor.suffered,
        ),
        read(
            AllegedPerpetrator,
            PerpetratorFact,
            AllegedPerpetrator.relation,
            AllegedPerpetrator.age_group,
        ),
        read(
            Incident,
            IncidentFact,
            Incident.place,
            Incident.violence,
            Incident.domestic,
            Incident.occurred_on,
        ),
        [NeedFact(*row) for row in db.session.execute(query)],
    )


def _columns() -> Any:
    assigned = (
        select(func.min(TeamMember.assigned_at))
        .where(TeamMember.tenant_id == Case.tenant_id, TeamMember.case_id == Case.id)
        .correlate(Case)
        .scalar_subquery()
    )
    return select(
        Case.id,
        Case.code,
        Case.registered_at,
        Case.closed_at,
        Case.channel,
        Case.risk,
        Case.state,
        assigned,
    ).where(Case.state != State.DESTROYED)


def _cases(moment: Any, begin: datetime, end: datetime) -> list[CaseFact]:
    query = _columns().where(moment >= begin, moment < end).order_by(moment, Case.id)
    return [CaseFact(*row) for row in db.session.execute(query)]


def readable_codes(person: Person, case_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the codes of those cases among ``case_ids`` that a person may read."""
    query = select(Case.id, Case.code).where(Case.id.in_(set(case_ids)), readable(person))
    return {row.id: row.code for row in db.session.execute(query)}


def readable_facts(person: Person, begin: datetime, end: datetime) -> Facts:
    """Return the coded facts of those cases of a time that a person may read, and of no other."""
    found = registered(begin, end)
    codes = readable_codes(person, [one.id for one in found])
    cases = [one for one in found if one.id in codes]
    return Facts(cases, *facts_of(codes))


def fact(case_id: UUID) -> Facts:
    """Return the coded facts of one case; the caller has asked for the right to read it.

    Raises:
        Missing: there is no such case, or its key is destroyed.
    """
    row: Any = db.session.execute(_columns().where(Case.id == case_id)).one_or_none()
    if row is None:
        raise Missing("case")
    return Facts([CaseFact(*row)], *facts_of([case_id]))
