"""How long the processes take to start, and how much memory they hold."""

from __future__ import annotations

import http.client
import os
import signal
import socket as sockets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from redis import Redis

from app.local.environment import complete
from tests.benchmarks.figures import Result, Sample, figure
from tests.benchmarks.stage import FOLDER, ROOT, Stage
from tests.world import PASUR, host_of

STARTS = 5
PATIENCE = 60.0
_BIN = Path(sys.executable).parent


@figure("start.web_s")
def start_web(stage: Stage) -> Result:
    """Seconds from the start of gunicorn with one process to the first page answered."""
    sample = Sample()
    for _ in range(STARTS):
        with web(stage) as (process, socket):
            begun = time.perf_counter()
            wait_for_page(process, socket)
            sample.wall.append(time.perf_counter() - begun)
    return sample


@figure("start.worker_s")
def start_worker(stage: Stage) -> Result:
    """Seconds from the start of a letters worker to its first look at the queue."""
    sample, _ = Sample(), stage.world
    for _ in range(STARTS):
        begun = time.perf_counter()
        with worker(stage) as process:
            wait_for_worker(process, stage)
            sample.wall.append(time.perf_counter() - begun)
    return sample


@figure("rss.web_mb")
def memory_web(stage: Stage) -> Result:
    """Megabytes of one web process after a hundred pages (USS: what it alone holds)."""
    with web(stage) as (process, socket):
        wait_for_page(process, socket)
        for _ in range(100):
            page(socket)
        served = psutil.Process(process.pid).children()
        return held(served[0] if served else psutil.Process(process.pid))


@figure("rss.worker_mb")
def memory_worker(stage: Stage) -> Result:
    """Megabytes of a letters worker that waits."""
    with worker(stage) as process:
        wait_for_worker(process, stage)
        return held(psutil.Process(process.pid))


def held(process: psutil.Process) -> Result:
    """Resident and unshared memory of one process."""
    memory = process.memory_full_info()
    return {"": memory.rss / 1024**2, "uss": memory.uss / 1024**2}


@contextmanager
def web(stage: Stage) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """One web process on a socket of its own."""
    socket = stage.place.sockets / "web.sock"
    socket.unlink(missing_ok=True)
    command = [
        *(str(_BIN / "gunicorn"), "--workers", "1", "--threads", "4"),
        *("--no-control-socket", "--bind", f"unix:{socket}", "wsgi:app"),
    ]
    settings = dict(stage.world.settings)
    for name in ("MIGRATION_DATABASE_URL", "OPERATOR_DATABASE_URL"):
        settings.pop(name)
    with running(command, settings, FOLDER / "web.log") as process:
        yield process, socket


@contextmanager
def worker(stage: Stage) -> Iterator[subprocess.Popen[bytes]]:
    """One letters worker, the first that an empty Valkey sees."""
    settings = {**stage.world.settings, "DATABASE_URL": stage.worker_url}
    with Redis.from_url(settings["REDIS_URL"]) as valkey:
        valkey.flushdb()
    command = [sys.executable, "-m", "workers", "work", "letters"]
    with running(command, settings, FOLDER / "worker.log") as process:
        yield process


@contextmanager
def running(
    command: list[str], settings: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended with the block, and all it started."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=complete(settings, _BIN),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)


def wait_for_page(process: subprocess.Popen[bytes], socket: Path) -> None:
    """Go on once the sign-in page comes."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            page(socket)
            return
        except OSError:
            assert process.poll() is None, "the web process ended"
            assert time.monotonic() < deadline, "the web process does not answer"
            time.sleep(0.01)


def wait_for_worker(process: subprocess.Popen[bytes], stage: Stage) -> None:
    """Go on once a worker is registered: the next thing it does is to take a job."""
    deadline = time.monotonic() + PATIENCE
    with Redis.from_url(stage.world.settings["REDIS_URL"]) as valkey:
        while not valkey.scard("rq:workers"):
            assert process.poll() is None, (FOLDER / "worker.log").read_text()
            assert time.monotonic() < deadline, "the worker does not come"
            time.sleep(0.01)


def page(socket: Path) -> None:
    """Fetch the sign-in page over a unix socket."""
    connection = http.client.HTTPConnection("localhost", timeout=30)
    connection.sock = sockets.socket(sockets.AF_UNIX)
    connection.sock.connect(str(socket))
    try:
        connection.request("GET", "/sign-in", headers={"Host": host_of(PASUR)})
        assert connection.getresponse().status == 200
    finally:
        connection.close()
