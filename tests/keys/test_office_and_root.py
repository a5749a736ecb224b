"""Rotation of an agency's and the root key, what the status says, and the role that does it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from app.cases import service as cases
from app.keys import rotating
from tenants import keyring
from tenants.database import db
from tenants.errors import Conflict
from tests.cases.intake import HOME, open_case, working
from tests.cases.intake import NAME as REPORTED
from tests.documents.desk import Desk
from tests.keys.keeper import Keeper, events, reads
from tests.world import CONTOH, PASUR

ROOT = Path(__file__).resolve().parents[2]


def test_an_office_key_is_rotated_step_by_step_and_the_old_one_is_needed_no_more(
    desk: Desk, keeper: Keeper
) -> None:
    """Case keys, signing keys, the log's key: each run dies after one step."""
    open_case(desk.world)
    desk.issued()
    client, steps = desk.client("case-officer"), 0
    while True:
        run = keeper.office()
        said = next(run)
        if steps:  # the first line only says that it goes on
            said = next(run)
        steps += 1
        assert reads(desk, client)
        if steps == 1:
            late = open_case(desk.world)
        if "nothing lies" in said:
            break
        assert steps < 30
    keeper.asked("DELETE FROM tenant_key WHERE version = 1 AND tenant_id = %s", desk.tenant_id)
    assert reads(desk)
    desk.seal_log()
    desk.issued()
    with working(desk.world, late) as subject:
        assert cases.look(subject).survivors[0].fields["full_name"].value == REPORTED
    ((other,),) = keeper.asked(
        "SELECT max(version) FROM tenant_key WHERE tenant_id <> %s", desk.tenant_id
    )
    assert other == 1
    assert [one["details"] for one in events(desk.world, "key:tenant:rotated")] == [{"version": 2}]
    assert [one["details"] for one in events(desk.world, "key:tenant:emptied")] == [{"version": 2}]


def test_a_running_process_notices_a_new_root_key_and_needs_the_old_one_no_more(
    desk: Desk, keeper: Keeper
) -> None:
    """The web and the worker hold the keyring of their start all the while."""
    path = Path(desk.world.settings["KEYRING_FILE"])
    assert desk.world.app.extensions["keyring"].active == "r1"
    said = keeper.done("keys", "rotate", "root")
    assert "root key r2 added" in said
    assert path.stat().st_mode & 0o777 == 0o600
    assert keeper.asked("SELECT DISTINCT root_id FROM tenant_key") == [("r2",)]
    assert reads(desk)
    desk.issued()
    assert desk.world.app.extensions["keyring"].active == "r2"
    keeper.done("keys", "forget-root", "r1")
    assert list(keyring.load(path).roots) == ["r2"]
    assert reads(desk)
    for tenant in (PASUR, CONTOH):
        (event,) = [one for one in desk.world.events(tenant) if one["tag"] == "key:root:rotated"]
        assert event["details"] == {"root_key": "r2", "count": 1}


def test_a_root_rotation_that_died_is_gone_on_with_and_makes_no_third_key(
    desk: Desk, keeper: Keeper
) -> None:
    """It died after the file was written, and after the first of two offices."""
    path = Path(desk.world.settings["KEYRING_FILE"])
    next(keeper.root())
    assert reads(desk)
    next(keeper.root())
    assert {root for (root,) in keeper.asked("SELECT root_id FROM tenant_key")} == {"r1", "r2"}
    refused = keeper.run("keys", "forget-root", "r1")
    assert (refused.exit_code, "lies under it" in refused.output) == (1, True)
    assert "DUE: 1 office keys lie under another root key than r2" in keeper.done("keys", "status")
    keeper.done("keys", "rotate", "root")
    assert list(keyring.load(path).roots) == ["r1", "r2"]
    assert keeper.asked("SELECT DISTINCT root_id FROM tenant_key") == [("r2",)]


def test_two_rotations_at_once_are_refused(desk: Desk, keeper: Keeper) -> None:
    engine = create_engine(desk.world.settings["KEYS_DATABASE_URL"])
    with rotating.alone(engine):
        refused = keeper.run("keys", "rotate", "tenant")
        with pytest.raises(Conflict), rotating.alone(engine):
            pass
    engine.dispose()
    assert refused.exit_code == 1
    assert "another rotation or a back-up is at work" in refused.output
    keeper.done("keys", "rotate", "tenant", "--tenant", PASUR)


def test_the_status_says_what_is_in_use_what_was_destroyed_and_what_is_due_and_no_secret(
    desk: Desk, keeper: Keeper
) -> None:
    gone = open_case(desk.world)
    with working(desk.world, gone, "supervisor") as subject:
        cases.destroy_key(subject, reason="court-order", code=subject.row.code)
    keeper.asked(
        "UPDATE data_key SET destroyed_at = now() - interval '40 days' WHERE id = %s", gone
    )
    keeper.asked("UPDATE tenant_key SET created_at = now() - interval '400 days'")
    text = keeper.done("keys", "status", "--tenant", PASUR)
    assert f"(40 days ago): case {gone}" in text
    assert "the office key is 400 days old: rotate tenant" in text
    keeper.done("keys", "rotate", "tenant", "--tenant", PASUR)
    (found,) = json.loads(keeper.done("keys", "status", "--tenant", PASUR, "--json"))
    assert [(one["version"], one["case_keys"]) for one in found["generations"]] == [(1, 0), (2, 1)]
    assert found["case_versions"] == {"1": 1}
    assert (found["due"], found["active_root"]) == ([], "r1")
    assert [(one["case_id"], one["days"]) for one in found["destroyed"]] == [(str(gone), 40)]
    wrapped = keeper.asked("SELECT wrapped FROM tenant_key UNION SELECT wrapped FROM data_key")
    for (secret,) in wrapped:
        assert secret is None or secret.hex() not in text
    for forbidden in (REPORTED, HOME, "wrapped"):
        assert forbidden not in text + json.dumps(found)


def test_the_role_that_rotates_reads_nothing_of_a_case_but_its_sealed_values(
    desk: Desk, keeper: Keeper
) -> None:
    for query in (
        'SELECT code FROM "case"',
        "SELECT age_group FROM survivor",
        "SELECT * FROM note",
    ):
        with (
            keeper.at_work(),
            pytest.raises(ProgrammingError, match="permission denied"),
            rotating.inside(desk.world.tenant(PASUR)),
        ):
            db.session.execute(text(query))
