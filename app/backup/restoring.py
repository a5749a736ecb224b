"""Puts a back-up into a fresh database, whole or one agency's part of it.

Tables come from the migrations, rows from the dump, in one transaction with the destruction of
every key that is known to be destroyed: at no moment is there a database in which such a case could
be read. Logs in as ``teduh_migration`` to an empty database that no service uses yet.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from alembic.script import ScriptDirectory
from psycopg import sql

from app.backup import checking, making, manifest
from app.backup.faults import BackupFault
from app.backup.manifest import Counts, Manifest
from app.backup.rows import TENANT_COLUMN, Row
from app.documents.store import Store, StoreError
from app.keys.destroyed import DestroyedKey
from tenants.clock import now

Session = psycopg.Connection[tuple[Any, ...]]
CODES_SKIPPED = 1_000
"""How far the counters of case codes jump, so that no code given after the back-up is given again.
A woman who reports must not wait for an operator: so these are not held as letters' numbers are."""

_SET_RIGHT = (
    # The keys of cases that were registered after these data: of no use, and better not kept.
    "DELETE FROM data_key k WHERE k.wrapped IS NOT NULL AND NOT EXISTS"
    ' (SELECT FROM "case" c WHERE c.tenant_id = k.tenant_id AND c.id = k.id)',
    "DELETE FROM retired_data_key k WHERE NOT EXISTS"
    " (SELECT FROM data_key d WHERE d.tenant_id = k.tenant_id AND d.id = k.subject_id)",
    # A letter on its way then may have been issued since: a person decides, no job does.
    "UPDATE letter SET state = 'parked', failure = 'restored', step = NULL"
    " WHERE state IN ('queued', 'rendering')",
    "DELETE FROM letter_preview WHERE ready_at IS NULL AND failure IS NULL",
    "DELETE FROM outbox",
    # Who was signed in then may have been shut out since.
    "DELETE FROM sign_in_session",
    # Closed until somebody has looked at what was undone: consents, accounts, roles.
    "UPDATE tenant SET state = 'suspended'",
)


@dataclass(frozen=True, slots=True)
class Source:
    """A back-up to restore: data of one, keys of the same or a newer one, both checked."""

    data: Manifest
    keys: Manifest
    data_folder: Path
    keys_folder: Path
    key: bytes = field(repr=False)
    tenants: frozenset[str] = frozenset()

    def dumps(self) -> Iterator[tuple[Manifest, Path, str]]:
        """Return both dumps, keys first."""
        yield self.keys, self.keys_folder, "keys"
        yield self.data, self.data_folder, "database"


@dataclass
class Outcome:
    """What a restore found.

    Attributes:
        differences: what is not as it should be; each is to be looked into by a person.
        destroyed: cases whose key was in the back-up and is destroyed now.
    """

    differences: list[str] = field(default_factory=list)
    destroyed: int = 0


def source(
    places: making.Places, data_id: str, keys_id: str | None, slug: str | None, key: bytes
) -> Source:
    """Find and check a back-up.

    Args:
        keys_id: which back-up of keys; the newest when None.
        slug: this agency alone.

    Raises:
        BackupFault: there is none, or it has faults, named.
    """
    keys_id = keys_id or newest(places.keys)
    data_folder, keys_folder = places.data / data_id, places.keys / keys_id
    data, faults = checking.verify(data_folder, key)
    keys, more = checking.verify(keys_folder, key)
    faults = [one for one in (*faults, *more) if "was not in the object store" not in one]
    if (data.part, keys.part) != ("data", "keys"):
        faults.append(f"{data_folder} and {keys_folder} are not data and keys")
    if faults:
        raise BackupFault("the back-up has faults:\n  " + "\n  ".join(faults))
    chosen = {one for one, name in data.tenants.items() if slug in (None, name)}
    if not chosen:
        raise BackupFault(f"there is no agency called {slug} in this back-up")
    return Source(data, keys, data_folder, keys_folder, key, frozenset(chosen))


def newest(folder: Path) -> str:
    """Return the name of the newest back-up in a folder.

    Raises:
        BackupFault: there is none.
    """
    found = sorted(one.name for one in folder.glob("[0-9]*") if one.is_dir())
    if not found:
        raise BackupFault(f"{folder} holds no back-up")
    return found[-1]


def destroyed_since(places: making.Places, chosen: Source, key: bytes) -> set[tuple[str, str, str]]:
    """Return the destroyed keys in every newer back-up of keys: tenant, case, moment."""
    found: set[tuple[str, str, str]] = set()
    for folder in sorted(places.keys.glob("[0-9]*")):
        if folder.name <= chosen.keys.id:
            continue
        about = manifest.read(folder, key)
        with checking.dumped(folder, about, "keys", key) as rows:
            for row in rows:
                if row.table == "data_key" and row.tenant in chosen.tenants:
                    cells = row.line.decode().rstrip("\n").split("\t")
                    values = dict(zip(row.columns, cells, strict=True))
                    if values["destroyed_at"] != r"\N":
                        found.add((values["tenant_id"], values["id"], values["destroyed_at"]))
    return found


def check_known(revision: str) -> None:
    """See that this program knows the tables of a back-up.

    Raises:
        BackupFault: it was made by a newer one.
    """
    known = {one.revision for one in ScriptDirectory("migrations").walk_revisions()}
    if revision not in known:
        raise BackupFault(
            f"the back-up was made by a newer Teduh (tables of {revision}): restore it with that"
        )


def check_empty(url: str) -> None:
    """See that nothing would be overwritten or mixed.

    Raises:
        BackupFault: an agency is in the database.
    """
    with making.connected(url) as session:
        (there,) = _one(session, "SELECT to_regclass('public.tenant') IS NOT NULL")
        if there and _one(session, "SELECT EXISTS (SELECT FROM tenant)")[0]:
            raise BackupFault("MIGRATION_DATABASE_URL names a database with agencies in it: "
                              "a restore goes into an empty one")  # fmt: skip


def fill(
    url: str, chosen: Source, destroyed: Collection[DestroyedKey | tuple[str, str, str]]
) -> Outcome:
    """Put the rows into the empty tables, in one transaction, and destroy what is destroyed.

    Raises:
        BackupFault: an artefact does not open after all, or the database refuses a row; then
            nothing was put.
    """
    outcome = Outcome()
    with making.connected(url) as session:
        columns = _columns(session)
        for about, folder, name in chosen.dumps():
            with checking.dumped(folder, about, name, chosen.key) as rows:
                _load(session, _of(rows, chosen.tenants), columns)
        wanted = {**chosen.data.counts, **chosen.keys.counts}
        outcome.differences += checking.differences(
            _only(wanted, chosen.tenants), _counted(session, wanted)
        )
        outcome.destroyed = _destroy(session, destroyed)
        _after(session, chosen, outcome)
    return outcome


def _load(session: Session, rows: Iterable[Row], known: dict[str, frozenset[str]]) -> None:
    for (table, columns), group in groupby(rows, key=lambda row: (row.table, row.columns)):
        if not set(columns) <= known.get(table, frozenset()):
            raise BackupFault(f"the back-up has a table or column that is not here: {table}")
        statement = sql.SQL("COPY public.{} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with session.cursor() as cursor, cursor.copy(statement) as copy:
            for row in group:
                copy.write(row.line)


def _of(rows: Iterable[Row], tenants: frozenset[str]) -> Iterator[Row]:
    """Leave out other agencies, and what belongs to none."""
    return (row for row in rows if row.tenant in tenants)


def _only(counts: Counts, tenants: frozenset[str]) -> Counts:
    return {
        table: {one: number for one, number in by_tenant.items() if one in tenants}
        for table, by_tenant in counts.items()
    }


def _counted(session: Session, wanted: Counts) -> Counts:
    counts: Counts = {}
    for table in wanted:
        query = sql.SQL("SELECT {}::text, count(*) FROM public.{} GROUP BY 1").format(
            sql.Identifier(TENANT_COLUMN.get(table, "tenant_id")), sql.Identifier(table)
        )
        counts[table] = {str(tenant): int(number) for tenant, number in session.execute(query)}
    return counts


def _destroy(session: Session, destroyed: Collection[DestroyedKey | tuple[str, str, str]]) -> int:
    """Destroy the keys of a list; return how many of them the back-up still held."""
    session.execute(
        "CREATE TEMPORARY TABLE gone (tenant_id uuid, id uuid, at timestamptz) ON COMMIT DROP"
    )
    with session.cursor() as cursor, cursor.copy("COPY gone FROM STDIN") as copy:
        for one in destroyed:
            row = one if isinstance(one, tuple) else (one.tenant_id, one.case_id, one.at)
            copy.write_row(row)
    # What the back-up of keys itself calls destroyed counts too, for data that are older.
    session.execute(
        "INSERT INTO gone SELECT tenant_id, id, destroyed_at FROM data_key"
        " WHERE destroyed_at IS NOT NULL"
    )
    revived = session.execute(
        "UPDATE data_key k SET wrapped = NULL, destroyed_at = g.at FROM gone g"
        " WHERE k.tenant_id = g.tenant_id AND k.id = g.id AND k.wrapped IS NOT NULL"
    ).rowcount
    for statement in (
        "DELETE FROM retired_data_key k USING gone g"
        " WHERE k.tenant_id = g.tenant_id AND k.subject_id = g.id",
        "DELETE FROM blind_index b USING gone g"
        " WHERE b.tenant_id = g.tenant_id AND b.subject_id = g.id",
        "UPDATE \"case\" c SET state = 'destroyed', closed_at = coalesce(c.closed_at, g.at)"
        " FROM gone g WHERE c.tenant_id = g.tenant_id AND c.id = g.id AND c.state <> 'destroyed'",
    ):
        session.execute(statement)
    return revived


def _after(session: Session, chosen: Source, outcome: Outcome) -> None:
    """Hold the registers, let case codes jump, and name what data and keys do not share."""
    moment = now()
    for tenant in sorted(chosen.tenants):
        session.execute(
            "INSERT INTO register_hold (tenant_id, id, known_until, held_at)"
            " VALUES (%s, %s, %s, %s)",
            [tenant, uuid4(), chosen.data.made_at, moment],
        )
        for year in range(chosen.data.made_at.year, moment.year + 1):
            session.execute(
                "INSERT INTO case_counter (tenant_id, id, year, last) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (tenant_id, year) DO UPDATE SET last ="
                " (case_counter.last / %s + 1) * %s",
                [tenant, uuid4(), year, CODES_SKIPPED, CODES_SKIPPED, CODES_SKIPPED],
            )
    without = session.execute(
        'SELECT c.tenant_id::text, count(*) FROM "case" c LEFT JOIN data_key k'
        " ON k.tenant_id = c.tenant_id AND k.id = c.id WHERE k.id IS NULL GROUP BY 1 ORDER BY 1"
    )
    for tenant, number in without:
        outcome.differences.append(
            f"{chosen.data.tenants[tenant]}: {number} cases have no key in this back-up of keys: "
            "take a newer one"
        )
    for statement in _SET_RIGHT:
        session.execute(statement)


def put_objects(chosen: Source, store: Store) -> Iterator[str]:
    """Put the objects of the chosen agencies into the store; name those that were lost.

    Raises:
        BackupFault: the store does not take them.
    """
    try:
        with checking.archived(chosen.data_folder, chosen.data, chosen.key) as objects:
            for name, content in objects:
                if name.partition("/")[0] in chosen.tenants:
                    store.put(name, content)
    except StoreError as error:
        raise BackupFault(
            f"the object store does not take the letters ({type(error).__name__})"
        ) from None
    for name in chosen.data.missing:
        if name.partition("/")[0] in chosen.tenants:
            yield f"{name} was lost before the back-up was made"


def tenant_ids(chosen: Source) -> list[UUID]:
    """Return the agencies of a restore."""
    return sorted(UUID(one) for one in chosen.tenants)


def _columns(session: Session) -> dict[str, frozenset[str]]:
    query = (
        "SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a"
        " ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        " GROUP BY c.relname"
    )
    return {table: frozenset(columns) for table, columns in session.execute(query)}


def _one(session: Session, query: Any) -> tuple[Any, ...]:
    found = session.execute(query).fetchone()
    assert found is not None  # noqa: S101 (each of these answers with one row)
    return found
