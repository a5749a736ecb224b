"""The Merkle tree of one tenant's audit log: hashing and proofs of RFC 9162, section 2.1.

Pure functions over bytes: no request, no session, no database. A leaf is SHA-256 over the bytes of
one event, and the caller keeps leaf hashes wherever it likes and hands in a `Reader`.

Reading every leaf for one proof would be slow in a large log, so the tree may also be kept at every
`STRIDE`-th level: `Frontier.extend` returns the nodes to store (one for each 256 leaves) and a
proof then reads at most 128 neighbouring hashes for each of its steps. A tenant with few events
needs no such table: `reader_of_leaves` computes those levels from the leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

HASH_SIZE: Final = 32
STRIDE: Final = 8
"""Levels 0 (leaves), 8, 16, ... are read; the levels between are computed."""
MAX_SIZE: Final = 2**63 - 1
"""Largest tree: an index is a PostgreSQL bigint."""
EMPTY_ROOT: Final = sha256(b"").digest()

Reader = Callable[[int, int, int], Sequence[bytes]]
"""`read(level, start, stop)`: the hashes of nodes start..stop-1 of a level that STRIDE divides.

Node i of level l is the root over the 2**l leaves from i * 2**l. Only complete nodes are asked for.
"""


class MerkleError(ValueError):
    """A proof, size, index or stored hash that cannot be right."""


@dataclass(frozen=True, slots=True)
class Node:
    """A complete subtree's root: `index`-th node of `level`, over 2**level leaves."""

    level: int
    index: int
    hash: bytes


def leaf_hash(body: bytes) -> bytes:
    """Return the 32-byte leaf hash of an event's exact bytes (RFC 9162, 2.1.1: prefix 0x00)."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node (RFC 9162, 2.1.1: prefix 0x01)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """All that is needed to append to a tree: the roots of its perfect subtrees, largest first.

    A tree of n leaves has as many as n has bits set, so a million leaves need 20 at most. Kept
    beside the newest checkpoint, it lets the sequencer append a batch without reading a leaf.
    """

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def extend(self, leaves: Iterable[bytes]) -> list[Node]:
        """Append leaf hashes and return the nodes above the leaves that a `Reader` must later find.

        Costs one to two hashes for each leaf, whatever the size of the tree.

        Raises:
            MerkleError: a leaf hash is not 32 bytes long; the leaves before it are appended.
        """
        completed: list[Node] = []
        for leaf in leaves:
            if len(leaf) != HASH_SIZE:
                raise MerkleError("a leaf hash is 32 bytes long")
            carry, position, level = leaf, self.size, 0
            while position & 1:
                carry = node_hash(self.peaks.pop(), carry)
                position >>= 1
                level += 1
                if level % STRIDE == 0:
                    completed.append(Node(level, position, carry))
            self.peaks.append(carry)
            self.size += 1
        return completed

    def root(self) -> bytes:
        """Return the 32-byte root; for an empty tree the SHA-256 of nothing."""
        return _bag(self.peaks)

    def to_bytes(self) -> bytes:
        """Return the size as 8 bytes, big-endian, and then each peak: at most 2,024 bytes."""
        return self.size.to_bytes(8, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Frontier:
        """Read what `to_bytes` wrote.

        Raises:
            MerkleError: the length does not fit the size.
        """
        size, rest = int.from_bytes(stored[:8], "big"), stored[8:]
        if len(stored) < 8 or size > MAX_SIZE or len(rest) != size.bit_count() * HASH_SIZE:
            raise MerkleError("these bytes are not a frontier")
        return cls(size, [rest[at : at + HASH_SIZE] for at in range(0, len(rest), HASH_SIZE)])

    @classmethod
    def at(cls, read: Reader, size: int) -> Frontier:
        """Rebuild the frontier of the first `size` leaves from what is stored."""
        _check_size(size)
        return cls(size, _peaks(read, 0, size))


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes, in one pass and with a logarithmic memory."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


def reader_of_leaves(leaves: Callable[[int, int], Sequence[bytes]]) -> Reader:
    """Return a `Reader` for a log that stores leaf hashes only.

    Args:
        leaves: `leaves(start, stop)` returns the leaf hashes start..stop-1.
    """

    def read(level: int, start: int, stop: int) -> Sequence[bytes]:
        if level == 0:
            return leaves(start, stop)
        return [root(leaves(i << level, (i + 1) << level)) for i in range(start, stop)]

    return read


def in_memory(leaves: Sequence[bytes]) -> Reader:
    """Return a `Reader` over a list of leaf hashes."""
    return reader_of_leaves(lambda start, stop: leaves[start:stop])


def root_at(read: Reader, size: int) -> bytes:
    """Return the root the tree had when it held `size` leaves."""
    return Frontier.at(read, size).root()


def inclusion_proof(read: Reader, index: int, size: int) -> list[bytes]:
    """Return the path that proves leaf `index` is in the tree of `size` leaves (RFC 9162, 2.1.3.1).

    Returns:
        The sibling hashes from the leaf upwards, 32 bytes each.

    Raises:
        MerkleError: the tree of that size has no such leaf, or a stored hash is missing.
    """
    _check_size(size)
    if not 0 <= index < size:
        raise MerkleError("no such leaf in a tree of this size")
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(_subtree(read, middle, stop))
            stop = middle
        else:
            path.append(_subtree(read, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(read: Reader, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of `new` leaves only appends to that of `old` (2.1.4.1).

    Returns:
        Hashes of 32 bytes; none when `old` is 0 or equals `new`.

    Raises:
        MerkleError: `old` is larger than `new`, or a stored hash is missing.
    """
    _check_size(new)
    if not 0 <= old <= new:
        raise MerkleError("the older tree is larger than the newer one")
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, stop, whole = 0, new, True
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(_subtree(read, middle, stop))
            stop = middle
        else:
            path.append(_subtree(read, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_subtree(read, start, stop))
    return path[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> None:
    """Check that `leaf` is number `index` of the tree of `size` leaves with root `expected`.

    Follows RFC 9162, 2.1.3.2.

    Raises:
        MerkleError: the proof does not show this.
    """
    _check_size(size)
    _check_hashes([leaf, expected, *proof])
    if not 0 <= index < size:
        raise MerkleError("no such leaf in a tree of this size")
    here, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise MerkleError("the inclusion proof is too long")
        if here & 1 or here == last:
            value = node_hash(sibling, value)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        here, last = here >> 1, last >> 1
    if last or value != expected:
        raise MerkleError("the inclusion proof does not lead to the root")


def verify_consistency(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the tree (`new`, `new_root`) only appends to the tree (`old`, `old_root`).

    Follows RFC 9162, 2.1.4.2; every tree appends to the empty one.

    Raises:
        MerkleError: the proof does not show this.
    """
    _check_size(new)
    _check_hashes([old_root, new_root, *proof])
    if not 0 <= old <= new:
        raise MerkleError("the older tree is larger than the newer one")
    if old in (0, new):
        empty = (old or old_root == EMPTY_ROOT) and (new or new_root == EMPTY_ROOT)
        if proof or not empty or (old == new and old_root != new_root):
            raise MerkleError("the two trees are not consistent")
        return
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    if not path:
        raise MerkleError("the consistency proof is empty")
    if _fold_both(old, new, path) != (old_root, new_root):
        raise MerkleError("the two trees are not consistent")


def _fold_both(old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots of the older and the newer tree that a consistency proof leads to."""
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise MerkleError("the consistency proof is too long")
        if here & 1 or here == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        here, last = here >> 1, last >> 1
    if last:
        raise MerkleError("the consistency proof is too short")
    return first, second


def _split(width: int) -> int:
    """Return the largest power of two below `width` (which is at least 2)."""
    return 1 << ((width - 1).bit_length() - 1)


def _subtree(read: Reader, start: int, stop: int) -> bytes:
    """Return the hash over leaves start..stop-1, borders at which the whole tree was split."""
    return _bag(_peaks(read, start, stop))


def _peaks(read: Reader, start: int, stop: int) -> list[bytes]:
    peaks: list[bytes] = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        peaks.append(_perfect(read, level, start >> level))
        start += 1 << level
    return peaks


def _perfect(read: Reader, level: int, index: int) -> bytes:
    """Return one complete node from the nearest level below it that is stored."""
    above = level % STRIDE
    row = list(read(level - above, index << above, (index + 1) << above))
    if len(row) != 1 << above:
        raise MerkleError("a stored hash is missing")
    _check_hashes(row)
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def _bag(peaks: Sequence[bytes]) -> bytes:
    """Fold the roots of perfect subtrees, smallest first, into the root over all of them."""
    if not peaks:
        return EMPTY_ROOT
    value = peaks[-1]
    for peak in reversed(peaks[:-1]):
        value = node_hash(peak, value)
    return value


def _check_size(size: int) -> None:
    if not 0 <= size <= MAX_SIZE:
        raise MerkleError("no tree has this size")


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(each) != HASH_SIZE for each in hashes):
        raise MerkleError("a hash is 32 bytes long")
