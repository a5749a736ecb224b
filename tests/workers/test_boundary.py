"""Every job passes one boundary: its tenant and person bound, and no error's words let out."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from psycopg import sql
from rq.utils import import_attribute
from sqlalchemy import create_engine, text

from app.local.postgres import Postgres
from tenants.database import db
from tenants.outbox import Kind
from tests.documents.desk import Desk
from tests.world import CONTOH
from workers import boundary, documents
from workers.outbox import JOBS


def test_a_job_for_a_deleted_letter_ends_quietly(desk: Desk) -> None:
    letter_id = desk.approved()
    owner = create_engine(desk.world.settings["MIGRATION_DATABASE_URL"])
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM letter_preview"))
        connection.execute(text("DELETE FROM letter"))
    owner.dispose()
    before = len(desk.world.events())
    desk.run(letter_id)
    assert letter_id not in {row.object_id for row in desk.rows()}
    assert len(desk.world.events()) == before


@pytest.mark.parametrize("given", ["", "x", "../../etc/passwd", "0" * 400])
def test_a_malformed_job_ends_quietly(desk: Desk, given: str) -> None:
    letter_id = desk.approved()
    boundary.use(desk.worker_app)
    documents.issue_letter(given, str(letter_id))
    documents.issue_letter(str(desk.tenant_id), given)
    assert desk.letter(letter_id).state == "queued"


def test_a_job_with_another_tenants_letter_finds_nothing(desk: Desk) -> None:
    letter_id = desk.approved()
    other = desk.world.tenant(CONTOH).tenant_id
    boundary.use(desk.worker_app)
    documents.issue_letter(str(other), str(letter_id))
    assert desk.letter(letter_id).state == "queued"
    assert letter_id in {row.object_id for row in desk.rows()}
    assert desk.world.events(CONTOH)[-1]["object_id"] != str(letter_id)


def test_a_suspended_tenants_letter_waits(desk: Desk) -> None:
    letter_id = desk.approved()
    owner = create_engine(desk.world.settings["MIGRATION_DATABASE_URL"])
    with owner.begin() as connection:
        connection.execute(text("UPDATE tenant SET state = 'suspended'"))
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "queued"
    with owner.begin() as connection:
        connection.execute(text("UPDATE tenant SET state = 'active'"))
    owner.dispose()
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "issued"


def test_kinds_of_jobs_and_their_functions_are_the_same_list() -> None:
    assert set(JOBS) == {kind.value for kind in Kind}
    for _queue, name in JOBS.values():
        assert callable(import_attribute(name))


def test_a_job_without_its_database_ends_quietly_and_is_done_later(
    desk: Desk, postgres: Postgres
) -> None:
    letter_id = desk.approved()
    name = sql.Identifier(urlsplit(desk.world.settings["DATABASE_URL"]).path[1:])
    with postgres.connect() as superuser:
        superuser.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        with desk.worker_app.app_context():
            db.engine.dispose()
        desk.run(letter_id)
        superuser.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
    assert desk.letter(letter_id).state == "queued"
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "issued"
