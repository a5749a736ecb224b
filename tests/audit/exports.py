"""An invented log of twenty events, its export, and the stand-alone program run over it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit import verifier
from app.audit.checkpoint import Checkpoint, VerifierKey, sign
from app.audit.export import ExportEntry, ExportHeader, export_lines
from app.audit.merkle import Frontier, in_memory, leaf_hash, root

ORIGIN = "teduh/dinas-contoh"
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
THIEF = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
VKEY = str(VerifierKey.of(ORIGIN, PRIVATE))
Entries = list[ExportEntry]


def event(index: int, text: str = "dilihat") -> ExportEntry:
    body = json.dumps({"id": f"peristiwa-{index}", "salt": f"{index:032x}", "tag": text})
    return ExportEntry(index, leaf_hash(body.encode()), body)


LOG: Entries = [event(i) for i in range(20)]


def number(entries: Sequence[ExportEntry]) -> Entries:
    """Give entries dense numbers, as a careful forger would."""
    return [replace(entry, index=i) for i, entry in enumerate(entries)]


def note(entries: Sequence[ExportEntry], key: Ed25519PrivateKey = PRIVATE) -> str:
    return sign(Checkpoint(ORIGIN, len(entries), root(e.leaf for e in entries)), key)


def export(
    entries: Sequence[ExportEntry], *notes: str, size: int | None = None, start: int = 0
) -> str:
    peaks = Frontier.at(in_memory([entry.leaf for entry in LOG]), start).peaks
    total = start + len(entries) if size is None else size
    header = ExportHeader("dinas-contoh", ORIGIN, VKEY, total, start, peaks)
    return "".join(export_lines(header, entries, notes))


def verify(*arguments: str | Path) -> int:
    """Run the same program in this process, where no interpreter need start."""
    before, sys.argv = sys.argv, ["verifier.py", *map(str, arguments)]
    try:
        return verifier.main()
    finally:
        sys.argv = before


def inside(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    return verify(*arguments), capsys.readouterr().out
