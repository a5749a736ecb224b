"""Two agencies with one person for each role, cloned fresh for every test."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import create_engine, select
from werkzeug.test import TestResponse

from app.accounts import one_time_codes
from app.config import from_environment
from tenants.clock import now
from tenants.context import Channel, Context, Role, bind
from tenants.database import db, through, transaction
from tenants.disclosure import start_record
from tenants.registry import Directory, find_host
from tenants.vault import open_for_tenant
from tests.authenticator import Authenticator

PASUR, CONTOH = "kabupaten-pasuruan", "kota-contoh"
TENANTS = (PASUR, CONTOH)
PASSWORD = "kata sandi contoh yang panjang"
PORT = 8000
PROFILES = Path(__file__).resolve().parents[1] / "tenants" / "profiles"

PEOPLE: dict[str, tuple[str, Role, str | None]] = {
    "intake-officer": ("Ani Contoh", Role.INTAKE_OFFICER, None),
    "case-officer": ("Bela Contoh", Role.CASE_OFFICER, None),
    "case-officer-2": ("Cita Contoh", Role.CASE_OFFICER, None),
    "companion": ("Dewi Contoh", Role.COMPANION, None),
    "supervisor": ("Eka Contoh", Role.SUPERVISOR, None),
    "signatory": ("Fitri Contoh", Role.SIGNATORY, None),
    "hospital-officer": ("Gita Contoh", Role.PARTNER_OFFICER, "hospital"),
    "police-officer": ("Hana Contoh", Role.PARTNER_OFFICER, "police"),
    "auditor": ("Ida Contoh", Role.AUDITOR, None),
    "external-auditor": ("Kirana Contoh", Role.EXTERNAL_AUDITOR, None),
    "administrator": ("Juwita Contoh", Role.ADMINISTRATOR, None),
}


class Compiled(BytecodeCache):
    """Templates compiled once for all the applications that a test process makes."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket with what is kept; Jinja compares the checksum of the source."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


def host_of(tenant: str) -> str:
    """The host name of a tenant in tests."""
    return f"{tenant}.localhost"


class Client:
    """A browser of one person in one tenant; POST carries the CSRF token a page would."""

    def __init__(self, app: Flask, tenant: str) -> None:
        self.app = app
        self.host = host_of(tenant)
        self.flask: FlaskClient = app.test_client()
        self.base = f"http://{self.host}:{PORT}"
        self.username = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        """Fetch a page."""
        return self.flask.get(path, base_url=self.base, **options)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, csrf: bool = True, **options: Any
    ) -> TestResponse:
        """Send a form."""
        values = dict(data or {})
        if csrf:
            values.setdefault("csrf_token", self.csrf_token())
        return self.flask.post(path, base_url=self.base, data=values, **options)

    def json(self, path: str) -> Any:
        """Fetch JSON as the page's script does."""
        return self.get(path, headers={"Accept": "application/json"}).get_json()

    def csrf_token(self) -> str:
        """The token that a form of this browser carries."""
        with self.flask.session_transaction(base_url=self.base) as kept:
            raw = kept.setdefault("csrf_token", "0" * 40)
        serializer = URLSafeTimedSerializer(str(self.app.secret_key), salt="wtf-csrf-token")
        return str(serializer.dumps(raw))

    def sign_in(self, username: str, password: str = PASSWORD, following: str = "") -> TestResponse:
        """Sign in as people do, in two steps; returns the last answer."""
        self.username = username
        typed = {"username": username, "password": password, "next": following}
        first = self.post("/sign-in", typed)
        if first.status_code != 303:
            return first
        data = {"next": following}
        if first.location.startswith("/sign-in/enrol"):
            return self.enrol(following)
        if username in PEOPLE:
            answer = self.use_passkey(username, "/sign-in/second/options")
            return self.post("/sign-in/second/passkey", {**data, "credential": answer})
        return self.post("/sign-in/second", {**data, "code": self.code(username)})

    def enrol(self, following: str = "") -> TestResponse:
        """Set up an authenticator app, as on the first day; the answer shows recovery codes."""
        key = re.search(r'data-code="([A-Z2-7 ]+)"', self.get("/sign-in/enrol").text)
        assert key is not None
        secret = one_time_codes.read(key[1].replace(" ", ""))
        step = one_time_codes.step_at(now()) - one_time_codes.STEPS_OFF
        code = one_time_codes.code_at(secret, step)
        return self.post("/sign-in/enrol", {"code": code, "next": following})

    def come_in(self, username: str, **options: Any) -> TestResponse:
        """Sign in with a passkey alone: as real, and without the cost of a password."""
        self.username = username
        answer = self.use_passkey(username, "/sign-in/passkey/options")
        return self.post("/sign-in/passkey", {"credential": answer}, **options)

    def confirm(self, following: str = "/") -> TestResponse:
        """Prove once more who it is."""
        if self.username not in PEOPLE:
            typed = {"password": PASSWORD, "code": self.code(self.username), "next": following}
            return self.post("/confirm", typed)
        answer = self.use_passkey(self.username, "/confirm/options")
        return self.post("/confirm/passkey", {"credential": answer, "next": following})

    def use_passkey(self, username: str, options: str) -> str:
        """What the device of a person answers to what the page's script asked for."""
        asked = self.post(options, headers={"Accept": "application/json"})
        assert asked.status_code == 200, f"{options} answered {asked.status_code}"
        origin = self.app.extensions["settings"].public_url(self.host)
        return Authenticator(self.host, username).use(asked.get_json(), origin)

    def code(self, username: str) -> str:
        """The next code of a person's app that was not used yet."""
        from app.accounts.models import Account, OneTimeCode

        world = World(self.app, {})
        with world.as_system(self.host.removesuffix(".localhost")):
            found = select(OneTimeCode).join(Account, Account.id == OneTimeCode.account_id)
            row = db.session.scalars(
                found.where(Account.username == username, OneTimeCode.confirmed_at.is_not(None))
            ).one()
            secret = open_for_tenant(row.secret, "one-time-code", str(row.id))
            step = max(one_time_codes.step_at(now()) - one_time_codes.STEPS_OFF, row.last_step + 1)
        return one_time_codes.code_at(secret, step)


@dataclass
class World:
    """The application over a database of its own, and its people."""

    app: Flask
    settings: dict[str, str] = field(repr=False)
    worker_database_url: str = field(default="", repr=False)

    def tenant(self, slug: str = PASUR) -> Directory:
        """What the host directory says of a tenant."""
        with self.app.app_context():
            found = find_host(host_of(slug))
        assert found is not None
        return found

    def anonymous(self, tenant: str = PASUR) -> Client:
        """A browser of nobody."""
        return Client(self.app, tenant)

    def client(self, username: str, tenant: str = PASUR) -> Client:
        """A browser of a signed-in person."""
        made = Client(self.app, tenant)
        response = made.come_in(username) if username in PEOPLE else made.sign_in(username)
        assert response.status_code in {200, 303}, f"{username} could not sign in"
        return made

    def account(self, username: str, tenant: str = PASUR) -> UUID:
        """The id of a person's account."""
        from app.accounts.models import Account

        with self.as_system(tenant):
            found = db.session.scalar(select(Account.id).where(Account.username == username))
        assert found is not None
        return found

    @contextmanager
    def as_system(self, tenant: str = PASUR) -> Iterator[None]:
        """A transaction in a tenant with nobody acting."""
        with self.app.app_context():
            found = find_host(host_of(tenant))
            assert found is not None
            context = Context(found.tenant_id, found.slug, channel=Channel.COMMAND)
            with bind(context), transaction():
                start_record()
                yield

    @contextmanager
    def acting(self, username: str, tenant: str = PASUR) -> Iterator[Context]:
        """A transaction in which a person acts, to call services directly."""
        from app.accounts import service as accounts

        account_id = self.account(username, tenant)
        with self.app.app_context():
            found = find_host(host_of(tenant))
            assert found is not None
            context = Context(found.tenant_id, found.slug)
            with bind(context), transaction():
                person = accounts.person_of(account_id)
                start_record()
                with bind(context.acting(person)) as acting:
                    yield acting

    def confirm_waiting(self, username: str = "supervisor", tenant: str = PASUR) -> None:
        """Confirm, as the second person, whatever waits for one."""
        from app.accounts import service as accounts

        with self.acting(username, tenant):
            for one in accounts.waiting():
                accounts.confirm(one.id)

    def events(self, tenant: str = PASUR, since: datetime | None = None) -> list[dict[str, Any]]:
        """The bodies of the tenant's audit events, oldest first."""
        from tenants.audit import AuditEvent

        query = select(AuditEvent.body).order_by(AuditEvent.at, AuditEvent.id)
        if since is not None:
            query = query.where(AuditEvent.at >= since)
        with self.as_system(tenant):
            bodies = db.session.scalars(query)
            return [json.loads(body) for body in bodies if body is not None]


def enrol(app: Flask, tenant: str, username: str, account_id: UUID) -> None:
    """Give a person a passkey and an authenticator app, as they would set them up."""
    from app.accounts import service as accounts

    host = host_of(tenant)
    site = accounts.Site(host, app.extensions["settings"].public_url(host), "Teduh")
    asked = json.loads(accounts.options_to_make(account_id, site))
    made = Authenticator(host, username).make(asked, site.origin)
    accounts.keep_passkey(account_id, made, site, "")
    accounts.give_code(account_id)


def build(settings: dict[str, str]) -> World:
    """Make the application over a database that is already populated."""
    from app import create_app

    app = create_app(from_environment(settings))
    app.jinja_env.bytecode_cache = COMPILED
    return World(app, settings)


def populate(settings: dict[str, str]) -> None:
    """Onboard both agencies and make their people, as an operator and their links would."""
    from app.cli import bring_in, read_profile

    world = build(settings)
    with world.app.app_context():
        operator = create_engine(settings["OPERATOR_DATABASE_URL"])
        with through(operator):
            for tenant in TENANTS:
                profile = read_profile(PROFILES / f"{tenant}.toml")
                bring_in(profile, host_of(tenant), "Juwita Contoh")
        operator.dispose()
    for tenant in TENANTS:
        make_people(world, tenant)
    with world.app.app_context():
        db.engine.dispose()


def make_people(world: World, tenant: str) -> None:
    """Make one person for each role of an agency."""
    from app.accounts import service as accounts
    from tenants.registry import organisations

    with world.as_system(tenant):
        kinds = {one.kind: one.id for one in organisations()}
        for username, (name, role, kind) in PEOPLE.items():
            account_id = accounts.create_account(
                username=username,
                name=name,
                password=PASSWORD,
                roles=frozenset({role}),
                organisation_id=kinds[kind] if kind else None,
                title="Kepala Dinas" if role is Role.SIGNATORY else None,
                rank="Pembina Utama Muda" if role is Role.SIGNATORY else None,
                nip="000000000000000000" if role is Role.SIGNATORY else None,
                phone="0343-000000" if role is Role.COMPANION else None,
                ends_at=now() + timedelta(days=30) if role is Role.EXTERNAL_AUDITOR else None,
            )
            enrol(world.app, tenant, username, account_id)
