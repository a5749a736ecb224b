"""A report with a value in every confidential field, and the acts that make a case of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from psycopg import Connection
from sqlalchemy import text

from app.cases import service as cases
from app.cases.entries import IncidentEntry, NeedEntry, PerpetratorEntry, Report, SurvivorEntry
from app.cases.models import Case
from app.local.postgres import Postgres
from app.web.access import Subject
from tenants import clock, registry
from tenants.confidential import CaseTable
from tenants.context import Purpose
from tenants.database import db
from tenants.disclosure import disclose
from tenants.policy import Relation, Standing
from tests.world import PASUR, PEOPLE, World

NAME, NIK = "Bunga Contoh", "3514000000000001"
BIRTH = f"{clock.today().year - 30}-01-01"
PHONE, SAFE = "0812-0000-0001", "Titip pesan pada Mawar Contoh"
WHEN, FORBIDDEN = "Pagi, hari kerja", "0812-0000-0666"
HOME, HEALTH = "Jalan Contoh 1, Desa Contoh", "Memar di lengan kiri"
PERPETRATOR, PARTICULARS = "Anton Contoh", "Bekerja di pabrik contoh"
STORY, SCENE = "Dipukul pada malam hari", "Dapur rumah di Desa Contoh"
NEED = "Konseling trauma"

SURVIVOR = SurvivorEntry(
    age_group="25-44",
    disability="none",
    district="Bangil",
    full_name=NAME,
    nik=NIK,
    birth_date=BIRTH,
    phone=PHONE,
    safe_contact=SAFE,
    contact_when=WHEN,
    forbidden_phone=FORBIDDEN,
    address=HOME,
    health=HEALTH,
)
INCIDENT = IncidentEntry(
    violence=("psychological", "physical"),
    place="household",
    occurred_on=date(2026, 1, 2),
    domestic=True,
    narrative=STORY,
    location=SCENE,
)
ALLEGED = PerpetratorEntry("spouse", "25-44", PERPETRATOR, PARTICULARS)
WANTED = NeedEntry("psychology", "soon", NEED)
REPORT = Report("direct", "medium", SURVIVOR, INCIDENT, (ALLEGED,), (WANTED,))

CHILD = replace(SURVIVOR, age_group="13-17", birth_date=None)
CHILD_REPORT = replace(REPORT, survivor=CHILD)
BARE = Report(
    "telephone", "low", SurvivorEntry("25-44"), IncidentEntry(("psychological",), "other")
)
"""A report without anything confidential in it."""

SECRETS = {
    "survivor.full_name": NAME,
    "survivor.nik": NIK,
    "survivor.birth_date": BIRTH,
    "survivor.phone": PHONE,
    "survivor.safe_contact": SAFE,
    "survivor.contact_when": WHEN,
    "survivor.forbidden_phone": FORBIDDEN,
    "survivor.address": HOME,
    "survivor.health": HEALTH,
    "incident.narrative": STORY,
    "incident.location": SCENE,
    "alleged_perpetrator.full_name": PERPETRATOR,
    "alleged_perpetrator.particulars": PARTICULARS,
    "need.description": NEED,
}
TEAM = ("case-officer", "companion")

Row = TypeVar("Row", bound=CaseTable)


def take(
    world: World, report: Report = REPORT, *, by: str = "intake-officer", tenant: str = PASUR
) -> UUID:
    """Register a report."""
    with world.acting(by, tenant):
        return cases.register(report)


def staff(world: World, case_id: UUID, *usernames: str, tenant: str = PASUR) -> None:
    """Let the supervisor assign people to the team of their role."""
    accounts = {name: world.account(name, tenant) for name in usernames}
    with working(world, case_id, "supervisor", tenant) as subject:
        for name, account_id in accounts.items():
            cases.assign(subject, account_id, PEOPLE[name][1])


def open_case(
    world: World,
    report: Report = REPORT,
    *,
    by: str = "intake-officer",
    team: tuple[str, ...] = TEAM,
    tenant: str = PASUR,
) -> UUID:
    """Register a report and give the case its team."""
    case_id = take(world, report, by=by, tenant=tenant)
    staff(world, case_id, *team, tenant=tenant)
    return case_id


@contextmanager
def working(
    world: World, case_id: UUID, username: str = "case-officer", tenant: str = PASUR
) -> Iterator[Subject]:
    """A transaction in which a person works on a case, as the guard loads it."""
    with world.acting(username, tenant):
        yield cases.load_case(case_id)


def code(number: int) -> str:
    """The code of this year's case of a number."""
    return f"K-{clock.today().year}-{number:04d}"


def close(world: World, case_id: UUID) -> None:
    """Close a case past any service."""
    with world.as_system():
        found = cases.find(case_id)
        found.state, found.closed_at = "terminated", clock.now()


def reopen(world: World, case_id: UUID) -> None:
    """Undo :func:`close`."""
    with world.as_system():
        found = cases.find(case_id)
        found.state, found.closed_at = "received", None


def row(world: World, case_id: UUID, table: type[Row]) -> Row:
    """The one entry of a case in a table."""
    with world.as_system():
        return db.session.query(table).filter_by(case_id=case_id).one()


def case_row(world: World, case_id: UUID) -> Case:
    """A case as it is now."""
    with world.as_system():
        return cases.find(case_id)


def values(world: World, entry: CaseTable, *names: str) -> dict[str, str | None]:
    """Confidential values of an entry, as its case officer may open them."""
    standing = Standing(frozenset({Relation.TEAM}))
    officer = "companion" if entry.__tablename__ in {"survivor", "need"} else "case-officer"
    with world.acting(officer):
        seen = disclose(entry, names, standing, Purpose.HANDLING)
        assert all(one.shown for one in seen.values())
        return {name: seen[name].value for name in names}


def organisation(world: World, kind: str = "hospital", tenant: str = PASUR) -> UUID:
    """The id of the tenant's organisation of a kind."""
    with world.as_system(tenant):
        return next(one.id for one in registry.organisations() if one.kind == kind)


def as_superuser(world: World, postgres: Postgres) -> Connection[Any]:
    """A session on the world's database past every policy of its tables."""
    name = world.settings["DATABASE_URL"].rsplit("/", 1)[-1].split("?")[0]
    return postgres.connect(name)


def events(world: World, tag: str, tenant: str = PASUR) -> list[dict[str, Any]]:
    """The audit events of one tag, oldest first."""
    return [one for one in world.events(tenant) if one["tag"] == tag]


def wait_for_lock(thread: threading.Thread) -> None:
    """Go on once ``thread`` waits for what this transaction holds; fail if it never has to."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while not db.session.scalar(waiting):
        assert thread.is_alive(), "nothing made the other transaction wait"
