"""Makes a back-up: one snapshot of the database, the objects, and the keys apart.

Logs in as ``teduh_backup``, which may read every row (values are sealed) and write nothing.
"""

import gzip
import os
import secrets
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from app.backup import dump, manifest
from app.backup.artefact import Written, sealing
from app.backup.faults import BackupFault
from app.backup.manifest import Counts, Manifest
from app.documents.keeping import stored_name
from app.documents.store import Missing, Store, StoreError
from app.keys.rotating import ALONE
from tenants.clock import now
from tenants.key_status import KEY_BACKUPS_KEPT

Session = psycopg.Connection[tuple[Any, ...]]
DATABASE, OBJECTS, KEYS = "database.teduh", "objects.teduh", "keys.teduh"
_UNREADABLE = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND (NOT has_table_privilege(c.oid, 'SELECT')
           OR c.relrowsecurity AND NOT EXISTS (
               SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'back_up'
               AND pg_get_expr(p.polqual, c.oid) = 'true'))
    ORDER BY 1"""
_TABLES = """
    SELECT c.relname, EXISTS (SELECT FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
      AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'alembic_version'
    ORDER BY 1"""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a back-up goes: data here, keys there."""

    data: Path
    keys: Path


@dataclass(frozen=True, slots=True)
class Made:
    """A finished back-up.

    Attributes:
        expired: back-ups of keys that were removed because they were too old.
    """

    data: Manifest
    keys: Manifest
    expired: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """One moment of the database, held open while it is dumped."""

    name: str
    server: int
    about: Manifest
    objects: frozenset[str]
    key_counts: Counts = field(repr=False, default_factory=dict)


def create(url: str, store: Store, places: Places, key: bytes) -> Made:
    """Make a back-up of everything.

    Args:
        url: the database, as ``teduh_backup``.

    Raises:
        BackupFault: it cannot be made; nothing half made is left under its name.
    """
    backup_id = f"{now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    with _snapshot(url, backup_id) as taken, _folder(places.keys, backup_id) as keys_folder:
        program = dump.find_program(taken.server)
        with _folder(places.data, backup_id) as data_folder:
            keys = replace(
                taken.about,
                part="keys",
                counts=taken.key_counts,
                checkpoints={},
                artefacts={
                    "keys": _dumped(program, url, taken, keys_folder / KEYS, key, keys=True)
                },
            )
            database = _dumped(program, url, taken, data_folder / DATABASE, key, keys=False)
            objects, held = _copied(store, data_folder / OBJECTS, key, backup_id)
            data = replace(
                taken.about,
                part="data",
                roots=(),
                artefacts={"database": database, "objects": objects},
                objects=len(held),
                missing=tuple(sorted(taken.objects - held)),
            )
            manifest.write(data, data_folder, key)
        manifest.write(keys, keys_folder, key)
    return Made(data, keys, tuple(expire(places.keys)))


def expire(folder: Path) -> Iterator[str]:
    """Remove the back-ups of keys that are older than they may be; name them."""
    oldest = f"{now() - KEY_BACKUPS_KEPT:%Y%m%dT%H%M%SZ}"
    for one in sorted(folder.iterdir()):
        if one.is_dir() and one.name[:1].isdigit() and one.name < oldest:
            shutil.rmtree(one)
            yield one.name


def _clear(folder: Path) -> None:
    """Remove what back-ups left that were killed; one that is being made is younger than a day."""
    oldest = f".{now() - timedelta(days=1):%Y%m%dT%H%M%SZ}"
    for one in folder.glob(".*.part"):
        if one.name < oldest:
            shutil.rmtree(one, ignore_errors=True)


def made_at(backup_id: str) -> datetime:
    """Return the moment in a back-up's name."""
    return datetime.strptime(backup_id[:16] + "+0000", "%Y%m%dT%H%M%SZ%z")


def too_old(backup_id: str) -> timedelta | None:
    """Return by how much a back-up of keys is older than it may be; None while it is not."""
    over = now() - made_at(backup_id) - KEY_BACKUPS_KEPT
    return over if over > timedelta(0) else None


@contextmanager
def connected(url: str) -> Iterator[Session]:
    """Open a session past SQLAlchemy.

    Raises:
        BackupFault: the database does not answer or refuses.
    """
    parts = make_url(url).set(drivername="postgresql")
    try:
        with psycopg.connect(parts.render_as_string(hide_password=False)) as session:
            yield session
    except psycopg.OperationalError as error:
        raise BackupFault(f"the database does not answer ({type(error).__name__})") from None
    except psycopg.Error as error:
        raise BackupFault(
            f"the database refused ({type(error).__name__}, {error.sqlstate})"
        ) from None


@contextmanager
def _snapshot(url: str, backup_id: str) -> Iterator[_Snapshot]:
    with connected(url) as session:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        session.read_only = True
        # A rotation moves files while it is at work; until the end of this session there is none.
        (alone,) = _one(session, "SELECT pg_try_advisory_lock_shared(%s)", ALONE)
        if not alone:
            raise BackupFault("a rotation of keys is at work; make the back-up after it")
        unreadable = [name for (name,) in session.execute(_UNREADABLE)]
        if unreadable:
            raise BackupFault(
                f"teduh_backup cannot read all of {', '.join(unreadable)}: nothing was made "
                "(a migration has to let it: back_up)"
            )
        (name,) = _one(session, "SELECT pg_export_snapshot()")
        counts = _counts(session)
        (revision,) = _one(session, "SELECT version_num FROM alembic_version")
        about = Manifest(
            id=backup_id,
            part="",
            made_at=now(),
            revision=revision,
            tenants={
                str(key): slug for key, slug in session.execute("SELECT id, slug FROM tenant")
            },
            counts={table: one for table, one in counts.items() if table not in dump.KEY_TABLES},
            artefacts={},
            checkpoints=_checkpoints(session),
            roots=tuple(
                root
                for (root,) in session.execute(
                    "SELECT DISTINCT root_id FROM tenant_key ORDER BY root_id"
                )
            ),
        )
        yield _Snapshot(
            name,
            session.info.server_version // 10_000,
            about,
            _objects(session),
            {table: one for table, one in counts.items() if table in dump.KEY_TABLES},
        )


def _counts(session: Session) -> Counts:
    counts: Counts = {}
    for table, of_tenant in session.execute(_TABLES).fetchall():
        column = "tenant_id" if of_tenant else "id" if table == "tenant" else None
        tenant = sql.Identifier(column) if column else sql.SQL("''")
        query = sql.SQL("SELECT {}::text, count(*) FROM public.{} GROUP BY 1")
        found = session.execute(query.format(tenant, sql.Identifier(table)))
        counts[table] = {str(key): int(number) for key, number in found}
    return counts


def _checkpoints(session: Session) -> dict[str, tuple[int, str]]:
    query = (
        "SELECT DISTINCT ON (tenant_id) tenant_id, size, root FROM audit_checkpoint"
        " ORDER BY tenant_id, size DESC"
    )
    return {str(tenant): (size, bytes(root).hex()) for tenant, size, root in session.execute(query)}


def _objects(session: Session) -> frozenset[str]:
    query = " UNION ALL ".join(
        f"SELECT object_name, file_version FROM {table} WHERE object_name IS NOT NULL"  # noqa: S608
        for table in ("letter", "attachment_part")
    )
    return frozenset(stored_name(name, version) for name, version in session.execute(query))


def _dumped(
    program: Path, url: str, taken: _Snapshot, path: Path, key: bytes, *, keys: bool
) -> Written:
    purpose = f"{taken.about.id}/{path.name}"
    with (
        sealing(path, key, purpose) as (out, written),
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6, mtime=0) as packed,
    ):
        dump.dump(program, url, taken.name, packed, keys=keys)
    return written[0]


def _copied(store: Store, path: Path, key: bytes, backup_id: str) -> tuple[Written, set[str]]:
    """Copy every object; they are sealed already, and are sealed once more as one artefact."""
    held: set[str] = set()
    try:
        with (
            sealing(path, key, f"{backup_id}/{path.name}") as (out, written),
            tarfile.open(fileobj=out, mode="w|") as archive,
        ):
            for name, _size in store.names():
                try:
                    content = store.get(name)
                except Missing:
                    continue  # removed since it was listed
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, BytesIO(content))
                held.add(name)
    except StoreError as error:
        raise BackupFault(f"the object store cannot be read ({type(error).__name__})") from None
    return written[0], held


@contextmanager
def _folder(target: Path, backup_id: str) -> Iterator[Path]:
    """A folder that gets its name once everything in it is whole."""
    beside = target / f".{backup_id}.part"
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear(target)
        beside.mkdir(mode=0o700)
    except OSError as error:
        raise BackupFault(f"{target}: {error.strerror}") from None
    try:
        yield beside
        beside.rename(target / backup_id)
        handle = os.open(target, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise BackupFault(f"{target}: {error.strerror}") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _one(session: Session, query: Any, *values: Any) -> tuple[Any, ...]:
    found = session.execute(query, values).fetchone()
    assert found is not None  # noqa: S101 (each of these answers with one row)
    return found
