"""From committed rows to jobs: ids only, once, and again when they are lost."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text

from tenants.clock import now
from tenants.database import platform
from tenants.outbox import VISIBILITY
from tests.documents.desk import Desk
from workers import outbox

QUEUE = "rq:queue:letters"
JOB = "workers.documents.issue_letter"


@pytest.fixture
def redis(desk: Desk) -> Iterator[Redis]:
    """This test's Valkey."""
    with Redis.from_url(desk.world.settings["REDIS_URL"]) as connection:
        yield connection


@pytest.fixture
def letter_id(desk: Desk) -> UUID:
    """An approved letter, alone in the outbox."""
    made = desk.approved()
    forget(desk, f"object_id <> '{made}'")
    return made


def dispatch(desk: Desk, redis: Redis) -> int:
    with desk.worker_app.app_context():
        return outbox.dispatch(redis)


def forget(desk: Desk, which: str) -> None:
    with desk.worker_app.app_context(), platform() as session:
        session.execute(text(f"DELETE FROM outbox WHERE {which}"))


def come_due(desk: Desk) -> None:
    with desk.worker_app.app_context(), platform() as session:
        session.execute(text("UPDATE outbox SET due_at = now() - interval '1 second'"))


def jobs(redis: Redis) -> list[str]:
    return [one.decode() for one in redis.lrange(QUEUE, 0, -1)]


def test_a_job_on_the_queue_is_json_with_two_ids_and_nothing_else(
    desk: Desk, redis: Redis, letter_id: UUID
) -> None:
    assert dispatch(desk, redis) == 1
    (job_id,) = jobs(redis)
    kept = redis.hgetall(f"rq:job:{job_id}")
    said = json.loads(zlib.decompress(kept[b"data"]))
    assert said == [JOB, None, [str(desk.tenant_id), str(letter_id)], {}]
    assert kept[b"description"] == b"letter.issue"
    assert b"meta" not in kept


def test_a_row_handed_over_is_out_of_sight_for_longer_than_a_job(
    desk: Desk, redis: Redis, letter_id: UUID
) -> None:
    before = now()
    dispatch(desk, redis)
    assert dispatch(desk, redis) == 0
    (row,) = desk.rows()
    assert row.due_at >= before + timedelta(seconds=outbox.JOB_SECONDS)
    assert letter_id == row.object_id


def test_a_job_that_still_waits_is_not_put_there_again(
    desk: Desk, redis: Redis, letter_id: UUID
) -> None:
    dispatch(desk, redis)
    for _ in range(3):
        come_due(desk)
        dispatch(desk, redis)
    assert len(jobs(redis)) == 1
    assert letter_id in {row.object_id for row in desk.rows()}


@pytest.mark.parametrize("lost", ["flushdb", "lpop", "expire"])
def test_a_job_that_was_lost_is_put_there_again(
    desk: Desk, redis: Redis, letter_id: UUID, lost: str
) -> None:
    dispatch(desk, redis)
    (job_id,) = jobs(redis)
    if lost == "flushdb":
        redis.flushdb()
    elif lost == "lpop":
        redis.lpop(QUEUE)
    else:
        redis.delete(f"rq:job:{job_id}")
    come_due(desk)
    dispatch(desk, redis)
    found = [one for one in jobs(redis) if redis.exists(f"rq:job:{one}")]
    assert len(found) == 1
    assert found != [job_id]


def test_a_hand_over_that_was_not_committed_is_not_repeated(
    desk: Desk, redis: Redis, letter_id: UUID
) -> None:
    dispatch(desk, redis)
    with desk.worker_app.app_context(), platform() as session:
        session.execute(text("UPDATE outbox SET attempts = 0, due_at = now()"))
    dispatch(desk, redis)
    assert len(jobs(redis)) == 1


def test_a_letter_at_work_is_given_to_nobody_else(
    desk: Desk, redis: Redis, letter_id: UUID
) -> None:
    dispatch(desk, redis)
    come_due(desk)  # the job waited for so long that its row comes due while it is at work
    before = now()
    desk.claim(letter_id)
    (row,) = desk.rows()
    assert row.due_at >= before + VISIBILITY
    assert dispatch(desk, redis) == 0


def test_without_valkey_every_row_stays_due(desk: Desk, letter_id: UUID) -> None:
    with pytest.raises(RedisError):
        dispatch(desk, Redis(unix_socket_path="/nowhere/valkey.sock"))
    (row,) = desk.rows()
    assert row.due_at <= now()
    assert row.object_id == letter_id


def test_a_row_of_a_kind_unknown_here_waits_and_stops_nobody(
    desk: Desk, redis: Redis, letter_id: UUID
) -> None:
    with desk.worker_app.app_context(), platform() as session:
        session.execute(
            text(
                "INSERT INTO outbox (id, tenant_id, kind, object_id, created_at, due_at, attempts)"
                " SELECT gen_random_uuid(), tenant_id, 'from.tomorrow', object_id, created_at,"
                " due_at - interval '1 hour', 0 FROM outbox"
            )
        )
    assert dispatch(desk, redis) == 2
    assert len(jobs(redis)) == 1
    assert len(desk.rows()) == 2
    assert letter_id in {row.object_id for row in desk.rows()}
