"""No confidential value gets out (invariant 11).

A unique marker is planted in every confidential field, the whole main job and its error paths
are driven through real processes, and then everything that was left behind is searched,
unpacking what is compressed.
"""

from __future__ import annotations

import base64
import gzip
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from secrets import token_hex

import pytest
from psycopg import sql
from redis import Redis

from app.accounts import one_time_codes
from app.cli import as_operator, bring_in, read_profile
from app.demo.people import make_people
from app.demo.story import Story
from app.demo.visitor import DemoFault, Pick
from app.demo.work import Agency, letters
from app.local.place import Place
from app.local.postgres import Postgres
from tenants.clock import today
from tenants.confidential import DECLARED
from tests.attachments.pictures import photograph
from tests.conftest import Database
from tests.processes import Processes, running
from tests.world import PASUR, PROFILES, World, build, host_of

BASE64 = re.compile(rb"[A-Za-z0-9+/=_-]{24,}")


class Markers:
    """One marker in each text of the story, and how it could stand when encoded."""

    def __init__(self) -> None:
        self.run = token_hex(4)
        self.found: list[str] = []
        self.secrets: list[bytes] = []

    def text(self, name: str) -> str:
        """A marked text; digits where digits are asked."""
        return f"Penanda {name} zq{self.run}zq contoh"

    @property
    def needles(self) -> list[bytes]:
        marker = f"zq{self.run}zq"
        return [
            marker.encode(),
            marker.encode("utf-16-le"),
            base64.b64encode(marker.encode())[1:9],
            self.nik.encode(),
            self.phone.encode(),
            *self.secrets,
        ]

    @property
    def nik(self) -> str:
        return "35140001019" + str(int(self.run, 16) % 100_000).zfill(5)

    @property
    def phone(self) -> str:
        return "08120" + str(int(self.run, 16) % 10_000_000).zfill(7)

    def story(self) -> Story:
        names = [
            "survivor",
            "safe_contact",
            "contact_when",
            "forbidden_phone",
            "address",
            "health",
            "perpetrator",
            "particulars",
            "narrative",
            "location",
            "need",
            "report_number",
            "referral_note",
            "answer_note",
            "venue",
            "outcome",
            "matter",
            "answer",
            "conclusion",
            "plan",
            "came_of_it",
            "spoken",
            "wish",
            "living",
        ]
        texts = {name: self.text(name) for name in names}
        return Story(nik=self.nik, birth_date="1990-01-01", phone=self.phone, **texts)

    def search(self, where: str, data: bytes, depth: int = 0) -> None:
        """Look for the marker in ``data`` and in what it may have packed."""
        for needle in self.needles:
            if needle in data:
                self.found.append(f"{where}: {needle!r}")
        if depth >= 2:
            return
        for unpack in (zlib.decompress, gzip.decompress):
            for start in _zlib_starts(data):
                try:
                    self.search(f"{where} unpacked", unpack(data[start:]), depth + 1)
                except (zlib.error, OSError, EOFError):
                    continue
        for packed in BASE64.findall(data):
            for variant in (packed, packed + b"=", packed + b"=="):
                try:
                    self.search(f"{where} base64", base64.b64decode(variant), depth + 1)
                    break
                except ValueError:
                    continue


def _zlib_starts(data: bytes) -> Iterator[int]:
    for head in (b"\x78\x9c", b"\x78\x01", b"\x78\xda", b"\x1f\x8b"):
        start = data.find(head)
        while start >= 0 and start < 4_000_000:
            yield start
            start = data.find(head, start + 1)


@pytest.fixture
def office(database: Database, settings_env: dict[str, str]) -> World:
    """One agency with the people of the demonstration and nobody else."""
    world = build(settings_env)
    world.worker_database_url = database.url("worker")
    with world.app.app_context(), as_operator():
        bring_in(read_profile(PROFILES / f"{PASUR}.toml"), host_of(PASUR), "Juwita Contoh")
    return world


@pytest.fixture
def left_behind(office: World, tmp_path: Path) -> Iterator[tuple[Markers, Processes]]:
    """The main job done, with its error paths, by real workers."""
    markers, world = Markers(), office
    with world.app.app_context():
        logins = {one["username"]: one for one in make_people(host_of(PASUR))}
    for one in logins.values():
        key = one["code_key"]
        markers.secrets += [key.encode(), one_time_codes.read(key), one["password"].encode()]
    with running(world, tmp_path, "audit", "outbox", "work letters") as processes:
        processes.wait_for_checkpoint(PASUR)
        agency = Agency(world.app, host_of(PASUR), logins, markers.story())
        for path in letters(agency, "RSUD Bangil", "Polres Pasuruan").values():
            agency.wait(path)
            assert agency.fetch(path).startswith(b"%PDF")
        _team(agency, markers)
        _attach(agency, markers)
        _emergency(agency, markers)
        _err(agency, markers)
        yield markers, processes


def _team(agency: Agency, markers: Markers) -> None:
    """What a team writes that the story does not have."""
    officer = agency.person("teknis")
    found = re.search(r"/cases/[0-9a-f-]{36}", officer.open("/cases").text)
    assert found is not None
    officer.send(found[0], form="/notes", text=markers.text("note"))
    officer.keep(f"{found[0]}/notes/draft", found[0], text=markers.text("draft"))
    officer.send(f"{found[0]}/legal", examination_request=markers.text("request"))
    officer.send(f"{found[0]}/simfoni", number=markers.text("simfoni"))
    officer.send(f"{found[0]}/tasks/new", kind="contact", text=markers.text("task"))
    chief = agency.person("kasi")
    agency.confirm("kasi")
    chief.send("/safe-houses/new", capacity="4", address=markers.text("shelter"))
    house = Pick("Rumah aman 1")
    officer.send(f"{found[0]}/stays/new", place=house, dependants="1", needs=markers.text("stay"))
    _confer(agency, found[0], markers)
    partner = agency.person("rumahsakit")
    referral = re.search(r"/referrals/[0-9a-f-]{36}", partner.open("/referrals").text)
    assert referral is not None
    partner.send(f"{referral[0]}/progress", text=markers.text("progress"))
    said = {name: markers.text(name) for name in ("comparison", "statement", "exception")}
    ends = {"outcome": "unreachable", "physical": "unknown", "psychological": "unknown"}
    officer.send(f"{found[0]}/closure", {**ends, **said})


def _attach(agency: Agency, markers: Markers) -> None:
    """A photograph with the marker in its name, its description and what its camera wrote."""
    officer = agency.person("pendamping")
    found = re.search(r"/cases/[0-9a-f-]{36}", officer.open("/cases").text)
    assert found is not None
    path = f"{found[0]}/attachments/new"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', officer.open(path).text)
    assert token is not None
    text = markers.text("photograph")
    for data, status in ((photograph(trace=text), 303), (text.encode() * 20_000, 422)):
        values = {
            "csrf_token": token[1],
            "kind": "injury",
            "description": text,
            "file": (BytesIO(data), f"{text}.jpg"),
        }
        answer = officer._client.post(
            path, base_url=officer.base, data=values, content_type="multipart/form-data"
        )
        assert answer.status_code == status
    page = re.search(r"/attachments/[0-9a-f-]{36}", officer.open(found[0]).text)
    assert page is not None
    officer.send(page[0], form="/show", purpose="handling")
    officer.send(page[0], form="/copy", purpose="handling")


def _confer(agency: Agency, case: str, markers: Markers) -> None:
    """A case conference is planned and held."""
    officer, day = agency.person("teknis"), today().isoformat()
    member = re.search(
        r'value="(account/[0-9a-f-]{36})"', officer.open(f"{case}/conferences/new").text
    )
    assert member is not None
    officer.send(
        f"{case}/conferences/new",
        day=day,
        time="09:00",
        venue=markers.text("room"),
        chair=Pick("Bela Contoh"),
        members=[member[1]],
        agenda=markers.text("agenda"),
    )
    path = re.search(r"/cases/[0-9a-f-]{36}/conferences/[0-9a-f-]{36}", officer.open(case).text)
    assert path is not None
    came = re.search(
        r'name="attended"[^>]*value="([0-9a-f-]{36})"', officer.open(f"{path[0]}/held").text
    )
    assert came is not None
    officer.send(
        f"{path[0]}/held",
        day=day,
        time="09:00",
        attended=[came[1]],
        progress=markers.text("course"),
    )


def _emergency(agency: Agency, markers: Markers) -> None:
    """Somebody opens the case in an emergency and somebody else judges it, in their own words."""
    officer, chief = agency.person("penerima"), agency.person("kasi")
    found = re.search(r"K-\d{4}-\d{4}", officer.open("/cases").text)
    assert found is not None
    agency.confirm("penerima")
    explanation = markers.text("explanation")
    officer.send("/emergencies/open", code=found[0], reason="danger", explanation=explanation)
    path = re.search(r"/emergencies/[0-9a-f-]{36}", chief.open("/emergencies").text)
    assert path is not None
    chief.send(path[0], form="/review", verdict="not-justified", remark=markers.text("remark"))


def _err(agency: Agency, markers: Markers) -> None:
    """The error paths, with the marker in whatever a person could type."""
    officer = agency.person("teknis")
    client = officer._client
    text = markers.text("error")
    for path in (f"/cases/{text}", f"/letters/{text}", f"/verify/{text}"):
        client.get(path, base_url=officer.base)
    client.post("/sign-in", base_url=officer.base, data={"username": text, "password": text})
    for typed in (text, text + "\x00", text * 5000):
        client.post("/cases/new", base_url=officer.base, data={"full_name": typed})
        with pytest.raises(DemoFault):
            officer.send("/cases/new", full_name=typed, narrative=typed)
    for typed in (text + "\x00", text * 5000):
        with pytest.raises(DemoFault):
            officer.send("/cases", term=typed)
    officer.send("/cases", term=text)


def test_no_confidential_value_gets_out(
    left_behind: tuple[Markers, Processes],
    office: World,
    place: Place,
    postgres: Postgres,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    markers, processes = left_behind
    assert _unplanted(office, postgres) == []
    _search_database(office, postgres, markers)
    _search_valkey(office.settings["REDIS_URL"], markers)
    for name, text in processes.output().items():
        markers.search(f"output of {name}", text.encode())
    out, err = capfd.readouterr()
    markers.search("output of the web", (out + err).encode())
    processes.stop()
    _search_files(place.folder, "servers", markers)
    _search_files(tmp_path, "objects and temporary files", markers)
    assert markers.found == []


def test_the_search_finds_what_it_looks_for() -> None:
    markers = Markers()
    text = markers.text("x").encode()
    for hidden in (
        text,
        b"..." + base64.b64encode(b"ab" + zlib.compress(text)) + b"...",
        b"\x00" + zlib.compress(text),
        text.decode().encode("utf-16-le"),
        markers.nik.encode(),
    ):
        markers.found = []
        markers.search("here", b"before " + hidden + b" after")
        assert markers.found, hidden


def _unplanted(world: World, postgres: Postgres) -> list[str]:
    """The confidential fields in which the main job left nothing."""
    name = world.settings["DATABASE_URL"].rsplit("/", 1)[-1].split("?")[0]
    with postgres.connect(name) as session:
        return [
            field
            for field in sorted(DECLARED)
            if not session.execute(
                sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE {} IS NOT NULL)").format(
                    *map(sql.Identifier, f"{field}_sealed".split("."))
                )
            ).fetchone()[0]  # type: ignore[index]
        ]


def _search_database(world: World, postgres: Postgres, markers: Markers) -> None:
    """Every value of every table, as the superuser reads it (TOAST unpacked)."""
    name = world.settings["DATABASE_URL"].rsplit("/", 1)[-1].split("?")[0]
    with postgres.connect(name) as session:
        tables = session.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname IN ('public', 'tenancy')"
        ).fetchall()
        assert len(tables) > 30
        for (table,) in tables:
            rows = session.execute(f"SELECT t::text FROM {table} AS t").fetchall()  # type: ignore[arg-type]
            for (row,) in rows:
                text = str(row)
                markers.search(f"table {table}", text.encode())
                for packed in re.findall(r"\\\\x([0-9a-f]+)", text):
                    markers.search(f"table {table} bytes", bytes.fromhex(packed))
        session.execute("CHECKPOINT")


def _search_valkey(url: str, markers: Markers) -> None:
    with Redis.from_url(url) as client:
        for key in client.scan_iter("*"):
            markers.search("valkey key", key)
            markers.search("valkey value", client.dump(key) or b"")
            if client.type(key) == b"hash":
                for name, value in client.hgetall(key).items():
                    markers.search(f"valkey {name!r}", value)


def _search_files(folder: Path, what: str, markers: Markers) -> None:
    """Every file as it lies on the disk: data files, write-ahead log, Valkey's file, objects."""
    searched = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 64_000_000:
            data = path.read_bytes()
            for needle in markers.needles[:2] + markers.needles[3:]:
                if needle in data:
                    markers.found.append(f"{what}: {path.relative_to(folder)}: {needle!r}")
            searched += 1
    assert searched > 0
