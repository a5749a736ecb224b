"""A superuser of the database rewrites the log; a checkpoint kept outside tells on it.

Each act is done in the tables themselves, past every grant, constraint and trigger. What comes
out is judged by the stand-alone program, as an auditor does who kept one old checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.audit import sequencer, verification
from tenants.clock import now
from tests.audit.ledger import Ledger, check

GROWN = 6  # events of each of the two times that the log grows
BODY = "replace(body::text, '\"allowed\"', '\"refused\"')::json"
HASH = r"sha256('\x00'::bytea || convert_to(body::text, 'UTF8'))"


@contextmanager
def superuser(ledger: Ledger) -> Iterator[psycopg.Connection[Any]]:
    """Past everything that could stand in the way."""
    with ledger.postgres.connect(ledger.database) as session:
        session.execute("SET session_replication_role = replica")
        session.execute(
            "CREATE TEMP VIEW log AS SELECT l.*, e.body FROM audit_leaf l JOIN audit_event e"
            " ON e.tenant_id = l.tenant_id AND e.id = l.event_id"
        )
        session.execute(f"CREATE TEMP TABLE mine AS SELECT '{ledger_id(ledger)}'::uuid AS id")
        yield session


def ledger_id(ledger: Ledger) -> str:
    return str(ledger.world.tenant(ledger.tenant).tenant_id)


@pytest.fixture
def old(ledger: Ledger) -> Path:
    """A checkpoint that an auditor kept; the log has grown since."""
    kept = ledger.grow(GROWN)
    ledger.grow(GROWN)
    return kept


def size_of(checkpoint: Path) -> int:
    return int(checkpoint.read_text().splitlines()[1])


def judged(ledger: Ledger, old: Path) -> tuple[int, str]:
    export = ledger.export(old.parent.parent / "export.jsonl")
    return check(export, "--since", old, "--key", ledger.vkey())


def verified(ledger: Ledger) -> bool:
    """What the server says of itself."""
    with ledger.world.as_system(ledger.tenant):
        return verification.verify().verified


def test_an_untouched_log_is_in_order(ledger: Ledger, old: Path) -> None:
    code, said = judged(ledger, old)
    assert code == 0, said
    assert verified(ledger)


@pytest.mark.parametrize("forger", ["careless", "careful"])
def test_a_changed_event_is_named(ledger: Ledger, old: Path, forger: str) -> None:
    place = size_of(old) - 2
    with superuser(ledger) as session:
        session.execute(
            f"UPDATE audit_event SET body = {BODY} WHERE id ="
            " (SELECT event_id FROM log WHERE index = %s AND tenant_id = (SELECT id FROM mine))",
            (place,),
        )
        if forger == "careful":
            session.execute(
                f"UPDATE audit_leaf SET leaf_hash = (SELECT {HASH} FROM audit_event WHERE id ="
                " event_id) WHERE index = %s AND tenant_id = (SELECT id FROM mine)",
                (place,),
            )
    code, said = judged(ledger, old)
    assert code == 1, said
    if forger == "careless":
        assert f"Entry {place} was changed: its text does not match" in said
    else:
        assert f"{old.name} [{size_of(old)}] does not match" in said.replace(f"{old}", old.name)
    assert not verified(ledger)


@pytest.mark.parametrize(
    "statement", ["DELETE FROM audit_event", "UPDATE audit_event SET body=NULL"]
)
def test_an_event_whose_text_is_gone_is_named(ledger: Ledger, old: Path, statement: str) -> None:
    place = size_of(old) - 2
    with superuser(ledger) as session:
        session.execute(
            f"{statement} WHERE id = (SELECT event_id FROM log WHERE index = %s"
            " AND tenant_id = (SELECT id FROM mine))",
            (place,),
        )
    code, said = judged(ledger, old)
    assert code == 1, said
    assert f"The text of entry {place} was removed: no recorded pruning covers it." in said
    assert not verified(ledger)


def move(session: psycopg.Connection[Any], first: int, by: int) -> None:
    """Move all leaves from one on, a long way round past the primary key."""
    mine = "tenant_id = (SELECT id FROM mine)"
    session.execute(
        f"UPDATE audit_leaf SET index = index + 1000000 WHERE index >= {first} AND {mine}"
    )
    session.execute(
        f"UPDATE audit_leaf SET index = index - 1000000 + {by} WHERE index >= 1000000 AND {mine}"
    )


@pytest.mark.parametrize("renumbered", [False, True])
def test_an_event_taken_out_is_noticed(ledger: Ledger, old: Path, renumbered: bool) -> None:
    place = size_of(old) - 3
    with superuser(ledger) as session:
        session.execute(
            "DELETE FROM audit_leaf WHERE index = %s AND tenant_id = (SELECT id FROM mine)",
            (place,),
        )
        if renumbered:
            move(session, place, -1)
    code, said = judged(ledger, old)
    assert code == 1, said
    if not renumbered:
        assert f"Entry {place} was removed." in said
    assert not verified(ledger)


def test_an_event_put_in_between_is_noticed(ledger: Ledger, old: Path) -> None:
    place = size_of(old) - 3
    with superuser(ledger) as session:
        move(session, place, 1)
        moment = now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        session.execute(
            "INSERT INTO audit_event (tenant_id, id, at, body) SELECT id, gen_random_uuid(), %s,"
            " json_build_object('at', %s::text, 'tag', 'x', 'salt', 'f') FROM mine",
            (moment, moment),
        )
        session.execute(
            f"INSERT INTO audit_leaf SELECT tenant_id, {place}, id, {HASH} FROM audit_event"
            " WHERE tag = 'x'"
        )
    code, said = judged(ledger, old)
    assert code == 1, said
    assert not verified(ledger)


def test_two_events_that_changed_places_are_noticed(ledger: Ledger, old: Path) -> None:
    one, other = size_of(old) - 4, size_of(old) - 2
    with superuser(ledger) as session:
        for index, to in ((one, -1), (other, one), (-1, other)):
            session.execute(
                "UPDATE audit_leaf SET index = %s WHERE index = %s"
                " AND tenant_id = (SELECT id FROM mine)",
                (to, index),
            )
    code, said = judged(ledger, old)
    assert code == 1, said
    assert "does not match" in said
    assert not verified(ledger)


def cut(session: psycopg.Connection[Any], size: int) -> None:
    """Take the log back to a size it once had, in every table."""
    mine = "tenant_id = (SELECT id FROM mine)"
    session.execute(
        f"DELETE FROM audit_event WHERE {mine} AND id IN"
        f" (SELECT event_id FROM audit_leaf WHERE {mine} AND index >= {size})"
    )
    for statement in (
        f"DELETE FROM audit_leaf WHERE index >= {size} AND {mine}",
        f"DELETE FROM audit_checkpoint WHERE size > {size} AND {mine}",
        f"DELETE FROM audit_node WHERE (index + 1) << level > {size} AND {mine}",
        f"DELETE FROM audit_pending WHERE {mine}",
    ):
        session.execute(statement)


def test_a_tail_cut_off_is_named_by_any_later_checkpoint(ledger: Ledger, old: Path) -> None:
    newest = ledger.grow(GROWN)
    with superuser(ledger) as session:
        cut(session, size_of(old))
    assert verified(ledger)  # nothing inside the database can tell
    code, said = judged(ledger, newest)
    assert code == 1, said
    first, last = size_of(old), size_of(newest) - 1
    assert f"The tail of the log was cut off: entry {first}-{last} was removed." in said


def test_a_database_put_back_to_an_old_state_and_written_on_is_noticed(
    ledger: Ledger, old: Path
) -> None:
    newest = ledger.grow(GROWN)
    with superuser(ledger) as session:
        cut(session, size_of(old))
    ledger.write(4 * GROWN)
    assert ledger.sign() > size_of(newest)  # a sequencer that was started anew signs it
    code, said = judged(ledger, newest)
    assert code == 1, said
    assert f"[{size_of(newest)}] does not match" in said


def test_a_sequencer_that_saw_the_longer_log_signs_no_second_history(
    ledger: Ledger, old: Path
) -> None:
    memory = sequencer.Memory()
    tenant = ledger.world.tenant(ledger.tenant)
    ledger.write()
    with ledger.app.app_context():
        sequencer.sequence(tenant, memory=memory)
    with superuser(ledger) as session:
        cut(session, size_of(old))
    ledger.write(4 * GROWN)
    with (
        ledger.app.app_context(),
        pytest.raises(sequencer.LogInconsistent, match="went-backwards"),
    ):
        sequencer.sequence(tenant, memory=memory)


def test_a_signing_key_put_in_place_of_the_logs_own_is_noticed(ledger: Ledger, old: Path) -> None:
    vkey = ledger.vkey()
    with superuser(ledger) as session:
        session.execute("UPDATE audit_key SET public = sha256('thief')")
    export = ledger.export(old.parent.parent / "export.jsonl")
    code, said = check(export, "--since", old, "--key", vkey)
    assert code == 0, said  # the notes are as they were signed; the stranger's key signs nothing
    ledger.write()
    with ledger.app.app_context(), pytest.raises(sequencer.LogInconsistent):
        sequencer.sequence(ledger.world.tenant(ledger.tenant))
