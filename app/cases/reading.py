"""Finding a case, and how the acting person stands to it. Nothing here opens a sealed value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, select
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import identity_key

from app.accounts import service as accounts
from app.accounts.service import Card
from app.cases.codes import State
from app.cases.models import (
    AllegedPerpetrator,
    Case,
    EmergencyAccess,
    Incident,
    LegalProcess,
    Need,
    Survivor,
    TeamMember,
)
from app.web.access import Subject
from tenants import clock
from tenants.confidential import CaseTable
from tenants.context import Person, Role, acting_person, current
from tenants.database import db, hold
from tenants.errors import Conflict, Missing
from tenants.policy import Relation, Standing

Row = TypeVar("Row", bound=CaseTable)


@dataclass(frozen=True, slots=True)
class CaseRows:
    """A case with what was recorded of it, each list in a lasting order.

    Attributes:
        legal: None until something about the legal process is recorded.
    """

    case: Case
    survivors: Sequence[Survivor]
    perpetrators: Sequence[AllegedPerpetrator]
    incidents: Sequence[Incident]
    needs: Sequence[Need]
    legal: LegalProcess | None


def find(case_id: UUID) -> Case:
    """Return a case of the bound tenant.

    Raises:
        Missing: there is none with this id.
    """
    found = db.session.get(Case, (current().tenant_id, case_id))
    if found is None:
        raise Missing("case")
    return found


def codes_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the codes of several cases: one statement at most."""
    tenant, wanted = current().tenant_id, set(ids)
    keys = {one: identity_key(Case, (tenant, one)) for one in wanted}
    found = {
        one: db.session.identity_map[key].code
        for one, key in keys.items()
        if key in db.session.identity_map
    }
    if wanted - found.keys():
        query = select(Case.id, Case.code).where(Case.id.in_(wanted - found.keys()))
        found |= {row.id: row.code for row in db.session.execute(query)}
    return found


def load_case(case_id: UUID) -> Subject:
    """Load a case for the guard, with how the acting person stands to it (one statement).

    Raises:
        Missing: there is none with this id in the bound tenant.
    """
    person = acting_person()
    query = select(Case, in_team(person), in_emergency(person)).where(Case.id == case_id)
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise Missing("case")
    case, member, emergency = row
    stands = standing_of(case, person, member=member, emergency=emergency)
    return Subject("case", case.id, case, case.id, stands)


def standing(case: Case) -> Standing:
    """Return how the acting person stands to a case: team, intake, oversight and emergency."""
    person = acting_person()
    query = select(in_team(person), in_emergency(person)).where(Case.id == case.id)
    member, emergency = db.session.execute(query).one()
    return standing_of(case, person, member=member, emergency=emergency)


def hold_open(subject: Subject) -> Case:
    """Hold a case against changes at the same moment and return it as it is now.

    Raises:
        Conflict: it is closed, even if only since it was loaded.
    """
    hold(subject.id)
    case: Case = subject.row
    db.session.refresh(case)
    if case.closed_at is not None:
        raise Conflict("case-closed")
    return case


def rows(case_id: UUID) -> CaseRows:
    """Return a case with its entries (two statements at most).

    Raises:
        Missing: there is no such case.
    """
    case = find(case_id)
    found = gather(case_id, Survivor, AllegedPerpetrator, Incident, Need, LegalProcess)
    return case_rows(case, found)


def case_rows(case: Case, found: "Gathered") -> CaseRows:
    """Put gathered entries in their places."""
    legal = found.of(LegalProcess)
    return CaseRows(
        case=case,
        survivors=sorted(found.of(Survivor), key=lambda row: row.id),
        perpetrators=sorted(found.of(AllegedPerpetrator), key=lambda row: row.id),
        incidents=sorted(found.of(Incident), key=_by_day),
        needs=sorted(found.of(Need), key=lambda row: (row.created_at, row.id)),
        legal=legal[0] if legal else None,
    )


def team(case_id: UUID) -> list[Card]:
    """Return the people who are assigned to a case now, in the order in which they came."""
    query = (
        select(TeamMember.account_id)
        .where(TeamMember.case_id == case_id, TeamMember.released_at.is_(None))
        .order_by(TeamMember.assigned_at, TeamMember.id)
    )
    ids = list(dict.fromkeys(db.session.scalars(query)))
    cards = accounts.cards(ids)
    return [cards[one] for one in ids]


def waits_for_first_act(case_id: UUID) -> bool:
    """Tell whether nobody of the team has begun with a case."""
    return find(case_id).state == State.RECEIVED


def has_sexual_violence(case_id: UUID) -> bool:
    """Tell whether any incident of the case is sexual violence."""
    return bool(db.session.scalar(select(with_sexual_violence(case_id))))


def with_sexual_violence(case_id: UUID) -> ColumnElement[bool]:
    """Return the condition of :func:`has_sexual_violence`, to be asked with something else."""
    return exists().where(Incident.case_id == case_id, Incident.is_sexual)


def child_diversion(case_id: UUID) -> bool:
    """Tell whether everybody reported is a child and a legal officer has confirmed diversion."""
    of_case = AllegedPerpetrator.case_id == case_id
    confirmed = exists().where(
        LegalProcess.case_id == case_id, LegalProcess.diversion_confirmed_at.is_not(None)
    )
    children = select(func.bool_and(AllegedPerpetrator.is_child)).where(of_case).scalar_subquery()
    return bool(db.session.scalar(select(and_(confirmed, func.coalesce(children, false())))))


class Gathered:
    """Entries of several kinds that came with one statement."""

    def __init__(self, found: dict[type[CaseTable], list[Any]]) -> None:
        self._found = found

    def of(self, table: type[Row]) -> list[Row]:
        """Return the entries of one table, in no order."""
        return cast(list[Row], self._found[table])


def gather(
    case_id: UUID, *tables: type[CaseTable], newest: Mapping[type[CaseTable], Any] | None = None
) -> Gathered:
    """Read all entries of a case from several tables with one statement.

    ``FULL JOIN ... ON false`` puts the tables below one another: each row holds one entry
    and nothing of the other tables, so nothing is multiplied.

    Args:
        newest: for a table that may be long, (column of the moment, how many at most).
    """
    parts = []
    for table in tables:
        query = select(table).where(table.case_id == case_id)
        if newest and table in newest:
            moment, most = newest[table]
            query = query.order_by(moment.desc()).limit(most)
        parts.append(aliased(table, query.subquery()))
    whole = select(*parts).select_from(parts[0])
    for part in parts[1:]:
        whole = whole.join(part, false(), full=True)
    found: dict[type[CaseTable], list[Any]] = {table: [] for table in tables}
    for row in db.session.execute(whole):
        for table, entry in zip(tables, row, strict=True):
            if entry is not None:
                found[table].append(entry)
    return Gathered(found)


def in_team(person: Person) -> ColumnElement[bool]:
    """Return the condition that ``person`` is assigned to the case now."""
    return is_assigned(TeamMember.account_id == person.id)


def in_emergency(person: Person) -> ColumnElement[bool]:
    """Return the condition that ``person`` has opened the case in an emergency that lasts."""
    return (
        exists()
        .where(
            EmergencyAccess.case_id == Case.id,
            EmergencyAccess.account_id == person.id,
            EmergencyAccess.until > clock.now(),
        )
        .correlate(Case)
    )


def is_assigned(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that somebody (who meets ``conditions``) is assigned to the case now."""
    living = (TeamMember.case_id == Case.id, TeamMember.released_at.is_(None))
    return exists().where(*living, *conditions).correlate(Case)


def standing_of(case: Case, person: Person, *, member: bool, emergency: bool) -> Standing:
    """Return how a person stands to a case.

    Args:
        member: they are assigned to it.
        emergency: they have opened it in an emergency that lasts.
    """
    relations = set()
    if emergency:
        relations.add(Relation.EMERGENCY)
    if member:
        relations.add(Relation.TEAM)
    if case.registered_by == person.id:
        relations.add(Relation.INTAKE)
    if person.has(Role.SUPERVISOR):
        relations.add(Relation.OVERSIGHT)
    return Standing(frozenset(relations), closed=case.closed_at is not None)


def _by_day(incident: Incident) -> tuple[bool, Any, UUID]:
    day = incident.occurred_on
    return (day is None, day or 0, incident.id)
