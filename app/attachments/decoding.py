"""Has a file read by a process that can do nothing else (:mod:`app.attachments.decoder`)."""

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Thread, Timer
from typing import IO, cast

from tenants.errors import Invalid

MEMORY = 1_500_000_000  # octets of address space; 64 million pixels take a third of it
CPU_SECONDS = 20
PATIENCE = 40.0  # seconds, when the machine is busy
MOST_ANSWERED = 100_000_000  # octets; five times the largest file that is accepted
AT_ONCE = 2  # in one process of ours; the others wait a little
WAIT = 10.0  # seconds for a place; a request that waits holds a connection to the database
_BEGINNINGS = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "application/pdf": b"%PDF-",
}
_PROGRAM = Path(__file__).with_name("decoder.py")
_PLACES = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Copy:
    """A clean copy of a file, and what it is.

    Attributes:
        width, height: of a picture; ``pages`` of a PDF.
    """

    media: str
    content: bytes = field(repr=False)
    width: int | None = None
    height: int | None = None
    pages: int | None = None


def clean(data: bytes) -> Copy:
    """Return a clean copy of a file: JPEG, PNG or PDF.

    Raises:
        Invalid: ``file``, with the code of why it is not accepted.
    """
    return _run("clean", data)


def shrink(data: bytes) -> Copy:
    """Return a small copy of a picture that was cleaned.

    Raises:
        Invalid: as :func:`clean`.
    """
    return _run("preview", data)


def _run(work: str, data: bytes) -> Copy:
    if not _PLACES.acquire(timeout=WAIT):
        raise Invalid("file", "busy")
    try:
        code, answer = _answer(work, data)
    finally:
        _PLACES.release()
    if len(answer) > MOST_ANSWERED or code < 0:
        raise Invalid("file", "too-heavy")
    if code != 0:
        raise Invalid("file", "broken")
    return _read(answer)


def _answer(work: str, data: bytes) -> tuple[int, bytes]:
    """Return how the process ended, and what it wrote: of too much, one octet beyond the limit.

    It is killed when its time is over, or when it writes without end.
    """
    with subprocess.Popen(
        [sys.executable, "-I", str(_PROGRAM), work, str(MEMORY), str(CPU_SECONDS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback could quote what it read
        env={},
        cwd="/",
    ) as process:
        read_from = cast(IO[bytes], process.stdout)
        patience = Timer(PATIENCE, process.kill)
        feeding = Thread(target=_feed, args=(process.stdin, data), daemon=True)
        patience.start()
        feeding.start()
        try:
            answer = read_from.read(MOST_ANSWERED + 1)
            if len(answer) > MOST_ANSWERED:
                process.kill()
            code = process.wait()  # until the timer at the latest
        finally:
            process.kill()
            patience.cancel()
            feeding.join()
    return code, answer


def _feed(into: IO[bytes], data: bytes) -> None:
    """Write the file; a process that has ended does not read it to its end."""
    with suppress(BrokenPipeError), into:
        into.write(data)


def _read(answer: bytes) -> Copy:
    """Read what the process answered; it has read a stranger's file and is not trusted either.

    Raises:
        Invalid: ``file``: it refused it, or its answer is none that it could give.
    """
    head, _line, copy = answer.partition(b"\n")
    try:
        facts = json.loads(head)
        refused = facts.get("refused")
        media = facts.get("media")
        sizes = {name: facts.get(name) for name in ("width", "height", "pages")}
    except (ValueError, AttributeError):
        raise Invalid("file", "broken") from None
    if refused is not None:
        raise Invalid("file", str(refused))
    begins = _BEGINNINGS.get(media)
    numbers = all(one is None or type(one) is int for one in sizes.values())
    if begins is None or not copy.startswith(begins) or not numbers:
        raise Invalid("file", "broken")
    return Copy(media=media, content=copy, **sizes)
