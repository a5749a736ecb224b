"""Whatever is killed, lost, or full: a letter is issued once, or a person sees why not."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

from redis import Redis

from app.documents import certificates, verify
from tests.documents.desk import NAME
from tests.faults.stage import GATES, Stage, until
from workers.outbox import JOBS


def check_issued_once(stage: Stage, letter_id: UUID) -> None:
    """See that a letter has one number, one event, and one set of bytes that verify."""
    letter = stage.desk.letter(letter_id)
    assert letter.state == "issued"
    assert letter.sha256 is not None
    assert len(stage.desk.events("letter:letter:issued", letter_id)) == 1
    with stage.desk.acting("signatory"):
        anchor = certificates.anchor()
    verdict = verify.verify(
        stage.desk.pdf(letter_id), trust_anchors=[anchor], expected_sha256=letter.sha256.hex()
    )
    assert verdict.valid, verdict.reasons
    assert letter_id not in {row.object_id for row in stage.desk.rows()}


def check_numbers(stage: Stage, letters: list[UUID]) -> None:
    """See that the letters' numbers have no gap and no repeat."""
    found = [stage.desk.letter(one).sequence for one in letters]
    assert found == list(range(1, len(letters) + 1))


def test_a_job_killed_at_any_step_is_done_again_at_once(stage: Stage) -> None:
    worker = stage.worker()
    stage.dispatcher()
    letters = []
    for place, condition in GATES.items():
        with stage.gate(condition) as gate:
            letters.append(stage.desk.approved())
            gate.wait()
            worker.kill_job()
            stage.said(worker, "job-killed")
        stage.wait_for(letters[-1], "issued")
        assert stage.desk.letter(letters[-1]).attempt == (1 if place == "claimed" else 2)
        check_issued_once(stage, letters[-1])
        worker.log.write_text("")
    check_numbers(stage, letters)
    assert worker.started.poll() is None


def test_a_worker_killed_whole_at_any_step_loses_and_doubles_nothing(stage: Stage) -> None:
    stage.dispatcher()
    worker = stage.worker()
    letters = []
    for condition in GATES.values():
        with stage.gate(condition) as gate:
            letters.append(stage.desk.approved())
            gate.wait()
            worker.kill()
        assert stage.desk.letter(letters[-1]).state in {"queued", "rendering"}
        stage.let_time_pass()
        worker = stage.worker()
        stage.wait_for(letters[-1], "issued")
        check_issued_once(stage, letters[-1])
    check_numbers(stage, letters)


def test_a_worker_killed_as_soon_as_the_letter_is_issued_issues_it_once(stage: Stage) -> None:
    stage.dispatcher()
    worker = stage.worker()
    letter_id = stage.desk.approved()
    stage.wait_for(letter_id, "issued")
    worker.kill()
    before = stage.desk.letter(letter_id).sha256
    stage.let_time_pass()
    stage.worker()
    other = stage.desk.approved()
    stage.wait_for(other, "issued")  # so that whatever was left in Valkey has been worked off
    check_issued_once(stage, letter_id)
    assert stage.desk.letter(letter_id).sha256 == before


def test_two_workers_on_one_letter_issue_it_once(stage: Stage) -> None:
    stage.dispatcher()
    workers = [stage.worker(), stage.worker()]
    with stage.gate(GATES["stored"]) as gate:
        letter_id = stage.desk.approved()
        gate.wait()
        stage.let_time_pass()  # the dispatcher gives the same letter to the second worker

        def both() -> bool:
            return all(worker.children() for worker in workers)

        until("both workers have the letter", both)
    stage.wait_for(letter_id, "issued")
    until("the workers rest", lambda: not any(worker.children() for worker in workers))
    check_issued_once(stage, letter_id)


def test_a_dispatcher_killed_at_any_moment_is_replaced(stage: Stage) -> None:
    stage.worker()
    letters = []
    for _ in range(3):
        dispatcher = stage.dispatcher()
        letters.append(stage.desk.approved())
        dispatcher.kill()
    stage.let_time_pass()
    stage.dispatcher()
    for letter_id in letters:
        stage.wait_for(letter_id, "issued")
        check_issued_once(stage, letter_id)
    check_numbers(stage, letters)


def test_a_valkey_that_lost_everything_costs_time_only(stage: Stage) -> None:
    stage.dispatcher()
    letter_id = stage.desk.approved()
    with Redis.from_url(stage.settings["REDIS_URL"]) as valkey:
        until("the letter is on its queue", lambda: valkey.llen("rq:queue:letters") >= 2)
        valkey.flushdb()
        stage.worker()
        stage.let_time_pass()
        stage.wait_for(letter_id, "issued")
    check_issued_once(stage, letter_id)


def test_a_letter_asked_for_while_valkey_is_down_is_issued_when_it_is_back(
    stage: Stage, tmp_path: Path
) -> None:
    parts = urlsplit(stage.settings["REDIS_URL"])
    real, away = Path(unquote(parts.path)), tmp_path / "valkey.sock"
    stage.settings["REDIS_URL"] = parts._replace(path=str(away)).geturl()
    dispatcher = stage.dispatcher()
    letter_id = stage.desk.approved()
    stage.said(dispatcher, "outbox-waits")
    assert stage.desk.letter(letter_id).state == "queued"
    assert letter_id in {row.object_id for row in stage.desk.rows()}
    away.symlink_to(real)
    stage.worker()
    stage.wait_for(letter_id, "issued")
    stage.said(dispatcher, "outbox-goes-on")
    check_issued_once(stage, letter_id)


def test_a_lost_database_connection_is_tried_again(stage: Stage) -> None:
    stage.dispatcher()
    worker = stage.worker()
    with stage.gate(GATES["stored"]) as gate:
        letter_id = stage.desk.approved()
        gate.session.execute("SELECT pg_terminate_backend(%s)", (gate.wait(),))
        stage.said(worker, "letter-attempt-failed")
    stage.let_time_pass()
    stage.wait_for(letter_id, "issued")
    (event,) = stage.desk.events("letter:job:failed", letter_id)
    assert event["details"]["error"] == "database-unavailable"
    check_issued_once(stage, letter_id)


def test_a_full_disk_at_storing_is_told_and_tried_again(stage: Stage) -> None:
    stage.dispatcher()
    worker = stage.worker()
    with stage.gate(GATES["signed"]) as gate:
        letter_id = stage.desk.approved()
        gate.wait()
        worker.fill_disk(8_000)
    until("the disk is found full", lambda: stage.desk.letter(letter_id).failure == "store-full")
    (event, *_) = stage.desk.events("letter:job:failed", letter_id)
    assert event["details"] == {"step": "storing", "error": "store-full", "attempt": 1}
    page = stage.desk.client("signatory").json(f"/letters/{letter_id}/progress.json")
    assert "penuh" in page["sentence"]
    assert page["done"] is False
    folder = Path(stage.settings["OBJECT_STORE_URL"].removeprefix("file://"))
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    worker.kill()
    stage.worker()
    stage.let_time_pass()
    stage.wait_for(letter_id, "issued")
    check_issued_once(stage, letter_id)


def test_nothing_of_a_letter_reaches_valkey_or_the_logs(stage: Stage) -> None:
    stage.dispatcher()
    worker = stage.worker()
    with stage.gate(GATES["rendered"]) as gate:
        stage.desk.approved()
        gate.session.execute("SELECT pg_terminate_backend(%s)", (gate.wait(),))
        stage.said(worker, "letter-attempt-failed")
        worker.kill()
    stage.let_time_pass()
    with Redis.from_url(stage.settings["REDIS_URL"]) as valkey:
        until("the letter is on its queue", lambda: valkey.llen("rq:queue:letters"))
        hashes = [
            valkey.hgetall(key) for key in valkey.scan_iter("*") if valkey.type(key) == b"hash"
        ]
        kept = b"".join(valkey.dump(key) or b"" for key in valkey.scan_iter("*"))
    for job in (one for one in hashes if b"data" in one):
        function, instance, arguments, options = json.loads(zlib.decompress(job[b"data"]))
        assert function in {name for _queue, name in JOBS.values()}
        assert (instance, options) == (None, {})
        assert [str(UUID(given)) for given in arguments] == arguments
    for marker in (NAME, NAME.split()[0], "Fitri", "psikologi"):
        assert marker.encode() not in kept
        assert marker not in repr(hashes)
        assert marker not in "".join(one.log.read_text() for one in stage.processes)
