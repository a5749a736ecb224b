from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.documents.store import (
    Conflict,
    Missing,
    Store,
    StoreElsewhere,
    StoreFull,
    StoreUnavailable,
)

NAME = "letters/ab/0123"


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return Store((tmp_path / "objects").as_uri() if request.param == "file" else None)


def test_what_was_put_comes_back(store: Store) -> None:
    store.put(NAME, b"sealed")
    assert store.get(NAME) == b"sealed"


def test_the_same_bytes_may_be_put_again(store: Store) -> None:
    store.put(NAME, b"sealed")
    store.put(NAME, b"sealed")
    assert store.get(NAME) == b"sealed"


def test_other_bytes_never_replace_an_object(store: Store) -> None:
    store.put(NAME, b"sealed")
    with pytest.raises(Conflict):
        store.put(NAME, b"other")
    assert store.get(NAME) == b"sealed"


def test_an_object_is_put_beside_those_that_must_be_there(store: Store) -> None:
    store.put_beside("a/first", b"1", ())
    assert store.holds("a/first")
    assert not store.holds("a/second")
    store.put_beside("a/second", b"2", ("a/none", "a/first"))
    with pytest.raises(StoreElsewhere):
        store.put_beside("a/third", b"3", ("a/none",))
    assert not store.holds("a/third")


def test_an_unknown_name_is_missing(store: Store) -> None:
    with pytest.raises(Missing):
        store.get("letters/none")


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../b", "", "A", "a b", "a//b", ".tmp"])
def test_names_that_could_leave_the_store_are_refused(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        store.put(name, b"x")
    with pytest.raises(ValueError, match="name"):
        store.get(name)


@pytest.mark.parametrize("url", ["http://contoh.example/x", "file://host/x", "relative", "s3://"])
def test_other_kinds_of_store_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="object store"):
        Store(url)


def test_objects_and_folders_are_for_the_owner_alone(tmp_path: Path) -> None:
    store = Store((tmp_path / "objects").as_uri())
    store.put(NAME, b"sealed")
    assert (tmp_path / "objects").stat().st_mode & 0o077 == 0


def test_a_second_process_finds_what_the_first_wrote(tmp_path: Path) -> None:
    url = (tmp_path / "objects").as_uri()
    Store(url).put(NAME, b"sealed")
    assert Store(url).get(NAME) == b"sealed"


def test_no_room_is_told_apart_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """A file-size limit makes the kernel refuse the write, as a full disk does."""
    store = Store((tmp_path / "objects").as_uri())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
    try:
        with pytest.raises(StoreFull):
            store.put(NAME, b"x" * 4096)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert [path for path in (tmp_path / "objects").rglob("*") if path.is_file()] == []
    store.put(NAME, b"x" * 4096)
    assert store.get(NAME) == b"x" * 4096


def test_a_store_that_went_away_is_unavailable(tmp_path: Path) -> None:
    folder = tmp_path / "objects"
    store = Store(folder.as_uri())
    folder.rmdir()
    folder.write_bytes(b"no longer a folder")
    with pytest.raises(StoreUnavailable):
        store.put(NAME, b"sealed")


def test_a_writer_killed_midway_leaves_no_half_object(tmp_path: Path) -> None:
    """The child dies after the temporary file was flushed, before the name exists."""
    url = (tmp_path / "objects").as_uri()
    program = (
        "import os, sys\n"
        "from app.documents.store import Store\n"
        "os.link = lambda *names: os.kill(os.getpid(), 9)\n"
        f"Store(sys.argv[1]).put('{NAME}', b'sealed')\n"
    )
    root = Path(__file__).parents[2]
    child = subprocess.run(
        [sys.executable, "-c", program, url],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    assert child.returncode == -signal.SIGKILL
    with pytest.raises(Missing):
        Store(url).get(NAME)
    Store(url).put(NAME, b"sealed")
    assert Store(url).get(NAME) == b"sealed"
