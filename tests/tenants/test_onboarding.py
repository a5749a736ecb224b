"""Onboarding: repeatable, strict, and done with the operator's own rights (invariant 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.exc import ProgrammingError

from app.documents.models import SigningCertificate
from tenants.database import db
from tenants.registry import organisations, profile
from tests.world import PASUR, PROFILES, World

THIRD = (
    (PROFILES / "kota-contoh.toml")
    .read_text()
    .replace('slug = "kota-contoh"', 'slug = "kota-ketiga"')
    .replace("Kota Contoh", "Kota Ketiga")
)


@pytest.fixture
def third(tmp_path: Path) -> Path:
    """A profile written by hand for a third agency."""
    path = tmp_path / "kota-ketiga.toml"
    path.write_text(THIRD)
    return path


def onboard(world: World, path: Path, host: str, *more: str) -> tuple[int, str]:
    arguments = ["tenant", "onboard", str(path), "--host", host, "--admin", "Kiki Contoh", *more]
    result = world.app.test_cli_runner().invoke(args=arguments)
    return result.exit_code, result.output


def test_a_third_agency_comes_in_from_a_profile_written_by_hand(world: World, third: Path) -> None:
    status, output = onboard(world, third, "kota-ketiga.localhost")
    assert status == 0, output
    link = re.search(r"http://kota-ketiga\.localhost:8000(/invitation/\S+)", output)
    assert link is not None
    client = world.anonymous("kota-ketiga")
    assert client.get(link[1]).status_code == 200
    accepted = client.post(
        link[1],
        {
            "username": "kiki",
            "password": "kata sandi ketiga yang panjang",
            "again": "kata sandi ketiga yang panjang",
        },
    )
    assert accepted.status_code == 303, accepted.text
    assert client.enrol().status_code == 200
    assert client.get("/").status_code == 200
    assert client.get("/people").status_code == 200
    with world.as_system("kota-ketiga"):
        assert profile().identity.regency == "Kota Ketiga"
        assert {one.key for one in organisations()} >= {"rsud-contoh", "polres-contoh"}
        kinds = set(db.session.scalars(select(SigningCertificate.kind)))
        assert kinds == {"root", "issuing"}
    assert [event["tag"] for event in world.events("kota-ketiga")][:3] == [
        "tenant:key:created",
        "account:invitation:created",
        "tenant:tenant:onboarded",
    ]


def test_onboarding_again_changes_nothing_and_makes_no_link(world: World, third: Path) -> None:
    onboard(world, third, "kota-ketiga.localhost")
    before = world.events("kota-ketiga")
    status, output = onboard(world, third, "kota-ketiga.localhost")
    assert (status, output.strip()) == (0, "kota-ketiga: unchanged")
    assert world.events("kota-ketiga") == before
    _, output = onboard(world, third, "kota-ketiga.localhost", "--new-link")
    assert "/invitation/" in output


def test_a_changed_profile_is_a_new_version_and_recorded(world: World, third: Path) -> None:
    onboard(world, third, "kota-ketiga.localhost")
    third.write_text(THIRD.replace("Jalan Contoh Nomor 1", "Jalan Contoh Nomor 2"))
    status, output = onboard(world, third, "kota-ketiga.localhost")
    assert (status, output.strip()) == (0, "kota-ketiga: profile updated")
    with world.as_system("kota-ketiga"):
        assert profile().letterhead.address[0] == "Jalan Contoh Nomor 2"
    event = world.events("kota-ketiga")[-1]
    assert event["tag"] == "tenant:profile:changed"
    assert event["details"]["before"] == {
        "letterhead.address": ["Jalan Contoh Nomor 1", "Kota Ketiga"]
    }
    assert event["details"]["after"] == {
        "letterhead.address": ["Jalan Contoh Nomor 2", "Kota Ketiga"]
    }


def test_a_faulty_profile_is_refused_with_its_line_and_nothing_is_made(
    world: World, third: Path
) -> None:
    third.write_text(THIRD.replace('paper = "A4"', 'paper = "A5"'))
    status, output = onboard(world, third, "kota-ketiga.localhost")
    assert status == 1
    line = third.read_text()[: third.read_text().index('paper = "A5"')].count("\n") + 1
    assert f"line {line}: letterhead.paper" in output
    assert world.anonymous("kota-ketiga").get("/").status_code == 404


@pytest.mark.parametrize("host", ["Bad Host", "", "a..b", "-"])
def test_a_host_that_is_none_is_refused(world: World, third: Path, host: str) -> None:
    status, output = onboard(world, third, host)
    assert status != 0, output


def test_the_host_of_another_agency_is_refused(world: World, third: Path) -> None:
    status, output = onboard(world, third, "kabupaten-pasuruan.localhost")
    assert status == 1
    assert "host-taken" in output


def test_suspending_and_resuming_is_recorded_in_the_agencys_log(world: World) -> None:
    runner = world.app.test_cli_runner()
    assert runner.invoke(args=["tenant", "suspend", PASUR]).exit_code == 0
    assert world.anonymous(PASUR).get("/sign-in").status_code == 503
    assert runner.invoke(args=["tenant", "resume", PASUR]).exit_code == 0
    assert world.anonymous(PASUR).get("/sign-in").status_code == 200
    tags = [event["tag"] for event in world.events()]
    assert "tenant:tenant:suspended" in tags
    assert "tenant:tenant:resumed" in tags


@pytest.fixture
def operator(world: World) -> Iterator[Engine]:
    """The operator's own login."""
    engine = create_engine(world.settings["OPERATOR_DATABASE_URL"])
    yield engine
    engine.dispose()


@pytest.mark.parametrize("table", ["case", "survivor", "account", "audit_event", "letter"])
def test_the_operator_can_read_nothing_of_an_agency(operator: Engine, table: str) -> None:
    with operator.connect() as connection, pytest.raises(ProgrammingError, match="denied"):
        connection.execute(text(f'SELECT 1 FROM "{table}"'))
