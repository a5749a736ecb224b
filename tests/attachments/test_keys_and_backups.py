"""Attachments through a rotation of keys, a back-up and a restore."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import create_app
from app.attachments import service
from app.cases import service as cases
from app.config import from_environment
from app.local.postgres import Postgres
from tenants.clock import now
from tenants.context import Channel, Context, bind
from tenants.database import db, transaction
from tests.attachments.desk_of_pictures import added, opened, prepare, refresh
from tests.attachments.pictures import paper, photograph
from tests.backup.vault_room import Room
from tests.conftest import Databases
from tests.documents.desk import Desk, worker_settings
from tests.keys.keeper import Keeper


@pytest.fixture
def room(desk: Desk, databases: Databases, postgres: Postgres, tmp_path: Path) -> Iterator[Room]:
    """Folders of back-ups beside the world of the desk."""
    made = Room(desk.world, databases, postgres, tmp_path / "backups")
    with made.open():
        yield made


def test_a_new_key_seals_them_anew_wherever_they_lie_and_the_earlier_files_go(
    desk: Desk, postgres: Postgres
) -> None:
    sent = photograph()
    stored, waiting = added(desk, data=sent), added(desk, data=paper(), kind="other")
    prepare(desk, stored)
    keeper = Keeper(desk.world.app, desk.world, postgres)
    said = list(keeper.cases(now(), desk.case_id))
    assert not [line for line in said if "NOT" in line]
    keeper.asked("DELETE FROM retired_data_key WHERE subject_id = %s", desk.case_id)
    prepare(desk, waiting)
    objects = Path(desk.world.settings["OBJECT_STORE_URL"].removeprefix("file://"))
    names = sorted(one.name for one in objects.rglob("*") if one.is_file())
    assert len(names) == 5
    assert all(name.endswith(".k2") for name in names)
    client = desk.client("companion")
    refresh(client)
    assert opened(client, stored).status_code == 200
    assert opened(client, stored, "original").data == sent
    assert opened(client, waiting, "copy").status_code == 200


def test_a_back_up_brings_them_back_and_a_destroyed_case_takes_them_along_again(
    desk: Desk, room: Room, postgres: Postgres
) -> None:
    attachment_id = added(desk)
    prepare(desk, attachment_id)
    added(desk, data=paper(), kind="other")  # its bytes are still in the database
    desk.seal_log()
    made = room.create()
    with desk.acting("supervisor"):
        subject = cases.load_case(desk.case_id)
        cases.destroy_key(subject, reason="court-order", code=subject.row.code)
    room.create()
    place = room.fresh()
    said = room.done("backup", "restore", made, **place)
    assert "lost before" not in said
    assert room.asked(place, "SELECT count(*) FROM attachment_part") == [(5,)]
    world = room.restored(place)
    app = create_app(from_environment(worker_settings(world, postgres)))
    tenant = world.tenant()
    context = Context(tenant.tenant_id, tenant.slug, channel=Channel.JOB)
    with app.app_context(), bind(context), transaction():
        assert service.reconcile() == 2
        db.engine.dispose()
    assert room.asked(place, "SELECT kind FROM outbox") == [("attachment.remove",)] * 2
    gone = "SELECT DISTINCT remove_reason FROM attachment"
    assert room.asked(place, gone) == [("case-destroyed",)]
