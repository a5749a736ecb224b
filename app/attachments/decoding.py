"""Has a file read by a process that can do nothing else (:mod:`app.attachments.decoder`)."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore

from tenants.errors import Invalid

MEMORY = 1_500_000_000  # octets of address space; 64 million pixels take a third of it
CPU_SECONDS = 20
PATIENCE = 40.0  # seconds, when the machine is busy
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
        done = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM), work, str(MEMORY), str(CPU_SECONDS)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback could quote what it read
            env={},
            cwd="/",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Invalid("file", "too-heavy") from None
    finally:
        _PLACES.release()
    if done.returncode != 0:
        raise Invalid("file", "too-heavy" if done.returncode < 0 else "broken")
    return _read(done.stdout)


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
