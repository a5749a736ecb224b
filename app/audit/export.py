"""What leaves the log as text: the export that an auditor checks, and a proof of one event.

Pure functions; the forms are described in `docs/audit-log.md` and read by `verifier.py`, which
shares no code with this module.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

FORMAT: Final = "teduh-audit-export/1"
PROOF_FORMAT: Final = "c2sp.org/tlog-proof@v1"

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class ExportHeader:
    """The first line of an export.

    Attributes:
        tenant: the tenant's slug.
        origin: the log's name, as in its checkpoints.
        key: the log's verifier key (a reader should hold it from elsewhere too).
        size: number of leaves of the newest checkpoint; the export ends with entry size - 1.
        start: index of the first entry.
        peaks: for a `start` above 0, `Frontier.at(read, start).peaks`; without them no root could
            be recomputed from a part of the log.
    """

    tenant: str
    origin: str
    key: str
    size: int
    start: int = 0
    peaks: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class ExportEntry:
    """One event: its index, its 32-byte leaf hash, and its exact text (None once pruned)."""

    index: int
    leaf: bytes
    body: str | None


def export_lines(
    header: ExportHeader, entries: Iterable[ExportEntry], checkpoints: Iterable[str]
) -> Iterator[str]:
    """Yield the lines of an export, each with its newline, one entry at a time.

    Args:
        header: what the export holds.
        entries: from `header.start` to `header.size` - 1, in order.
        checkpoints: signed notes; one must be for `header.size`.
    """
    first: dict[str, object] = {
        "format": FORMAT,
        "tenant": header.tenant,
        "origin": header.origin,
        "key": header.key,
        "from": header.start,
        "size": header.size,
    }
    if header.start:
        first["frontier"] = [peak.hex() for peak in header.peaks]
    yield _line(first)
    for entry in entries:
        yield _line({"index": entry.index, "leaf": entry.leaf.hex(), "body": entry.body})
    for note in checkpoints:
        yield _line({"checkpoint": note})


def proof_text(index: int, proof: Sequence[bytes], note: str, body: bytes | None) -> str:
    """Return a proof of one event that can be checked alone (C2SP tlog-proof).

    Args:
        index: the event's place in the log.
        proof: its inclusion proof in the tree of `note`.
        note: a signed checkpoint.
        body: the event's exact bytes, carried as the proof's extra data; None once pruned.
    """
    lines = [PROOF_FORMAT]
    if body is not None:
        lines.append("extra " + b64encode(body).decode("ascii"))
    lines.append(f"index {index}")
    lines.extend(b64encode(step).decode("ascii") for step in proof)
    return "\n".join(lines) + "\n\n" + note


def _line(value: dict[str, object]) -> str:
    return _ENCODER.encode(value) + "\n"
