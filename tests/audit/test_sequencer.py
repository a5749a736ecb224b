"""Every committed event gets one place, whoever sequences and whatever is killed meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from psycopg import sql
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from app.audit import sequencer, verification
from app.audit.models import AuditNode
from app.audit.sequencer import LogInconsistent
from tenants import audit
from tenants.audit import AuditCheckpoint, AuditEvent, AuditLeaf, AuditPending
from tenants.context import Channel, Context, bind
from tenants.database import db, transaction
from tenants.vocabulary import Tag
from tests.audit.ledger import Ledger
from tests.world import CONTOH, PASUR
from workers import audit_log

GATE = 4_343


@contextmanager
def as_worker(ledger: Ledger) -> Iterator[None]:
    """A transaction with the worker's login."""
    tenant = ledger.world.tenant(ledger.tenant)
    context = Context(tenant.tenant_id, tenant.slug, channel=Channel.JOB)
    with ledger.app.app_context(), bind(context), transaction():
        yield


def sequence(ledger: Ledger, batch: int = sequencer.BATCH, tenant: str = PASUR) -> int:
    with ledger.app.app_context():
        return sequencer.sequence(ledger.world.tenant(tenant), batch=batch)


def counts(ledger: Ledger) -> dict[str, int]:
    with ledger.world.as_system(ledger.tenant):
        return {
            table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in (AuditEvent, AuditPending, AuditLeaf, AuditNode, AuditCheckpoint)
        }


def check_whole(ledger: Ledger) -> None:
    """Dense indexes, one leaf for each event, nothing waiting, every signature and root right."""
    sequence(ledger)
    with ledger.world.as_system(ledger.tenant):
        indexes = list(db.session.scalars(select(AuditLeaf.index).order_by(AuditLeaf.index)))
        leaves = set(db.session.scalars(select(AuditLeaf.event_id)))
        events = set(db.session.scalars(select(AuditEvent.id)))
    assert indexes == list(range(len(indexes)))
    assert leaves == events
    assert counts(ledger)["audit_pending"] == 0
    with ledger.world.as_system(ledger.tenant):
        result = verification.verify()
    assert result.verified, result.found


def test_many_sequencers_and_many_writers_give_each_event_one_place(ledger: Ledger) -> None:
    ready = threading.Barrier(7)

    def write() -> None:
        ready.wait()
        for _one in range(15):
            ledger.write()

    def work() -> None:
        ready.wait()
        for _one in range(25):
            sequence(ledger, batch=3)

    with ThreadPoolExecutor(7) as pool:
        for done in [pool.submit(one) for one in (*[write] * 3, *[work] * 4)]:
            done.result()
    check_whole(ledger)


@pytest.mark.parametrize(
    ("step", "event"),
    [
        ("audit_leaf", "INSERT"),
        ("audit_node", "INSERT"),
        ("audit_pending", "DELETE"),
        ("audit_checkpoint", "INSERT"),
    ],
)
def test_a_sequencer_that_dies_at_any_step_leaves_nothing_behind(
    ledger: Ledger, step: str, event: str
) -> None:
    ledger.write(300)  # so that there are inner nodes to be kept
    before = counts(ledger)
    with ledger.postgres.connect(ledger.database) as session, ThreadPoolExecutor(1) as pool:
        session.execute("SELECT pg_advisory_lock(%s)", (GATE,))
        session.execute(
            sql.SQL(
                "CREATE FUNCTION fault_gate() RETURNS trigger LANGUAGE plpgsql AS"
                " 'BEGIN PERFORM pg_advisory_xact_lock_shared({}); RETURN coalesce(NEW, OLD); END'"
            ).format(sql.Literal(GATE))
        )
        session.execute(
            sql.SQL(
                "CREATE TRIGGER fault_gate BEFORE {} ON {} FOR EACH ROW"
                " EXECUTE FUNCTION fault_gate()"
            ).format(sql.SQL(event), sql.Identifier(step))
        )
        doing = pool.submit(sequence, ledger)
        session.execute("SELECT pg_terminate_backend(%s)", (held(session, doing),))
        with pytest.raises(OperationalError):
            doing.result(timeout=60)
        session.execute("SELECT pg_advisory_unlock(%s)", (GATE,))
        session.execute(sql.SQL("DROP TRIGGER fault_gate ON {}").format(sql.Identifier(step)))
    assert counts(ledger) == before
    check_whole(ledger)


def held(session: Any, doing: Future[int]) -> int:
    """The process that waits at the gate."""
    query = (
        "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database"
        " WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted"
        " AND classid = 0 AND objid = %s"
    )
    while (found := session.execute(query, (GATE,)).fetchone()) is None:
        assert not doing.done(), "nobody came to the gate"
        session.execute("SELECT pg_sleep(0.01)")
    return int(found[0])


def test_an_event_of_a_transaction_that_was_undone_is_in_no_tree(ledger: Ledger) -> None:
    with ledger.world.as_system(ledger.tenant):
        audit.record(Tag.HOME_VIEWED)
        db.session.rollback()
    before = counts(ledger)["audit_leaf"]
    assert sequence(ledger) == 0
    assert counts(ledger)["audit_leaf"] == before


def test_every_batch_ends_with_a_checkpoint_of_its_own(ledger: Ledger) -> None:
    before = counts(ledger)
    ledger.write(7)
    assert [sequence(ledger, batch=3) for _ in range(4)] == [3, 3, 1, 0]
    after = counts(ledger)
    assert after["audit_checkpoint"] == before["audit_checkpoint"] + 3
    check_whole(ledger)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE audit_checkpoint SET note = replace(note, E'\\n\\n', E'x\\n\\n')", "not-signed"),
        ("UPDATE audit_checkpoint SET root = sha256('x')", "checkpoint-differs"),
        ("UPDATE audit_checkpoint SET frontier = ''", "not-signed"),
        ("DELETE FROM audit_checkpoint", "leaves-without-checkpoint"),
        (
            "DELETE FROM audit_checkpoint WHERE size = (SELECT max(size) FROM audit_checkpoint)",
            "leaves-and-checkpoint-differ",
        ),
        (
            "DELETE FROM audit_leaf WHERE index = (SELECT max(index) FROM audit_leaf)",
            "leaves-and-checkpoint-differ",
        ),
        ("UPDATE audit_event SET body = NULL", "pending-without-body"),
    ],
)
def test_a_log_that_contradicts_itself_is_never_signed_on(
    ledger: Ledger, statement: str, code: str
) -> None:
    ledger.grow(3)
    ledger.write(2)
    with ledger.postgres.connect(ledger.database) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(statement)  # type: ignore[arg-type]
    before = counts(ledger)
    with pytest.raises(LogInconsistent, match=code):
        sequence(ledger)
    assert counts(ledger) == before


def test_an_event_kept_from_the_sequencer_is_found(ledger: Ledger) -> None:
    ledger.write()
    with ledger.app.app_context(), ledger.world.as_system(ledger.tenant):
        (hidden,) = db.session.scalars(select(AuditPending.id))
    with ledger.postgres.connect(ledger.database) as superuser:
        superuser.execute("DELETE FROM audit_pending")
    sequence(ledger)
    with ledger.world.as_system(ledger.tenant):
        result = verification.verify()
    assert [(one.fault, one.event_id) for one in result.found] == [
        (verification.Fault.UNTRACKED, hidden)
    ]


def test_whoever_has_the_workers_login_keeps_no_event_from_the_sequencer(ledger: Ledger) -> None:
    ledger.write(3)
    for statement in (
        "DELETE FROM audit_pending",
        "DELETE FROM audit_pending WHERE id IN (SELECT id FROM audit_event)",
        "WITH gone AS (DELETE FROM audit_pending RETURNING id) SELECT count(*) FROM gone",
    ):
        with as_worker(ledger):
            db.session.execute(text(statement))
        assert counts(ledger)["audit_pending"] == 3, statement
    check_whole(ledger)


def test_an_event_given_a_false_leaf_to_be_rid_of_it_stops_the_log(ledger: Ledger) -> None:
    ledger.write()
    with as_worker(ledger):
        db.session.execute(
            text(
                "INSERT INTO audit_leaf (tenant_id, index, event_id, leaf_hash)"
                " SELECT tenant_id, 1000, id, sha256('x') FROM audit_pending"
            )
        )
        db.session.execute(text("DELETE FROM audit_pending"))
    ledger.write()
    with pytest.raises(LogInconsistent, match="leaves-and-checkpoint-differ"):
        sequence(ledger)
    with ledger.world.as_system(ledger.tenant):
        assert not verification.verify().verified


def test_one_agencys_broken_log_holds_up_no_other(ledger: Ledger) -> None:
    ledger.grow(2)
    with ledger.postgres.connect(ledger.database) as superuser:
        superuser.execute(
            "UPDATE audit_checkpoint SET root = sha256('x') WHERE tenant_id = %s",
            (ledger.world.tenant(PASUR).tenant_id,),
        )
    for tenant in (PASUR, CONTOH):
        with ledger.world.as_system(tenant):
            audit.record(Tag.HOME_VIEWED)
    rounds = audit_log.Rounds()
    with ledger.app.app_context():
        rounds.once(threading.Event())
    assert rounds.troubled == {PASUR: "checkpoint-differs"}
    for tenant, waiting in ((PASUR, 1), (CONTOH, 0)):
        with ledger.world.as_system(tenant):
            assert db.session.scalar(select(func.count()).select_from(AuditPending)) == waiting


def test_the_last_events_of_a_suspended_agency_get_their_place(ledger: Ledger) -> None:
    ledger.write()
    with ledger.postgres.connect(ledger.database) as superuser:
        superuser.execute("UPDATE tenant SET state = 'suspended'")
    with ledger.app.app_context():
        audit_log.Rounds().once(threading.Event())
    with ledger.postgres.connect(ledger.database) as superuser:
        superuser.execute("UPDATE tenant SET state = 'active'")
    assert counts(ledger)["audit_pending"] == 0
    check_whole(ledger)


def test_no_service_changes_or_removes_an_event(ledger: Ledger) -> None:
    ledger.grow(1)
    for table in ("audit_event", "audit_leaf", "audit_node", "audit_checkpoint", "audit_key"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET tenant_id = tenant_id"):
            for place in (ledger.world.as_system(ledger.tenant), as_worker(ledger)):
                with pytest.raises(Exception, match="permission denied"), place:
                    db.session.execute(text(statement))
