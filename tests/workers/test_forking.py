"""What stands in Valkey is not trusted: only the jobs there are can be run."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from redis import Redis
from rq import Callback, Queue
from rq.serializers import JSONSerializer
from rq.webhook import Webhook

from workers.forking import KnownJob, UnknownJob

ISSUE = "workers.documents.issue_letter"


@pytest.fixture
def queue(valkey_url: str) -> Queue:
    """The queue as anyone who can write to Valkey sees it."""
    return Queue("letters", connection=Redis.from_url(valkey_url), serializer=JSONSerializer)


def placed(queue: Queue, function: Any, *args: Any, **options: Any) -> KnownJob:
    """Put a job on the queue and read it as the worker does."""
    made = queue.enqueue_call(function, args=args, **options)
    return KnownJob.fetch(made.id, connection=queue.connection, serializer=JSONSerializer)


def test_a_job_of_the_list_is_found(queue: Queue) -> None:
    assert placed(queue, ISSUE, "1", "2").func.__name__ == "issue_letter"


@pytest.mark.parametrize(
    "function", ["os.system", "subprocess.run", "builtins.eval", "workers.documents.failure_of"]
)
def test_any_other_function_is_refused(queue: Queue, function: str) -> None:
    with pytest.raises(UnknownJob):
        placed(queue, function, "true").perform()


def test_a_job_with_an_object_or_named_arguments_is_refused(queue: Queue) -> None:
    with pytest.raises(UnknownJob):
        placed(queue, ISSUE, kwargs={"tenant_id": "1"}).perform()
    job = placed(queue, ISSUE, "1", "2")
    job._func_name, _, job._args, job._kwargs = ISSUE, None, ("1", "2"), {}
    job.instance = "an object"
    with pytest.raises(UnknownJob):
        job.perform()


def test_callbacks_are_never_looked_up(queue: Queue) -> None:
    wanted = Callback("os.system")
    job = placed(queue, ISSUE, on_success=wanted, on_failure=wanted, on_stopped=wanted)
    assert (job.success_callback, job.failure_callback, job.stopped_callback) == (None,) * 3


def test_no_address_is_told_of_a_jobs_end(queue: Queue) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        job = placed(queue, ISSUE, webhooks=[Webhook(address, "failed")])
        assert job.webhooks
        job.send_webhooks("failed", exc_string="failed")
        with pytest.raises(BlockingIOError):
            listener.accept()
