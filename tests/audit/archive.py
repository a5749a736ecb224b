"""The log of an agency that lets its texts go after five years, and events of six years ago."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, select, text

from app.audit import retention, service
from app.audit.retention import Did
from tenants.audit import AuditEvent, AuditLeaf
from tenants.clock import now
from tenants.context import Channel, Context, bind
from tenants.database import db, through, transaction
from tenants.disclosure import start_record
from tenants.vocabulary import Tag
from tests.audit.history import History
from tests.audit.ledger import Ledger, check
from tests.world import CONTOH

LONG_AGO = now().replace(microsecond=0) - timedelta(days=6 * 366)
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


def of_open_case(archive: Archive) -> str:
    """An old event of a case that is not closed; return the statement that closes it."""
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
