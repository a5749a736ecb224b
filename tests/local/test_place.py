"""A place for a stack: private, held by one, with words for what is wrong with it."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.local.fault import StackFault
from app.local.place import Place, write_private

ROOT = Path(__file__).resolve().parents[2]
PREPARE = "import sys; from pathlib import Path; from app.local.place import Place; "


def test_folders_are_closed_to_other_users(tmp_path: Path) -> None:
    place = Place(tmp_path / "stack")
    place.prepare()
    for folder in (place.folder, place.sockets, place.objects, place.logs):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_long_path_gets_a_short_folder_for_its_sockets(tmp_path: Path) -> None:
    place = Place(tmp_path / ("long" * 30) / "stack")
    assert len(os.fsencode(place.sockets / ".s.PGSQL.5432.lock")) < 108
    assert place.sockets != Place(tmp_path / ("long" * 31) / "stack").sockets


def test_second_stack_in_the_same_place_is_told_who_holds_it(tmp_path: Path) -> None:
    place = Place(tmp_path / "stack")
    place.prepare()
    code = PREPARE + "held = Place(Path(sys.argv[1])).lock(); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(place.folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StackFault, match=f"already running.*process {holder.pid}"):
            place.lock()
        holder.kill()
    place.lock().close()  # a killed holder leaves no stale lock


def test_secrets_are_private_and_the_same_on_the_second_start(tmp_path: Path) -> None:
    place = Place(tmp_path / "stack")
    place.prepare()
    first = place.secrets(data=None)
    assert stat.S_IMODE((place.folder / "secrets.json").stat().st_mode) == 0o600
    assert place.secrets(data=None) == first
    assert len(set(first.values())) == len(first)
    assert min(map(len, first.values())) >= 32


def test_lost_secrets_are_not_replaced_while_data_exist(tmp_path: Path) -> None:
    place = Place(tmp_path / "stack")
    place.prepare()
    with pytest.raises(StackFault, match=r"secrets\.json is missing"):
        place.secrets(data=tmp_path)


def test_a_stack_made_before_a_role_existed_gets_its_password(tmp_path: Path) -> None:
    place = Place(tmp_path / "stack")
    place.prepare()
    first = place.secrets(data=None)
    older = {name: word for name, word in first.items() if name != "retention"}
    write_private(place.folder / "secrets.json", json.dumps(older))
    completed = place.secrets(data=None)
    assert completed == {**older, "retention": completed["retention"]}
    assert place.secrets(data=None) == completed
    older.pop("superuser")
    write_private(place.folder / "secrets.json", json.dumps(older))
    with pytest.raises(StackFault, match="is damaged"):
        place.secrets(data=None)


def test_damaged_secrets_are_a_message(tmp_path: Path) -> None:
    place = Place(tmp_path / "stack")
    place.prepare()
    write_private(place.folder / "secrets.json", "{not json")
    with pytest.raises(StackFault, match="is damaged"):
        place.secrets(data=None)


def test_private_file_replaces_a_readable_one(tmp_path: Path) -> None:
    path = tmp_path / "web.env"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def mounted(options: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Prepare a place on a small file system of its own, mounted with `options`."""
    script = (
        'mount -t tmpfs -o "$1" teduh "$2" && cd "$4" && '
        '"$3" -c "' + PREPARE + 'Place(Path(sys.argv[1]) / \'stack\').prepare()" "$2"'
    )
    arguments = [options, str(folder), sys.executable, str(ROOT)]
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)


NAMESPACES = (
    shutil.which("unshare") is not None
    and subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "true"], check=False
    ).returncode
    == 0
)
needs_namespaces = pytest.mark.skipif(not NAMESPACES, reason="user namespaces are forbidden here")


@needs_namespaces
def test_full_disk_is_a_message_with_what_is_left(tmp_path: Path) -> None:
    done = mounted("size=1m", tmp_path)
    assert re.search(r"StackFault: only \d+ MB are left on the disk", done.stderr)


@needs_namespaces
def test_read_only_disk_is_a_message(tmp_path: Path) -> None:
    done = mounted("ro", tmp_path)
    assert "the disk is read-only" in done.stderr.splitlines()[-1]
