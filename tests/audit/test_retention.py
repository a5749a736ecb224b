"""What the law lets go is emptied, recorded and provable; nothing else is, by whatever way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.exc import ProgrammingError

from app import create_app
from app.audit import proofs, retention, sequencer, service, texts
from app.audit.retention import Did
from app.config import SettingsError, from_environment
from app.startup import open_retention
from tenants.audit import AuditEvent, AuditLeaf
from tenants.clock import now
from tenants.context import Channel, Context, bind
from tenants.database import db, through, transaction
from tenants.disclosure import start_record
from tenants.vocabulary import Tag
from tests.audit.history import History
from tests.audit.ledger import Ledger, check
from tests.world import CONTOH, PASUR
from workers import boundary, schedule

LONG_AGO = now().replace(microsecond=0) - timedelta(days=6 * 366)
PRUNE = next(task for task in schedule.TASKS if task.retaining)
WAIT = text(
    "INSERT INTO audit_pending (tenant_id, id) SELECT e.tenant_id, e.id FROM audit_event e"
    " WHERE NOT EXISTS (SELECT FROM audit_leaf l WHERE l.event_id = e.id)"
    " AND NOT EXISTS (SELECT FROM audit_pending p WHERE p.id = e.id)"
)


@dataclass
class Archive:
    """The log of an agency that keeps its texts for five years, with events of six years ago."""

    ledger: Ledger
    engine: Engine = field(repr=False)
    folder: Path

    def old(self, times: int = 1, **event: Any) -> None:
        """Let somebody have been in the log long ago, and sign it."""
        self.add(times, **event)
        self.ledger.sign()

    def add(self, times: int = 1, **event: Any) -> None:
        """Let somebody have been in the log long ago."""
        history = History(self.ledger.world, CONTOH)
        who, tag, at = (
            event.pop("who", "companion"),
            event.pop("tag", Tag.HOME_VIEWED),
            event.pop("at", LONG_AGO),
        )
        history.add(who, tag, at, times=times, **event)
        with self.ledger.world.as_system(CONTOH):
            db.session.execute(WAIT)

    @contextmanager
    def acting(self) -> Iterator[None]:
        """A transaction with the login of retention."""
        tenant = self.ledger.world.tenant(CONTOH)
        context = Context(tenant.tenant_id, tenant.slug, channel=Channel.JOB)
        login = through(self.engine)
        with self.ledger.app.app_context(), login, bind(context), transaction():
            start_record()
            yield

    def step(self) -> retention.Step:
        """One step of pruning."""
        with self.acting():
            return retention.step()

    def prune(self) -> int:
        """Everything that is due; how many texts went."""
        removed = 0
        while (done := self.step()).did is not Did.NOTHING:
            removed += done.count if done.did is Did.EMPTIED else 0
            self.ledger.sign()
        return removed

    def empty(self) -> list[int]:
        """The entries that have no text."""
        query = (
            select(AuditLeaf.index)
            .join(AuditEvent, AuditEvent.id == AuditLeaf.event_id)
            .where(AuditEvent.body.is_(None))
            .order_by(AuditLeaf.index)
        )
        with self.ledger.world.as_system(CONTOH):
            return list(db.session.scalars(query))

    def checked(self, *arguments: str | Path) -> tuple[int, str]:
        """What the stand-alone program says of the export."""
        export = self.ledger.export(self.folder / "export.jsonl")
        return check(export, "--key", self.ledger.vkey(), *arguments)

    def all_in_order(self) -> None:
        """Whoever checks, finds nothing."""
        code, said = self.checked()
        assert code == 0, said
        with self.ledger.world.as_system(CONTOH):
            assert service.verify().verified

    def superuser(self, statement: str, **values: Any) -> None:
        """Past every grant and policy."""
        with self.ledger.postgres.connect(self.ledger.database) as session:
            session.execute(statement, values)  # type: ignore[arg-type]


@pytest.fixture
def archive(ledger: Ledger, tmp_path: Path) -> Iterator[Archive]:
    """Ten entries of long ago, sequenced after those of the agency's beginning."""
    ledger.tenant = CONTOH
    ledger.sign()
    engine = create_engine(ledger.postgres.url("retention", ledger.database))
    archive = Archive(ledger, engine, tmp_path)
    archive.old(10)
    yield archive
    engine.dispose()


def test_texts_go_when_their_time_is_over_and_everything_stays_provable(archive: Archive) -> None:
    kept = archive.ledger.grow(4)
    size = int(kept.read_text().splitlines()[1])
    assert archive.prune() == 10
    assert len(archive.empty()) == 10
    archive.all_in_order()
    code, said = archive.checked("--since", kept)
    assert code == 0, said
    assert "10 of them pruned by retention" in said
    (record,) = (e for e in archive.ledger.world.events(CONTOH) if e["tag"] == "audit:log:pruned")
    first, last = archive.empty()[0], archive.empty()[-1]
    assert record["details"] == {
        "first": first,
        "last": last,
        "kept": [],
        "until": record["details"]["until"],
        "years": 5,
        "basis": "Jadwal retensi arsip Kota Contoh (dikarang)",
    }
    assert last < size
    assert archive.step().did is Did.NOTHING
    with archive.ledger.world.as_system(CONTOH):
        leaf = db.session.scalar(select(AuditLeaf.event_id).where(AuditLeaf.index == last))
        assert leaf is not None
        found = service.prove(service.find_event(leaf))
        proof = proofs.proof_file(service.find_event(leaf))
    assert found.state is service.ProofState.PRUNED
    path = archive.folder / "one.tlog-proof"
    path.write_text(proof, encoding="utf-8")
    code, said = archive.checked("--proof", path)
    assert code == 0, said


def test_no_text_goes_before_its_record_is_signed(archive: Archive) -> None:
    assert archive.step() == retention.Step(Did.RECORDED, 10)
    assert archive.step().did is Did.WAITING
    archive.all_in_order()
    assert archive.empty() == []
    archive.ledger.sign()
    assert archive.step() == retention.Step(Did.EMPTIED, 10)


def killed(archive: Archive) -> None:
    """A step that does not come to its end."""
    with archive.acting():
        retention.step()
        raise KeyboardInterrupt


def test_pruning_that_was_broken_off_goes_on_where_it_was(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "EMPTIED_AT_ONCE", 4)
    archive.step()
    archive.ledger.sign()
    for left in (10, 6, 6):
        assert 10 - len(archive.empty()) == left
        archive.all_in_order()
        if left == 10:
            archive.step()
        with pytest.raises(KeyboardInterrupt):
            killed(archive)
    assert archive.prune() == 6
    archive.all_in_order()
    events = [e for e in archive.ledger.world.events(CONTOH) if e["tag"] == "audit:log:pruned"]
    assert len(events) == 1


def test_the_records_of_pruning_are_never_pruned(archive: Archive) -> None:
    details = {"first": 0, "last": 1, "kept": [], "until": "", "years": 5, "basis": "x"}
    archive.old(tag=Tag.AUDIT_PRUNED, details=details)
    assert archive.prune() == 10
    assert archive.step().did is Did.NOTHING


def test_what_has_no_place_in_the_tree_yet_keeps_its_text(archive: Archive) -> None:
    archive.add(3)
    with archive.acting():
        found = retention.due()
    assert found is not None
    assert len(found.indexes) == 10


def held_by_case(archive: Archive) -> str:
    case_id = uuid4()
    archive.superuser(
        'INSERT INTO "case" (tenant_id, id, code, state, channel, risk, registered_at,'
        " registered_by) VALUES (%(tenant)s, %(id)s, 'K-X', 'open', 'direct', 'low', now(),"
        " gen_random_uuid())",
        tenant=archive.ledger.world.tenant(CONTOH).tenant_id,
        id=case_id,
    )
    archive.old(tag=Tag.CASE_VIEWED, case_id=case_id)
    return 'UPDATE "case" SET closed_at = now()'


def work(archive: Archive, table: str, columns: str, values: str) -> UUID:
    made = uuid4()
    archive.superuser(
        f"INSERT INTO {table} (tenant_id, id, sign_id, rule, person_id, day, times, {columns})"
        f" VALUES (%(tenant)s, %(id)s, %(id)s, 'refusals', %(person)s, %(day)s, 1, {values})",
        tenant=archive.ledger.world.tenant(CONTOH).tenant_id,
        id=made,
        person=archive.ledger.world.account("case-officer", CONTOH),
        day=LONG_AGO.date(),
        auditor=archive.ledger.world.account("auditor", CONTOH),
    )
    return made


def held_by_finding(archive: Archive) -> str:
    columns = "severity, owner_id, raised_by, raised_at"
    work(archive, "audit_finding", columns, "'high', %(auditor)s, %(auditor)s, now()")
    archive.old(who="case-officer", at=LONG_AGO.replace(hour=6))
    return "UPDATE audit_finding SET closed_at = now(), result = 'instructed'"


def held_by_question(archive: Archive) -> str:
    made = work(archive, "explanation_request", "asked_by, asked_at", "%(auditor)s, now()")
    archive.old(who="case-officer", at=LONG_AGO.replace(hour=6))
    return (
        "INSERT INTO sign_review SELECT tenant_id, gen_random_uuid(), sign_id, rule, person_id,"
        f" day, times, 'explained', asked_by, now() FROM explanation_request WHERE id = '{made}'"
    )


@pytest.mark.parametrize("hold", [held_by_case, held_by_finding, held_by_question])
def test_what_is_not_finished_keeps_its_texts_until_it_is(archive: Archive, hold: Any) -> None:
    done = hold(archive)
    archive.old(5)
    assert archive.prune() == 15
    records = [e for e in archive.ledger.world.events(CONTOH) if e["tag"] == "audit:log:pruned"]
    ((first, last),) = records[-1]["details"]["kept"]
    assert first == last == archive.empty()[10] - 1
    archive.all_in_order()
    archive.superuser(done)
    assert archive.prune() == 1
    assert archive.empty()[10] == first
    archive.all_in_order()


def test_whoever_reads_the_whole_log_keeps_its_texts_meanwhile(archive: Archive) -> None:
    archive.step()
    archive.ledger.sign()
    with archive.ledger.world.as_system(CONTOH):
        lines = service.export_lines()
        first = next(lines)
        engine, tenant = archive.engine, archive.ledger.world.tenant(CONTOH)
        with engine.begin() as other:  # as the pruner would in another process
            with bind(Context(tenant.tenant_id, tenant.slug)):
                key = texts._key()
            free = other.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": key})
        assert free is False
        assert first.startswith('{"format"')
        assert sum(1 for _ in lines) > 10
    assert archive.step().did is Did.EMPTIED


def test_an_agency_without_the_rule_keeps_everything(archive: Archive) -> None:
    archive.ledger.tenant = PASUR
    tenant = archive.ledger.world.tenant(PASUR)
    History(archive.ledger.world).add("companion", Tag.HOME_VIEWED, LONG_AGO)
    with archive.ledger.world.as_system(PASUR):
        db.session.execute(WAIT)
    archive.ledger.sign()
    context = Context(tenant.tenant_id, tenant.slug, channel=Channel.JOB)
    with archive.ledger.app.app_context(), through(archive.engine), bind(context), transaction():
        assert retention.due() is None
        assert retention.step().did is Did.NOTHING


# Attacks: with the login of retention, and past it.


def test_the_login_of_retention_empties_nothing_that_is_not_recorded_and_over(
    archive: Archive,
) -> None:
    archive.ledger.write(3)
    archive.ledger.sign()
    with archive.acting():
        db.session.execute(text("UPDATE audit_event SET body = NULL"))
    assert archive.empty() == []
    archive.step()
    with archive.acting():  # recorded, and not signed
        db.session.execute(text("UPDATE audit_event SET body = NULL"))
    assert archive.empty() == []
    archive.ledger.sign()
    with archive.acting():  # whatever a thief writes into the list of work, the young texts stay
        insert = "INSERT INTO audit_pruning (tenant_id, id, covered, reached) SELECT tenant_id,"
        db.session.execute(text("DELETE FROM audit_pruning"))
        record = "id, '{[0,1000)}', -1 FROM audit_event WHERE tag = 'audit:log:pruned'"
        db.session.execute(text(f"{insert} {record}"))
        db.session.execute(text("UPDATE audit_event SET body = NULL"))
    assert len(archive.empty()) == 10
    archive.all_in_order()


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE audit_event SET body = \'{"tag":"x"}\'',
        "UPDATE audit_event SET at = now()",
        "DELETE FROM audit_event",
        "SELECT body FROM audit_event",
        "SELECT address FROM audit_event",
        "UPDATE audit_leaf SET leaf_hash = ''",
        "DELETE FROM audit_leaf",
        "DELETE FROM audit_pending",
        "UPDATE audit_pruning SET covered = '{[0,9)}'",
        "SELECT * FROM survivor",
        'SELECT code FROM "case"',
        "SELECT answer FROM explanation_request",
        "INSERT INTO audit_checkpoint SELECT * FROM audit_checkpoint",
    ],
)
def test_the_login_of_retention_can_do_nothing_else(archive: Archive, statement: str) -> None:
    archive.step()
    archive.ledger.sign()
    with pytest.raises(ProgrammingError) as refused, archive.acting():
        db.session.execute(text(statement))
    assert isinstance(refused.value.orig, InsufficientPrivilege)


def test_texts_emptied_beside_what_was_recorded_are_named_one_by_one(archive: Archive) -> None:
    archive.ledger.write(3)
    archive.ledger.sign()
    archive.prune()
    kept = archive.empty()[-1] + 1
    with archive.ledger.postgres.connect(archive.ledger.database) as session:
        session.execute(
            "UPDATE audit_event e SET body = NULL FROM audit_leaf l WHERE l.event_id = e.id"
            " AND l.index BETWEEN %s AND %s AND l.tenant_id = %s",
            (kept, kept + 1, archive.ledger.world.tenant(CONTOH).tenant_id),
        )
    code, said = archive.checked()
    assert code == 1
    assert f"The text of entry {kept}-{kept + 1} was removed: no recorded pruning" in said
    with archive.ledger.world.as_system(CONTOH):
        result = service.verify()
    assert [one.index for one in result.found] == [kept, kept + 1]


def test_a_text_emptied_in_a_gap_of_a_recorded_pruning_is_named(archive: Archive) -> None:
    held_by_case(archive)
    archive.old(5)
    archive.prune()
    gap = archive.empty()[10] - 1
    with archive.ledger.postgres.connect(archive.ledger.database) as session:
        session.execute(
            "UPDATE audit_event e SET body = NULL FROM audit_leaf l WHERE l.event_id = e.id"
            " AND l.index = %s AND l.tenant_id = %s",
            (gap, archive.ledger.world.tenant(CONTOH).tenant_id),
        )
    code, said = archive.checked()
    assert code == 1
    assert f"The text of entry {gap} was removed: no recorded pruning" in said
    with archive.ledger.world.as_system(CONTOH):
        assert [one.index for one in service.verify().found] == [gap]


def test_a_database_that_keeps_a_recorded_text_is_heard(archive: Archive) -> None:
    """The profile says more years by now than it did when the pruning was recorded."""
    archive.step()
    archive.ledger.sign()
    archive.superuser("UPDATE tenant_profile SET document = replace(document, '\"audit_years\": 5',"
                      " '\"audit_years\": 50')")  # fmt: skip
    with pytest.raises(retention.PruningRefused):
        archive.step()
    assert archive.empty() == []


# Doors: the schedule and the command.


def test_the_schedule_prunes_with_the_login_it_was_given(archive: Archive) -> None:
    ledger = archive.ledger
    settings = {
        **ledger.world.settings,
        "DATABASE_URL": ledger.world.worker_database_url,
        "RETENTION_DATABASE_URL": ledger.postgres.url("retention", ledger.database),
    }
    app = create_app(from_environment(settings))
    boundary.use(app)
    with app.app_context():
        assert schedule.run(PRUNE)
        sequencer.sequence(ledger.world.tenant(CONTOH))
        assert schedule.run(PRUNE)
        app.extensions["retention_engine"].dispose()
        db.engine.dispose()
    assert len(archive.empty()) == 10
    archive.all_in_order()


def test_without_that_login_the_schedule_prunes_nothing(archive: Archive) -> None:
    boundary.use(archive.ledger.app)
    with archive.ledger.app.app_context():
        assert schedule.run(PRUNE)
    archive.ledger.sign()
    assert all(e["tag"] != "audit:log:pruned" for e in archive.ledger.world.events(CONTOH))


def test_a_login_that_passes_row_security_is_refused(archive: Archive) -> None:
    settings = archive.ledger.world.settings
    wrong = {**settings, "RETENTION_DATABASE_URL": settings["MIGRATION_DATABASE_URL"]}
    with pytest.raises(SettingsError) as refused:
        open_retention(from_environment(wrong))
    assert "RETENTION_DATABASE_URL logs in as teduh_migration, which" in str(refused.value)


def test_the_command_tells_first_and_prunes_when_it_is_told_to(archive: Archive) -> None:
    url = archive.ledger.postgres.url("retention", archive.ledger.database)
    settings = {**archive.ledger.world.settings, "RETENTION_DATABASE_URL": url}
    app = create_app(from_environment(settings))
    runner = app.test_cli_runner()
    said = runner.invoke(args=["audit", "prune"]).output
    assert "kabupaten-pasuruan\teverything is kept" in said
    assert "kota-contoh\t10 texts of entries" in said
    assert archive.empty() == []
    archive.step()
    archive.ledger.sign()
    done = runner.invoke(args=["audit", "prune", "--yes", "--tenant", CONTOH])
    assert done.output == "kota-contoh\t10 texts removed\n"
    assert len(archive.empty()) == 10
    none = app.test_cli_runner()
    app.extensions["settings"] = from_environment(archive.ledger.world.settings)
    refused = none.invoke(args=["audit", "prune"])
    assert refused.exit_code == 1
    assert "RETENTION_DATABASE_URL is not set" in refused.output
    with app.app_context():
        db.engine.dispose()
