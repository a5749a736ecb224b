"""What a back-up says of itself: its artefacts with their hashes, and what they must contain.

Names of tables, counts, sizes, checkpoints and opaque ids; no value. It is not secret, and it is
authenticated under the back-ups' key.
"""

import hmac
import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.backup.artefact import Written, derive
from app.backup.faults import BackupFault

FILE = "manifest.json"
FORMAT = "teduh-backup/1"
Counts = dict[str, dict[str, int]]
"""How many rows each table has of each tenant."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One part of a back-up: ``data`` (database and objects) or ``keys``.

    Attributes:
        revision: the migration up to which the database was.
        tenants: short name by id.
        checkpoints: size and root of each tenant's newest checkpoint.
        objects: how many bytes each object in the artefact has, by name.
        missing: objects that letters name and the store did not have.
        roots: the root keys that wrap the tenants' keys.
    """

    id: str
    part: str
    made_at: datetime
    revision: str
    tenants: dict[str, str]
    counts: Counts
    artefacts: dict[str, Written]
    checkpoints: dict[str, tuple[int, str]] = field(default_factory=dict)
    objects: int = 0
    missing: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()


def write(manifest: Manifest, folder: Path, key: bytes) -> None:
    """Write a manifest, durably."""
    content = {"format": FORMAT, **asdict(manifest), "made_at": manifest.made_at.isoformat()}
    content["mac"] = _mac(content, key)
    handle = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(content, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path, key: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        BackupFault: there is none, or it is not what was written under this key.
    """
    path = folder / FILE
    try:
        content = json.loads(path.read_text())
        mac = content.pop("mac")
        if content.pop("format") != FORMAT:
            raise BackupFault(f"{path} is of another format")
    except FileNotFoundError:
        raise BackupFault(f"{folder} holds no back-up") from None
    except (OSError, ValueError, KeyError, AttributeError):
        raise BackupFault(f"{path} cannot be read") from None
    if not hmac.compare_digest(str(mac), _mac({"format": FORMAT, **content}, key)):
        raise BackupFault(f"{path} was altered, or written under another key")
    return _of(content)


def _of(content: dict[str, Any]) -> Manifest:
    return Manifest(
        **{
            **content,
            "made_at": datetime.fromisoformat(content["made_at"]),
            "artefacts": {name: Written(**one) for name, one in content["artefacts"].items()},
            "checkpoints": {
                key: (size, root) for key, (size, root) in content["checkpoints"].items()
            },
            "missing": tuple(content["missing"]),
            "roots": tuple(content["roots"]),
        }
    )


def _mac(content: dict[str, Any], key: bytes) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hmac.new(derive(key, b"", "manifest"), text.encode(), sha256).hexdigest()
