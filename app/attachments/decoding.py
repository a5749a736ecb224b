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
AT_ONCE = 2  # in one process of ours; the others wait
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
    command = [sys.executable, "-I", str(_PROGRAM), work, str(MEMORY), str(CPU_SECONDS)]
    with _PLACES:
        try:
            done = subprocess.run(
                command,
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
    head, line, copy = done.stdout.partition(b"\n")
    if done.returncode != 0 or not line:
        raise Invalid("file", "too-heavy" if done.returncode < 0 else "broken")
    facts = json.loads(head)
    if "refused" in facts:
        raise Invalid("file", facts["refused"])
    return Copy(content=copy, **facts)
