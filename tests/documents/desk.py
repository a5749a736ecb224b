"""A case with everything that letters ask for, and the acts that lead to a letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, LiteralString
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from app import create_app
from app.cases import models as case_models
from app.config import from_environment
from app.documents import service, workshop
from app.documents.models import Letter
from app.documents.values import Entry
from app.local.postgres import Postgres
from tenants.clock import now, today
from tenants.context import Channel, Context
from tenants.database import db, platform
from tenants.outbox import OutboxEntry
from tenants.registry import organisations
from tests.documents.desk_case import NAME as NAME
from tests.documents.desk_case import REPORT as REPORT
from tests.documents.desk_case import consent_row as consent_row
from tests.documents.desk_case import mediation_row, referral_row, write_case
from tests.documents.offices import page_texts
from tests.world import PASUR, Client, World
from workers import boundary, documents

NEED = "Pemeriksaan psikologi awal"
COURT = service.Wanted("court", "Pengadilan Negeri Contoh", "Nomor 7/Contoh, 2 November 2026")
CLASSES = ["identity", "contact", "clinical", "legal"]


@dataclass
class Desk:
    """One case of one tenant, and shortcuts to what people do about its letters."""

    world: World
    tenant: str
    case_id: UUID
    need_id: UUID
    survivor_id: UUID
    places: dict[str, UUID]
    worker_app: Flask = field(repr=False)
    postgres: Postgres = field(repr=False)

    @property
    def tenant_id(self) -> UUID:
        return self.world.tenant(self.tenant).tenant_id

    def account(self, username: str) -> UUID:
        return self.world.account(username, self.tenant)

    def client(self, username: str) -> Client:
        return self.world.client(username, self.tenant)

    def acting(self, username: str) -> Any:
        return self.world.acting(username, self.tenant)

    def entry(self, kind: str = "surat_rujukan", **typed: str | None) -> Entry:
        """What an author chooses and types for a kind of letter."""
        texts = {f"draft.{name}": value for name, value in typed.items()}
        companion = self.account("companion")
        if kind == "surat_rujukan":
            return Entry(self.places["hospital"], self.need_id, companion_id=companion, typed=texts)
        if kind == "permohonan_visum":
            return Entry(self.places["police"], companion_id=companion, typed=texts)
        if kind == "surat_tugas_pendamping":
            order: dict[str, str | None] = {
                "draft.tasks": "Mendampingi pemeriksaan",
                "draft.starts_on": today().isoformat(),
                "draft.district": "Bangil",
            }
            return Entry(companion_id=companion, typed={**order, **texts})
        if kind == "notulen_konferensi_kasus":
            conference: dict[str, str | None] = {
                "draft.held_on": today().isoformat(),
                "draft.venue": "Ruang rapat dinas",
                "draft.chair": "Fitri Contoh",
                "draft.note_taker": "Dewi Contoh",
                "draft.participants": "RSUD Contoh",
                "draft.decisions": "Pendampingan dilanjutkan, Tim Pendampingan, dua minggu",
            }
            return Entry(typed={**conference, **texts})
        minutes: dict[str, str | None] = {
            "draft.subject_matter": "Nafkah anak",
            "draft.terms": "Belum tercapai kesepakatan",
            "draft.note_taker": "Mawar Contoh",
        }
        return Entry(typed={**minutes, **texts})

    def draft(
        self, kind: str = "surat_rujukan", author: str = "case-officer", **typed: Any
    ) -> UUID:
        """Write a draft."""
        with self.acting(author):
            return service.create(self.case_id, kind, self.entry(kind, **typed)).id

    def submitted(self, kind: str = "surat_rujukan", **typed: Any) -> UUID:
        """Write a draft and lay it before the signatory."""
        letter_id = self.in_review(kind, **typed)
        if self.letter(letter_id).state == "review":
            self.initial(letter_id)
        return letter_id

    def in_review(self, kind: str = "surat_tugas_pendamping", **typed: Any) -> UUID:
        """Write a draft and submit it: to the supervisor first where a paraf is wanted."""
        letter_id = self.draft(kind, **typed)
        people = self.account("signatory"), self.account("supervisor")
        companion = self.account("companion")
        with self.acting("case-officer"):
            letter = service.find(letter_id)
            cosigners = [companion for _ in workshop.catalogue()[kind].cosigners]
            assert service.submit(letter, *people, cosigners=cosigners) == ()
        return letter_id

    def delegated(self, username: str = "signatory", **terms: Any) -> UUID:
        """Let somebody sign for another office from today on."""
        day = today()
        given = {
            "account_id": self.account(username),
            "mode": service.Mode.STANDING_IN,
            "office": "Kepala Dinas",
            "through": None,
            "basis": "Surat Perintah Nomor 800/000/2026",
            "begins": day,
            "ends": day + timedelta(days=7),
        }
        with self.acting("administrator"):
            return service.delegate(service.Terms(**{**given, **terms})).id

    def initial(self, letter_id: UUID) -> None:
        """Read a letter and put the supervisor's paraf to it."""
        with self.acting("supervisor"):
            letter = service.find(letter_id)
            service.initial(letter, service.review(letter).seen)

    def approve(self, letter_id: UUID) -> None:
        """Read a submitted letter and approve what was read; each signs who signs before."""
        with self.acting("signatory"):
            letter = service.find(letter_id)
            several = service.document_type(letter.type).cosigners
            if not several:
                service.approve(letter, service.review(letter).seen)
        if several:
            self.cosign(letter_id, "companion")
            self.cosign(letter_id, "signatory")

    def cosign(self, letter_id: UUID, username: str) -> None:
        """Read a letter that several sign and sign what was read."""
        with self.acting(username):
            letter = service.find(letter_id)
            if letter.snapshot_hash is None:
                service.cosign(letter, service.review(letter).seen)
            else:
                service.frozen(letter)
                service.cosign(letter, letter.snapshot_hash.hex())

    def approved(self, kind: str = "surat_rujukan", **typed: Any) -> UUID:
        """Bring a letter to its approval."""
        letter_id = self.submitted(kind, **typed)
        self.approve(letter_id)
        return letter_id

    def issued(self, kind: str = "surat_rujukan", **typed: Any) -> UUID:
        """Bring a letter to its issue, with the job in this process."""
        letter_id = self.approved(kind, **typed)
        self.run(letter_id)
        assert self.letter(letter_id).state == "issued", self.letter(letter_id).failure
        return letter_id

    def run(self, letter_id: UUID) -> None:
        """Run the job of a letter once, in this process, with the worker's database role."""
        boundary.use(self.worker_app)
        documents.issue_letter(str(self.tenant_id), str(letter_id))

    @contextmanager
    def job(self) -> Iterator[None]:
        """One transaction of a job, with the worker's database role and nobody acting."""
        tenant = self.world.tenant(self.tenant)
        context = Context(tenant.tenant_id, tenant.slug, channel=Channel.JOB)
        with self.worker_app.app_context(), boundary.Job(context, uuid4()).step():
            yield

    def stopped(self) -> UUID:
        """Bring a letter to a halt: what is stored is not what was approved."""
        letter_id = self.approved()
        self.tamper("UPDATE letter SET snapshot_hash = %s WHERE id = %s", b"\0" * 32, letter_id)
        self.run(letter_id)
        return letter_id

    def claim(self, letter_id: UUID) -> int | None:
        """Begin an attempt as a job does, and leave it there."""
        with self.job():
            return service.claim(letter_id)

    def copied(self, letter_id: UUID, wanted: service.Wanted = COURT) -> UUID:
        """Certify a copy of an issued letter, and have it made in this process."""
        with self.acting("signatory"):
            copy_id = service.certify_copy(service.find(letter_id), wanted)
        boundary.use(self.worker_app)
        documents.copy_letter(str(self.tenant_id), str(copy_id))
        return copy_id

    def run_preview(self, preview_id: UUID) -> None:
        """Run the job of a preview once, in this process."""
        boundary.use(self.worker_app)
        documents.preview_letter(str(self.tenant_id), str(preview_id))

    def letter(self, letter_id: UUID) -> Letter:
        """The letter's row as it is now."""
        with self.world.as_system(self.tenant):
            found = db.session.get(Letter, (self.tenant_id, letter_id))
            assert found is not None
            return found

    def pdf(self, letter_id: UUID) -> bytes:
        """The issued bytes, as the author downloads them."""
        with self.acting("case-officer"):
            return service.fetch(service.find(letter_id)).pdf

    def verification_path(self, letter_id: UUID) -> str:
        """The path behind the letter's QR code, read from its pages."""
        text = "".join("".join(page_texts(self.pdf(letter_id))).split())
        found = re.search(r"/verify/(?:[0-9a-z]{5}-){4}[0-9a-z]{6}", text)
        assert found is not None
        return found[0]

    def tamper(self, statement: LiteralString, *values: Any) -> None:
        """Change the database as its superuser, past every guard in it."""
        name = urlsplit(self.world.settings["DATABASE_URL"]).path.removeprefix("/")
        with self.postgres.connect(name) as superuser:
            superuser.execute("SET session_replication_role = replica")
            superuser.execute(statement, values)

    def rows(self) -> list[Any]:
        """The rows of the outbox, as the dispatcher sees them."""
        with self.worker_app.app_context(), platform() as session:
            return list(session.execute(select(OutboxEntry.object_id, OutboxEntry.due_at)))

    def events(self, tag: str, letter_id: UUID | None = None) -> list[dict[str, Any]]:
        """The audit events of one tag, of one letter where it is given."""
        return [
            event
            for event in self.world.events(self.tenant)
            if event["tag"] == tag and letter_id in {None, UUID(event["object_id"] or "0" * 32)}
        ]

    def seal_log(self) -> None:
        """Give the audit log a checkpoint, as the sequencer does every second."""
        from app.audit import sequencer

        with self.worker_app.app_context():
            sequencer.sequence(self.world.tenant(self.tenant))

    def consent(self, kind: str, classes: list[str]) -> None:
        """Replace what the survivor allows an organisation; nothing at all for no classes."""
        officer = self.account("case-officer")
        with self.acting("case-officer"):
            table = case_models.Consent
            living = select(table).where(
                table.organisation_id == self.places[kind], table.revoked_at.is_(None)
            )
            for old in db.session.scalars(living):
                old.revoked_at = now()
            if classes:
                db.session.add(consent_row(self.case_id, self.places[kind], classes, officer))

    @contextmanager
    def rows_of(self, table: type[Any]) -> Iterator[list[Any]]:
        """The case's rows of one table, to be changed by its officer."""
        with self.acting("case-officer"):
            yield list(db.session.scalars(select(table).where(table.case_id == self.case_id)))


@contextmanager
def open_desk(
    world: World, postgres: Postgres, tenant: str = PASUR, *, violence: str = "physical"
) -> Iterator[Desk]:
    """Open a case with team, need, police report, consents, referrals and a held mediation."""
    worker_app = create_app(from_environment(worker_settings(world, postgres)))
    with world.as_system(tenant):
        places = {one.kind: one.id for one in organisations()}
    team = {name: world.account(name, tenant) for name in ("case-officer", "companion")}
    with world.acting("case-officer", tenant):
        case_id = uuid4()
        survivor_id = write_case(case_id, team, violence)
        need = case_models.Need(
            case_id=case_id, service="psychology", urgency="now", state="open", created_at=now()
        )
        need.description = NEED
        db.session.add(need)
        db.session.flush()
        for kind in ("hospital", "police"):
            db.session.add(consent_row(case_id, places[kind], CLASSES, team["case-officer"]))
            db.session.add(referral_row(case_id, places[kind], kind, team["case-officer"]))
        if violence != "sexual":
            db.session.add(mediation_row(case_id, team["companion"]))
        need_id = need.id
    desk = Desk(world, tenant, case_id, need_id, survivor_id, places, worker_app, postgres)
    desk.seal_log()
    yield desk
    with worker_app.app_context():
        db.engine.dispose()


def worker_settings(world: World, postgres: Postgres) -> dict[str, str]:
    """The settings of a worker over the world's database: its own role, nothing of the others'."""
    name = urlsplit(world.settings["DATABASE_URL"]).path.removeprefix("/")
    kept = {
        key: value
        for key, value in world.settings.items()
        if key not in {"OPERATOR_DATABASE_URL", "MIGRATION_DATABASE_URL"}
    }
    return {**kept, "DATABASE_URL": postgres.url("worker", name)}
