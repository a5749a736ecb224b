"""An agency's log that grows, is signed, and whose checkpoints are handed to a place outside."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from app import create_app
from app.audit import handing, sequencer, service
from app.config import from_environment
from app.local.postgres import Postgres
from tenants import audit
from tenants.context import Channel, Context, bind
from tenants.database import db, transaction
from tenants.disclosure import start_record
from tenants.vocabulary import Tag
from tests.documents.desk import worker_settings
from tests.world import PASUR, World
from workers import boundary, schedule

ROOT = Path(__file__).resolve().parents[2]
VERIFIER = ROOT / "app" / "audit" / "verifier.py"
HAND_OUT = next(task for task in schedule.TASKS if task.act is handing.hand_out)


@dataclass
class Ledger:
    """The log of one agency, with the worker's database role for what workers do."""

    world: World
    postgres: Postgres = field(repr=False)
    app: Flask = field(repr=False)
    outside: Path
    tenant: str = PASUR

    @property
    def database(self) -> str:
        """The name of the database."""
        return urlsplit(self.world.settings["DATABASE_URL"]).path.removeprefix("/")

    def write(self, count: int = 1) -> None:
        """Let events happen."""
        with self.world.as_system(self.tenant):
            for _ in range(count):
                audit.record(Tag.HOME_VIEWED)

    def sign(self) -> int:
        """Sequence what waits and return the size of the newest checkpoint."""
        with self.app.app_context():
            sequencer.sequence(self.world.tenant(self.tenant))
        with self.world.as_system(self.tenant):
            newest = audit.newest_checkpoint()
        assert newest is not None
        return newest.size

    def hand_out(self) -> bool:
        """One turn of the schedule; tell whether it went well."""
        boundary.use(self.app)
        with self.app.app_context():
            return schedule.run(HAND_OUT)

    def grow(self, count: int) -> Path:
        """Let events happen, sign them, and return the checkpoint as it lies outside."""
        self.write(count)
        size = self.sign()
        assert self.hand_out()
        return self.kept(size)

    def kept(self, size: int) -> Path:
        """Where a checkpoint of this size lies outside."""
        return self.outside / handing.name_of(self.tenant, size)

    def handed(self) -> handing.Handed:
        """What the auditors' page says."""
        with self.world.as_system(self.tenant):
            return handing.state()

    def vkey(self) -> str:
        """The log's public key."""
        with self.world.as_system(self.tenant):
            return service.vkey()

    def export(self, path: Path) -> Path:
        """Write the export that an auditor downloads."""
        tenant = self.world.tenant(self.tenant)
        context = Context(tenant.tenant_id, tenant.slug, channel=Channel.COMMAND)
        with self.app.app_context(), bind(context), transaction():
            start_record()
            path.write_text("".join(service.export_lines()), encoding="utf-8")
        return path


def check(export: Path, *arguments: str | Path) -> tuple[int, str]:
    """Run the stand-alone program as an outsider does; its exit code and what it says."""
    command = [sys.executable, "-I", str(VERIFIER), str(export), *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=export.parent, env={}
    )
    return done.returncode, done.stdout + done.stderr


@contextmanager
def open_ledger(world: World, postgres: Postgres, folder: Path) -> Iterator[Ledger]:
    """A ledger whose place outside is a folder of its own."""
    outside = folder / "outside"
    settings = worker_settings(world, postgres) | {"CHECKPOINT_STORE_URL": outside.as_uri()}
    app = create_app(from_environment(settings))
    ledger = Ledger(world, postgres, app, outside)
    ledger.sign()
    yield ledger
    with app.app_context():
        db.engine.dispose()
