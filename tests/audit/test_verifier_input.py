"""What the stand-alone verifier does with input that is damaged, malformed or made up."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audit import verifier

VECTORS = json.loads((Path(__file__).parent / "vectors" / "export.json").read_text())
GOOD = "\n".join(VECTORS["lines"]) + "\n"
VKEY = json.loads(VECTORS["lines"][0])["key"]
STEADY = settings(derandomize=True, deadline=None, database=None)


def verify(*arguments: str | Path) -> int:
    before, sys.argv = sys.argv, ["verifier.py", *map(str, arguments)]
    try:
        return verifier.main()
    finally:
        sys.argv = before


def test_the_input_that_is_damaged_below_is_in_order(tmp_path: Path) -> None:
    (tmp_path / "e").write_text(GOOD)
    assert verify(tmp_path / "e", "--key", VKEY) == 0


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n", b"\xff\xfe", b"{}", b"[" * 100_000, b'{"format":1}\n', b"x" * 2_000_000,
        GOOD.replace('"from":0', '"from":-1').encode(),
        GOOD.replace('"size":5', '"size":' + "9" * 5000).encode(),
        GOOD.replace('"size":5', '"size":true').encode(),
        GOOD.replace('"size":5', '"size":5,"size":4').encode(),
        GOOD.replace('"index":2', '"index":01').encode(),
        GOOD.replace('"index":2', '"index":9223372036854775807').encode(),
        GOOD.replace('"index":2,', '"index":2,"index":3,').encode(),
        GOOD.replace("case:viewed", "\\ud800").encode(),
        GOOD.replace('"body":"', '"body":"a","body":"', 1).encode(),
        GOOD.replace('{"checkpoint"', '{"Checkpoint"').encode(),
        GOOD.replace('"checkpoint":"', '"checkpoint":5,"x":"').encode(),
        GOOD.split('{"checkpoint"')[0].encode(),
        GOOD.replace("teduh/dinas-contoh", "teduh/lain", 1).encode(),
    ],
)  # fmt: skip
def test_input_that_cannot_be_read_is_called_unusable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = tmp_path / "e"
    path.write_bytes(content)
    code, said = verify(path), capsys.readouterr().out
    assert code == 2, said
    assert "[x] " in said


@settings(STEADY, max_examples=150)
@given(st.data())
def test_no_damage_to_an_export_passes_or_escapes(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Any byte of an entry or checkpoint changed: never "in order", never an exception."""
    content = bytearray(GOOD.encode())
    first = content.index(b"\n") + 1
    at = data.draw(st.integers(first, len(content) - 2))
    content[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(bytes(content))
    assert verify(path, "--key", VKEY) in {1, 2}


@settings(STEADY, max_examples=100)
@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace"))
    )
)
def test_no_made_up_file_passes_or_escapes(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "good").write_text(GOOD)
    (folder / "bad").write_bytes(content)
    bad, good = folder / "bad", folder / "good"
    assert verify(bad) == 2
    for option in ("--since", "--proof", "--against"):
        assert verify(good, option, bad) == 2
