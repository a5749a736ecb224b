"""From an approval to an issued letter, with every process as in production, beside plain RQ."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psutil
import psycopg
from redis import Redis
from rq import Queue

from tests.benchmarks import letters, plain
from tests.benchmarks.figures import Result, Sample, figure
from tests.benchmarks.processes import PATIENCE, running
from tests.benchmarks.stage import FOLDER, ROOT, Stage
from tests.documents.desk import Desk, open_desk, worker_settings

WORKERS = 2
BATCH = 16  # letters in one turn
TURNS = 3
RENDERS = 10  # of each kind after each turn, to tell typesetting from the rest
IDLE = 9
_PLAIN = "plain"  # the queue of the plain workers


@dataclass
class Turns:
    """What the turns gave: letters a second by the wall, and seconds of CPU for a letter."""

    ours: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    plain_cpu: list[float] = field(default_factory=list)
    cpu: dict[str, list[float]] = field(default_factory=dict)
    our_page: Sample = field(default_factory=Sample)
    readme_page: Sample = field(default_factory=Sample)

    @property
    def whole(self) -> list[float]:
        """CPU of a letter of ours in all processes, by turn."""
        return [sum(parts) for parts in zip(*self.cpu.values(), strict=True)]


@figure("letter.pipeline_vs_plain_rq", least=5)
def pipeline_vs_plain_rq(stage: Stage) -> Result:
    """Letters a second, approval to issue with two workers, over a plain RQ pool of two."""
    turns = measured(stage)
    return {
        "": max(turns.ours) / max(turns.plain),
        "ours_per_s": max(turns.ours),
        "plain_per_s": max(turns.plain),
        "cpu_ratio": min(turns.plain_cpu) / min(turns.whole),
        "plain_cpu_ms": min(turns.plain_cpu) * 1000,
        "ours_cpu_ms": min(turns.whole) * 1000,
    }


@figure("letter.other_vs_plain_render", most=0.25)
def other_vs_plain_render(stage: Stage) -> Result:
    """CPU of all else for a letter (sign, seal, store, log, queue) over a README page's."""
    turns = measured(stage)
    page, readme = letters.least(turns.our_page), letters.least(turns.readme_page)
    parts = {f"{name}_ms": min(spent) * 1000 for name, spent in turns.cpu.items()}
    return {
        "": (min(turns.whole) - page) / readme,
        "without_database": (min(turns.cpu["workers"]) - page) / readme,
        "our_page_ms": page * 1000,
        "readme_page_ms": readme * 1000,
        **parts,
    }


@figure("letter.first_after_idle_s", most=1.0)
def first_after_idle(stage: Stage) -> Result:
    """Seconds from approving to issued while nothing else is to be done."""
    sample = Sample()
    with at_work(stage) as work:
        for _ in range(IDLE):
            letter_id = work.desk.submitted()
            time.sleep(1.0)  # idle: the dispatcher has looked several times and found nothing
            begun = time.perf_counter()
            work.desk.approve(letter_id)
            work.wait_issued(1, since=begun)
            sample.wall.append(time.perf_counter() - begun)
            work.forget()
    return sample


@dataclass
class Work:
    """A desk with a dispatcher and two workers around it, all warm."""

    desk: Desk
    session: psycopg.Connection[Any]
    parts: dict[str, list[psutil.Process]]

    def wait_issued(self, count: int, since: float) -> None:
        """Go on once so many letters are issued since they were last forgotten."""
        query = (
            "SELECT count(*) FILTER (WHERE state = 'issued'), count(failure)"
            " FROM letter WHERE id <> ALL (%s)"
        )
        while True:
            done, failed = self.session.execute(query, (self._seen,)).fetchone() or (0, 0)
            assert not failed, "a letter failed"
            if done >= count:
                return
            assert time.perf_counter() - since < PATIENCE, f"{done} of {count} letters"
            time.sleep(0.005)

    _seen: list[UUID] = field(default_factory=list)

    def forget(self) -> None:
        """Count from here on."""
        self._seen = [one for (one,) in self.session.execute("SELECT id FROM letter").fetchall()]

    def spent(self) -> dict[str, float]:
        """Seconds of CPU of each part so far, with what it forked."""
        return {name: sum(map(spent, processes)) for name, processes in self.parts.items()}


@cache
def measured(stage: Stage) -> Turns:
    """Do the turns once for all figures: ours, plain, and pages of both kinds in this process."""
    turns = Turns()
    for _ in range(3):
        letters.typeset()
        letters.plain_page()
    with at_work(stage) as work, plain_pool(stage) as (queue, pool):
        our_turn(work, 4, Turns())
        plain_turn(queue, pool, 4, Turns())
        for _ in range(TURNS):
            our_turn(work, BATCH, turns)
            plain_turn(queue, pool, BATCH, turns)
            for _ in range(RENDERS):
                turns.our_page.run(letters.typeset)
                turns.readme_page.run(letters.plain_page)
    return turns


def our_turn(work: Work, count: int, turns: Turns) -> None:
    """Approve letters while the dispatcher sees none of them, then let it see them all."""
    work.forget()
    work.session.execute(
        "CREATE OR REPLACE FUNCTION bench_hold() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.due_at := now() + interval '1 hour'; RETURN NEW; END $$"
    )
    work.session.execute(
        "CREATE TRIGGER bench_hold BEFORE INSERT ON outbox"
        " FOR EACH ROW EXECUTE FUNCTION bench_hold()"
    )
    for _ in range(count):
        work.desk.approved()
    work.session.execute("DROP TRIGGER bench_hold ON outbox")
    before, begun = work.spent(), time.perf_counter()
    work.session.execute("UPDATE outbox SET due_at = now()")
    work.wait_issued(count, since=begun)
    turns.ours.append(count / (time.perf_counter() - begun))
    time.sleep(0.3)  # the last fork ends, and its worker counts what it spent
    for name, after in work.spent().items():
        turns.cpu.setdefault(name, []).append((after - before[name]) / count)


def plain_turn(queue: Queue, pool: psutil.Process, count: int, turns: Turns) -> None:
    """Let the plain workers make as many letters."""
    emblem = letters.emblem_text()
    before, begun = spent(pool), time.perf_counter()
    jobs = [queue.enqueue(plain.make, letters.facts(), emblem) for _ in range(count)]
    while not all(job.get_status() == "finished" for job in jobs):
        assert not any(job.get_status(refresh=False) == "failed" for job in jobs)
        assert time.perf_counter() - begun < 4 * PATIENCE, "the plain workers do not finish"
        time.sleep(0.02)
    turns.plain.append(count / (time.perf_counter() - begun))
    turns.plain_cpu.append((spent(pool) - before) / count)


@contextmanager
def at_work(stage: Stage) -> Iterator[Work]:
    """Start a dispatcher and two workers over a desk of their own, and wait until they are warm."""
    world = stage.world
    with ExitStack() as open_:
        desk = open_.enter_context(open_desk(world, stage.postgres))
        settings = worker_settings(world, stage.postgres)
        with Redis.from_url(settings["REDIS_URL"]) as valkey:
            valkey.flushdb()
        command = [sys.executable, "-m", "workers"]
        started = [
            open_.enter_context(
                running([*command, *arguments], settings, FOLDER / f"work-{number}.log")
            )
            for number, arguments in enumerate([("outbox",), *[("work", "letters")] * WORKERS])
        ]
        name = urlsplit(settings["DATABASE_URL"]).path.removeprefix("/")
        session = open_.enter_context(stage.postgres.connect(name))
        wait_for_workers(settings["REDIS_URL"], WORKERS, started)
        dispatcher, *workers = [psutil.Process(one.pid) for one in started]
        parts = {
            "dispatcher": [dispatcher],
            "workers": workers,
            "postgresql": [postmaster(session)],
            "valkey": [valkey_server(settings["REDIS_URL"])],
        }
        work = Work(desk, session, parts)
        work.forget()
        yield work


@contextmanager
def plain_pool(stage: Stage) -> Iterator[tuple[Queue, psutil.Process]]:
    """Start RQ's own pool of two workers, with nothing set."""
    url = stage.world.settings["REDIS_URL"]
    command = [sys.executable, "-m", "rq.cli", "worker-pool", _PLAIN, "-n", str(WORKERS)]
    with (
        running(
            [*command, "-u", url, "-q"], {"PYTHONPATH": str(ROOT)}, FOLDER / "plain.log"
        ) as pool,
        Redis.from_url(url) as valkey,
    ):
        yield Queue(_PLAIN, connection=valkey), psutil.Process(pool.pid)


def wait_for_workers(url: str, count: int, started: list[subprocess.Popen[bytes]]) -> None:
    """Go on once so many workers have registered."""
    deadline = time.monotonic() + PATIENCE
    with Redis.from_url(url) as valkey:
        while int(valkey.scard("rq:workers")) < count:
            assert all(one.poll() is None for one in started), "a process ended"
            assert time.monotonic() < deadline, "the workers do not come"
            time.sleep(0.02)


def spent(process: psutil.Process) -> float:
    """Seconds of CPU of a process, of what it has waited for, and of what still runs below it."""
    every = [process, *process.children(recursive=True)]
    total = 0.0
    for one in every:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def postmaster(session: psycopg.Connection[Any]) -> psutil.Process:
    """The server's first process."""
    row = session.execute("SELECT pg_backend_pid()").fetchone()
    assert row is not None
    parent = psutil.Process(int(row[0])).parent()
    assert parent is not None
    return parent


def valkey_server(url: str) -> psutil.Process:
    """Valkey's process."""
    with Redis.from_url(url) as valkey:
        return psutil.Process(int(valkey.info("server")["process_id"]))
