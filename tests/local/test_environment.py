"""Each process knows its own credentials and nobody else's."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.local.environment import complete, compose, write
from app.local.place import Place
from app.local.services import Services, remove


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A running pair of servers for this module."""
    place = Place(tmp_path_factory.mktemp("environment") / "stack")
    with Services(place) as running:
        yield running
    remove(place)


@pytest.mark.parametrize(
    ("process", "role"),
    [
        ("web", "web"),
        ("worker", "worker"),
        ("outbox", "worker"),
        ("audit", "worker"),
        ("schedule", "worker"),
    ],
)
def test_process_holds_the_password_of_its_own_role_only(
    services: Services, process: str, role: str
) -> None:
    settings = compose(services, 8000)[process]
    assert f"//teduh_{role}:" in settings["DATABASE_URL"]
    text = repr(settings)
    others = {"superuser", "migration", "web", "worker", "operator"} - {role}
    assert services.secrets[role] in text
    assert not [other for other in others if services.secrets[other] in text]


def test_written_files_are_private_and_a_shell_reads_them(services: Services) -> None:
    settings = compose(services, 8000)
    write(services, settings)
    path = services.place.folder / "operator.env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said = subprocess.run(
        ["sh", "-c", f'. {path}; printf %s "$OPERATOR_DATABASE_URL"'],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == settings["operator"]["OPERATOR_DATABASE_URL"]


def test_settings_of_the_shell_do_not_leak_into_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGRATION_DATABASE_URL", "postgresql://elsewhere/")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/")
    whole = complete({"DATABASE_URL": "postgresql://own/"}, Path("/programs"))
    assert whole["DATABASE_URL"] == "postgresql://own/"
    assert "MIGRATION_DATABASE_URL" not in whole
    assert whole["PATH"].startswith("/programs:")
