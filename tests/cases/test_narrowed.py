"""What an agency has narrowed stays closed on the page of a case; for what one may ask."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from app.cases import service as cases
from app.cases.models import Survivor
from app.cases.viewing import Reference
from tenants import registry
from tenants.context import Person, Purpose, Role, acting_person
from tenants.database import db
from tenants.errors import Refused
from tenants.policy import Access, purposes
from tenants.profile import Narrowing
from tests.cases.intake import open_case, row, working
from tests.world import World


def nik_of(world: World, case_id: UUID) -> Reference:
    return Reference("survivor", row(world, case_id, Survivor).id, "nik")


def test_purposes_are_those_of_ones_work() -> None:
    def of(role: Role) -> set[Purpose]:
        return set(purposes(Person(uuid4(), "Contoh", frozenset({role}))))

    for role in (Role.CASE_OFFICER, Role.COMPANION, Role.INTAKE_OFFICER):
        assert Purpose.CONTACT in of(role)
        assert Purpose.SUPERVISION not in of(role)
    assert of(Role.SUPERVISOR) == {Purpose.SUPERVISION, Purpose.SAFETY, Purpose.IDENTIFICATION}
    assert all(Purpose.LETTER not in of(role) for role in Role)


def test_what_the_agency_has_narrowed_stays_closed_on_every_page(world: World) -> None:
    case_id = open_case(world)
    meant = nik_of(world, case_id)
    stricter = (
        Narrowing("case_officer", "team", "identity", shown=0, on_demand=2),
        Narrowing("case_officer", "team", "contact", written=0),
    )
    with working(world, case_id) as subject:
        usual = registry.profile()
        db.session().info["profile"] = replace(usual, policy=stricter)
        seen = cases.look(subject).survivors[0].fields
        assert (seen["full_name"].access, seen["nik"].access) == (Access.ON_DEMAND, Access.DENIED)
        with pytest.raises(Refused):
            cases.reveal(subject, meant, Purpose.SAFETY)
        assert "phone" not in cases.writable(acting_person(), subject, "survivor")
    with working(world, case_id) as subject:
        assert cases.look(subject).survivors[0].fields["full_name"].shown
