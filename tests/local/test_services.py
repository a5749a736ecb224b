"""Both servers as one: nothing outlives its starter, and the next start takes over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.local.child import gone
from app.local.fault import StackFault
from app.local.place import Place
from app.local.services import Services, remove

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from app.local.place import Place
from app.local.services import Services
with Services(Place(Path(sys.argv[1]))) as services:
    with services.postgres.connect("teduh") as session:
        session.execute("CREATE TABLE kept AS SELECT 7 AS number")
    print(services.postgres.data, flush=True)
    input()
"""


def test_killed_starter_takes_its_servers_along_and_the_next_start_has_the_rows(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path / "stack")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(place.folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as starter:
        assert starter.stdout is not None
        data = Path(starter.stdout.readline().strip())
        database = int((data / "postmaster.pid").read_text().splitlines()[0])
        queue = int((place.folder / "valkey" / "valkey.pid").read_text())
        os.kill(starter.pid, signal.SIGKILL)
    assert gone(database, 10.0)
    assert gone(queue, 10.0)
    with Services(place) as services, services.postgres.connect("teduh") as session:
        assert session.execute("SELECT number FROM kept").fetchone() == (7,)
    remove(place)


def test_starter_that_fails_halfway_leaves_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path / "stack")
    monkeypatch.setenv("TEDUH_VALKEY_SERVER", str(tmp_path / "missing"))
    services = Services(place)
    with pytest.raises(StackFault, match="TEDUH_VALKEY_SERVER"):
        services.__enter__()
    assert not (services.postgres.data / "postmaster.pid").exists()
    place.lock().close()
    remove(place)


def test_second_start_refuses_while_the_first_one_runs(place: Place) -> None:
    with pytest.raises(StackFault, match="already running"), Services(place):
        pass
