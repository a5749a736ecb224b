"""What the law lets go is emptied, recorded and provable; nothing else is."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from app import create_app
from app.audit import proofs, retention, sequencer, service, texts
from app.audit.retention import Did
from app.config import SettingsError, from_environment
from app.startup import open_retention
from tenants.audit import AuditLeaf
from tenants.context import Channel, Context, bind
from tenants.database import db, through, transaction
from tenants.vocabulary import Tag
from tests.audit.archive import LONG_AGO, WAIT, Archive, of_open_case
from tests.audit.history import History
from tests.world import CONTOH, PASUR
from workers import boundary, schedule

PRUNE = next(task for task in schedule.TASKS if task.retaining)


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


@pytest.mark.parametrize("hold", [of_open_case, held_by_finding, held_by_question])
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
