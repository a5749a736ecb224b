"""The web's port: free, or a clear word about it."""

from __future__ import annotations

import errno
import socket
import time

from app.local.fault import StackFault

PORT_SECONDS = 3.0  # how long a server of a killed start may take to let its port go


def free_addresses(port: int) -> list[str]:
    """The loopback addresses to listen on at `port`: IPv4, and IPv6 where the machine has it.

    Raises StackFault when another program listens there.
    """
    deadline = time.monotonic() + PORT_SECONDS
    while True:
        try:
            return bindable(port)
        except PermissionError as error:
            raise StackFault(f"port {port} needs more rights; try: make run PORT=8001") from error
        except OSError as error:
            if time.monotonic() > deadline:
                raise StackFault(
                    f"port {port} is in use by another program; end it, or take another port: "
                    f"make run PORT={port + 1}"
                ) from error
            time.sleep(0.1)


def bindable(port: int) -> list[str]:
    """Bind each loopback address for a moment. OSError when the port is taken on one."""
    addresses = []
    for family, host, shown in (
        (socket.AF_INET, "127.0.0.1", "127.0.0.1"),
        (socket.AF_INET6, "::1", "[::1]"),
    ):
        try:
            probe = socket.socket(family, socket.SOCK_STREAM)
        except OSError:
            continue  # this machine has no such family
        with probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if family == socket.AF_INET6 and not isinstance(error, PermissionError):
                    if error.errno == errno.EADDRINUSE:
                        raise
                    continue
                raise
            addresses.append(f"{shown}:{port}")
    return addresses
