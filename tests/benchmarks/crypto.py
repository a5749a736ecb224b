"""Opening sealed values."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts import passwords
from app.cases import service as cases
from app.cases.models import Note
from tenants.context import Purpose
from tenants.database import db
from tenants.disclosure import disclose
from tests.benchmarks.figures import Result, Sample, figure
from tests.benchmarks.stage import Stage
from tests.cases import intake
from tests.world import PASSWORD

FIELDS = 1_000
ROUNDS = 15


@figure("crypto.decrypt_1000_fields_ms", most=10)
def decrypt(stage: Stage) -> Result:
    """Milliseconds for opening 1,000 sealed notes of one case through the one path there is."""
    world = stage.world
    case_id = intake.open_case(world)
    with intake.working(world, case_id) as subject:
        for number in range(FIELDS):
            cases.add_note(subject, f"Catatan contoh nomor {number}")
    sample, bare = Sample(scale=1000), Sample(scale=1000)
    with intake.working(world, case_id) as subject:
        rows = list(db.session.scalars(select(Note).where(Note.case_id == case_id)))
        standing = cases.standing(subject.row)

        def through_policy() -> None:
            for row in rows:
                assert disclose(row, ["text"], standing, Purpose.HANDLING)["text"].value

        def openings() -> None:
            for row in rows:
                assert Note.text.open(row)

        for _ in range(ROUNDS):
            sample.run(through_policy)
            bare.run(openings)
    return {"": bare, "with_policy": sample}


@figure("crypto.password_ms")
def password(_stage: Stage) -> Result:
    """Milliseconds to check a password; a process checks one at a time, whoever else waits."""
    sample = Sample(scale=1000)
    kept = passwords.seal(PASSWORD)
    for _ in range(ROUNDS):
        sample.run(lambda: passwords.matches(kept, PASSWORD))
    return sample
