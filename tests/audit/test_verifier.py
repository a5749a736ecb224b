"""The stand-alone verifier, run as an auditor runs it: alone, in a folder of its own."""

import ast
import io
import json
import shutil
import subprocess
import sys
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit import spreadsheet, verifier
from app.audit.checkpoint import sign_text
from app.audit.export import proof_text
from app.audit.merkle import in_memory, inclusion_proof, root
from tests.audit.exports import (
    LOG,
    ORIGIN,
    PRIVATE,
    THIEF,
    VKEY,
    Entries,
    event,
    export,
    inside,
    note,
    number,
    verify,
)

VECTORS = json.loads((Path(__file__).parent / "vectors" / "export.json").read_text())
SOURCE = Path(verifier.__file__)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing in it but the verifier."""
    folder = tmp_path_factory.mktemp("auditor")
    shutil.copy(SOURCE, folder / "verifier.py")
    return folder


@pytest.fixture
def run(room: Path) -> Iterator[Callable[..., tuple[int, str]]]:
    """Run the verifier; text given as {name: text} becomes files first."""

    def call(files: dict[str, str | bytes], *arguments: str) -> tuple[int, str]:
        for name, text in files.items():
            (room / name).write_bytes(text.encode() if isinstance(text, str) else text)
        done = subprocess.run(
            [sys.executable, "-I", "verifier.py", *arguments],
            cwd=room,
            capture_output=True,
            check=False,
            env={"LC_ALL": "C"},
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return done.returncode, done.stdout.decode()

    yield call
    for path in room.glob("*"):
        if path.name != "verifier.py" and path.is_file():
            path.unlink()


Run = Callable[..., tuple[int, str]]


def test_it_imports_nothing_but_the_standard_library_and_cryptography(room: Path) -> None:
    tree = ast.parse(SOURCE.read_text())
    named = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    named |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {name.split(".")[0] for name in named} <= sys.stdlib_module_names | {"cryptography"}
    script = (
        "import runpy, sys; runpy.run_path('verifier.py');"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('app', 'tenants', 'flask')))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], cwd=room, capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == "[]"


def test_published_export_and_proof_are_in_order(run: Run) -> None:
    files = {"e.jsonl": "\n".join(VECTORS["lines"]) + "\n", "p": VECTORS["proof"]}
    key = json.loads(VECTORS["lines"][0])["key"]
    code, said = run(files, "e.jsonl", "--proof", "p", "--key", key, "--event", "e3")
    assert code == 0, said
    assert "Entry 3 is proved to be in p [5]." in said
    assert "1 of them pruned" in said
    assert "Event e3: entry 3" in said
    assert run({}, "--proof", "p", "--key", key, "--event", "e3")[0] == 0


def test_an_untouched_log_agrees_with_every_older_witness(run: Run) -> None:
    printed = b64encode(root(e.leaf for e in LOG[:9])).decode()
    files = {
        "e": export(LOG, note(LOG)), "old": note(LOG[:7]), "zero": note([]),
        "now": note(LOG), "older": export(LOG[:12], note(LOG[:12])),
    }  # fmt: skip
    code, said = run(
        files, "e", "--since", "old", "--since", "zero", "--checkpoint", "now", "--against",
        "older", "--letter", "9", printed, "--key", VKEY, "--event", "peristiwa-4",
    )  # fmt: skip
    assert code == 0, said
    assert "6 checkpoints match" in said


def test_without_a_key_of_ones_own_it_says_what_that_is_worth(run: Run) -> None:
    code, said = run({"e": export(LOG, note(LOG))}, "e")
    assert code == 0
    assert "The key was taken from the export itself" in said


CHANGED = replace(LOG[5], body=LOG[5].body.replace("dilihat", "dicetak") if LOG[5].body else None)
TWO_SWAPPED = number([*LOG[:4], LOG[9], *LOG[5:9], LOG[4], *LOG[10:]])


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([*LOG[:5], CHANGED, *LOG[6:]], "Entry 5 was changed: its text"),
        ([*LOG[:5], *LOG[6:]], "Entry 5 was removed."),
        ([*LOG[:5], *LOG[8:]], "Entry 5-7 was removed."),
        (LOG[:-3], "The tail of the log was cut off: entry 17-19 was removed."),
        ([*LOG[:5], event(5, "palsu"), *LOG[5:]], "Entry 5 was added"),
        ([*LOG, event(20)], "Entry 20 was added: no signed checkpoint covers it."),
        ([*LOG[:5], LOG[6], LOG[5], *LOG[7:]], "Entry 5 is out of order."),
    ],
)
def test_tampering_with_lines_is_named_from_the_export_alone(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    entries: Entries,
    said: str,
) -> None:
    path = tmp_path / "e"
    path.write_text(export(entries, note(LOG), size=20))
    code, heard = inside(capsys, path, "--key", VKEY)
    assert code == 1
    assert said in heard


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([*LOG[:5], event(5, "palsu"), *LOG[6:]], ["Entry 5 was changed: it differs"]),
        (number([*LOG[:5], *LOG[6:]]), ["Entry 5 (numbered as in the older export) was removed"]),
        (number([*LOG[:5], event(99), *LOG[5:]]), ["Entry 5 was added: the older export"]),
        (number([*LOG[:5], LOG[3], *LOG[5:]]), ["Entry 5 was added: the older export"]),
        (TWO_SWAPPED, ["4 of the older export was moved to number 9", "9 of the older export was"]),
        (number([*LOG[:2], *LOG[3:9], LOG[2], *LOG[9:]]), ["2 of the older export was moved to n"]),
        (LOG[:11], ["Entry 11-15 (numbered as in the older export) was removed"]),
        (
            number([*LOG[:2], *LOG[3:8], event(99), *LOG[8:12], event(12, "palsu"), *LOG[13:]]),
            ["Entry 2 (numb", "Entry 7 was added: the older", "Entry 12 was changed: it differs"],
        ),
    ],
)
def test_a_log_rewritten_and_signed_anew_is_undone_by_an_older_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], entries: Entries, said: list[str]
) -> None:
    """The forger holds database and signing key: leaves, tree and checkpoint all fit."""
    path, older = tmp_path / "e", tmp_path / "older"
    path.write_text(export(entries, note(entries)))
    older.write_text(export(LOG[:16], note(LOG[:16])))
    assert inside(capsys, path, "--key", VKEY)[0] == 0
    code, heard = inside(capsys, path, "--key", VKEY, "--against", older)
    assert code == 1
    for each in said:
        assert each in heard
    named = [line for line in heard.splitlines() if "older export" in line]
    assert len(named) == max(len(said), len([each for each in said if "older" in each]))


def test_old_checkpoints_bracket_a_rewritten_entry_down_to_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = [*LOG[:5], event(5, "palsu"), *LOG[6:]]
    (tmp_path / "e").write_text(export(forged, note(forged), note(forged[:8])))
    arguments: list[str | Path] = [tmp_path / "e", "--key", VKEY]
    for size in (3, 5, 12):
        (tmp_path / str(size)).write_text(note(LOG[:size]))
    code, said = inside(capsys, *arguments, "--since", tmp_path / "12")
    assert code == 1
    assert (
        "[12] does not match: something was changed, removed, added or swapped at entry 0-11"
        in said
    )
    code, said = inside(capsys, *arguments, "--since", tmp_path / "3", "--since", tmp_path / "12")
    assert "swapped at entry 3-11." in said
    (tmp_path / "6").write_text(note(LOG[:6]))
    code, said = inside(capsys, *arguments, "--since", tmp_path / "5", "--since", tmp_path / "6")
    assert "swapped at entry 5." in said


def test_a_database_rolled_back_is_found_by_a_checkpoint_or_a_letter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "e").write_text(export(LOG[:8], note(LOG[:8])))
    (tmp_path / "later").write_text(note(LOG[:15]))
    whole = root(e.leaf for e in LOG[:15])
    for witness in (
        ["--since", tmp_path / "later"],
        ["--letter", "15", whole.hex()],
        ["--letter", "15", b64encode(whole).decode()],
    ):
        code, said = inside(capsys, tmp_path / "e", "--key", VKEY, *witness)
        assert code == 1
        assert "entry 8-14 was removed" in said


def test_a_letter_with_another_root_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "e").write_text(export(LOG, note(LOG)))
    code, said = inside(capsys, tmp_path / "e", "--letter", "9", LOG[0].leaf.hex())
    assert code == 1
    assert "letter [9] does not match" in said


def test_a_checkpoint_by_another_key_and_a_split_view_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "e").write_text(export(LOG, note(LOG, THIEF)))
    code, said = inside(capsys, tmp_path / "e", "--key", VKEY)
    assert code == 1
    assert "was not signed by the key of this log" in said
    (tmp_path / "e").write_text(export(LOG, note(LOG)))
    (tmp_path / "s").write_text(note(number([*LOG[:19], event(99)])))
    code, said = inside(capsys, tmp_path / "e", "--since", tmp_path / "s")
    assert code == 1
    assert "The log signed two different trees of size 20." in said


def test_a_signature_that_is_wrong_under_the_right_key_id_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, line = note(LOG).split("\n\n")
    signature = bytearray(b64decode(line.split(" ")[2]))
    signature[-1] ^= 1
    wrong = f"— {ORIGIN} {b64encode(signature).decode()}\n"
    for lines in (wrong, line + wrong):
        (tmp_path / "e").write_text(export(LOG, f"{text}\n\n{lines}"))
        code, said = inside(capsys, tmp_path / "e", "--key", VKEY)
        assert code == 1
        assert "was not signed by the key of this log" in said


def test_a_root_in_a_second_spelling_is_unusable(tmp_path: Path) -> None:
    spelled = note(LOG).split("\n")[2]
    other = spelled[:-2] + chr(ord(spelled[-2]) + 1) + "="
    assert b64decode(other) == b64decode(spelled)
    (tmp_path / "e").write_text(export(LOG, note(LOG)))
    (tmp_path / "n").write_text(note(LOG).replace(spelled, other))
    assert verify(tmp_path / "e", "--since", tmp_path / "n") == 2


def test_a_part_of_the_log_is_bound_to_the_whole_by_its_frontier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, old = tmp_path / "e", tmp_path / "old"
    path.write_text(export(LOG[11:], note(LOG), start=11))
    old.write_text(note(LOG[:11]))
    assert inside(capsys, path, "--key", VKEY, "--since", old)[0] == 0
    old.write_text(note(LOG[:10]))
    assert inside(capsys, path, "--key", VKEY, "--since", old)[0] == 2
    lines = path.read_text().replace(root(e.leaf for e in LOG[:8]).hex(), LOG[0].leaf.hex())
    path.write_text(lines)
    old.write_text(note(LOG[:11]))
    code, said = inside(capsys, path, "--key", VKEY, "--since", old)
    assert code == 1
    assert "does not match the tree before entry 11" in said


def test_a_proof_holds_for_its_own_event_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = inclusion_proof(in_memory([e.leaf for e in LOG]), 4, 20)
    path, proof = tmp_path / "e", tmp_path / "p"
    path.write_text(export(LOG, note(LOG)))
    arguments: list[str | Path] = ["--key", VKEY, "--proof", proof]
    body = (LOG[4].body or "").encode()
    proof.write_text(proof_text(4, steps, note(LOG), body))
    assert inside(capsys, *arguments, "--event", "peristiwa-4")[0] == 0
    assert inside(capsys, *arguments, "--event", "peristiwa-5")[0] == 2
    assert inside(capsys, path, *arguments)[0] == 0
    proof.write_text(proof_text(4, steps, note(LOG), None))
    assert inside(capsys, *arguments)[0] == 2
    assert inside(capsys, path, *arguments)[0] == 0
    for wrong in (
        proof_text(4, steps, note(LOG), b"{}"),
        proof_text(5, steps, note(LOG), body),
        proof_text(4, steps[:-1], note(LOG), body),
        proof_text(4, steps, note(LOG, THIEF), body),
    ):
        proof.write_text(wrong)
        assert inside(capsys, *arguments)[0] == 1
    proof.write_text(proof_text(4, steps, note(LOG), b"{}"))
    code, said = inside(capsys, path, *arguments)
    assert code == 1
    assert "Entry 4 of the export is not the event in the proof." in said


def test_what_a_forger_writes_cannot_steer_the_terminal(run: Run) -> None:
    code, said = run({"e": export(LOG, note(LOG))}, "e", "--key", "\x1b[2Jevil")
    assert code == 2
    assert "\x1b" not in said


def test_missing_files_and_arguments_are_called_unusable(run: Run) -> None:
    good = export(LOG, note(LOG))
    assert run({}, "nothing.jsonl")[0] == 2
    assert run({})[0] == 2
    assert run({}, "--no-such-option")[0] == 2
    assert run({"e": good}, "e", "--letter", "x", "y")[0] == 2
    assert run({"e": good, "n": "no note"}, "e", "--since", "n")[0] == 2
    assert run({"e": good, "n": b"\xff"}, "e", "--proof", "n")[0] == 2
    assert run({"e": good, "n": export(LOG[:2], note(LOG))}, "e", "--against", "n")[0] == 2
    assert run({"e": good}, "e", "--event", "tidak-ada")[0] == 2


def sheet(
    rows: bytes, *, signed: bytes | None = None, private: Ed25519PrivateKey = PRIVATE
) -> bytes:
    """A table as the desk gives it, perhaps with other rows than those that were signed."""
    text = spreadsheet.statement("kota-audit.csv", (signed or rows).decode())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("kota-audit.csv", rows)
        file.writestr("kota-audit.csv.signed.txt", sign_text(text, ORIGIN, private))
    return packed.getvalue()


def test_a_table_is_held_against_its_signature(run: Run) -> None:
    rows = b'"index","leaf"\r\n"0","00"\r\n'
    given = ("--sheet", "t.zip", "--key", VKEY)
    code, said = run({"t.zip": sheet(rows)}, *given)
    assert code == 0, said
    code, said = run({"t.zip": sheet(rows + b'"1","11"\r\n', signed=rows)}, *given)
    assert (code, "The table t.zip [kota-audit.csv] was changed" in said) == (1, True), said
    code, said = run({"t.zip": sheet(rows, private=THIEF)}, *given)
    assert (code, "was not signed by the key of this log" in said) == (1, True), said


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["kota-audit.csv", "KOTA-audit.csv"])
def test_a_second_table_of_the_same_name_is_no_table(run: Run, name: str) -> None:
    """Another program might unpack the one that was not signed."""
    rows = b'"index","leaf"\r\n"0","00"\r\n'
    with zipfile.ZipFile(io.BytesIO(sheet(rows))) as good:
        files = {one: good.read(one) for one in good.namelist()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(name, b"another")
        for one, content in files.items():
            file.writestr(one, content)
    code, said = run({"t.zip": packed.getvalue()}, "--sheet", "t.zip", "--key", VKEY)
    assert (code, "not a table of a log" in said) == (2, True), said


def test_a_table_that_does_not_unpack_is_said_to_be_none(run: Run) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("kota-audit.csv.signed.txt", "a" * 500)
    broken = bytearray(packed.getvalue())
    broken[len("kota-audit.csv.signed.txt") + 30] = 0xFF  # the first byte of what is packed
    code, said = run({"t.zip": bytes(broken)}, "--sheet", "t.zip", "--key", VKEY)
    assert (code, "not a table of a log" in said) == (2, True), said


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"index,leaf\n"])
def test_what_is_no_table_of_a_log_is_said_to_be_none(run: Run, content: bytes) -> None:
    code, said = run({"t.zip": content}, "--sheet", "t.zip", "--key", VKEY)
    assert (code, "not a table of a log" in said) == (2, True), said


def test_a_signed_table_is_no_checkpoint(run: Run) -> None:
    text = sign_text(spreadsheet.statement("kota-audit.csv", "rows"), ORIGIN, PRIVATE)
    code, said = run({"c": text, "e.jsonl": export(LOG)}, "e.jsonl", "--since", "c", "--key", VKEY)
    assert (code, "not a checkpoint" in said) == (2, True), said
