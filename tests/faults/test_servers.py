"""Valkey and PostgreSQL go away at the wrong moment and come back, Valkey with nothing left."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from psycopg import sql
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from app.local.place import Place
from app.local.postgres import Postgres
from app.local.valkey import Valkey
from tests.faults.stage import GATES, Stage, until
from tests.faults.test_letters import check_issued_once, check_numbers


class OwnValkey:
    """A Valkey of this test alone, to be taken away."""

    def __init__(self, folder: Path) -> None:
        self.place = Place(folder)
        self.place.prepare()
        self.server = Valkey(self.place, "known-password")

    def lose(self) -> None:
        """End it and burn its disk."""
        self.server.stop()
        shutil.rmtree(self.place.folder / "valkey")


@pytest.fixture
def own(stage: Stage, tmp_path: Path) -> Iterator[OwnValkey]:
    """The stage on a Valkey of its own, which is not started yet."""
    made = OwnValkey(tmp_path / "own")
    stage.settings["REDIS_URL"] = made.server.url()
    yield made
    made.server.stop()


def test_a_worker_outlives_every_loss_of_valkey(stage: Stage, own: OwnValkey) -> None:
    worker, dispatcher = stage.worker(), stage.dispatcher()
    stage.said(worker, "worker-lost-valkey")  # there is none yet
    own.server.start()
    letters = [stage.desk.approved()]
    stage.wait_for(letters[0], "issued")
    with stage.gate(GATES["rendered"]) as gate:
        letters.append(stage.desk.approved())
        gate.wait()
        own.lose()
    stage.wait_for(letters[1], "issued")  # Valkey is not needed for what is under way
    letters.append(stage.desk.approved())
    stage.said(dispatcher, "outbox-waits")
    own.server.start()
    stage.wait_for(letters[2], "issued")
    for letter_id in letters:
        check_issued_once(stage, letter_id)
    check_numbers(stage, letters)
    own.lose()
    worker.started.terminate()
    assert worker.started.wait(timeout=60) == 0


def test_whatever_is_killed_at_random_no_letter_is_lost_doubled_or_misnumbered(
    stage: Stage, own: OwnValkey
) -> None:
    own.server.start()
    chance = random.Random(7)
    waiting = [stage.desk.submitted() for _ in range(12)]
    stage.desk.seal_log()
    running = {"worker": stage.worker, "other worker": stage.worker, "outbox": stage.dispatcher}
    processes = {name: start() for name, start in running.items()}

    def approve(mine: list[UUID]) -> None:
        for letter_id in mine:
            stage.desk.approve(letter_id)

    def issued(wanted: int) -> bool:
        if not any(one.children() for one in processes.values()):
            stage.let_time_pass()  # nobody waits a minute for a worker that was killed
        return sum(stage.desk.letter(one).state == "issued" for one in waiting) >= wanted

    with ThreadPoolExecutor(3) as pool:
        approving = [pool.submit(approve, waiting[n::3]) for n in range(3)]
        for count in range(1, len(waiting), 3):
            until("more letters are issued", partial(issued, count))
            name = chance.choice(["valkey", *running])
            if name == "valkey":
                own.lose()
                own.server.start()
            else:
                processes[name].kill()
                processes[name] = running[name]()
        for done in approving:
            done.result()

    until("all letters are issued", partial(issued, len(waiting)))
    for letter_id in waiting:
        check_issued_once(stage, letter_id)
    check_numbers(stage, sorted(waiting, key=lambda one: stage.desk.letter(one).sequence or 0))
    assert len({stage.desk.letter(one).sha256 for one in waiting}) == len(waiting)


def test_a_job_that_an_intruder_wrote_into_valkey_is_not_run(
    stage: Stage, own: OwnValkey, tmp_path: Path
) -> None:
    own.server.start()
    with Redis.from_url(own.server.url()) as connection:
        queue = Queue("letters", connection=connection, serializer=JSONSerializer)
        queue.enqueue_call("os.mkdir", args=(str(tmp_path / "mischief"),))
    worker = stage.worker()
    stage.dispatcher()
    stage.said(worker, "job-raised")
    stage.wait_for(stage.desk.approved(), "issued")
    assert not (tmp_path / "mischief").exists()
    assert worker.started.poll() is None


def test_postgresql_away_in_the_middle_of_a_letter_costs_time_only(
    stage: Stage, postgres: Postgres
) -> None:
    worker, dispatcher = stage.worker(), stage.dispatcher()
    name = stage.database().info.dbname
    closed = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with stage.gate(GATES["stored"]) as gate, postgres.connect() as superuser:
        letter_id = stage.desk.approved()
        gate.wait()
        superuser.execute(closed.format(sql.Identifier(name), sql.SQL("false")))
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> %s",
            (name, gate.session.info.backend_pid),
        )
        stage.said(worker, "job-failed")
        stage.said(dispatcher, "outbox-waits")
        superuser.execute(closed.format(sql.Identifier(name), sql.SQL("true")))
    assert stage.desk.letter(letter_id).state == "rendering"
    stage.said(dispatcher, "outbox-goes-on")
    stage.let_time_pass()
    stage.wait_for(letter_id, "issued")
    until("the worker rests", lambda: not worker.children())
    check_issued_once(stage, letter_id)
