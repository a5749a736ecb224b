"""Check an exported audit log without trusting, or asking, the server that wrote it.

    python verifier.py export.jsonl [--key VKEY] [--since OLD_CHECKPOINT] [--against OLDER_EXPORT]
                                    [--checkpoint FILE] [--letter SIZE ROOT]
                                    [--event ID] [--proof FILE] [--sheet ZIP]
    python verifier.py --trail TRAIL.zip --key VKEY

One file that runs alone on Python 3.10 or later with the `cryptography` package; it shares no code
with the server on purpose. It reads each file as a stream, so its memory does not grow with the
log. `docs/audit-log.md` describes the forms. Exit code: 0 all is in order, 1 tampering was found,
2 the input cannot be used.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
import zipfile
import zlib
from base64 import b64decode, b64encode
from bisect import bisect
from collections import deque
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, NamedTuple

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # without a signature nothing is proved
    sys.exit("Perlu paket Python: cryptography / The Python package cryptography is needed")

MAX_LINE = 1 << 20  # bytes of one entry
MAX_FILE = 1 << 22  # bytes of a checkpoint or proof
MAX_TRAIL = 1 << 28  # bytes of a survivor's trail, unpacked
MAX_GAPS = 100_000
MAX_FINDINGS = 1_000  # named one by one; the rest are counted
WINDOW = 65_536  # entries looked ahead to tell a moved entry from a removed one
LARGEST = (1 << 63) - 1
DECODER = json.JSONDecoder()

ENTRY = re.compile(
    rb'\{"index":(0|[1-9][0-9]{0,18}),"leaf":"([0-9a-f]{64})","body":(null|".*")\}\n?'
)
VKEY = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})")
NOTE = re.compile(
    r"([^+\s]+)\n(0|[1-9][0-9]{0,18})\n(.{44})\n\n((?:— [^+\s]+ [A-Za-z0-9+/]+=*\n)+)"
)
PROOF = re.compile(
    r"c2sp\.org/tlog-proof@v1\n(?:extra (\S+)\n)?index (0|[1-9][0-9]{0,18})\n((?:.{44}\n){0,63})\n"
)
SHEET = re.compile(
    r"teduh-audit-sheet/1\n(\S+)\n([0-9a-f]{64})\n\n((?:— [^+\s]+ [A-Za-z0-9+/]+=*\n)+)"
)
TRAIL = re.compile(
    r"teduh-subject-trail/1\n([^+\s]+)\n((?:[0-9a-f]{64}  [^/\n]+\n){1,9})\n"
    r"((?:— [^+\s]+ [A-Za-z0-9+/]+=*\n)+)"
)
FINDINGS = """\
changed   Entri {} diubah: isinya tidak cocok dengan sidik jarinya.
          Entry {} was changed: its text does not match its fingerprint.
removed   Entri {} dihapus.
          Entry {} was removed.
emptied   Isi entri {} dihapus: tidak ada pemangkasan tercatat yang mencakupnya.
          The text of entry {} was removed: no recorded pruning covers it.
cut       Ekor log dipotong: entri {} dihapus.
          The tail of the log was cut off: entry {} was removed.
reordered Entri {} tidak pada urutannya.
          Entry {} is out of order.
added     Entri {} ditambahkan: nomor ini muncul lebih dari sekali.
          Entry {} was added: this number occurs more than once.
unsigned  Entri {} ditambahkan: tidak dicakup checkpoint bertanda tangan mana pun.
          Entry {} was added: no signed checkpoint covers it.
root      {1} tidak cocok: ada yang diubah, dihapus, disisipkan atau ditukar di entri {0}.
          {1} does not match: something was changed, removed, added or swapped at entry {0}.
start     {1} tidak cocok dengan pohon sebelum entri {0}, awal ekspor ini.
          {1} does not match the tree before entry {0}, where this export begins.
forged    {1} tidak ditandatangani oleh kunci log ini.
          {1} was not signed by the key of this log.
split     Log menandatangani dua pohon yang berbeda pada ukuran {}.
          The log signed two different trees of size {}.
replaced  Entri {} diubah: lain daripada dalam ekspor lama.
          Entry {} was changed: it differs from the older export.
lost      Entri {} (nomor dalam ekspor lama) dihapus sejak ekspor lama.
          Entry {} (numbered as in the older export) was removed since the older export.
inserted  Entri {} disisipkan: tidak ada dalam ekspor lama.
          Entry {} was added: the older export does not have it.
moved     Entri {0} dalam ekspor lama dipindahkan ke nomor {1}.
          Entry {0} of the older export was moved to number {1}.
proof     Bukti untuk entri {} tidak sampai ke akar checkpoint-nya.
          The proof for entry {} does not lead to the root of its checkpoint.
sheet     Tabel {1} diubah setelah ditandatangani.
          The table {1} was changed after it was signed.
trail     {1}: tidak ditandatangani oleh kunci log ini.
          {1}: was not signed by the key of this log.
file      {1}: diubah sejak jejak itu ditandatangani.
          {1}: was changed since the trail was signed.
other     Entri {} dalam ekspor bukan peristiwa dalam bukti.
          Entry {} of the export is not the event in the proof.
""".splitlines()
MESSAGES = {
    FINDINGS[i][:10].strip(): (FINDINGS[i][10:], FINDINGS[i + 1][10:])
    for i in range(0, len(FINDINGS), 2)
}

PRUNED = "audit:log:pruned"  # the event by which retention records which entries it empties

Watch = Callable[[int, bytes, "bytes | None"], None]

VERDICTS = (
    "SEMUA COCOK / ALL IN ORDER",
    "PERUSAKAN DITEMUKAN / TAMPERING FOUND",
    "TIDAK DAPAT DIPERIKSA / CANNOT BE CHECKED",
)


class Unusable(ValueError):
    """The input cannot be checked; says why in Indonesian and English."""


def unusable(indonesian: str, english: str) -> Unusable:
    return Unusable(f"{indonesian}\n    {english}")


class Report:
    """What was found, entry by entry; neighbours of one kind are joined to a range."""

    def __init__(self) -> None:
        self.found: list[tuple[str, int, int, object]] = []
        self.hidden = 0
        self.notes: list[str] = []

    def find(self, kind: str, first: int, last: int | None = None, more: object = None) -> None:
        last = first if last is None else last
        if self.found and self.found[-1][0] == kind and more is None:
            start, end = self.found[-1][1:3]
            if end + 1 == first:
                self.found[-1] = (kind, start, last, None)
                return
        if len(self.found) < MAX_FINDINGS:
            self.found.append((kind, first, last, more))
        else:
            self.hidden += last - first + 1

    def note(self, indonesian: str, english: str) -> None:
        self.notes.append(f"[i] {indonesian}\n    {english}")

    def show(self, complete: bool = True) -> int:
        """Print everything and return the exit code."""
        for kind, first, last, more in self.found:
            named = str(first) if first == last else f"{first}-{last}"
            indonesian, english = (text.format(named, more) for text in MESSAGES[kind])
            say(f"[!] {indonesian}\n    {english}")
        if self.hidden:
            say(f"[!] ... {self.hidden} lagi\n    ... {self.hidden} more")
        say(*self.notes)
        code = 1 if self.found else 0 if complete else 2
        say(VERDICTS[code])
        return code


def say(*texts: str) -> None:
    """Print texts that may come from an attacker: nothing in them can steer the terminal."""
    for line in "\n".join(texts).split("\n") if texts else ():
        print("".join(each if each.isprintable() else "?" for each in line))


class Tree:
    """The tree so far, as the roots of its perfect subtrees, largest first (RFC 9162, 2.1)."""

    def __init__(self, size: int, peaks: list[bytes]) -> None:
        self.size, self.peaks = size, peaks

    def push(self, leaf: bytes) -> None:
        position = self.size
        while position & 1:
            leaf = sha256(b"\x01" + self.peaks.pop() + leaf).digest()
            position >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self.peaks:
            return sha256(b"").digest()
        value = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            value = sha256(b"\x01" + peak + value).digest()
        return value


class Key(NamedTuple):
    name: str
    key_id: bytes
    public: Ed25519PublicKey


class Anchor(NamedTuple):
    """A size and the root it must have: a signed checkpoint, or what is printed on a letter."""

    size: int
    root: bytes
    label: str
    signed: bool
    outside: bool  # kept by someone else than the writer of the export


class Export:
    """An export file: its header and checkpoints are read at once, its entries as a stream."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.notes: list[str] = []
        head: dict[str, Any] = {}
        for number, line in self._lines():
            if number == 1:
                head = self._members(number, line)
            elif line.startswith(b'{"checkpoint":'):
                self.notes.append(self._members(number, line).get("checkpoint", ""))
        peaks, start, size = head.pop("frontier", []), head.get("from"), head.get("size")
        hashes = isinstance(peaks, list) and all(
            isinstance(each, str) and re.fullmatch("[0-9a-f]{64}", each) for each in peaks
        )
        texts = [head.get("tenant"), head.get("origin"), head.get("key"), *self.notes]
        if (
            len(head) != 6
            or head.get("format") != "teduh-audit-export/1"
            or not all(isinstance(each, str) for each in texts)
            or not (type(start) is type(size) is int and 0 <= start <= size <= LARGEST)
            or not (hashes and len(peaks) == start.bit_count())
        ):
            raise unusable(f"{path}: bukan ekspor audit Teduh.", f"{path}: not an audit export.")
        self.origin, self.key, self.start, self.size = head["origin"], head["key"], start, size
        self.peaks = [bytes.fromhex(each) for each in peaks]

    def entries(self) -> Iterator[tuple[int, bytes, bytes | None]]:
        """Yield index, leaf hash and exact text (None once pruned) of each entry."""
        for number, line in self._lines():
            if number == 1 or line.startswith(b'{"checkpoint":'):
                continue
            parts = ENTRY.fullmatch(line)
            try:
                if parts is None or int(parts[1]) >= LARGEST:
                    raise ValueError
                index, body = int(parts[1]), None
                if parts[3] != b"null":
                    text = parts[3].decode()
                    content, end = DECODER.raw_decode(text)
                    body = content.encode()
                    if end != len(text):
                        raise ValueError
            except ValueError:
                raise self._bad(number) from None
            yield index, bytes.fromhex(parts[2].decode()), body

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        with open(self.path, "rb") as file:
            number = 0
            while line := file.readline(MAX_LINE):
                number += 1
                if len(line) == MAX_LINE:
                    raise self._bad(number)
                yield number, line

    def _members(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            pairs = json.loads(line, object_pairs_hook=list)
            members = dict(pairs)
        except (ValueError, TypeError, RecursionError):
            raise self._bad(number) from None
        if len(members) != len(pairs):
            raise self._bad(number)
        return members

    def _bad(self, number: int) -> Unusable:
        where = f"{self.path}:{number}"
        return unusable(f"{where}: baris ini tidak dapat dibaca.", f"{where}: unreadable line.")


def decode(encoded: str, size: int | None = None) -> bytes:
    """Decode base64 that has one spelling only."""
    content = b64decode(encoded, validate=True)
    if b64encode(content).decode() != encoded or (size and len(content) != size):
        raise ValueError
    return content


def open_key(vkey: str) -> Key:
    parts = VKEY.fullmatch(vkey)
    try:
        content = decode(parts[3], 33) if parts else b""
        name = parts[1] if parts else ""
        key_id = sha256(name.encode() + b"\n" + content).digest()[:4]
        if parts is None or content[0] != 1 or key_id.hex() != parts[2]:
            raise ValueError
        return Key(name, key_id, Ed25519PublicKey.from_public_bytes(content[1:]))
    except ValueError:
        raise unusable(f"{vkey}: bukan kunci log.", f"{vkey}: not a key of a log.") from None


def open_note(
    text: str, label: str, outside: bool, keys: list[Key], report: Report
) -> list[Anchor]:
    """Return the checkpoint in a note; none, but a finding, if the log's key did not sign it."""
    parts = NOTE.fullmatch(text)
    try:
        if parts is None or int(parts[2]) > LARGEST:
            raise ValueError
        root, own = decode(parts[3], 32), signed(text, parts, 4, keys)
    except ValueError:
        raise unusable(f"{label}: bukan checkpoint.", f"{label}: not a checkpoint.") from None
    if parts[1] != keys[0].name:
        raise unusable(f"{label}: milik log lain.", f"{label}: belongs to another log.")
    anchor = Anchor(int(parts[2]), root, f"{label} [{parts[2]}]", True, outside)
    if not own:
        report.find("forged", anchor.size, more=anchor.label)
    return [anchor] if own else []


def signed(text: str, parts: re.Match[str], group: int, keys: list[Key]) -> bool:
    """Whether one of the log's keys signed a note, and each that is said to have did."""
    rows = [row.split(" ") for row in parts[group].splitlines()]
    given = [(name, decode(value)) for _, name, value in rows]
    own = [(key, v) for key in keys for n, v in given if (n, v[:4]) == (key.name, key.key_id)]
    try:
        for key, value in own:
            key.public.verify(value[4:], text[: parts.start(group) - 1].encode())
    except InvalidSignature:
        return False
    return bool(own)


BROKEN = (
    ValueError, KeyError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile,
    zlib.error,
)  # fmt: skip


def names_in(packed: zipfile.ZipFile) -> list[str]:
    """Return the names in a ZIP file, each there once: so that every program unpacks the same."""
    names = packed.namelist()
    if len({name.casefold() for name in names}) != len(names):
        raise ValueError
    return names


def check_sheet(path: str, keys: list[Key], report: Report) -> None:
    """Hold the table in a ZIP file against the signature beside it."""
    try:
        with zipfile.ZipFile(path) as packed:
            (name,) = [one for one in names_in(packed) if one.endswith(".signed.txt")]
            if packed.getinfo(name).file_size > MAX_FILE:
                raise ValueError
            text = packed.read(name).decode()
            parts = SHEET.fullmatch(text)
            if parts is None:
                raise ValueError
            digest = sha256()
            with packed.open(parts[1]) as table:
                while chunk := table.read(1 << 20):
                    digest.update(chunk)
            own = signed(text, parts, 3, keys)
    except BROKEN:
        raise unusable(f"{path}: bukan tabel log.", f"{path}: not a table of a log.") from None
    if not own:
        report.find("forged", 0, more=f"{path} [{parts[1]}]")
    elif digest.hexdigest() != parts[2]:
        report.find("sheet", 0, more=f"{path} [{parts[1]}]")


class Walk:
    """One pass over an export: hashes every entry and rebuilds the tree."""

    def __init__(self, export: Export, sizes: set[int], report: Report) -> None:
        self.tree, self.expected = Tree(export.start, list(export.peaks)), export.start
        self.roots: dict[int, bytes | None] = dict.fromkeys(sizes)
        self.gaps: list[list[int]] = []
        self.empty: list[list[int]] = []
        self.prunings: list[tuple[int, int]] = []
        self.report = report
        self.keep_root()

    def keep_root(self) -> None:
        if self.tree.size in self.roots:
            self.roots[self.tree.size] = self.tree.root()

    def step(self, index: int, leaf: bytes, body: bytes | None) -> None:
        if body is None:
            self.miss_text(index)
        elif sha256(b"\x00" + body).digest() != leaf:
            self.report.find("changed", index)
        elif PRUNED.encode() in body:
            self.keep_pruning(index, body)
        if index == self.tree.size:
            self.tree.push(leaf)
            self.keep_root()
        if index == self.expected:
            self.expected += 1
        else:
            self.out_of_step(index)

    def miss_text(self, index: int) -> None:
        if self.empty and self.empty[-1][1] + 1 == index:
            self.empty[-1][1] = index
        elif len(self.empty) == MAX_GAPS:
            raise unusable("Terlalu banyak celah.", "Too many gaps to name.")
        else:
            self.empty.append([index, index])

    def keep_pruning(self, index: int, body: bytes) -> None:
        """Remember what an event says was pruned before it: `first` to `last` without `kept`."""
        try:
            value = json.loads(body)
            said = value["details"]
            gaps = [(a, b) for a, b in said.get("kept", [])]
            edges = [said["first"], *(edge for gap in gaps for edge in gap), said["last"]]
            ordered = all(type(each) is int for each in edges) and edges == sorted(edges)
        except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
            return
        recorded = value.get("tag") == PRUNED and value.get("outcome") == "allowed"
        if recorded and ordered and edges[0] >= 0 and edges[-1] < index:
            starts = [edges[0], *(b + 1 for _, b in gaps)]
            ends = [*(a - 1 for a, _ in gaps), edges[-1]]
            self.prunings += [pair for pair in zip(starts, ends, strict=True) if pair[0] <= pair[1]]

    def check_empty(self) -> int:
        """Find each entry without a text that no pruning covers; return how many are covered."""
        covered, reach = 0, -1
        recorded: list[tuple[int, int]] = []
        for first, last in sorted(self.prunings):
            if recorded and first <= reach + 1:
                recorded[-1] = recorded[-1][0], max(reach, last)
            else:
                recorded.append((first, last))
            reach = recorded[-1][1]
        for first, last in sorted(self.empty):
            at = max(bisect(recorded, (first, LARGEST)) - 1, 0)
            for start, end in recorded[at:]:
                if start > last:
                    break
                if end < first:
                    continue
                if first < start:
                    self.report.find("emptied", first, start - 1)
                covered += min(end, last) - max(start, first) + 1
                first = end + 1
            if first <= last:
                self.report.find("emptied", first, last)
        return covered

    def out_of_step(self, index: int) -> None:
        """An index that is not the next: entries are missing, late or doubled."""
        if index > self.expected:
            if len(self.gaps) == MAX_GAPS:
                raise unusable("Terlalu banyak celah.", "Too many gaps to name.")
            self.gaps.append([self.expected, index - 1])
            self.expected = index + 1
            return
        at = bisect(self.gaps, [index, LARGEST]) - 1
        if at < 0 or self.gaps[at][1] < index:
            self.report.find("added", index)
            return
        self.report.find("reordered", index)
        first, last = self.gaps.pop(at)
        parts = [first, index - 1], [index + 1, last]
        self.gaps[at:at] = [part for part in parts if part[0] <= part[1]]


def examine(export: Export, anchors: list[Anchor], report: Report, watch: Watch) -> None:
    """Check every entry of an export and hold the rebuilt tree against every anchor."""
    walk = Walk(export, {anchor.size for anchor in anchors}, report)
    for entry in export.entries():
        watch(*entry)
        walk.step(*entry)
    for first, last in walk.gaps:
        report.find("removed", first, last)
    pruned = walk.check_empty()
    end, start = max([export.size, *walk.roots]), export.start
    if walk.expected < end:
        report.find("cut", walk.expected, end - 1)
    covered = max((max(each.size, start) for each in anchors if each.signed), default=None)
    if covered is None and not report.found:
        raise unusable("Tidak ada checkpoint bertanda tangan.", "There is no signed checkpoint.")
    if covered is not None and walk.expected > covered:
        report.find("unsigned", covered, walk.expected - 1)
    matching = judge(start, anchors, walk.roots, report)
    read = walk.expected - start
    report.note(
        f"{read} entri diperiksa ({pruned} di antaranya telah dipangkas menurut retensi,"
        f" sidik jarinya tetap); {matching} checkpoint cocok; log {export.origin}.",
        f"{read} entries checked ({pruned} of them pruned by retention, fingerprints"
        f" kept); {matching} checkpoints match; log {export.origin}.",
    )


def judge(start: int, anchors: list[Anchor], roots: dict[int, bytes | None], report: Report) -> int:
    """Compare roots, naming the narrowest range of entries between a good and a bad anchor.

    An anchor from outside is narrowed by others from outside alone: whoever holds the key can
    sign whatever the export says.
    """
    good, matching, before = {True: start, False: start}, 0, None
    for anchor in sorted(anchors, key=lambda each: (each.size, not each.signed)):
        if before and before[0] == anchor.size and before[1] != anchor.root and anchor.signed:
            report.find("split", anchor.size)
        before = anchor
        if anchor.size < start:
            raise unusable(
                f"{anchor.label} lebih tua daripada awal ekspor.",
                f"{anchor.label} is older than the start of the export.",
            )
        if roots[anchor.size] == anchor.root:
            matching += 1
            good[False] = anchor.size
            good[True] = anchor.size if anchor.outside else good[True]
        elif anchor.size == start:
            report.find("start", start, more=anchor.label)
        elif roots[anchor.size] is not None:
            report.find("root", good[anchor.outside], anchor.size - 1, anchor.label)
    return matching


class Ahead:
    """The entries still to come of one export, up to WINDOW of them known beforehand."""

    def __init__(self, export: Export, start: int) -> None:
        self.coming = ((i, leaf) for i, leaf, _ in export.entries() if i >= start)
        self.queue: deque[tuple[int, bytes]] = deque()
        self.places: dict[bytes, int] = {}
        self.passed = 0

    def head(self, depth: int = 1) -> tuple[int, bytes] | None:
        while len(self.queue) < depth and (entry := next(self.coming, None)) is not None:
            self.places[entry[1]] = self.passed + len(self.queue)
            self.queue.append(entry)
        return self.queue[0] if self.queue else None

    def pop(self) -> int:
        index, leaf = self.queue.popleft()
        if self.places.get(leaf) == self.passed:
            del self.places[leaf]
        self.passed += 1
        return index

    def distance(self, leaf: bytes) -> int:
        """How many entries ahead a leaf is; -1 if it is not among them."""
        return self.places.get(leaf, self.passed - 1) - self.passed


class Comparison:
    """Names each entry of an older export that a newer one changed, lost, gained or moved."""

    def __init__(self, older: Export, newer: Export, report: Report) -> None:
        start = max(older.start, newer.start)
        self.old, self.new, self.report = Ahead(older, start), Ahead(newer, start), report
        self.gone: dict[bytes, int] = {}  # passed over in the older, to be met in the newer
        self.come: dict[bytes, int] = {}  # the other way round

    def run(self) -> None:
        while (a := self.old.head()) is not None:
            b = self.new.head()
            if b is not None and a[1] == b[1]:
                self.old.pop()
                self.new.pop()
            elif b is not None and b[1] in self.gone:
                self.report.find("moved", self.gone.pop(b[1]), more=self.new.pop())
            elif a[1] in self.come:
                self.report.find("moved", self.old.pop(), more=self.come.pop(a[1]))
            elif b is None:
                self.report.find("lost", self.old.pop())
            else:
                self.part(a[1], b[1])
        while self.gone and (b := self.new.head()) is not None:
            if b[1] in self.gone:
                self.report.find("moved", self.gone.pop(b[1]), more=b[0])
            self.new.pop()

    def part(self, a: bytes, b: bytes) -> None:
        """Decide what happened where the two differ: the entry that jumps farther has moved."""
        self.old.head(WINDOW)
        self.new.head(WINDOW)
        there, here = self.new.distance(a), self.old.distance(b)
        if there == here == -1:
            self.report.find("replaced", self.old.pop())
            self.new.pop()
        elif there == -1:
            self.report.find("lost", self.old.pop())
        elif here == -1:
            self.report.find("inserted", self.new.pop())
        elif there >= here:
            self.gone[a] = self.old.pop()
        else:
            self.come[b] = self.new.pop()


def climb(leaf: bytes, index: int, size: int, steps: list[bytes]) -> bytes | None:
    """Return the root that an inclusion proof leads to (RFC 9162, 2.1.3); None if ill-sized."""
    if size < 2 or not steps:
        return leaf if size == 1 and not steps else None
    half = 1 << ((size - 1).bit_length() - 1)
    right = index >= half
    width, place = (size - half, index - half) if right else (half, index)
    below = climb(leaf, place, width, steps[:-1])
    if below is None:
        return None
    return sha256(b"\x01" + (steps[-1] + below if right else below + steps[-1])).digest()


class Search:
    """Looks, while the entries pass, for one event and for the entry that a proof is about."""

    def __init__(self, event: str | None, place: int | None) -> None:
        self.event, self.place = event, place
        self.found: tuple[int, bytes] | None = None
        self.leaf: bytes | None = None

    def __call__(self, index: int, leaf: bytes, body: bytes | None) -> None:
        if index == self.place and self.leaf is None:
            self.leaf = leaf
        if self.event is not None and self.found is None and self.names(self.event, index, body):
            self.found = index, leaf

    @staticmethod
    def names(event: str, index: int, body: bytes | None) -> bool:
        """Whether an entry has this number, or its text this "id"."""
        if str(index) == event:
            return True
        if body is None or event.encode(errors="replace") not in body:
            return False
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return False
        return isinstance(value, dict) and value.get("id") == event


class Proof:
    """A C2SP tlog-proof: the path of one entry, and the checkpoint it leads to."""

    def __init__(self, path: str) -> None:
        text = read(path)
        parts = PROOF.match(text)
        try:
            if parts is None:
                raise ValueError
            self.body = None if parts[1] is None else decode(parts[1])
            self.index, self.note = int(parts[2]), text[parts.end() :]
            self.steps = [decode(step, 32) for step in parts[3].splitlines()]
        except ValueError:
            raise unusable(f"{path}: bukan bukti.", f"{path}: not a proof.") from None

    def check(self, anchors: list[Anchor], search: Search, report: Report) -> None:
        """Check the path for the carried event, for the export's entry, or for both."""
        leaf = search.leaf
        if self.body is not None:
            own = sha256(b"\x00" + self.body).digest()
            if leaf not in (None, own) or (search.found or (self.index,))[0] != self.index:
                report.find("other", self.index)
            search(self.index, own, self.body)
            leaf = own
        if leaf is None:
            raise unusable("Bukti ini perlu ekspor.", "This proof needs an export beside it.")
        for anchor in anchors:
            if climb(leaf, self.index, anchor.size, self.steps) != anchor.root:
                report.find("proof", self.index)
            else:
                report.note(
                    f"Entri {self.index} terbukti ada dalam {anchor.label}.",
                    f"Entry {self.index} is proved to be in {anchor.label}.",
                )


def read(path: str) -> str:
    with open(path, "rb") as file:
        content = file.read(MAX_FILE + 1)
    try:
        if len(content) > MAX_FILE:
            raise ValueError
        return content.decode()
    except ValueError:
        raise unusable(f"{path}: tidak dapat dibaca.", f"{path}: cannot be read.") from None


def printed(size: str, root: str) -> Anchor:
    """Return what a letter says of the log: its size and the root in base64 or hexadecimal."""
    try:
        if not re.fullmatch("0|[1-9][0-9]{0,18}", size) or int(size) > LARGEST:
            raise ValueError
        hexadecimal = re.fullmatch("[0-9a-fA-F]{64}", root)
        content = bytes.fromhex(root) if hexadecimal else decode(root, 32)
    except ValueError:
        raise unusable("--letter: tidak terbaca.", "--letter: not a size and a root.") from None
    return Anchor(int(size), content, f"surat / letter [{size}]", False, True)


def open_trail(path: str) -> tuple[re.Match[str], dict[str, bytes]]:
    """Return the statement of a survivor's trail, and every file beside it."""
    bad = unusable(f"{path}: bukan jejak.", f"{path}: not a trail.")
    try:
        with zipfile.ZipFile(path) as packed:
            sizes = {one.filename: one.file_size for one in packed.infolist()}
            if sum(sizes.values()) > MAX_TRAIL or len(sizes) > 9:
                raise bad
            files = {name: packed.read(name) for name in names_in(packed)}
        signed = [one for name, one in files.items() if name.endswith(".tanda-tangan.txt")]
        statement = TRAIL.fullmatch(signed[0].decode()) if len(signed) == 1 else None
    except BROKEN:
        raise bad from None
    if statement is None:
        raise bad
    return statement, files


def check_trail(path: str, keys: list[Key], report: Report) -> None:
    """Check the files of one survivor's trail against the signature beside them."""
    statement, files = open_trail(path)
    if statement[1] != keys[0].name:
        raise unusable(f"{path}: milik log lain.", f"{path}: belongs to another log.")
    rows = [row.split(" ") for row in statement[3].splitlines()]
    values = [(name, decode(value)) for _, name, value in rows]
    own = [(key, v) for key in keys for n, v in values if (n, v[:4]) == (key.name, key.key_id)]
    try:
        for key, value in own:
            key.public.verify(value[4:], statement[0][: statement.start(3) - 1].encode())
    except InvalidSignature:
        own = []
    if not own:
        report.find("trail", 0, more=path)
        return
    beside = [name for name in files if name.endswith((".tanda-tangan.txt", "BACA-DULU.txt"))]
    listed = {line[66:]: line[:64] for line in statement[2].splitlines()}
    for name in sorted({*listed, *files}.difference(beside)):  # one that was added is not signed
        if name not in files or sha256(files[name]).hexdigest() != listed.get(name):
            report.find("file", 0, more=name)
    if not report.found:
        report.note(f"{path}: utuh dan bertanda tangan.", f"{path}: whole and signed.")


def check(options: argparse.Namespace, report: Report) -> None:
    """Check everything that was given, into `report`."""
    export = Export(options.export) if options.export else None
    older = Export(options.against) if options.against else None
    proof = Proof(options.proof) if options.proof else None
    source, given = older or export, [each for each in (older, export) if each]
    keys = [open_key(each) for each in options.key or ([source.key] if source else [])]
    beside = proof or options.sheet or options.trail
    if not keys or (export is None and (not beside or older)):
        raise unusable(
            "Perlu ekspor, atau bukti, tabel atau jejak dan --key.",
            "Needs an export, or a proof, table or trail and --key.",
        )
    if len({each.origin for each in given} | {key.name for key in keys}) > 1:
        raise unusable("Berkas milik log yang berbeda.", "The files belong to different logs.")
    search = Search(options.event, proof.index if proof else None)
    ends = open_note(proof.note, options.proof, True, keys, report) if proof else []
    if export:
        check_export(export, older, ends, options, keys, report, search)
    if proof:
        proof.check(ends, search, report)
    check_packed(options, keys, report)
    if search.found:
        index, leaf = search.found
        report.note(
            f"Peristiwa {options.event}: entri {index}, sidik jari {leaf.hex()}.",
            f"Event {options.event}: entry {index}, fingerprint {leaf.hex()}.",
        )
    elif options.event and not report.found:
        raise unusable("Peristiwa tidak ditemukan.", "The event was not found.")
    if not options.key:
        report.note(
            "Kunci diambil dari ekspor itu sendiri; berikan --key yang Anda simpan di tempat lain.",
            "The key was taken from the export itself; give --key, kept by you elsewhere.",
        )


def check_packed(options: argparse.Namespace, keys: list[Key], report: Report) -> None:
    """Check what was handed out as a ZIP file: tables of the log, and survivors' trails."""
    for path in options.sheet:
        check_sheet(path, keys, report)
    for path in options.trail:
        check_trail(path, keys, report)


def check_export(
    export: Export,
    older: Export | None,
    anchors: list[Anchor],
    options: argparse.Namespace,
    keys: list[Key],
    report: Report,
    watch: Watch,
) -> None:
    """Hold an export against its own checkpoints and everything kept outside it."""
    anchors = anchors + [printed(size, root) for size, root in options.letter]
    for path in options.checkpoint + options.since:
        anchors += open_note(read(path), path, True, keys, report)
    for note in export.notes:
        anchors += open_note(note, "checkpoint (ekspor / export)", False, keys, report)
    if older:
        anchors += [each for each in witnesses(older, keys) if each.size >= export.start]
    examine(export, anchors, report, watch)
    if older:
        Comparison(older, export, report).run()


def witnesses(older: Export, keys: list[Key]) -> list[Anchor]:
    """Return the checkpoints of an older export, once it agrees with them itself."""
    alone, path = Report(), older.path
    anchors = [a for note in older.notes for a in open_note(note, path, True, keys, alone)]
    examine(older, anchors, alone, lambda *_: None)
    if alone.found:
        raise unusable(f"{path} sendiri rusak.", f"{path} is damaged itself: no evidence.")
    return anchors


def main() -> int:
    options = argparse.ArgumentParser(
        description="Periksa log audit Teduh / Check an audit log of Teduh",
        epilog="0: cocok / in order; 1: perusakan / tampering; 2: tidak terbaca / unusable",
    )
    options.add_argument("export", nargs="?", help="ekspor / export (JSON Lines)")
    for name, what in (
        ("--checkpoint", "checkpoint"),
        ("--since", "checkpoint lama / older checkpoint"),
        ("--key", "kunci log / key of the log"),
    ):
        options.add_argument(name, action="append", default=[], help=what)
    options.add_argument("--letter", nargs=2, action="append", default=[], help="SIZE ROOT")
    options.add_argument("--against", help="ekspor lama / older export")
    options.add_argument("--event", help="id atau nomor / id or number of an event")
    options.add_argument("--proof", help="bukti satu peristiwa / proof of one event")
    options.add_argument("--sheet", action="append", default=[], help="tabel / table (ZIP)")
    options.add_argument("--trail", action="append", default=[], help="jejak / trail (ZIP)")
    report, chosen = Report(), options.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        check(chosen, report)
    except (Unusable, OSError, ValueError) as error:
        say(f"[x] {error}")
        return report.show(complete=False)
    return report.show()


if __name__ == "__main__":
    sys.exit(main())
