"""A sealed file opens as it was written, or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.backup.artefact import PIECE, opening, sealing
from app.backup.checking import differences
from app.backup.faults import BackupFault
from app.backup.rows import count, rows

KEY = bytes(range(32))


def sealed(path: Path, content: bytes) -> bytes:
    with sealing(path, KEY, "one") as (out, written):
        out.write(content)
    assert written[0].size == path.stat().st_size
    return path.read_bytes()


def read(path: Path, purpose: str = "one", key: bytes = KEY) -> bytes:
    with opening(path, key, purpose) as file:
        return file.read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_it_comes_back_whatever_its_length(tmp_path: Path, size: int) -> None:
    content = bytes(index % 251 for index in range(size))
    sealed(tmp_path / "file", content)
    assert read(tmp_path / "file") == content
    for purpose, key in (("other", KEY), ("one", bytes(32))):
        with pytest.raises(BackupFault, match="does not open"):
            read(tmp_path / "file", purpose, key)


def test_a_piece_left_out_doubled_moved_or_cut_off_is_found(tmp_path: Path) -> None:
    whole = sealed(tmp_path / "file", bytes(2 * PIECE + 10))
    head, piece = len(whole) - 2 * (PIECE + 20) - 30, PIECE + 20
    first, second = whole[head : head + piece], whole[head + piece : head + 2 * piece]
    last = whole[head + 2 * piece :]
    start = whole[:head]
    for altered in (
        start + second + last,
        start + first + first + last,
        start + second + first + last,
        start + first + second,
        start + first + second + last + last,
        start + last,
        start,
        whole + b"x",
    ):
        (tmp_path / "file").write_bytes(altered)
        with pytest.raises(BackupFault):
            read(tmp_path / "file")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 400), st.integers(1, 255))
def test_any_byte_changed_is_found(content: bytes, place: int, change: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        whole = sealed(path, content)
        at = place % len(whole)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1 :])
        with pytest.raises(BackupFault):
            read(path)


def test_rows_are_read_as_data_and_no_statement_is_taken() -> None:
    dump = (
        b"SET row_security = on;\nDROP TABLE survivor;\n"
        b'COPY public."case" (tenant_id, id, code) FROM stdin;\n'
        b"t1\tc1\tK-1\nt2\tc2\tK\\n2\n\\.\n"
        b"COPY public.tenant (id, slug) FROM stdin;\nt1\tone\n\\.\n"
        b"COPY secret.table (tenant_id) FROM stdin;\nt1\n\\.\n"
    )
    found = list(rows(dump.splitlines(keepends=True)))
    assert [(row.table, row.tenant) for row in found] == [
        ("case", "t1"),
        ("case", "t2"),
        ("tenant", "t1"),
    ]
    assert count(found) == {"case": {"t1": 1, "t2": 1}, "tenant": {"t1": 1}}


def test_every_count_that_differs_is_named_with_its_table_and_agency() -> None:
    wanted = {"case": {"t1": 2, "t2": 1}, "note": {"t1": 1}, "tenant": {"t1": 1}}
    counted = {"case": {"t1": 2, "t2": 3}, "need": {"t1": 4}, "tenant": {"t1": 1}}
    assert list(differences(wanted, counted)) == [
        "case of t2: 3 rows, not 1",
        "need of t1: 4 rows, not 0",
        "note of t1: 0 rows, not 1",
    ]
    assert list(differences(wanted, wanted)) == []
