"""The access log itself: writing it, giving it its places, checking it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine, text

from app import create_app
from app.audit import checkpoint, export, merkle, sequencer
from app.config import from_environment
from tenants import audit
from tenants.context import Context, bind
from tenants.database import db, transaction
from tenants.vocabulary import Tag
from tests.benchmarks import years
from tests.benchmarks.desk import UNTIL
from tests.benchmarks.figures import Result, Sample, figure
from tests.benchmarks.stage import FOLDER, ROOT, Stage
from tests.cases import intake
from tests.world import PASUR, World

REQUESTS = 80
APPENDED = 400
SEQUENCED = 20_000
HUNDRED_THOUSAND, MILLION = 100_000, 1_000_000
VERIFIER = ROOT / "app" / "audit" / "verifier.py"


@figure("audit.request_overhead", most=1.25)
def request_overhead(stage: Stage) -> Result:
    """The page of a case over the same page that writes no event."""
    world = stage.world
    path = f"/cases/{intake.open_case(world)}"
    client = world.client("case-officer")
    recorded, silent = Sample(scale=1000), Sample(scale=1000)
    client.get(path)
    for _ in range(REQUESTS):
        recorded.run(lambda: client.get(path))
        with unrecorded():
            silent.run(lambda: client.get(path))
    return {"": recorded.median / silent.median, "with_ms": recorded, "without_ms": silent}


@figure("audit.append_per_s")
def append(stage: Stage) -> Result:
    """Events a second that one connection writes, each in a durable transaction of its own."""
    world, alone, together = stage.world, Sample(), Sample()
    tenant = world.tenant(PASUR)

    def one_by_one() -> None:
        for _ in range(APPENDED):
            with transaction():
                audit.record(Tag.HOME_VIEWED)

    def in_one() -> None:
        with transaction():
            for _ in range(APPENDED):
                audit.record(Tag.HOME_VIEWED)

    with world.app.app_context(), bind(Context(tenant.tenant_id, tenant.slug)):
        for _ in range(3):
            alone.run(one_by_one)
            together.run(in_one)
    return {"": APPENDED / alone.median, "in_one_transaction": APPENDED / together.median}


@figure("audit.sequence_per_s")
def sequence(stage: Stage) -> Result:
    """Events a second that the sequencer gives their place, and signs."""
    world = stage.world
    worker = create_app(from_environment({**world.settings, "DATABASE_URL": stage.worker_url}))
    tenant = world.tenant(PASUR)
    with worker.app_context():
        while sequencer.sequence(tenant):
            pass
        wait(world, SEQUENCED)
        sample = Sample()
        for _ in range(SEQUENCED // sequencer.BATCH):
            sample.run(lambda: sequencer.sequence(tenant))
        db.engine.dispose()
    return {"": sequencer.BATCH / sample.median, "batch_s": sample}


@figure("audit.verify_100k_s")
def verify(stage: Stage) -> Result:
    """Seconds in which the stand-alone program checks an export of 100,000 entries."""
    sample = Sample()
    path = exported(HUNDRED_THOUSAND)
    for _ in range(5):
        sample.run(lambda: checked(path))
    return sample


@figure("audit.verify_1m_s", most=15, full=True)
def verify_million(stage: Stage) -> Result:
    """Seconds in which the stand-alone program checks an export of 1,000,000 entries."""
    sample = Sample()
    path = exported(MILLION)
    for _ in range(3):
        sample.run(lambda: checked(path))
    return sample


@contextmanager
def unrecorded() -> Iterator[None]:
    """Let nothing be written to the log inside the block."""

    def silent(tag: Tag, *_: Any, **__: Any) -> UUID:
        db.session().info.setdefault("tags_recorded", set()).add(tag)
        return uuid4()

    kept, audit.record = audit.record, silent
    try:
        yield
    finally:
        audit.record = kept


def wait(world: World, count: int) -> None:
    """Put events into the log that wait for their place, as the migration role."""
    engine = create_engine(world.settings["MIGRATION_DATABASE_URL"])
    tenant = world.tenant(PASUR).tenant_id
    rows = [
        {"tenant": tenant, "id": e.id, "at": e.at, "body": e.body}
        for e in years.events(count, UNTIL, years.people([]))
    ]
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_event (tenant_id, id, at, body)"
                " VALUES (:tenant, :id, :at, CAST(:body AS json))"
            ),
            rows,
        )
        connection.execute(
            text("INSERT INTO audit_pending (tenant_id, id) VALUES (:tenant, :id)"), rows
        )
    engine.dispose()


@cache
def exported(count: int) -> Path:
    """An export of invented events, signed at its end."""
    path = FOLDER / f"export-{count}.jsonl"
    private = Ed25519PrivateKey.from_private_bytes(b"\x05" * 32)
    origin = "teduh/dinas-contoh"
    entries, frontier = [], merkle.Frontier()
    for index, one in enumerate(years.events(count, UNTIL, years.people([]))):
        leaf = merkle.leaf_hash(one.body.encode())
        frontier.extend([leaf])
        entries.append(export.ExportEntry(index, leaf, one.body))
    note = checkpoint.sign(checkpoint.Checkpoint(origin, count, frontier.root()), private)
    key = str(checkpoint.VerifierKey.of(origin, private))
    header = export.ExportHeader("dinas-contoh", origin, key, count)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(export.export_lines(header, entries, [note]))
    return path


def checked(path: Path) -> None:
    """Run the program as an auditor does."""
    command = [sys.executable, "-I", str(VERIFIER), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
