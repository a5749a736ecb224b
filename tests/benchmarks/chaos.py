"""Five hundred letters of six agencies while workers and Valkey are killed at random."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy import create_engine

from app.cli import bring_in
from app.documents import certificates, verify
from app.local.place import Place
from app.local.valkey import Valkey
from tenants.database import through
from tenants.profile_file import parse
from tests.benchmarks.figures import Result, figure
from tests.benchmarks.stage import Stage
from tests.conftest import Database
from tests.documents.desk import Desk, open_desk
from tests.faults.stage import Process, open_stage
from tests.faults.stage import Stage as Faults
from tests.world import CONTOH, PROFILES, TENANTS, World, host_of, make_people

LETTERS, TENANTS_IN_ALL, WORKERS = 500, 6, 2
PAUSE = 4.0  # seconds between two kills
LONGEST = 3_600.0


@figure("scale.chaos_500_wrong", most=0, full=True)
def chaos(stage: Stage) -> Result:
    """Letters lost, doubled, misnumbered or not verified among 500 of 6 agencies under kills."""
    made = Database("bench_chaos", stage.postgres, stage.people)
    made.reset()
    with ExitStack() as opened, tempfile.TemporaryDirectory() as folder:
        world = stage.open(made.name)
        names = [*TENANTS, *_more_agencies(world)]
        desks = [opened.enter_context(open_desk(world, stage.postgres, name)) for name in names]
        valkey = opened.enter_context(_own_valkey(Path(folder) / "valkey"))
        faults = opened.enter_context(open_stage(desks[0], stage.postgres, Path(folder)))
        faults.settings["REDIS_URL"] = valkey.url()
        waiting = _submitted(desks)
        begun = time.monotonic()
        kills = _issue(faults, valkey, waiting)
        seconds = time.monotonic() - begun
        wrong = sum(_wrong(desk, letters) for desk, letters in waiting)
    return {"": float(wrong), ".kills": float(kills), ".seconds": seconds}


def _more_agencies(world: World) -> list[str]:
    """Onboard further agencies, each from the invented profile under another name."""
    source = (PROFILES / f"{CONTOH}.toml").read_text()
    names = [f"{CONTOH}-{number}" for number in range(3, TENANTS_IN_ALL + 1)]
    with world.app.app_context():
        operator = create_engine(world.settings["OPERATOR_DATABASE_URL"])
        with through(operator):
            for name in names:
                slug = f'slug = "{CONTOH}"'
                bring_in(parse(source.replace(slug, f'slug = "{name}"')), host_of(name), "Admin")
        operator.dispose()
    for name in names:
        make_people(world, name)
    return names


@contextmanager
def _own_valkey(folder: Path) -> Iterator[Valkey]:
    place = Place(folder)
    place.prepare()
    server = Valkey(place, "known-password")
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _submitted(desks: list[Desk]) -> list[tuple[Desk, list[UUID]]]:
    shares = [LETTERS // len(desks) + (n < LETTERS % len(desks)) for n in range(len(desks))]
    found = []
    for desk, share in zip(desks, shares, strict=True):
        found.append((desk, [desk.submitted() for _ in range(share)]))
        desk.seal_log()
    return found


def _issue(faults: Faults, valkey: Valkey, waiting: list[tuple[Desk, list[UUID]]]) -> int:
    """Approve all at once while processes are killed; return how often one was."""
    chance, kills = random.Random(500), 0
    running: dict[str, Callable[[], Process]] = {
        **{f"worker {n}": faults.worker for n in range(WORKERS)},
        "outbox": faults.dispatcher,
    }
    processes = {name: start() for name, start in running.items()}
    end = time.monotonic() + LONGEST
    with ThreadPoolExecutor(len(waiting)) as pool:
        approving = [pool.submit(_approve, *one) for one in waiting]
        while time.monotonic() < end and not _all_issued(waiting):
            time.sleep(PAUSE)
            name = chance.choice(["valkey", *running])
            if name == "valkey":
                valkey.stop()
                valkey.start()
            else:
                processes[name].kill()
                processes[name] = running[name]()
            kills += 1
            faults.let_time_pass()  # nobody waits a minute for a worker that was killed
        for done in approving:
            done.result()
    return kills


def _approve(desk: Desk, letters: list[UUID]) -> None:
    for letter_id in letters:
        desk.approve(letter_id)


def _all_issued(waiting: list[tuple[Desk, list[UUID]]]) -> bool:
    return all(
        desk.letter(letters[-1]).state == "issued"
        and all(desk.letter(one).state == "issued" for one in letters)
        for desk, letters in waiting
    )


def _wrong(desk: Desk, letters: list[UUID]) -> int:
    """Count what is not as promised in one agency."""
    rows = [desk.letter(one) for one in letters]
    events = Counter(event["object_id"] for event in desk.events("letter:letter:issued"))
    with desk.acting("signatory"):
        anchor = certificates.anchor()
    wrong = abs(len({row.sha256 for row in rows}) - len(rows))
    wrong += sorted(row.sequence or 0 for row in rows) != list(range(1, len(rows) + 1))
    for row in rows:
        issued = row.state == "issued" and events[str(row.id)] == 1 and row.sha256 is not None
        if not issued or row.sha256 is None:
            wrong += 1
            continue
        verdict = verify.verify(
            desk.pdf(row.id), trust_anchors=[anchor], expected_sha256=row.sha256.hex()
        )
        wrong += not verdict.valid
    return wrong
