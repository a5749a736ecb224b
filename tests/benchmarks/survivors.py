"""A million survivors in 514 agencies: finding one, listing an agency's cases, one agency more.

Two databases are made by COPY as the migration role and kept: a great one, and a small one with
two agencies. The agency that is asked has as many cases in both, so that what differs is what the
others have. Sealed values are random bytes, since a list and a search open none; the hashes that
are searched for are real. One case and its letters are real in each.
"""

from __future__ import annotations

import random
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection

from app.cases.models import Case, Survivor
from app.cli import bring_in, read_profile
from tenants.database import TenantTable, through
from tenants.vault import BlindIndex
from tests.benchmarks.figures import Result, Sample, figure
from tests.benchmarks.stage import Size, Stage
from tests.documents.desk import Desk, open_desk
from tests.world import CONTOH, PASUR, PROFILES, World, host_of

FEW = Size(agencies=2, survivors=10_000)
PEOPLE = ("case-officer", "case-officer-2", "supervisor", "intake-officer")
SEARCHES = 20  # of each kind by each person: they may do two hundred a day
ROUNDS = 40
LETTERS = 12
_AT_ONCE = 5_000
_NIK = "9999{:012d}"  # of no province
_A_CASE = re.compile(rb'href="/cases/[0-9a-f-]{36}"')
_SYLLABLES = ("ba", "ci", "du", "ka", "la", "mi", "nu", "ra", "si", "ta", "wa", "yu")


@figure("search.nik_p95_ms_1m", most=50, full=True)
def search_nik(stage: Stage) -> Result:
    """Milliseconds of the page that searches a NIK, 95th percentile, among a million survivors."""
    return searched(stage, _NIK.format)


@figure("search.name_p95_ms_1m", most=50, full=True)
def search_name(stage: Stage) -> Result:
    """Milliseconds of the page that searches a name, 95th percentile, among a million survivors."""
    return searched(stage, name_of)


@figure("scale.list_1m_vs_10k", most=1.3, full=True)
def list_of_many(stage: Stage) -> Result:
    """An agency's list of cases among a million survivors over the same among ten thousand."""
    many, few = (world.client("supervisor") for world in worlds(stage))
    return compared(lambda: many.get("/cases"), lambda: few.get("/cases"), ROUNDS)


@figure("tenants.514_vs_2", most=1.05, full=True)
def agencies(stage: Stage) -> Result:
    """A case's page and a letter with 514 agencies over the same with two, the worse of both."""
    pages, issued = [], []
    for world in worlds(stage):
        desk = desk_of(stage, world)
        client, path = world.client("case-officer"), f"/cases/{desk.case_id}"
        client.get(path)
        letter_of(desk)
        pages.append((client, path))
        issued.append(desk)
    (many, its), (few, other) = pages
    page = compared(lambda: many.get(its), lambda: few.get(other), ROUNDS)
    letter = compared(lambda: letter_of(issued[0]), lambda: letter_of(issued[1]), LETTERS)
    named = {f"page_{name or 'ratio'}": value for name, value in page.items()}
    named |= {f"letter_{name or 'ratio'}": value for name, value in letter.items()}
    return {"": max(float(page[""]), float(letter[""])), **named}


@figure("tenant.onboard_s", full=True)
def onboard(stage: Stage) -> Result:
    """Seconds in which an agency is brought in, among all the others."""
    world, _ = worlds(stage)
    sample = Sample()
    with operating(world) as bring:
        for _ in range(5):
            slug = f"baru-{time.time_ns()}"
            sample.run(lambda slug=slug: bring(slug))
    return sample


def compared(
    many: Callable[[], object], few: Callable[[], object], rounds: int
) -> dict[str, float]:
    """Do both in turns; the ratio is of the least, which nothing else disturbed."""
    great, small = Sample(), Sample()
    many()
    few()
    for _ in range(rounds):
        great.run(many)
        small.run(few)
    return {
        "": min(great.wall) / min(small.wall),
        "of_medians": great.median / small.median,
        "many_ms": great.median * 1000,
        "few_ms": small.median * 1000,
    }


def searched(stage: Stage, term: Callable[[int], str]) -> Result:
    """Search for survivors of one agency, page by page, as several people."""
    world, _ = worlds(stage)
    rng, taken = random.Random(time.time_ns()), Sample(scale=1000)
    own, pages = share(stage.size), list[bytes]()
    for username in PEOPLE:
        client = world.client(username)
        client.post("/cases/search", {"term": term(0)})
        for _ in range(SEARCHES):
            look = partial(client.post, "/cases/search", {"term": term(rng.randrange(own))})
            taken.run(lambda look=look: pages.append(look().data))
            assert username != "supervisor" or _A_CASE.search(pages[-1]), "nothing was found"
    return {"": statistics.quantiles(taken.wall, n=20)[-1] * 1000, "all": taken}


@cache
def worlds(stage: Stage) -> tuple[World, World]:
    """The great database and the small one."""
    written = Path(__file__).read_text(encoding="utf-8")
    own = share(stage.size)

    def opened(name: str, size: Size) -> World:
        sources = f"{size} {own} {written}"
        return stage.open(stage.kept(name, sources, lambda made: fill(stage, made, size, own)))

    return opened("bench_many", stage.size), opened("bench_few", FEW)


@cache
def desk_of(stage: Stage, world: World) -> Desk:
    """A real case in one of the databases, made anew in this run."""
    return stage.entered(open_desk(world, stage.postgres))


def letter_of(desk: Desk) -> None:
    """Approve a letter and issue it, in this process."""
    desk.issued()


def share(size: Size) -> int:
    """How many survivors the agency has that is asked."""
    return size.survivors // size.agencies


def fill(stage: Stage, name: str, size: Size, own: int) -> None:
    """Bring the agencies in and write their cases."""
    world = stage.open(name)
    with operating(world) as bring:
        for number in range(size.agencies - 2):
            bring(f"lembaga-{number:03d}")
    engine = create_engine(world.settings["MIGRATION_DATABASE_URL"])
    with engine.begin() as connection:
        tenants = list(connection.scalars(text("SELECT id FROM tenant ORDER BY slug")))
        asked = world.tenant(PASUR).tenant_id
        others = [one for one in tenants if one != asked]
        digests = hashes(world, own)
        write(connection, asked, world.account("supervisor"), own, digests)
        rest = size.survivors - own
        for place, tenant in enumerate(others):
            count = rest * (place + 1) // len(others) - rest * place // len(others)
            write(connection, tenant, UUID(int=place), count, random_hashes(place))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        session.execute(text("VACUUM ANALYZE"))
    engine.dispose()


@contextmanager
def operating(world: World) -> Iterator[Callable[[str], object]]:
    """The operator, who brings agencies in under names of their own."""
    profile = read_profile(PROFILES / f"{CONTOH}.toml")
    engine = create_engine(world.settings["OPERATOR_DATABASE_URL"])

    def bring(slug: str) -> object:
        named = replace(profile, identity=replace(profile.identity, slug=slug))
        return bring_in(named, host_of(slug), "Juwita Contoh")

    with world.app.app_context(), through(engine):
        yield bring
    engine.dispose()


Hashes = Callable[[int], tuple[bytes, bytes]]
"""The blind indexes of a survivor's NIK and name."""


def hashes(world: World, count: int) -> Hashes:
    """Those that a search in the agency's own pages looks for."""
    with world.as_system(PASUR):
        kept = [
            (Survivor.nik.digest(_NIK.format(number)), Survivor.full_name.digest(name_of(number)))
            for number in range(count)
        ]
    return kept.__getitem__


def random_hashes(seed: int) -> Hashes:
    """Those of an agency that nobody asks."""
    rng = random.Random(seed)
    return lambda _: (rng.randbytes(32), rng.randbytes(32))


def name_of(number: int) -> str:
    """An invented name, as often the same as names are: one in three hundred."""
    rng = random.Random(number % 300 if number % 10 else number)
    words = ("".join(rng.choices(_SYLLABLES, k=3)).title() for _ in range(2))
    return f"{' '.join(words)} Contoh"


def write(
    connection: Connection, tenant: UUID, registrar: UUID, count: int, digests: Hashes
) -> None:
    """Write an agency's cases, each with one survivor and what finds her."""
    for first in range(0, count, _AT_ONCE):
        rows = [
            row(tenant, registrar, number, digests)
            for number in range(first, min(first + _AT_ONCE, count))
        ]
        for table in (Case, Survivor, BlindIndex):
            _copy(connection, table.__table__, [line for one in rows for line in one[table]])


_STATES = ("received", "assessment", "intervention", "terminated", "terminated")
_RISKS = ("low", "medium", "high")
_AGES = ("0-5", "13-17", "18-24", "25-44", "45-59")


Lines = dict[type[TenantTable], list[dict[str, object]]]


def row(tenant: UUID, registrar: UUID, number: int, digests: Hashes) -> Lines:
    """One case as lines of the tables."""
    rng = random.Random(f"{tenant}/{number}")
    case_id, survivor_id = _uuid(rng), _uuid(rng)
    begun = datetime(2021, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(5 * 365 * 86_400))
    state = rng.choice(_STATES)
    case: dict[str, object] = {
        "id": case_id,
        "code": f"K-{2021 + number % 5}-{100_000 + number}",
        "state": state,
        "channel": "direct",
        "risk": rng.choice(_RISKS),
        "registered_at": begun,
        "registered_by": registrar,
        "closed_at": begun + timedelta(days=90) if state == "terminated" else None,
    }
    survivor: dict[str, object] = {
        "id": survivor_id,
        "case_id": case_id,
        "age_group": rng.choice(_AGES),
        "disability": "none",
        **{f"{name}_sealed": rng.randbytes(48) for name in ("full_name", "nik", "phone")},
    }
    found: list[dict[str, object]] = [
        {
            "id": _uuid(rng),
            "subject_id": case_id,
            "row_id": survivor_id,
            "field": f"survivor.{name}",
            "digest": digest,
        }
        for name, digest in zip(("nik", "full_name"), digests(number), strict=True)
    ]
    own = {"tenant_id": tenant}
    return {
        Case: [own | case],
        Survivor: [own | survivor],
        BlindIndex: [own | one for one in found],
    }


_EMPTY: dict[type, object] = {bool: False, int: 0, str: "none", list: []}
"""What a column gets that must have a value and is not asked about here."""


def _copy(connection: Connection, table: Any, lines: Sequence[dict[str, object]]) -> None:
    needed = [
        column
        for column in table.columns
        if column.name in lines[0]
        or not (column.nullable or column.server_default is not None or column.computed)
    ]
    empty = {one.name: _EMPTY.get(one.type.python_type) for one in needed}
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, psycopg.Connection)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(sql.Identifier(name) for name in empty)
    )
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for line in lines:
            copy.write_row([line.get(name, other) for name, other in empty.items()])


def _uuid(rng: random.Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)
