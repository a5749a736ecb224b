"""What the documents say in numbers and lists is what the code does."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import app.tables  # noqa: F401 (makes every field known)
from app.accounts import invitations, passwords, people, sessions, sign_in
from app.cases import emergencies, entries
from app.config import SettingsError, from_environment
from app.documents import chain, verification
from app.documents.render import MAX_PAGES
from app.documents.views import checking
from tenants import key_status
from tenants.confidential import DECLARED
from tests.security.test_code import FILES, imports

ROOT = Path(__file__).resolve().parents[2]


def said(name: str) -> str:
    """A document's text."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def minutes(span: object) -> int:
    """How many minutes a span of time has."""
    return int(span.total_seconds() // 60)  # type: ignore[attr-defined]


def test_the_page_on_accounts_names_the_limits_as_they_are() -> None:
    page = said("accounts.md")
    assert sign_in.FAILURES_TO_LOCK == 6
    assert (sessions.IDLE, sessions.FRESH) < (sessions.ABSOLUTE, sessions.IDLE)
    for sentence in (
        f"{passwords.MIN_LENGTH} to {passwords.MAX_LENGTH} characters",
        f"six wrong passwords in a row lock an account for {minutes(sign_in.LOCKED_FOR)} minutes",
        f"signed in during the last {sign_in.KNOWN_FOR.days} days",
        f"{sign_in.ADDRESS_FAILURES} failures in {minutes(sign_in.ADDRESS_WINDOW)} minutes",
        f"ends after {minutes(sessions.IDLE)} minutes without use",
        f"after {minutes(sessions.ABSOLUTE) // 60} hours in any case",
        f"one link, once, {minutes(invitations.VALID_FOR) // 60} hours",
    ):
        assert sentence in page, sentence
    assert minutes(sessions.FRESH) == 5
    assert "counts for five minutes" in page


def test_the_page_on_accounts_names_every_word_that_makes_no_password() -> None:
    row = next(one for one in said("accounts.md").splitlines() if "Words that make none" in one)
    assert set(passwords._KNOWN_WORDS) <= set(re.findall(r"\w+", row))


def test_the_page_on_production_names_every_setting() -> None:
    """Asked for what it needs, the reader of settings tells their names."""
    asked: set[str] = set()

    class Environment(dict[str, str]):
        """Every store is set, so that what a store needs is asked for too."""

        def get(self, name: str, default: Any = None) -> Any:
            asked.add(name)
            return f"s3://{name.lower()}" if name.endswith("STORE_URL") else default

    with pytest.raises(SettingsError):
        from_environment(Environment())
    assert len(asked) > 20
    page = said("production.md")
    assert [name for name in sorted(asked) if f"`{name}`" not in page] == []


def test_the_page_on_production_says_what_may_be_sent_to_us() -> None:
    page = said("production.md")
    assert checking.MAX_FILE_BYTES == 5_000_000
    assert "At most 5 MB" in page
    assert f"{verification.LIMIT} times a minute" in page


@pytest.mark.parametrize("name", ["production", "local", "test"])
def test_the_page_on_dependencies_names_every_package(name: str) -> None:
    lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
    wanted = {re.split(r"[\[<>=~; ]", line)[0] for line in lines if line[:1].isalpha()}
    assert wanted
    named = set(re.findall(r"[\w-]+", said("dependencies.md")))
    assert wanted - named == set()


def test_the_page_on_production_names_what_bounds_costly_work() -> None:
    page = said("production.md")
    assert f"{MAX_PAGES} pages at most" in page
    assert f"one at a time in each process and {passwords._PLACES._initial_value - 1} waiting" in (  # type: ignore[attr-defined]
        page
    )


def test_the_page_on_input_names_every_confidential_field_with_its_rule() -> None:
    page = said("input.md")
    found = re.findall(r"^\| `(\w+\.\w+)` \| (\w+) \| (\d) \| ([\d,]+) \|$", page, re.MULTILINE)
    assert {name: (kind, level, limit) for name, kind, level, limit in found} == {
        name: (one.field_class.value, str(one.level), f"{one.limit:,}")
        for name, one in DECLARED.items()
    }
    for sentence in (
        f"{entries.DISTRICT_LENGTH} letters at most",
        f"from {entries.OLDEST.year} to today",
        f"{emergencies.SHORTEST} characters at least",
        f"one line of {people.TEXT_LIMIT} printable",
    ):
        assert sentence in page, sentence


def test_the_page_on_cryptography_names_the_life_of_keys_as_it_is() -> None:
    page = said("cryptography.md")
    for sentence in (
        f"{chain.ROOT_YEARS} and {chain.ISSUER_YEARS} years",
        f"after {chain.ISSUER_YEARS} and {chain.ROOT_YEARS} years",
        f"ECDSA P-256, {chain.OFFICER_YEARS} years",
        f"({key_status.TENANT_KEY_DUE.days} days",
        f"{key_status.KEY_BACKUPS_KEPT.days} days later",
    ):
        assert sentence in page, sentence


CRYPTOGRAPHIC = ("cryptography", "hashlib", "hmac", "secrets", "argon2", "pyhanko.sign")


def test_the_page_on_cryptography_names_every_file_that_uses_it() -> None:
    used = set()
    for path in FILES:
        tree = ast.parse(path.read_text())
        if any(name.startswith(CRYPTOGRAPHIC) for name in imports(tree)):
            used.add(str(path.relative_to(ROOT)))
    named = set(re.findall(r"`((?:app|tenants|workers)/[\w/]+\.py)`", said("cryptography.md")))
    assert named == used
