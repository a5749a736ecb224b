"""The key of back-ups: one file of mode 0600, made once, kept apart from the back-ups."""

import base64
import os
import secrets
import stat
from pathlib import Path

from app.backup.faults import BackupFault

KEY_BYTES = 32


def make(path: Path) -> bool:
    """Make a key file unless it exists; tell whether it was made.

    Raises:
        BackupFault: the file cannot be written, or is there and is no key.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        load(path)
        return False
    except OSError as error:
        raise BackupFault(f"{path}: {error.strerror}") from None
    with os.fdopen(handle, "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def load(path: Path) -> bytes:
    """Read a key file.

    Raises:
        BackupFault: missing, malformed, or open to others.
    """
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise BackupFault(f"{path} can be read by others: chmod 600 {path}")
        key = base64.b64decode(path.read_text().strip(), validate=True)
    except FileNotFoundError:
        raise BackupFault(f"{path} does not exist: flask backup init") from None
    except (OSError, ValueError):
        raise BackupFault(f"{path} is not a key of back-ups") from None
    if len(key) != KEY_BYTES:
        raise BackupFault(f"{path} is not a key of back-ups")
    return key
