"""Signed checkpoints: one spelling, one signer, nothing else."""

import json
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audit.checkpoint import Checkpoint, CheckpointError, VerifierKey, parse, sign, verify
from app.audit.merkle import leaf_hash

VECTORS = json.loads((Path(__file__).parent / "vectors" / "checkpoint.json").read_text())
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTORS["seed"]))
OTHER = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
ORIGIN = VECTORS["origin"]
CHECKPOINT = Checkpoint(ORIGIN, 42, leaf_hash(b"x"))
NOTE = sign(CHECKPOINT, PRIVATE)
STEADY = settings(derandomize=True, deadline=None, database=None)
TEXT, LINE = NOTE.split("\n\n")


def test_published_vectors_hold() -> None:
    assert str(VerifierKey.of(ORIGIN, PRIVATE)) == VECTORS["vkey"]
    for each in VECTORS["checkpoints"]:
        checkpoint = Checkpoint(ORIGIN, each["size"], bytes.fromhex(each["root"]))
        assert sign(checkpoint, PRIVATE) == each["note"]
        assert verify(each["note"], VECTORS["vkey"]) == checkpoint


def test_a_key_reads_back_as_written() -> None:
    key = VerifierKey.of(ORIGIN, PRIVATE)
    assert VerifierKey.parse(str(key)) == key


def test_signatures_of_witnesses_are_passed_over() -> None:
    witness = sign(Checkpoint("saksi.example", 42, CHECKPOINT.root), OTHER).split("\n\n")[1]
    assert verify(f"{TEXT}\n\n{witness}{LINE}", VECTORS["vkey"]) == CHECKPOINT


def test_a_checkpoint_of_another_key_or_another_log_is_refused() -> None:
    with pytest.raises(CheckpointError, match="did not sign"):
        verify(sign(CHECKPOINT, OTHER), VECTORS["vkey"])
    with pytest.raises(CheckpointError, match="another log"):
        verify(sign(Checkpoint("teduh/lain", 42, CHECKPOINT.root), PRIVATE), VECTORS["vkey"])


def test_a_wrong_signature_under_the_right_key_id_is_refused_even_beside_a_right_one() -> None:
    signature = b64decode(LINE.split(" ")[2])
    wrong = b64encode(signature[:-1] + bytes([signature[-1] ^ 1])).decode()
    for lines in (f"— {ORIGIN} {wrong}\n", f"{LINE}— {ORIGIN} {wrong}\n"):
        with pytest.raises(CheckpointError, match="signature is wrong"):
            verify(f"{TEXT}\n\n{lines}", VECTORS["vkey"])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        TEXT,
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("\n42\n", "\n042\n"),
        NOTE.replace("\n42\n", "\n+42\n"),
        NOTE.replace("\n42\n", "\n４２\n"),
        NOTE.replace("\n42\n", "\n-1\n"),
        NOTE.replace("\n42\n", "\n9999999999999999999\n"),
        NOTE.replace("\n\n", "\nextension\n\n"),
        NOTE.replace("—", "-"),
        NOTE.replace("— ", "—  "),
        NOTE.replace("=\n\n", "\n\n"),
        NOTE.replace(ORIGIN + "\n", "\n", 1),
        NOTE.replace(ORIGIN, "teduh/a+b"),
        NOTE.replace(ORIGIN, "teduh/a\u00a0b"),
        TEXT + "\n\n" + LINE * 65,
        TEXT + "\n\n" + f"— {ORIGIN} AAAA\n",
        "x" * 70_000,
        NOTE.encode() + b"\xff",
    ],
)
def test_a_note_that_departs_from_the_form_is_refused(note: str | bytes) -> None:
    with pytest.raises(CheckpointError):
        parse(note)


def test_root_in_a_second_spelling_of_base64_is_refused() -> None:
    encoded = TEXT.split("\n")[2]
    assert encoded.endswith("=")
    letter = chr(ord(encoded[-2]) + 1)
    assert b64decode(encoded[:-2] + letter + "=") == CHECKPOINT.root
    with pytest.raises(CheckpointError, match="canonical"):
        parse(NOTE.replace(encoded, encoded[:-2] + letter + "="))


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "a+b+c",
        VECTORS["vkey"][:-1],
        VECTORS["vkey"].replace("teduh", "Teduh"),
        VECTORS["vkey"] + "\n",
        VECTORS["vkey"].replace("+", " + "),
    ],
)
def test_a_malformed_key_is_refused(vkey: str) -> None:
    with pytest.raises(CheckpointError):
        VerifierKey.parse(vkey)


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint("", 1, b"\0" * 32),
        Checkpoint("a b", 1, b"\0" * 32),
        Checkpoint("a\nb", 1, b"\0" * 32),
        Checkpoint("a\ud800", 1, b"\0" * 32),
        Checkpoint("a", -1, b"\0" * 32),
        Checkpoint("a", 1, b"\0" * 31),
    ],
)
def test_what_cannot_be_read_is_never_signed(checkpoint: Checkpoint) -> None:
    with pytest.raises(CheckpointError):
        sign(checkpoint, PRIVATE)


@settings(STEADY)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_any_other_input_raises_the_error_of_this_module(note: str | bytes) -> None:
    with pytest.raises(CheckpointError):
        verify(note, VECTORS["vkey"])


@settings(STEADY)
@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
def test_a_note_with_one_byte_changed_is_refused(at: int, mask: int) -> None:
    content = bytearray(NOTE.encode())
    content[at] ^= mask
    with pytest.raises(CheckpointError):
        verify(bytes(content), VECTORS["vkey"])


@settings(STEADY)
@given(st.text(max_size=120))
def test_any_text_that_is_no_key_raises_the_error_of_this_module(vkey: str) -> None:
    with pytest.raises(CheckpointError):
        VerifierKey.parse(vkey)
