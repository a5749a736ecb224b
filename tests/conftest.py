"""What every test may ask for: real servers, one fresh database per test.

One PostgreSQL and one Valkey serve a whole run, shared by all of pytest's workers. They are
children of the process that started pytest and the kernel ends them with it, even when it is
killed. Asking for nothing starts nothing (with `-n`, the servers start at once).
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql
from redis import Redis

from app.local import environment, roles
from app.local.fault import StackFault
from app.local.place import Place
from app.local.postgres import Postgres
from app.local.services import DATABASE, Services, remove
from app.local.valkey import Valkey
from tenants.database import db
from tests.world import World, build, populate

ROOT = Path(__file__).resolve().parents[1]
PORT = 8000  # stands in addresses; nothing listens there
VALKEY_DATABASES = 64  # one per worker of pytest
# Durable against a killed process, not against a power cut. synchronous_commit stays on.
UNHURRIED_DISK = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}

MEMORY = Path("/dev/shm")
ROOM_NEEDED = 6_000_000_000  # bytes; half way through a run with two workers 0.2 GB were in use

SERVICES = pytest.StashKey[Services]()


@dataclass
class Database:
    """A database of its own with all tables, roles and the binding key, and no tenant."""

    name: str
    postgres: Postgres = field(repr=False)
    template: str = DATABASE

    def url(self, role: str) -> str:
        """The SQLAlchemy URL for `migration`, `web`, `worker` or `operator`."""
        return self.postgres.url(role, self.name)

    def reset(self) -> None:
        """Empty it again: thrown away with every session in it and cloned anew.

        Cloning by file copy took 31 ms and dropping 12 ms for 50 tables, emptying the same
        tables by TRUNCATE 109 ms; a clone also has sequences and grants as they were.
        """
        name = sql.Identifier(self.name)
        clone = sql.SQL("CREATE DATABASE {} OWNER teduh_migration TEMPLATE {} STRATEGY FILE_COPY")
        self.drop()
        with self.postgres.connect() as session:
            session.execute(clone.format(name, sql.Identifier(self.template)))
            roles.close_database(session, self.name)

    def drop(self) -> None:
        """Remove it; sessions still open in it are ended."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        with self.postgres.connect() as session:
            session.execute(statement.format(sql.Identifier(self.name)))


class Databases:
    """Makes databases for one worker of pytest, e.g. for a fixture of a whole module."""

    def __init__(self, postgres: Postgres, worker: str) -> None:
        self._postgres = postgres
        self._worker = worker
        self._made = 0

    @contextmanager
    def fresh(self, template: str = DATABASE) -> Iterator[Database]:
        """A new database, dropped at the end."""
        self._made += 1
        made = Database(f"test_{self._worker}_{self._made}", self._postgres, template)
        made.reset()
        try:
            yield made
        finally:
            made.drop()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers and remove what they kept, whatever became of the tests."""
    services = config.stash.get(SERVICES, None)
    if services is not None:
        services.stop()
        remove(services.place)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where the servers are; the first one asked for starts them."""
    node.workerinput["place"] = str(started(node.config).place.folder)


def roomiest() -> Path | None:
    """Where the servers keep their files: in memory where there is room, else as usual.

    A database for each test is some 1,500 small files made and removed. On a disk that others
    write to, that took 0.3 s instead of 0.03 s; in memory it takes 0.025 s whoever writes.
    """
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM_NEEDED:
        return MEMORY
    return None


def started(config: pytest.Config) -> Services:
    """The servers of this run, started on first use by the process that started pytest."""
    if SERVICES not in config.stash:
        folder = Path(tempfile.mkdtemp(prefix="teduh-test-", dir=roomiest()))
        services = Services(Place(folder), UNHURRIED_DISK, VALKEY_DATABASES)
        try:
            services.__enter__()
        except StackFault as fault:
            remove(services.place)
            pytest.exit(f"teduh: {fault}", returncode=1)
        config.stash[SERVICES] = services
    return config.stash[SERVICES]


@pytest.fixture(scope="session")
def place(request: pytest.FixtureRequest) -> Place:
    """Where the servers of this run live."""
    given = getattr(request.config, "workerinput", {}).get("place")
    return Place(Path(given)) if given else started(request.config).place


@pytest.fixture(scope="session")
def secrets(place: Place) -> dict[str, str]:
    """The passwords of this run's servers."""
    return place.secrets(data=place.folder)


@pytest.fixture(scope="session")
def postgres(place: Place, secrets: dict[str, str]) -> Postgres:
    """The run's PostgreSQL, for sessions and URLs; not to be started or stopped."""
    return Postgres(place, secrets)


@pytest.fixture(scope="session")
def valkey(place: Place, secrets: dict[str, str]) -> Valkey:
    """The run's Valkey, for URLs; not to be started or stopped."""
    return Valkey(place, secrets["valkey"], VALKEY_DATABASES)


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """The name of this worker of pytest: gw0, gw1, ..., or `one` when there is only one."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "one"))


@pytest.fixture(scope="session")
def databases(place: Place, postgres: Postgres, valkey: Valkey, worker: str) -> Databases:
    """Makes databases from the template, which the first worker to come here migrates."""
    with (place.folder / "template.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        ready = place.folder / "template.ready"
        if not ready.exists():
            settings = compose(valkey.url(), place.objects, place.keyring)
            settings["DATABASE_URL"] = postgres.url("web", DATABASE)
            settings["MIGRATION_DATABASE_URL"] = postgres.url("migration", DATABASE)
            flask(settings, "keys", "init", str(place.keyring))
            flask(settings, "db", "upgrade")
            flask(settings, "keys", "install")
            ready.touch()
    return Databases(postgres, worker)


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    """This test's own database."""
    with databases.fresh() as made:
        yield made


@pytest.fixture
def valkey_url(valkey: Valkey, worker: str) -> str:
    """An empty Valkey database that no other worker uses."""
    number = int(worker.removeprefix("gw")) + 1 if worker.startswith("gw") else 0
    url = valkey.url(number)
    with Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture
def object_store_url(tmp_path: Path) -> str:
    """An empty object store in a folder of this test."""
    folder = tmp_path / "objects"
    folder.mkdir(mode=0o700)
    return folder.as_uri()


@pytest.fixture
def keyring_file(databases: Databases, place: Place, tmp_path: Path) -> Path:
    """A copy of the run's keyring, so that a test may rotate and destroy keys in it.

    Its binding key is the one in every database made from the template.
    """
    copy = tmp_path / "keyring.json"
    shutil.copyfile(place.keyring, copy)
    copy.chmod(0o600)
    return copy


@pytest.fixture
def settings_env(
    database: Database, valkey_url: str, object_store_url: str, keyring_file: Path
) -> dict[str, str]:
    """Every setting of the application, by the name of its environment variable."""
    objects = Path(object_store_url.removeprefix("file://"))
    return complete(database, valkey_url, objects, keyring_file)


@pytest.fixture(scope="session")
def populated(databases: Databases, postgres: Postgres, valkey: Valkey, place: Place) -> str:
    """The name of a database with two agencies and their people, made by the first to come."""
    with (place.folder / "template.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        ready = place.folder / "world.ready"
        if not ready.exists():
            made = Database("teduh_world", postgres)
            made.reset()
            populate(complete(made, valkey.url(), place.objects, place.keyring))
            ready.touch()
    return "teduh_world"


@pytest.fixture
def world(
    databases: Databases,
    populated: str,
    valkey_url: str,
    object_store_url: str,
    keyring_file: Path,
) -> Iterator[World]:
    """Two agencies and their people in a database of this test's own."""
    objects = Path(object_store_url.removeprefix("file://"))
    with databases.fresh(populated) as made:
        world = build(complete(made, valkey_url, objects, keyring_file))
        world.worker_database_url = made.url("worker")
        yield world
        with world.app.app_context():
            db.engine.dispose()


def complete(database: Database, redis_url: str, objects: Path, keyring: Path) -> dict[str, str]:
    """Every setting for one database."""
    return {
        **compose(redis_url, objects, keyring),
        "DATABASE_URL": database.url("web"),
        "OPERATOR_DATABASE_URL": database.url("operator"),
        "MIGRATION_DATABASE_URL": database.url("migration"),
        "KEYS_DATABASE_URL": database.url("keys"),
        "BACKUP_DATABASE_URL": database.url("backup"),
    }


def compose(redis_url: str, objects: Path, keyring: Path) -> dict[str, str]:
    """The settings all processes share."""
    return environment.common_settings(
        redis_url=redis_url,
        objects=objects,
        keyring=keyring,
        secret_key="test-only-" + "0123456789abcdef" * 3,
        port=PORT,
    )


def flask(settings: dict[str, str], *arguments: str) -> None:
    """Run one command of the application; its words are the failure's."""
    whole = environment.complete(settings, Path(sys.executable).parent)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=whole, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"flask {' '.join(arguments)}:\n{done.stdout}{done.stderr}", pytrace=False)
