"""The SQL statements of a page: how many, the same on every machine, and how long they take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect every statement that is sent inside the block, on any connection."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def waited() -> Iterator[list[float]]:
    """Collect the seconds that each statement inside the block took, on any connection."""
    waits: list[float] = []

    def begin(_c: Any, _cursor: Any, _statement: str, _values: Any, run: Any, _many: bool) -> None:
        run.begun = time.perf_counter()

    def end(_c: Any, _cursor: Any, _statement: str, _values: Any, run: Any, _many: bool) -> None:
        waits.append(time.perf_counter() - run.begun)

    event.listen(Engine, "before_cursor_execute", begin)
    event.listen(Engine, "after_cursor_execute", end)
    try:
        yield waits
    finally:
        event.remove(Engine, "before_cursor_execute", begin)
        event.remove(Engine, "after_cursor_execute", end)
