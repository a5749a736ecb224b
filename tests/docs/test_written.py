"""What the documents say in numbers and lists is what the code does."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from app.accounts import invitations, passwords, sessions, sign_in
from app.documents import verification
from app.documents.views import checking
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
    read = re.findall(r'"([A-Z][A-Z_]{5,})"', (ROOT / "app" / "config.py").read_text())
    settings = set(read) - {"DEBUG", "WARNING"}
    assert len(settings) > 15
    page = said("production.md")
    assert [name for name in sorted(settings) if f"`{name}`" not in page] == []


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


CRYPTOGRAPHIC = ("cryptography", "hashlib", "hmac", "secrets", "argon2", "pyhanko.sign")


def test_the_page_on_cryptography_names_every_file_that_uses_it() -> None:
    used = set()
    for path in FILES:
        tree = ast.parse(path.read_text())
        if any(name.startswith(CRYPTOGRAPHIC) for name in imports(tree)):
            used.add(str(path.relative_to(ROOT)))
    named = set(re.findall(r"`((?:app|tenants|workers)/[\w/]+\.py)`", said("cryptography.md")))
    assert named == used
