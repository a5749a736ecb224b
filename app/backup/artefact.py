"""One encrypted file of a back-up: written and read as a stream, authenticated piece by piece.

Pieces of a mebibyte under AES-256-GCM; the nonce is the piece's number and whether it is the last,
so that none can be altered, left out, moved or cut off (the STREAM construction of Hoang and
others, CRYPTO 2015). Each file has a key of its own, derived with a fresh salt.
"""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.backup.faults import BackupFault

MAGIC = b"teduh-backup-1\n"
SALT_BYTES = 32
PIECE = 1 << 20
_LENGTH = 4
_TAG = 16


@dataclass(frozen=True, slots=True)
class Written:
    """A finished artefact: its size and hash, for the manifest."""

    file: str
    size: int
    sha256: str


def derive(key: bytes, salt: bytes, purpose: str) -> bytes:
    """Return a key for one purpose."""
    return HKDF(SHA256(), 32, salt, b"teduh backup " + purpose.encode()).derive(key)


class _Sealing(io.RawIOBase):
    """Takes plaintext and writes sealed pieces to a file."""

    def __init__(self, file: BinaryIO, key: bytes, purpose: str) -> None:
        salt = secrets.token_bytes(SALT_BYTES)
        self._cipher = AESGCM(derive(key, salt, purpose))
        self._file = file
        self._waiting = bytearray()
        self._number = 0
        self.digest = sha256()
        self.size = 0
        self._put(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        taken = bytes(memoryview(data))
        self._waiting += taken
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(taken)

    def finish(self) -> None:
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, plaintext: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), plaintext, MAGIC)
        self._put(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self._number += 1

    def _put(self, content: bytes) -> None:
        self._file.write(content)
        self.digest.update(content)
        self.size += len(content)


class _Opening(io.RawIOBase):
    """Gives the plaintext of a sealed file."""

    def __init__(self, path: Path, file: BinaryIO, key: bytes, purpose: str) -> None:
        self._path, self._file = path, file
        head = file.read(len(MAGIC) + SALT_BYTES)
        if head[: len(MAGIC)] != MAGIC or len(head) != len(MAGIC) + SALT_BYTES:
            raise self._fault()
        self._cipher = AESGCM(derive(key, head[len(MAGIC) :], purpose))
        self._number, self._over = 0, False
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        while not self._ready and not self._over:
            self._ready = self._next()
        count = min(len(view), len(self._ready))
        view[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _next(self) -> bytes:
        length = int.from_bytes(self._file.read(_LENGTH), "big")
        sealed = self._file.read(length) if _TAG <= length <= PIECE + _TAG else b""
        if len(sealed) != length:
            raise self._fault()
        for last in (False, True):
            try:
                plaintext = self._cipher.decrypt(_nonce(self._number, last), sealed, MAGIC)
            except (InvalidTag, ValueError):
                continue
            self._number += 1
            self._over = last
            if last and self._file.read(1):
                break
            return plaintext
        raise self._fault()

    def _fault(self) -> BackupFault:
        return BackupFault(
            f"{self._path} does not open: altered, cut off, of another back-up or another key"
        )


@contextmanager
def sealing(path: Path, key: bytes, purpose: str) -> Iterator[tuple[BinaryIO, list[Written]]]:
    """Write an artefact to a new file of mode 0600; the list holds its description afterwards.

    Raises:
        BackupFault: it cannot be written.
    """
    written: list[Written] = []
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            stream = _Sealing(file, key, purpose)
            yield stream, written  # type: ignore[misc]
            stream.finish()
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BackupFault(f"{path}: {error.strerror}") from None
    written.append(Written(path.name, stream.size, stream.digest.hexdigest()))


@contextmanager
def opening(path: Path, key: bytes, purpose: str) -> Iterator[BinaryIO]:
    """Read an artefact's plaintext.

    Raises:
        BackupFault: it cannot be read or does not open, at its beginning or while it is read.
    """
    try:
        with path.open("rb") as file:
            yield io.BufferedReader(_Opening(path, file, key, purpose), PIECE)
    except OSError as error:
        raise BackupFault(f"{path}: {error.strerror}") from None


def hash_of(path: Path) -> tuple[int, str]:
    """Return size and SHA-256 of a file.

    Raises:
        BackupFault: it cannot be read.
    """
    digest, size = sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        raise BackupFault(f"{path}: {error.strerror}") from None
    return size, digest.hexdigest()


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")
