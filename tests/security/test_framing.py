"""Where one request ends and the next begins: no second one is hidden in the first.

The server is gunicorn as production runs it, asked over a socket of its own, since no client
sends such requests.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.local.environment import complete
from app.web.blueprint import DECLARATIONS
from tests.processes import PATIENCE, ROOT
from tests.world import PASUR, World, host_of

HOST = f"Host: {host_of(PASUR)}\r\n".encode()
HIDDEN = b"GET /sign-in HTTP/1.1\r\n" + HOST + b"\r\n"
FIRST = b"POST /sign-in HTTP/1.1\r\n" + HOST
CHUNKED = b"Transfer-Encoding: chunked\r\n"

UNCLEAR = {
    "a length and chunks": b"Content-Length: 4\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
    "chunks and a length": CHUNKED + b"Content-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 3\r\nContent-Length: 0\r\n\r\nabc",
    "a length with a sign": b"Content-Length: +3\r\n\r\nabc",
    "a length in sixteens": b"Content-Length: 0x3\r\n\r\nabc",
    "a length below nothing": b"Content-Length: -3\r\n\r\nabc",
    "an unknown encoding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two encodings": CHUNKED + b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "a blank before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "an odd blank after it": b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "a folded line": b"X: a\r\n " + CHUNKED + b"\r\n0\r\n\r\n",
    "half a line's end": CHUNKED + b"\r\n3\nabc\r\n0\r\n\r\n",
    "a chunk in no number": CHUNKED + b"\r\n3_\r\nabc\r\n0\r\n\r\n",
}

Ask = Callable[[bytes], bytes]


@pytest.fixture
def ask(world: World) -> Iterator[Ask]:
    """Sends bytes to gunicorn on one connection and gives back all that it answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.fileno()
        command = ["gunicorn", "--threads", "2", "--bind", f"fd://{number}", "wsgi:app"]
        server = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=complete(world.settings, Path(sys.executable).parent),
            pass_fds=[number],
            stderr=subprocess.DEVNULL,
        )

        def send(data: bytes) -> bytes:
            with socket.create_connection(listener.getsockname(), PATIENCE) as connection:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                answer = b""
                try:
                    while piece := connection.recv(65_536):
                        answer += piece
                except ConnectionResetError:
                    pass  # it refused before it had read everything
                return answer

        yield send
        server.terminate()
        server.wait(PATIENCE)


def looks(world: World) -> int:
    """How often the hidden page was asked for."""
    tag = DECLARATIONS["accounts.sign_in_form"].records.code
    return sum(event["tag"] == tag for event in world.events())


def test_a_request_whose_end_is_unclear_is_refused_and_hides_no_other(
    world: World, ask: Ask
) -> None:
    assert ask(HIDDEN + HIDDEN).count(b"HTTP/1.1 200 ") == 2  # what is hidden below, in the open
    assert looks(world) == 2
    assert b"\r\nserver:" not in ask(HIDDEN).lower()  # which server it is, nobody needs to know
    before = looks(world)
    for what, rest in UNCLEAR.items():
        answer = ask(FIRST + rest + HIDDEN)
        assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ")), what
        assert b"HTTP/1.1 200 " not in answer, what
    assert looks(world) == before
