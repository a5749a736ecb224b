"""Back-ups are whole, sealed and checked; keys lie apart and expire (invariants 10, 11)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from app.backup import checking, dump, key, making, manifest
from app.keys import rotating
from app.keys.rotating import alone
from app.local.environment import complete
from tenants import clock
from tenants.clock import now
from tests.backup.vault_room import Room
from tests.cases.intake import HOME, NIK, open_case
from tests.conftest import ROOT
from tests.documents.desk import Desk
from tests.world import PASUR


def test_data_objects_and_keys_are_three_sealed_files_and_keys_lie_apart(
    desk: Desk, room: Room
) -> None:
    open_case(desk.world)
    desk.issued()
    made = room.create()
    files = {
        str(path.relative_to(room.folder))
        for part in ("data", "keys")
        for path in (room.folder / part).rglob("*")
        if path.is_file()
    }
    assert files == {
        f"data/{made}/database.teduh",
        f"data/{made}/objects.teduh",
        f"data/{made}/manifest.json",
        f"keys/{made}/keys.teduh",
        f"keys/{made}/manifest.json",
    }
    for name in files:
        path = room.folder / name
        assert path.stat().st_mode & 0o077 == 0
        content = path.read_bytes()
        for secret in (b"survivor.full_name", b"Contoh", HOME.encode(), NIK.encode()):
            assert secret not in content, name
    secret = key.load(room.folder / "backup.key")
    for part, kept, name in (("data", False, "database"), ("keys", True, "keys")):
        folder = room.folder / part / made
        with checking.dumped(folder, manifest.read(folder, secret), name, secret) as rows:
            tables = {row.table for row in rows}
        assert ({"data_key", "tenant_key"} <= tables) is kept
        assert ("survivor" in tables) is not kept
    said = room.done("backup", "verify")
    assert said.count("in order") == 2
    counts = room.manifest("data", made)["counts"]
    ((cases,),) = room.asked(desk.world.settings, 'SELECT count(*) FROM "case"')
    assert sum(counts["case"].values()) == cases == 2


def flip(database: Path, _other: Path) -> None:
    content = database.read_bytes()
    database.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])


def cut(database: Path, _other: Path) -> None:
    database.write_bytes(database.read_bytes()[:-100])


def swap(database: Path, other: Path) -> None:
    database.write_bytes(other.read_bytes())


def rewrite(database: Path, _other: Path) -> None:
    path = database.with_name("manifest.json")
    path.write_text(path.read_text().replace('"revision"', '"revisions"'))


def remove(database: Path, _other: Path) -> None:
    database.unlink()


def test_a_damaged_back_up_is_named_and_not_restored(desk: Desk, room: Room) -> None:
    made, other = room.create(), room.create()
    place = room.fresh()
    whole = room.folder / "data"
    for number, (damage, named) in enumerate(
        (
            (flip, "size or SHA-256 differs"),
            (cut, "size or SHA-256 differs"),
            (swap, "size or SHA-256 differs"),
            (rewrite, "was altered, or written under another key"),
            (remove, "No such file"),
        )
    ):
        folder = room.folder / f"damaged-{number}"
        shutil.copytree(whole, folder)
        damage(folder / made / "database.teduh", folder / other / "database.teduh")
        for command in (("verify", made), ("restore", made, "--keys", made)):
            found = room.run("backup", *command, **place, BACKUP_FOLDER=str(folder))
            assert (found.exit_code, named in found.output) == (1, True), found.output
    changes = {**place, "BACKUP_KEY_FILE": str(room.folder / "other.key")}
    room.done("backup", "init", **changes)
    assert "under another key" in room.run("backup", "restore", made, **changes).output
    assert room.asked(place, "SELECT to_regclass('public.tenant')") == [(None,)]


def test_keys_are_kept_for_thirty_days_and_no_longer(
    desk: Desk, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = room.create(), room.create()
    young, old = room.age(first, 29), room.age(second, 31)
    said = room.done("backup", "create")
    assert f"back-up of keys {old} removed" in said
    assert not (room.folder / "keys" / old).exists()
    assert (room.folder / "keys" / young).exists()
    assert (room.folder / "data" / second).exists()
    assert "its keys have expired" in room.done("backup", "verify", second)
    third = said.split("\t")[0]
    monkeypatch.setattr(making, "now", lambda: clock.now() + timedelta(days=31, hours=1))
    checked = room.run("backup", "verify", third)
    assert (checked.exit_code, "2 days older than a back-up" in checked.output) == (1, True)


def test_a_back_up_of_which_a_table_would_be_missing_is_not_made(desk: Desk, room: Room) -> None:
    room.asked(desk.world.settings, "DROP POLICY back_up ON survivor")
    refused = room.run("backup", "create")
    assert refused.exit_code == 1
    assert "teduh_backup cannot read all of survivor: nothing was made" in refused.output
    assert list((room.folder).glob("*/*")) == []


def test_an_object_that_is_missing_is_named_and_the_rest_is_backed_up(
    desk: Desk, room: Room
) -> None:
    lost, kept = desk.issued(), desk.issued()
    folder = Path(desk.world.settings["OBJECT_STORE_URL"].removeprefix("file://"))
    (folder / str(desk.letter(lost).object_name)).unlink()
    result = room.run("backup", "create")
    assert result.exit_code == 3
    assert f"MISSING: {desk.letter(lost).object_name}" in result.output
    assert str(desk.letter(kept).object_name) not in result.output
    checked = room.run("backup", "verify")
    assert (checked.exit_code, str(lost) in checked.output) == (1, True)


def test_no_rotation_moves_anything_while_a_back_up_is_made_and_none_is_made_meanwhile(
    desk: Desk, room: Room
) -> None:
    keys = create_engine(desk.world.settings["KEYS_DATABASE_URL"])
    with alone(keys):
        refused = room.run("backup", "create")
    assert (refused.exit_code, "a rotation of keys is at work" in refused.output) == (1, True)
    backup = create_engine(desk.world.settings["BACKUP_DATABASE_URL"])
    with backup.connect() as session:
        session.execute(text("SELECT pg_advisory_lock_shared(:key)"), {"key": rotating.ALONE})
        refused = room.run("keys", "rotate", "tenant", "--tenant", PASUR)
    assert (refused.exit_code, "or a back-up is at work" in refused.output) == (1, True)
    for engine in (keys, backup):
        engine.dispose()


def test_the_role_of_back_ups_writes_nothing_and_does_not_read_the_binding_key(
    desk: Desk, room: Room
) -> None:
    engine = create_engine(desk.world.settings["BACKUP_DATABASE_URL"])
    with engine.connect() as session:
        assert session.scalar(text("SELECT count(*) FROM survivor")) == 1
    for statement in (
        "UPDATE survivor SET is_child = true",
        "DELETE FROM note",
        "INSERT INTO outbox SELECT * FROM outbox",
        "TRUNCATE data_key",
        "SELECT * FROM tenancy.binding_key",
        "CREATE TABLE mine (id int)",
    ):
        with engine.connect() as session, pytest.raises(ProgrammingError, match="permission"):
            session.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"PG_DUMP": "/nowhere/pg_dump"}, "PG_DUMP=/nowhere/pg_dump cannot be run"),
        ({"BACKUP_DATABASE_URL": ""}, "BACKUP_DATABASE_URL is not set"),
        ({"BACKUP_KEY_FILE": ""}, "BACKUP_KEY_FILE is not set"),
        ({"BACKUP_KEY_FILE": "/nowhere/backup.key"}, "does not exist: flask backup init"),
        ({"KEY_BACKUP_FOLDER": ""}, "KEY_BACKUP_FOLDER is not set"),
        ({"BACKUP_FOLDER": "/proc/nowhere"}, "/proc/nowhere"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_left(
    desk: Desk, room: Room, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], named: str
) -> None:
    if "PG_DUMP" in changes:
        monkeypatch.setenv("PG_DUMP", changes.pop("PG_DUMP"))
    refused = room.run("backup", "create", **changes)
    assert (refused.exit_code, named in refused.output) == (1, True), refused.output
    assert [path for path in room.folder.glob("*/*") if path.name[0] in ".2"] == []


def test_a_back_up_that_dies_leaves_nothing_under_its_name_and_its_remains_are_cleared(
    desk: Desk, room: Room, tmp_path: Path
) -> None:
    """Killed by its own pg_dump in the midst of the work; then failed by it."""
    real = next(iter(dump._of_wheel()))
    dying = tmp_path / "pg_dump"
    settings = complete(room.settings, Path(sys.executable).parent)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "backup", "create"]
    for act, status in (("kill -9 $PPID", -9), ("echo no more >&2; exit 1", 1)):
        dying.write_text(f'#!/bin/sh\n[ "$1" = --version ] && exec {real} --version\n{act}\n')
        dying.chmod(0o700)
        done = subprocess.run(
            command, cwd=ROOT, env={**settings, "PG_DUMP": str(dying)}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == status, done.stderr
    assert "pg_dump failed: no more" in done.stderr
    left = list(room.folder.glob("*/.*.part"))
    assert {one.parent.name for one in left} == {"keys", "data"}
    assert list(room.folder.glob("*/2*")) == []
    for one in left:
        one.rename(one.with_name(f".{now() - timedelta(days=2):%Y%m%dT%H%M%SZ}-000000.part"))
    room.create()
    assert list(room.folder.glob("*/.*.part")) == []
