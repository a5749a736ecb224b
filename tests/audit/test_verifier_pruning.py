"""A text that is missing is told from one that retention let go: by the records in the log."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.audit.export import ExportEntry
from app.audit.merkle import leaf_hash
from tests.audit.exports import LOG, VKEY, Entries, export, inside, note


def pruning(
    index: int, first: int, last: int, outcome: str = "allowed", kept: Any = None
) -> ExportEntry:
    details = {"first": first, "last": last} | ({} if kept is None else {"kept": kept})
    content = {"details": details, "id": f"pangkas-{index}"}
    body = json.dumps({**content, "outcome": outcome, "tag": "audit:log:pruned"})
    return ExportEntry(index, leaf_hash(body.encode()), body)


def emptied(entries: Sequence[ExportEntry], *indexes: int) -> Entries:
    return [replace(one, body=None) if one.index in indexes else one for one in entries]


@pytest.mark.parametrize(
    ("recorded", "named"),
    [
        ([], ["3-8"]),
        ([(3, 8)], []),
        ([(0, 19)], []),
        ([(3, 5), (6, 8)], []),
        ([(4, 5), (7, 7)], ["3", "6", "8"]),
        ([(0, 3), (2, 4), (8, 12)], ["5-7"]),
        ([(9, 12)], ["3-8"]),
        ([(3, 40)], ["3-8"]),  # what comes after the record cannot be meant by it
        ([(8, 3)], ["3-8"]),
    ],
)
def test_a_text_is_missed_unless_its_pruning_is_on_record(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    recorded: list[tuple[int, int]],
    named: list[str],
) -> None:
    log = [*LOG, *(pruning(20 + i, *one) for i, one in enumerate(recorded))]
    (tmp_path / "e").write_text(export(emptied(log, *range(3, 9)), note(log)))
    code, said = inside(capsys, tmp_path / "e", "--key", VKEY)
    assert code == (1 if named else 0), said
    found = re.findall(r"The text of entry (\S+) was removed: no recorded pruning", said)
    assert found == named


@pytest.mark.parametrize(
    ("kept", "named"),
    [
        ([], []),
        ([[5, 6]], ["5-6"]),
        ([[4, 4], [7, 8]], ["4", "7-8"]),
        ([[0, 2], [9, 19]], []),
        ([[7, 8], [4, 4]], ["3-8"]),  # out of order: such a record covers nothing
        ([[6, 5]], ["3-8"]),
        ([[5]], ["3-8"]),
        ([[4, "5"]], ["3-8"]),
        ([[True, 5]], ["3-8"]),
        ("56", ["3-8"]),
        (7, ["3-8"]),
        ({"5": 6}, ["3-8"]),
        ([[5, 30]], ["3-8"]),
    ],
)
def test_what_a_pruning_says_it_kept_it_does_not_cover(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: Any, named: list[str]
) -> None:
    log = [*LOG, pruning(20, 0, 19, kept=kept)]
    (tmp_path / "e").write_text(export(emptied(log, *range(3, 9)), note(log)))
    code, said = inside(capsys, tmp_path / "e", "--key", VKEY)
    assert code == (1 if named else 0), said
    assert re.findall(r"The text of entry (\S+) was removed: no recorded", said) == named


def test_a_pruning_that_was_refused_covers_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = [*LOG, pruning(20, 5, 5, "refused")]
    (tmp_path / "e").write_text(export(emptied(log, 5), note(log)))
    code, said = inside(capsys, tmp_path / "e", "--key", VKEY)
    assert code == 1
    assert "The text of entry 5 was removed" in said
