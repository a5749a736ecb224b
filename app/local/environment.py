"""What each process finds in its environment: its own credentials and nobody else's."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from app.local.place import write_private
from app.local.services import DATABASE, Services

# Which database role each process logs in with.
PROCESS_ROLES = {
    "web": "web",
    "worker": "worker",
    "outbox": "worker",
    "audit": "worker",
    "schedule": "worker",
}
# Never inherited from the shell: a stack uses its own servers only.
OWN_SETTINGS = (
    "DATABASE_URL",
    "MIGRATION_DATABASE_URL",
    "OPERATOR_DATABASE_URL",
    "RETENTION_DATABASE_URL",
    "KEYS_DATABASE_URL",
    "BACKUP_DATABASE_URL",
    "BACKUP_FOLDER",
    "KEY_BACKUP_FOLDER",
    "BACKUP_KEY_FILE",
    "DESTROYED_STORE_URL",
    "DESTROYED_STORE_KEY_ID",
    "DESTROYED_STORE_SECRET",
    "DESTROYED_STORE_REGION",
    "DESTROYED_STORE_ENDPOINT",
    "REDIS_URL",
    "OBJECT_STORE_URL",
    "KEYRING_FILE",
    "SECRET_KEY",
    "PUBLIC_SCHEME",
    "PUBLIC_PORT",
    "TRUSTED_PROXIES",
    "LOG_LEVEL",
    "TIMESTAMP_URL",
    "TIMESTAMP_ANCHOR",
    "METRICS_LISTEN",
    "METRICS_TOKEN",
    "CHECKPOINT_STORE_URL",
    "CHECKPOINT_STORE_KEY_ID",
    "CHECKPOINT_STORE_SECRET",
    "CHECKPOINT_STORE_REGION",
    "CHECKPOINT_STORE_ENDPOINT",
    "GUNICORN_CMD_ARGS",
)


def common_settings(
    *, redis_url: str, objects: Path, keyring: Path, secret_key: str, port: int
) -> dict[str, str]:
    """The settings every process shares; `port` is the one in the addresses people see."""
    return {
        "REDIS_URL": redis_url,
        "OBJECT_STORE_URL": objects.resolve().as_uri(),
        "KEYRING_FILE": str(keyring),
        "SECRET_KEY": secret_key,
        "PUBLIC_SCHEME": "http",
        "PUBLIC_PORT": str(port),
        "TRUSTED_PROXIES": "0",
        "LOG_LEVEL": "INFO",
    }


def compose(services: Services, port: int) -> dict[str, dict[str, str]]:
    """The settings of each process by name: those of the Procfile, and of single commands.

    `migration` runs migrations and installs keys as the owner; `operator` does everything an
    operator does, with its own roles beside the web's; `backup` makes and checks back-ups.
    """
    common = common_settings(
        redis_url=services.valkey.url(),
        objects=services.place.objects,
        keyring=services.place.keyring,
        secret_key=services.secrets["application"],
        port=port,
    )
    url = services.postgres.url
    every = {
        process: {**common, "DATABASE_URL": url(role, DATABASE)}
        for process, role in PROCESS_ROLES.items()
    }
    # Beside the letters' folder and known to the one process that fills it.
    checkpoints = services.place.folder / "checkpoints"
    every["schedule"]["CHECKPOINT_STORE_URL"] = checkpoints.resolve().as_uri()
    every["schedule"]["RETENTION_DATABASE_URL"] = url("retention", DATABASE)
    every["migration"] = {**every["web"], "MIGRATION_DATABASE_URL": url("migration", DATABASE)}
    every["operator"] = {
        **every["web"],
        "OPERATOR_DATABASE_URL": url("operator", DATABASE),
        "KEYS_DATABASE_URL": url("keys", DATABASE),
    }
    folder = services.place.folder.resolve()
    every["schedule"]["DESTROYED_STORE_URL"] = (folder / "destroyed").as_uri()
    every["backup"] = {
        **common,
        "DATABASE_URL": url("backup", DATABASE),
        "BACKUP_DATABASE_URL": url("backup", DATABASE),
        "BACKUP_FOLDER": str(folder / "backups"),
        "KEY_BACKUP_FOLDER": str(folder / "key-backups"),
        "BACKUP_KEY_FILE": str(folder / "backup.key"),
        "DESTROYED_STORE_URL": (folder / "destroyed").as_uri(),
    }
    return every


def write(services: Services, settings: Mapping[str, Mapping[str, str]]) -> None:
    """Write `<process>.env` (0600) for each, to be read by a shell: `set -a; . FILE`."""
    for process, values in settings.items():
        text = "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
        write_private(services.place.folder / f"{process}.env", text)


def complete(settings: Mapping[str, str], programs: Path) -> dict[str, str]:
    """A process's whole environment: the shell's without foreign settings, and its own.

    `programs` is the folder (of the virtual environment) that comes first on PATH.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}
    path = f"{programs}{os.pathsep}{inherited.get('PATH', '/usr/bin:/bin')}"
    return {**inherited, "PATH": path, "PYTHONUNBUFFERED": "1", **settings}
