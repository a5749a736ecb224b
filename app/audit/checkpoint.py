"""Signed checkpoints of an audit log: C2SP tlog-checkpoint in a C2SP signed note, Ed25519.

    teduh/dinas-contoh
    1024
    <base64 of the 32-byte root>

    — teduh/dinas-contoh <base64 of key ID (4 bytes) and signature (64 bytes)>

The reader takes exactly this form. It is stricter than the specification in one point: extension
lines, which nobody could audit, are refused. Signatures of other keys (witnesses, an older or newer
key of the log) may stand beside the log's own and are passed over.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.audit.merkle import HASH_SIZE, MAX_SIZE

ED25519: Final = b"\x01"
"""The signature type of the signed-note specification."""
MAX_NOTE: Final = 65_536
"""Longest note that is read, in bytes."""
MAX_SIGNATURES: Final = 64
"""The specification asks for 16 at least."""

_SIZE = re.compile("0|[1-9][0-9]{0,18}")
_KEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)")


class CheckpointError(ValueError):
    """A note or key that is malformed, or a note that the key did not sign."""


@dataclass(frozen=True)
class Checkpoint:
    """What a log promises for ever: with `size` leaves its tree has this `root` (32 bytes).

    `origin` names the log, `teduh/<tenant slug>`.
    """

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the three lines that are signed.

        Raises:
            CheckpointError: the origin, size or root cannot be written in this form.
        """
        _check_name(self.origin)
        if not 0 <= self.size <= MAX_SIZE:
            raise CheckpointError("no tree has this size")
        if len(self.root) != HASH_SIZE:
            raise CheckpointError("a root is 32 bytes long")
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n"


class NoteSignature(NamedTuple):
    """One signature line: key name, 4-byte key ID and the bytes of the signature."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True)
class VerifierKey:
    """A log's public key under its name, written as `name+key ID in hex+base64(0x01 || key)`."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that name this key in a signature line."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_encode(ED25519 + self.public)}"

    @classmethod
    def parse(cls, vkey: str) -> VerifierKey:
        """Read the written form.

        Raises:
            CheckpointError: it is malformed, of another type, or its key ID does not fit.
        """
        found = _KEY.fullmatch(vkey)
        if found is None:
            raise CheckpointError("not a verifier key")
        name, key_id, encoded = found.groups()
        _check_name(name)
        content = _decode(encoded)
        if len(content) != 33 or content[:1] != ED25519:
            raise CheckpointError("not an Ed25519 verifier key")
        key = cls(name, content[1:])
        if key.key_id.hex() != key_id:
            raise CheckpointError("the key ID does not fit the key")
        return key

    @classmethod
    def of(cls, name: str, private: Ed25519PrivateKey) -> VerifierKey:
        """Return the public half of a log's signing key under the log's name."""
        _check_name(name)
        return cls(name, private.public_key().public_bytes_raw())


def sign(checkpoint: Checkpoint, private: Ed25519PrivateKey) -> str:
    """Return the signed note, under the origin as the key's name.

    The caller must never sign two different roots for one size, nor a tree that does not append to
    the one it signed before: a log that does has lied to someone.

    Raises:
        CheckpointError: the checkpoint cannot be written.
    """
    return sign_text(checkpoint.text(), checkpoint.origin, private)


def sign_statement(first: str, lines: Sequence[str], name: str, private: Ed25519PrivateKey) -> str:
    """Return a signed note that is no checkpoint: a statement of the log's keeper.

    Args:
        first: what kind of statement it is; never a log's name, so that it is never taken for a
            checkpoint.

    Raises:
        CheckpointError: a line holds a newline, or the first one could be a log's name.
    """
    if "/" not in first or first == name or any("\n" in line for line in (first, *lines)):
        raise CheckpointError("the statement cannot be written")
    return sign_text("".join(f"{line}\n" for line in (first, name, *lines)), name, private)


def sign_text(text: str, name: str, private: Ed25519PrivateKey) -> str:
    """Return ``text`` as a C2SP signed note under the key's name.

    The first line of a checkpoint is its origin; whatever else is signed must begin otherwise, or
    it could be taken for one.
    """
    key = VerifierKey.of(name, private)
    signature = _encode(key.key_id + private.sign(text.encode()))
    return f"{text}\n— {key.name} {signature}\n"


def parse(note: str | bytes) -> tuple[Checkpoint, list[NoteSignature]]:
    """Read a note WITHOUT checking any signature; use `verify` to believe it.

    Raises:
        CheckpointError: the note departs from the form by a single byte.
    """
    text = _text(note)
    body, border, signatures = text.rpartition("\n\n")
    if not border or not signatures.endswith("\n"):
        raise CheckpointError("the note has no signature")
    lines = body.split("\n")
    if len(lines) != 3:
        raise CheckpointError("a checkpoint has an origin, a size and a root")
    origin, size, root = lines
    if not _SIZE.fullmatch(size):
        raise CheckpointError("the size is not a decimal number")
    checkpoint = Checkpoint(origin, int(size), _decode(root))
    checkpoint.text()
    rows = signatures[:-1].split("\n")
    if len(rows) > MAX_SIGNATURES:
        raise CheckpointError("the note has too many signatures")
    return checkpoint, [_signature(row) for row in rows]


def verify(note: str | bytes, key: VerifierKey | str) -> Checkpoint:
    """Return the checkpoint if the log named by `key` signed it.

    Args:
        note: the signed note, UTF-8.
        key: the log's public key, got from elsewhere than the note.

    Raises:
        CheckpointError: malformed, of another log, not signed by this key, or signed wrongly.
    """
    known = VerifierKey.parse(key) if isinstance(key, str) else key
    checkpoint, signatures = parse(note)
    if checkpoint.origin != known.name:
        raise CheckpointError("this is a checkpoint of another log")
    own = [each for each in signatures if each[:2] == (known.name, known.key_id)]
    if not own:
        raise CheckpointError("this key did not sign the checkpoint")
    try:
        public = Ed25519PublicKey.from_public_bytes(known.public)
        for each in own:
            public.verify(each.value, checkpoint.text().encode())
    except (InvalidSignature, ValueError) as error:
        raise CheckpointError("the signature is wrong") from error
    return checkpoint


def _text(note: str | bytes) -> str:
    try:
        content = note.encode() if isinstance(note, str) else note
        text = content.decode()
    except UnicodeError as error:
        raise CheckpointError("the note is not UTF-8") from error
    if len(content) > MAX_NOTE:
        raise CheckpointError("the note is too long")
    if any(character < " " and character != "\n" for character in text):
        raise CheckpointError("the note holds a control character")
    return text


def _signature(row: str) -> NoteSignature:
    parts = row.split(" ")
    if len(parts) != 3 or parts[0] != "—":
        raise CheckpointError("malformed signature line")
    _check_name(parts[1])
    content = _decode(parts[2])
    if len(content) < 5:
        raise CheckpointError("a signature is too short")
    return NoteSignature(parts[1], content[:4], content[4:])


def _check_name(name: str) -> None:
    """A key's name: not empty, no white space, no plus and no control character."""
    if not name or any(each.isspace() or each == "+" or each < " " for each in name):
        raise CheckpointError("the log's name is empty or holds a space or a plus")
    try:
        name.encode()
    except UnicodeError as error:
        raise CheckpointError("the log's name is not valid Unicode") from error


def _encode(content: bytes) -> str:
    return b64encode(content).decode("ascii")


def _decode(encoded: str) -> bytes:
    """Decode base64 in its one canonical form, so that a note has one spelling only."""
    try:
        content = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CheckpointError("malformed base64") from error
    if _encode(content) != encoded:
        raise CheckpointError("base64 that is not canonical")
    return content
