"""A year of invented cases: through the services, by the rules, and plainly invented."""

from __future__ import annotations

from app.cases import service as cases
from app.cases.models import Case, Closure, Outreach
from app.demo.year import Year
from app.services.models import CareSession
from tenants.clock import now
from tenants.database import db
from tests.world import PASUR, World, host_of

CASES = 12


def test_cases_run_their_course_and_nobody_in_them_is_meant(world: World) -> None:
    told: list[int] = []
    with world.app.app_context():
        Year(host_of(PASUR)).make(CASES, told.append)
    assert told == list(range(1, CASES + 1))
    with world.as_system():
        made = db.session.query(Case).all()
        assert len(made) == CASES
        assert len({one.code for one in made}) == CASES
        assert all(one.registered_at < now() for one in made)
        assert len({one.state for one in made}) > 1
        assert db.session.query(Outreach).count() == 12
        assert db.session.query(CareSession).count() > 0
        closed = [one.id for one in made if one.closed_at]
        assert {one.case_id for one in db.session.query(Closure)} == set(closed)
    client = world.client("supervisor")
    assert client.get("/cases").status_code == 200
    with world.acting("case-officer"):
        for one in made:
            for survivor in cases.rows(one.id).survivors:
                assert survivor.full_name_sealed is None or one.closed_at or _named(one, survivor)


def _named(case: Case, survivor: object) -> bool:
    from tenants.disclosure import disclose

    standing = cases.standing(cases.find(case.id))
    seen = disclose(survivor, ["full_name"], standing)["full_name"]  # type: ignore[arg-type]
    return not seen.shown or (seen.value or "").endswith("Contoh")
