"""Where the worker processes of a test are born: in a process that has loaded their modules.

A worker started by itself spends more time on loading WeasyPrint and the application than on
the letter of its test, and these tests start fifty. Each still makes its own application from
its own environment, and is a process of its own to be killed.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

LOADED = ["workers.forking", "workers.outbox", "workers.documents", "app.startup", "psycopg"]

_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload(["tests.faults.nursery", *LOADED])


class Born:
    """A running ``python -m workers ...``, with what the tests use of a ``Popen``."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        assert process.pid is not None
        self.pid: int = process.pid

    def poll(self) -> int | None:
        """The exit status, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end; return the exit status, or None when it still runs."""
        self._process.join(timeout)
        return self._process.exitcode

    def terminate(self) -> None:
        """Ask it to end."""
        os.kill(self.pid, signal.SIGTERM)


def bear(arguments: Sequence[str], settings: Mapping[str, str], log: Path) -> Born:
    """Start one process, with exactly these settings as its environment."""
    process = _nursery.Process(target=_live, args=(list(arguments), dict(settings), str(log)))
    process.start()
    return Born(process)


def _live(arguments: list[str], settings: dict[str, str], log: str) -> None:
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.environ.clear()
    os.environ.update(settings)
    from workers.__main__ import main

    sys.exit(main(arguments))
