"""Root key -> tenant key -> case key: wrap, unwrap, rotate the root.

The root keys, the index key and the binding key live in one file (``KEYRING_FILE``, mode
0600) that never enters the database. Tenant keys are stored wrapped by a root key, data
keys (one per case) wrapped by the tenant key. Destroying a data key makes everything
sealed under it unreadable at once (invariant 10).
"""

import base64
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import digest
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenants.errors import Unreadable

KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D, 8.2.2: random 96-bit nonces
_FORMAT = b"\x01"


class KeyringError(Exception):
    """The keyring file is missing, malformed, or readable by others."""


def associated_data(*parts: bytes) -> bytes:
    """Encode ``parts`` so that no two different lists encode alike (length-prefixed)."""
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])


def encrypt(key: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """Encrypt with AES-256-GCM; ``bound_to`` is authenticated but not stored."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, plaintext, bound_to)


def decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Undo :func:`encrypt`.

    Raises:
        Unreadable: other key, other place, or altered bytes.
    """
    if sealed[:1] != _FORMAT:
        raise Unreadable("unknown format of a sealed value")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, bound_to)
    except InvalidTag:
        raise Unreadable("a sealed value does not open here") from None


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """The keys that live outside the database.

    Attributes:
        roots: root keys by id; all but the active one only open what they once wrapped.
        index: the secret from which each tenant's blind-index key is derived.
        binding: the secret of the tenant-binding token.
    """

    roots: dict[str, bytes]
    active: str
    index: bytes
    binding: bytes

    def __repr__(self) -> str:
        return f"<Keyring active={self.active}>"

    def wrap_tenant_key(self, tenant_id: UUID, version: int, key: bytes) -> tuple[str, bytes]:
        """Wrap a tenant key under the active root key; return (root id, wrapped)."""
        place = _tenant_place(tenant_id, version)
        return self.active, encrypt(self.roots[self.active], key, place)

    def unwrap_tenant_key(
        self, tenant_id: UUID, version: int, root_id: str, wrapped: bytes
    ) -> bytes:
        """Undo :meth:`wrap_tenant_key`.

        Raises:
            Unreadable: the root key is gone or the wrapped key is not this tenant's.
        """
        root = self.roots.get(root_id)
        if root is None:
            raise Unreadable("the root key that wraps this tenant key is not on the keyring")
        return decrypt(root, wrapped, _tenant_place(tenant_id, version))

    def index_key(self, tenant_id: UUID) -> bytes:
        """Derive the tenant's blind-index key (HMAC-SHA256 as a PRF; invariant 9)."""
        return digest(self.index, associated_data(b"blind-index", tenant_id.bytes), sha256)


def wrap_data_key(
    tenant_key: bytes, tenant_id: UUID, subject_id: UUID, version: int, key: bytes
) -> bytes:
    """Wrap one version of the data key of ``subject_id`` (a case) under its tenant's key."""
    return encrypt(tenant_key, key, _data_place(tenant_id, subject_id, version))


def unwrap_data_key(
    tenant_key: bytes, tenant_id: UUID, subject_id: UUID, version: int, wrapped: bytes
) -> bytes:
    """Undo :func:`wrap_data_key`.

    Raises:
        Unreadable: the key belongs to another subject, tenant or version.
    """
    return decrypt(tenant_key, wrapped, _data_place(tenant_id, subject_id, version))


def _tenant_place(tenant_id: UUID, version: int) -> bytes:
    return associated_data(b"tenant-key", tenant_id.bytes, str(version).encode())


def _data_place(tenant_id: UUID, subject_id: UUID, version: int) -> bytes:
    # A first key is wrapped as it was before keys had versions.
    later = () if version == 1 else (str(version).encode(),)
    return associated_data(b"data-key", tenant_id.bytes, subject_id.bytes, *later)


def generate() -> Keyring:
    """Make a new keyring with one root key."""
    root, index, binding = (secrets.token_bytes(KEY_BYTES) for _ in range(3))
    return Keyring(roots={"r1": root}, active="r1", index=index, binding=binding)


def write(ring: Keyring, path: Path) -> None:
    """Write ``ring`` to a new file of mode 0600, durably.

    Raises:
        KeyringError: the file exists; an existing keyring is never overwritten.
    """
    content = {
        "roots": {name: _text(key) for name, key in ring.roots.items()},
        "active": ring.active,
        "index": _text(ring.index),
        "binding": _text(ring.binding),
    }
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyringError(f"{path} exists already; it was left as it is") from None
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=2)
        file.flush()
        os.fsync(file.fileno())


def add_root(path: Path) -> Keyring:
    """Add a root key to a keyring file and make it the one that wraps; return the new ring.

    The others stay, to open what they wrapped. Whoever dies in it leaves the old file or the new
    one, never half of one.

    Raises:
        KeyringError: the file cannot be read or replaced.
    """
    with _held(path):
        ring = load(path)
        number = 1 + max(int(name[1:]) for name in ring.roots if name[1:].isdigit())
        name = f"r{number}"
        roots = {**ring.roots, name: secrets.token_bytes(KEY_BYTES)}
        grown = replace(ring, roots=roots, active=name)
        _replace(path, grown)
    return grown


def remove_root(path: Path, name: str) -> Keyring:
    """Take a root key that wraps nothing any more out of a keyring file; return the new ring.

    Raises:
        KeyringError: there is no such key, it is the active one, or the file cannot be replaced.
    """
    with _held(path):
        ring = load(path)
        if name not in ring.roots:
            raise KeyringError(f"{path} has no root key {name}")
        if name == ring.active:
            raise KeyringError(f"{name} is the root key that wraps now")
        smaller = replace(ring, roots={one: k for one, k in ring.roots.items() if one != name})
        _replace(path, smaller)
    return smaller


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Let one command at a time change the keyring; the kernel lets go when it dies."""
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise KeyringError(f"{path.parent}: {error.strerror}") from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _replace(path: Path, ring: Keyring) -> None:
    """Put a keyring in the place of another, readable by the one who could read that."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.unlink(missing_ok=True)
        write(ring, beside)
        owner = path.stat()
        if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(beside, owner.st_uid, owner.st_gid)
        beside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise KeyringError(f"{path} cannot be replaced: {error.strerror}") from None
    finally:
        beside.unlink(missing_ok=True)


def load(path: Path) -> Keyring:
    """Read a keyring file.

    Raises:
        KeyringError: missing, malformed, a key of the wrong length, or open to others.
    """
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyringError(f"{path} can be read by others: chmod 600 {path}")
        content = json.loads(path.read_text())
        ring = Keyring(
            roots={name: _key(value) for name, value in content["roots"].items()},
            active=content["active"],
            index=_key(content["index"]),
            binding=_key(content["binding"]),
        )
    except FileNotFoundError:
        raise KeyringError(f"{path} does not exist: flask keys init {path}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyringError(f"{path} is not a keyring ({type(error).__name__})") from None
    if ring.active not in ring.roots:
        raise KeyringError(f"{path}: the active root key is not in the file")
    return ring


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _key(value: str) -> bytes:
    key = base64.b64decode(value, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("wrong length")
    return key
