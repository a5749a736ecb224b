"""The folder a local stack keeps everything in, and the secrets made there."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.local.fault import StackFault

SERVICE_ROLES = ("migration", "web", "worker", "operator", "retention", "keys", "backup")
SECRET_NAMES = ("superuser", *SERVICE_ROLES, "valkey", "application")

# A unix socket's path holds at most 107 bytes; PostgreSQL adds "/.s.PGSQL.5432.lock".
SOCKET_FOLDER_LIMIT = 85
# A first start writes about 60 MB (cluster and its first log segments); leave room for letters.
FREE_BYTES_NEEDED = 200 * 1024 * 1024


@dataclass(frozen=True)
class Place:
    """Where one stack lives. Two stacks in two folders do not know of each other."""

    folder: Path

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    @property
    def objects(self) -> Path:
        return self.folder / "objects"

    @property
    def keyring(self) -> Path:
        return self.folder / "keyring.json"

    @property
    def demo_logins(self) -> Path:
        return self.folder / "demo-logins.json"

    @property
    def progress(self) -> Path:
        return self.folder / "progress.json"

    @property
    def sockets(self) -> Path:
        """The 0700 folder of the sockets; a hashed name in the temporary folder if too long."""
        near = self.folder / "sockets"
        if len(os.fsencode(near)) <= SOCKET_FOLDER_LIMIT:
            return near
        return Path(tempfile.gettempdir()) / f"teduh-{self.digest}"

    @property
    def digest(self) -> str:
        """A short name for this folder, for what has to lie outside it."""
        return hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]

    def prepare(self) -> None:
        """Create the folders, readable by this user alone.

        Raises StackFault when the disk is full, read-only or not this user's.
        """
        try:
            for folder in (self.folder, self.logs, self.objects, self.sockets):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if folder.stat().st_uid != os.geteuid():
                    raise StackFault(f"{folder} belongs to another user; remove it or move it away")
                folder.chmod(0o700)
            probe = self.folder / ".writable"
            probe.write_bytes(b"x")
            probe.unlink()
            free = shutil.disk_usage(self.folder).free
        except OSError as error:
            raise StackFault(describe(error, self.folder)) from error
        if free < FREE_BYTES_NEEDED:
            raise StackFault(
                f"only {free // 1024**2} MB are left on the disk of {self.folder}; "
                f"free {FREE_BYTES_NEEDED // 1024**2} MB and start again"
            )

    def lock(self) -> IO[str]:
        """Hold this place for the life of the process (or until the returned file is closed).

        A POSIX record lock: the kernel drops it when the holder dies in whatever way, and
        children do not inherit it, so it never goes stale. Raises StackFault when a live stack
        holds it.
        """
        # The lock lives as long as the open file, beyond this function.
        handle = (self.folder / "lock").open("a+", encoding="ascii")
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            handle.close()
            raise StackFault(
                f"already running from {self.folder} (process {holder}); stop that one first"
            ) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        return handle

    def secrets(self, *, data: Path | None) -> dict[str, str]:
        """The passwords of this place, made at random on first use and kept in a 0600 file.

        `data` is a database made here earlier; then missing secrets are a StackFault, because
        new ones would not open it.
        """
        path = self.folder / "secrets.json"
        if path.exists():
            try:
                known = json.loads(path.read_text(encoding="utf-8"))
                return self._completed({str(name): str(known[name]) for name in known})
            except (ValueError, KeyError, TypeError) as error:
                raise StackFault(
                    f"{path} is damaged; restore it, or remove {self.folder}"
                ) from error
        if data is not None:
            raise StackFault(f"{path} is missing; restore it, or remove {data} to begin anew")
        return self._write_secrets({name: secrets.token_urlsafe(32) for name in SECRET_NAMES})

    def _completed(self, known: dict[str, str]) -> dict[str, str]:
        """Add the password of a role that came after the stack was made: each start sets them.

        Raises KeyError when another one is missing.
        """
        lacking = [name for name in SECRET_NAMES if name not in known]
        if not lacking:
            return known
        if unknown := set(lacking) - set(SERVICE_ROLES):
            raise KeyError(*unknown)
        return self._write_secrets({**known, **{n: secrets.token_urlsafe(32) for n in lacking}})

    def _write_secrets(self, fresh: dict[str, str]) -> dict[str, str]:
        write_private(self.folder / "secrets.json", json.dumps(fresh, indent=1) + "\n")
        return fresh


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read (0600), whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(path)


def describe(error: OSError, path: Path) -> str:
    """An operating-system error as one sentence about what to do."""
    reasons = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "permission denied",
        errno.EPERM: "permission denied",
    }
    reason = reasons.get(error.errno or 0, error.strerror or str(error))
    return f"cannot write in {error.filename or path}: {reason}"
