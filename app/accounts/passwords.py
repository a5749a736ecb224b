"""Passwords: argon2id, what is refused as too easy, and how many are computed at once."""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from app.accounts.breached import is_known
from tenants.errors import Conflict, Invalid

MIN_LENGTH = 15  # characters; OWASP ASVS 5.0, 6.2.1, where no second factor is asked
MAX_LENGTH = 256

# OWASP Password Storage Cheat Sheet, first choice for argon2id (an RFC 9106 profile with one
# lane, because the two cores of a small server also serve pages): 46 MiB, one pass.
_HASHER = PasswordHasher(
    time_cost=1, memory_cost=47_104, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)

# One computation at a time in each process, and few waiting: a storm of sign-ins then holds
# neither the cores nor all of the process's threads, and pages go on being served.
_RUNNING = threading.BoundedSemaphore(1)
_PLACES = threading.BoundedSemaphore(3)

_OWN_MIN = 8  # characters that must be left when the known words are taken out
_KNOWN_WORDS = (
    *("katasandi", "password", "passphrase", "rahasia", "teduh", "admin"),
    # What is long enough and stands high in lists of passwords that were found out.
    *("bismillahirrahmanirrahim", "bismillahirrohmanirrohim", "bismillah", "assalamualaikum"),
    *("alhamdulillah", "indonesiaraya", "indonesia", "merdeka", "pancasila", "sayang"),
    *("iloveyou", "correcthorsebatterystaple"),
)
_WALKS = tuple(
    line * 4
    for line in (
        "0123456789",
        "abcdefghijklmnopqrstuvwxyz",
        "qwertyuiop",
        "asdfghjkl",
        "qwertyuiopasdfghjklzxcvbnm",
    )
)


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a turn to compute.

    Raises:
        Conflict: ``busy``; too many are waiting already.
    """
    if not _PLACES.acquire(blocking=False):
        raise Conflict("busy")
    try:
        with _RUNNING:
            yield
    finally:
        _PLACES.release()


def seal(password: str) -> str:
    """Return the argon2id hash of ``password`` with its parameters and a new salt.

    Raises:
        Conflict: ``busy``.
    """
    with _turn():
        return _HASHER.hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Tell whether ``password`` is the one that ``kept`` was made from.

    Args:
        kept: the stored hash, or None where there is no such account: the same work is then
            done for nothing, so that the time does not tell which names exist.

    Raises:
        Conflict: ``busy``.
    """
    with _turn():
        if kept is None:
            _HASHER.hash(_normal(password))
            return False
        try:
            return _HASHER.verify(kept, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Tell whether ``kept`` was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def check_strength(password: str, words: Iterable[str]) -> None:
    """Refuse a password that is short, guessable or was found out, without asking another host.

    Args:
        words: what an attacker knows: the user name, the person's and the agency's name.

    Raises:
        Invalid: ``password`` with ``too-short``, ``too-long``, ``guessable`` or ``known``.
        Conflict: ``list-unreadable``.
    """
    password, words = _normal(password), tuple(words)
    if len(password) < MIN_LENGTH:
        raise Invalid("password", "too-short")
    if len(password) > MAX_LENGTH:
        raise Invalid("password", "too-long")
    if re.fullmatch(r"(.{1,8}?)\1+.{0,7}", password, re.DOTALL):
        raise Invalid("password", "guessable")  # one short piece over and over
    bare = _bare(password)
    if bare and any(bare in walk or bare[::-1] in walk for walk in _WALKS):
        raise Invalid("password", "guessable")
    for word in sorted({_bare(word) for word in (*words, *_KNOWN_WORDS)}, key=len, reverse=True):
        if len(word) >= 3 and word in bare:
            bare = bare.replace(word, "")
            if len(bare) < _OWN_MIN:
                raise Invalid("password", "guessable")
    if is_known(password, words):
        raise Invalid("password", "known")


def _normal(password: str) -> str:
    """Return one form of the same typed text (NIST SP 800-63B: NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", _normal(text)).casefold()
