"""A real S3 server with two buckets, each with credentials of its own: SeaweedFS from its wheel."""

from __future__ import annotations

import json
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from app.local.child import Child, leash, service_environment

PATIENCE = 60.0
REGION = "us-east-1"
LETTERS, CHECKPOINTS = "letters", "checkpoints"
_PORTS = ("master", "volume", "filer", "s3")


@dataclass(frozen=True)
class Login:
    """Who may use one bucket."""

    key: str
    secret: str = field(repr=False)


class Buckets:
    """The server, on ports of this machine alone; everything in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._child: Child | None = None
        self._ports: dict[str, int] = {}
        self.logins = {
            name: Login(f"key-of-{name}", secrets.token_urlsafe(24))
            for name in (LETTERS, CHECKPOINTS)
        }

    @property
    def endpoint(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._ports['s3']}"

    def options(self, login: str) -> dict[str, str]:
        """What a store is opened with."""
        known = self.logins[login]
        return {
            "access_key_id": known.key,
            "secret_access_key": known.secret,
            "region": REGION,
            "endpoint": self.endpoint,
        }

    def __enter__(self) -> Self:
        identities = [
            {
                "name": name,
                "credentials": [{"accessKey": login.key, "secretKey": login.secret}],
                "actions": [f"Read:{name}", f"Write:{name}"],
            }
            for name, login in self.logins.items()
        ]
        config = self._folder / "s3.json"
        config.write_text(json.dumps({"identities": identities}), encoding="utf-8")
        self._ports = dict(zip(self._names(), _free(2 * len(_PORTS)), strict=True))
        ports = [f"-{name}={port}" for name, port in self._named().items()]
        self._child = Child(
            "SeaweedFS",
            [
                *leash("KILL"),
                *(str(_program()), "server", "-s3", "-s3.iam=false", f"-s3.config={config}"),
                *(f"-dir={self._folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *ports),
                *("-volume.max=40", "-master.volumeSizeLimitMB=16"),
                # Whatever else it would serve at ports of its own choice, and tell of itself.
                *("-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"),
                f"-filer.localSocket={self._folder / 'filer.sock'}",
            ],
            self._folder / "weed.log",
            service_environment(),
            self._folder,
        )
        try:
            self._wait()
            self._make_buckets()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End it; it does not end by itself when asked."""
        if self._child is not None:
            self._child.stop(signal.SIGKILL)
            self._child = None

    @staticmethod
    def _names() -> list[str]:
        return [each for name in _PORTS for each in (name, f"{name}.grpc")]

    def _named(self) -> dict[str, int]:
        """Each port under the option's name."""
        return {
            f"{name.removesuffix('.grpc')}.port{'.grpc' if name.endswith('.grpc') else ''}": port
            for name, port in self._ports.items()
        }

    def _wait(self) -> None:
        assert self._child is not None
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"{self.endpoint}/healthz", timeout=2).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError as error:
                if not self._child.running() or time.monotonic() > deadline:
                    raise self._child.fault() from error
            time.sleep(0.05)

    def _make_buckets(self) -> None:
        address = {name: f"127.0.0.1:{self._ports[name]}.{self._ports[name + '.grpc']}"
                   for name in ("master", "filer")}  # fmt: skip
        orders = "".join(f"s3.bucket.create -name {name}\n" for name in self.logins)
        done = subprocess.run(
            [str(_program()), "shell", "-master", address["master"], "-filer", address["filer"]],
            input=orders,
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        )
        assert done.stdout.count("created bucket") == len(self.logins), done.stdout


def _program() -> Path:
    return Path(sys.executable).parent / "weed"


def _free(count: int) -> list[int]:
    """Ports that nobody uses now."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
