"""Passwords that were found out elsewhere: looked up offline, no other host is asked.

The lists come with the package zxcvbn: the 30 000 most used passwords of breaches, names, words of
English texts and films. It also tells how soon a guesser who tries such words one after another,
with the usual changes, comes to a password. An operator may add a longer list as a file.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from flask import current_app, has_app_context

from app.config import Settings
from tenants.errors import Conflict

FEWEST_GUESSES = 10**12
"""A thief of the hashes who tries a thousand a second, which argon2id with 46 MiB hardly lets a
graphics card do, needs thirty years for as many."""
_LONGEST_LOOKED_AT = 72  # characters; what is longer is as good as its beginning, or better
SHORTEST_KEPT = 15  # as app.accounts.passwords.MIN_LENGTH: shorter ones are refused anyway


def is_known(password: str, words: Iterable[str]) -> bool:
    """Tell whether a password was found out elsewhere, or is soon guessed from what was.

    Args:
        words: what an attacker knows of the person and the office.

    Raises:
        Conflict: ``list-unreadable``: the operator's list cannot be read; nothing is accepted
            unchecked.
    """
    lowered = password.casefold()
    return (
        lowered in _lists()
        or lowered in _own_list(_own_file())
        or _guesses(lowered, tuple(words)) < FEWEST_GUESSES
    )


def _guesses(lowered: str, words: tuple[str, ...]) -> int:
    from zxcvbn import zxcvbn

    found = zxcvbn(lowered[:_LONGEST_LOOKED_AT], user_inputs=list(words))
    return int(found["guesses"])


@lru_cache(maxsize=1)
def _lists() -> frozenset[str]:
    """Return what the package's lists hold that is long enough to be chosen here."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(
        one for words in FREQUENCY_LISTS.values() for one in words if len(one) >= SHORTEST_KEPT
    )


def _own_file() -> Path | None:
    """Return where the operator's list lies; outside an application there is none."""
    if not has_app_context():
        return None
    settings: Settings = current_app.extensions["settings"]
    return settings.breached_passwords_file


@lru_cache(maxsize=1)
def _own_list(path: Path | None) -> frozenset[str]:
    """Read the operator's list once in each process: one password a line."""
    if path is None:
        return frozenset()
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = (line.rstrip("\r\n").casefold() for line in file)
            return frozenset(line for line in lines if len(line) >= SHORTEST_KEPT)
    except OSError:
        raise Conflict("list-unreadable") from None
